"""Who may read what is sealed, and who may let others."""

from dataclasses import replace

import pytest

from ledger.domain.grants import ReadGrant
from ledger.domain.wire import ZERO
from ledger.index.grants import ReadGrants
from ledger.index.rights import Rights
from ledger.index.sealed import Custody, KeptSealed
from ledger.sealing import Subject
from tests.index.streams import AGENCY, AUDITOR, CARRIER, CN, GB, NONE, PLATFORM, hashed

EVERYBODY = (PLATFORM, GB, CARRIER, AGENCY, AUDITOR, CN)


@pytest.fixture
def declaration(world):
    one = world.chain.declare()
    world.index()
    return one


@pytest.fixture
def rights(world):
    return Rights(world.store, world.queries, lambda: world.chain.time)


def kept(declaration, owner=PLATFORM, reader=0, fields=ZERO):
    subject = Subject(declaration, hashed(b"commitment"), hashed(b"schema"))
    return KeptSealed(hashed(b"content"), subject, Custody(owner, reader, fields), 0)


def readers(rights, one):
    return {viewer for viewer in EVERYBODY if rights.may_read(one, viewer)}


def grant(world, declaration, **changed):
    given = ReadGrant(
        declaration=declaration, grantor=PLATFORM, reader=CARRIER, serial=1, valid_until=world.chain.time + 60
    )
    ReadGrants(world.store).put(replace(given, **changed), b"s" * 65)


def test_payloads_are_for_declarant_and_administration(rights, declaration):
    assert readers(rights, kept(declaration)) == {PLATFORM, GB}
    assert {one for one in EVERYBODY if rights.is_party(declaration, one)} == {PLATFORM, GB}


def test_of_what_is_not_recorded_only_the_owner_has_anything(rights):
    assert readers(rights, kept(NONE)) == {PLATFORM}


def test_what_a_stranger_handed_in_only_the_stranger_gets(rights, declaration):
    assert readers(rights, kept(declaration, owner=CARRIER)) == {CARRIER}


def test_a_grant_lets_in_while_it_holds(rights, world, declaration):
    grant(world, declaration)
    assert readers(rights, kept(declaration)) == {PLATFORM, GB, CARRIER}
    assert rights.granted(declaration, CARRIER) == {ZERO}
    grant(world, declaration, serial=2, valid_until=world.chain.time)
    assert readers(rights, kept(declaration)) == {PLATFORM, GB}


def test_a_grant_counts_while_its_grantor_is_a_party(rights, world, declaration):
    grant(world, declaration, grantor=CN)
    assert readers(rights, kept(declaration)) == {PLATFORM, GB}


def test_chosen_fields_are_for_their_reader(rights, world, declaration):
    fields = hashed(b"fields")
    grant(world, declaration, fields=fields)
    assert readers(rights, kept(declaration, reader=CARRIER, fields=fields)) == {PLATFORM, CARRIER}
    assert readers(rights, kept(declaration, reader=CARRIER, fields=hashed(b"others"))) == {PLATFORM}
    assert readers(rights, kept(declaration)) == {PLATFORM, GB}


def test_parties_share_and_grantees_are_let_in(rights, world, declaration):
    one = kept(declaration)
    assert {who for who in EVERYBODY if rights.may_wrap(one, who)} == {PLATFORM, GB}
    assert {who for who in EVERYBODY if rights.may_be_let_in(one, who)} == {PLATFORM, GB}
    grant(world, declaration)
    assert {who for who in EVERYBODY if rights.may_be_let_in(one, who)} == {PLATFORM, GB, CARRIER}
    assert {who for who in EVERYBODY if rights.may_wrap(kept(NONE), who)} == {PLATFORM}

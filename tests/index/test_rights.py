"""Who may read what is sealed, and who may let others."""

from dataclasses import replace

import pytest

from ledger.domain import records
from ledger.domain.codes import AdmissionAction, AssistanceAction, AssistanceKind
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


# --- assistance -------------------------------------------------------------------------------------------------------

HEIR = 827
"""Who takes over from GB."""


@pytest.fixture
def asked(world):
    """What CN asks of GB about a consignment of GB's."""
    opener, soon = world.chain.declare(), world.chain.time + 600
    shared = {"kind": AssistanceKind.VERIFICATION, "commitment": hashed(b"question"), "deadline": soon}
    record = records.Assistance(
        administration=CN,
        addressee=GB,
        consignment=opener,
        action=AssistanceAction.REQUEST,
        due_at=soon,
        **shared,
    )
    request = world.chain._record(record)
    world.index()
    return request


def succeed(world):
    keys = {"first_key": bytes(19) + b"1", "second_key": b"2" * 20}
    world.chain.council(HEIR, AdmissionAction.SUCCEED, b"GB", predecessor=GB, **keys)
    world.chain.block()
    world.index()


def test_assistance_is_between_two_administrations(rights, asked):
    for owner in (CN, GB):
        one = kept(asked, owner)
        assert readers(rights, one) == {CN, GB}
        assert {who for who in EVERYBODY if rights.may_wrap(one, who)} == {CN, GB}
        assert {who for who in EVERYBODY if rights.may_be_let_in(one, who)} == {CN, GB}
        assert {who for who in EVERYBODY if rights.may_replace(one, who)} == {owner}


def test_a_third_administration_is_no_party_though_the_consignment_is_bound_to_it_too(world, rights, asked):
    keys = {"first_key": bytes(19) + b"1", "second_key": b"2" * 20}
    world.chain.council(HEIR, AdmissionAction.ADMIT, b"XI", **keys)
    world.chain.block()
    with world.store.reading() as session:
        [(opener,)] = session.rows("SELECT consignment FROM assistance WHERE digest = ?", asked)
    third = world.chain.declare(consignment=opener, administration=HEIR)
    world.index()
    assert rights.is_party(third, HEIR)
    for one in (kept(asked, CN), kept(asked, GB)):
        assert not rights.may_read(one, HEIR)
        assert not rights.may_wrap(one, HEIR)
        assert not rights.may_be_let_in(one, HEIR)
        assert not rights.may_replace(one, HEIR)


def test_what_others_seal_for_it_is_given_to_nobody_else(rights, asked):
    assert readers(rights, kept(asked, PLATFORM)) == {PLATFORM}


def test_nobody_lets_others_read_assistance(rights, world, asked):
    grant(world, asked, grantor=CN)
    assert {who for who in EVERYBODY if rights.may_grant(asked, who)} == set()
    assert rights.granted(asked, CARRIER) == set()
    assert readers(rights, kept(asked, CN)) == {CN, GB}


def test_a_question_that_is_not_recorded_is_its_authors(rights):
    assert readers(rights, kept(hashed(b"not yet"), CN)) == {CN}


def test_who_takes_over_reads_what_was_asked_and_answered(world, rights, asked):
    succeed(world)
    for owner in (CN, GB):
        one = kept(asked, owner)
        assert {who for who in (CN, HEIR, PLATFORM) if rights.may_read(one, who)} == {CN, HEIR}
    assert rights.may_replace(kept(asked, GB), HEIR)
    assert not rights.is_party(asked, GB)


def test_what_a_former_administration_sealed_for_a_declaration_stays_readable(world, rights, declaration):
    one = kept(declaration, GB)
    assert rights.may_read(one, PLATFORM)
    succeed(world)
    assert {who for who in (PLATFORM, HEIR, CN) if rights.may_read(one, who)} == {PLATFORM, HEIR}
    assert rights.may_replace(one, PLATFORM)

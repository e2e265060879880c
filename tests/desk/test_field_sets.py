"""Chosen fields for one reader: those, provably, and no others."""

import json
from dataclasses import replace

import pytest

from ledger.client import Custody, SealRefused, Subject
from ledger.desk import Choice, ContentMissing, DeskError, choice_of
from ledger.desk.field_sets import FIELD_SET_SCHEMA, fields_hash
from ledger.domain.codes import DecisionKind
from ledger.domain.commitment import schema_id
from ledger.sealing import DecryptionKey, NotCommitted, PayloadRefused, seal, wrap_for
from tests.client.letters import message
from tests.client.networks import BAZAAR, EXPRESS, PLATFORM, SAFETY

VALUE = "Declaration/InvoiceAmount[1]"
CHOICE = Choice(patterns=("Declaration/InvoiceAmount", "Declaration/TypeCode"))


def test_the_reader_has_those_fields_and_no_others(team, lodged, platform, express):
    shared = platform.field_sets.grant(lodged, EXPRESS, CHOICE)
    assert (shared.payloads, shared.unread, shared.grant.fields) == (1, (), fields_hash(CHOICE))
    found = express.field_sets.open(lodged)
    assert found.version == 1
    assert dict(found.fields) == {
        VALUE: "186.40",
        f"{VALUE}/@currencyID": "GBP",
        "Declaration/TypeCode[1]": "IMD",
    }
    with pytest.raises(ContentMissing):
        express.payload(lodged)
    with pytest.raises(ContentMissing):
        team.desk("bazaar").field_sets.open(lodged)
    with pytest.raises(ContentMissing):
        express.field_sets.open(lodged, 7)
    assert (EXPRESS, "READ") in [(one.reader, one.act) for one in team.client.accesses(lodged, PLATFORM)]


def test_withdrawing_destroys_it(team, lodged, platform, express):
    platform.field_sets.grant(lodged, EXPRESS, CHOICE)
    [kept] = team.client.field_sets(lodged, PLATFORM)
    assert platform.field_sets.withdraw(lodged, EXPRESS, CHOICE).payloads == 1
    with pytest.raises(ContentMissing):
        express.field_sets.open(lodged)
    assert team.client.sealed_payloads.ciphertext(kept.sealed.content_hash) is None
    assert platform.payload(lodged)


def test_several_grants_add_up(lodged, platform, team, express):
    platform.field_sets.grant(lodged, EXPRESS, Choice(patterns=("Declaration/TypeCode",)))
    team.desk("customs-fr").field_sets.grant(lodged, EXPRESS, Choice(patterns=(VALUE,)))
    assert len(express.field_sets.open(lodged).fields) == 3


def test_profiles(lodged, platform, team):
    statistics = choice_of((), "statistics", to=None, version=None)
    platform.field_sets.grant(lodged, SAFETY, statistics)
    paths = [path for path, _ in team.desk("safety-fr").field_sets.open(lodged).fields]
    assert any("Classification" in path for path in paths)
    assert VALUE not in paths
    platform.field_sets.grant(lodged, EXPRESS, choice_of((), "platform", to=None, version=None))
    assert team.desk("express").field_sets.open(lodged).fields == ()


def test_later_versions_are_put_together_when_asked_to(team, case, lodged, platform, express):
    platform.field_sets.grant(lodged, EXPRESS, CHOICE)
    assert platform.field_sets.renew(lodged) == 0
    team.recorded(platform.amend(lodged, message(case.request("import-cor"))))
    team.recorded(team.desk("customs-fr").decide(lodged, DecisionKind.GRANT))
    with pytest.raises(ContentMissing):
        express.field_sets.open(lodged)
    assert platform.field_sets.renew(lodged) == 1
    assert dict(express.field_sets.open(lodged).fields)[VALUE] == "234.60"
    assert dict(express.field_sets.open(lodged, 1).fields)[VALUE] == "186.40"
    platform.field_sets.withdraw(lodged, EXPRESS, CHOICE)
    assert platform.field_sets.renew(lodged) == 0


def test_a_readers_newer_key(team, lodged, platform, express, monkeypatch):
    newer = DecryptionKey.generate(EXPRESS, 2)
    platform.field_sets.grant(lodged, EXPRESS, CHOICE)
    monkeypatch.setattr(type(team.client), "encryption_key", lambda *_: newer.public)
    fresh = team.desk("platform")
    assert fresh.field_sets.renew(lodged) == 1
    rotated = team.desk("express", encryption=(newer, *express.identity.encryption))
    assert rotated.field_sets.open(lodged).fields


def test_a_reader_without_a_key_is_named(team, lodged, monkeypatch):
    monkeypatch.setattr(type(team.client), "encryption_key", lambda *_: None)
    assert team.desk("platform").field_sets.grant(lodged, EXPRESS, CHOICE).unread == (EXPRESS,)


def test_a_slip_grants_nothing(team, lodged, platform):
    with pytest.raises(DeskError, match="has no field"):
        platform.field_sets.grant(lodged, EXPRESS, Choice(patterns=("Declaration/Nonsense",)))
    assert team.client.grants(lodged, PLATFORM) == []


def forged(team, lodged, change):
    """What the platform sealed for the express carrier, changed and sealed anew by the platform."""
    platform, client = team.desk("platform"), team.client
    platform.field_sets.grant(lodged, EXPRESS, CHOICE)
    [one] = client.field_sets(lodged, PLATFORM)
    told = json.loads(platform.sealer.content(one))
    content = change(told)
    sealed, key = seal(one.sealed.subject, json.dumps(told if content is None else content).encode())
    keys = [team.desk(name).identity.encryption[0].public for name in ("platform", "express")]
    client.put_sealed(sealed, [wrap_for(key_of, sealed, key) for key_of in keys], one.custody)


def changed_value(told):
    told["disclosure"]["fields"][0]["value"] = "1.00"


def dropped_proof(told):
    told["disclosure"]["proof"] = None


def other_schema(told):
    told["disclosure"]["schema"] = "another"


@pytest.mark.parametrize("change", [changed_value, dropped_proof, other_schema])
def test_fields_that_the_chain_does_not_know_are_not_believed(team, lodged, express, change):
    forged(team, lodged, change)
    with pytest.raises(NotCommitted):
        express.field_sets.open(lodged)


def more_fields(told):
    told["patterns"].append("Declaration/ID")


def bad_salt(told):
    told["disclosure"]["fields"][0]["salt"] = "no hex"


def no_patterns(told):
    told["patterns"] = 7


@pytest.mark.parametrize("change", [more_fields, bad_salt, no_patterns, lambda _: [], lambda _: [[[[[[[[[]]]]]]]]]])
def test_what_is_no_granted_field_set_is_refused(team, lodged, express, change):
    forged(team, lodged, change)
    with pytest.raises(PayloadRefused):
        express.field_sets.open(lodged)


def test_field_sets_are_kept_for_grantees_only(team, lodged, platform):
    version = team.client.versions(lodged)[0]
    sealed, key = seal(Subject(lodged, version.commitment, schema_id(FIELD_SET_SCHEMA)), b"{}")
    mine, theirs, others = (
        wrap_for(team.desk(name).identity.encryption[0].public, sealed, key)
        for name in ("platform", "express", "bazaar")
    )
    granted = platform.field_sets.grant(lodged, EXPRESS, CHOICE).grant.fields
    for custody, wraps in (
        (Custody(PLATFORM, EXPRESS, b"\7" * 32), [mine, theirs]),
        (Custody(PLATFORM, BAZAAR, granted), [mine, others]),
        (Custody(PLATFORM, EXPRESS, granted), [mine, theirs, others]),
        (Custody(PLATFORM, 0, granted), [mine]),
        (Custody(PLATFORM, EXPRESS), [mine, theirs]),
    ):
        with pytest.raises(SealRefused, match="chosen fields are kept for one reader"):
            team.client.put_sealed(sealed, wraps, custody)


# --- bound to one version ---------------------------------------------------------------------------------------------

BOUND = replace(CHOICE, version=1)


def amended(team, case, lodged, platform):
    team.recorded(platform.amend(lodged, message(case.request("import-cor"))))
    team.recorded(team.desk("customs-fr").decide(lodged, DecisionKind.GRANT))


def test_a_bound_grant_opens_its_version_and_no_later_one(team, case, lodged, platform, express):
    shared = platform.field_sets.grant(lodged, EXPRESS, BOUND)
    assert (shared.payloads, shared.grant.fields) == (1, fields_hash(BOUND))
    amended(team, case, lodged, platform)
    assert platform.field_sets.renew(lodged) == 0
    found = express.field_sets.open(lodged)
    assert (found.version, dict(found.fields)[VALUE]) == (1, "186.40")
    with pytest.raises(ContentMissing):
        express.field_sets.open(lodged, 2)
    version, later = team.client.versions(lodged)
    assert platform.field_sets.kept(lodged, version, EXPRESS, BOUND)
    assert not platform.field_sets.kept(lodged, later, EXPRESS, BOUND)
    assert not platform.field_sets.kept(lodged, version, EXPRESS, CHOICE)
    assert platform.field_sets.withdraw(lodged, EXPRESS, BOUND).payloads == 1
    with pytest.raises(ContentMissing):
        express.field_sets.open(lodged)


def test_the_latest_of_both_kinds_is_shown(team, case, lodged, platform, express):
    platform.field_sets.grant(lodged, EXPRESS, replace(CHOICE, patterns=("Declaration/TypeCode",)))
    platform.field_sets.grant(lodged, EXPRESS, BOUND)
    assert len(express.field_sets.open(lodged).fields) == 3
    amended(team, case, lodged, platform)
    assert express.field_sets.open(lodged).version == 1
    assert platform.field_sets.renew(lodged) == 1
    assert (express.field_sets.open(lodged).version, len(express.field_sets.open(lodged).fields)) == (2, 1)


def test_a_bound_set_holds_fields_and_proof_alone(team, lodged, platform):
    platform.field_sets.grant(lodged, EXPRESS, BOUND)
    [one] = team.client.field_sets(lodged, PLATFORM)
    told = json.loads(platform.sealer.content(one))
    assert (told["version"], told["disclosure"].keys()) == (1, {"schema", "fields", "proof"})


@pytest.mark.parametrize("claimed", [2, None, "one"])
def test_a_bound_set_that_claims_another_version_is_refused(team, lodged, platform, express, claimed):
    platform.field_sets.grant(lodged, EXPRESS, BOUND)
    [one] = team.client.field_sets(lodged, PLATFORM)
    told = json.loads(platform.sealer.content(one)) | {"version": claimed}
    sealed, key = seal(one.sealed.subject, json.dumps(told).encode())
    keys = [team.desk(name).identity.encryption[0].public for name in ("platform", "express")]
    team.client.put_sealed(sealed, [wrap_for(key_of, sealed, key) for key_of in keys], one.custody)
    with pytest.raises(PayloadRefused):
        express.field_sets.open(lodged)


def test_a_set_of_another_version_than_was_granted_is_refused(team, case, lodged, platform, express):
    amended(team, case, lodged, platform)
    later = replace(CHOICE, version=2)
    platform.field_sets.grant(lodged, EXPRESS, later)
    [one] = team.client.field_sets(lodged, PLATFORM)
    first = team.client.versions(lodged)[0]
    sealed, key = seal(Subject(lodged, first.commitment, one.sealed.subject.schema), platform.sealer.content(one))
    keys = [team.desk(name).identity.encryption[0].public for name in ("platform", "express")]
    team.client.put_sealed(sealed, [wrap_for(key_of, sealed, key) for key_of in keys], one.custody)
    with pytest.raises(PayloadRefused, match="another set than was granted"):
        express.field_sets.open(lodged, 1)


def test_a_field_set_has_one_name():
    assert fields_hash(CHOICE) == fields_hash(replace(CHOICE, patterns=tuple(reversed(CHOICE.patterns)), to=7))
    assert fields_hash(CHOICE) != fields_hash(replace(CHOICE, patterns=CHOICE.patterns[:1]))
    assert len({fields_hash(one) for one in (CHOICE, BOUND, replace(CHOICE, version=2))}) == 3
    named = choice_of((), "statistics", to=None, version=None)
    assert fields_hash(named) != fields_hash(replace(named, profile=None))

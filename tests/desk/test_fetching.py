"""Fetching from another gateway: two stores over one chain, and only what the chain confirms is kept."""

import base64
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from ledger.client import Client, Custody, Entry, RecordProgress, StatusQuery, Subject
from ledger.client.elsewhere import Elsewhere
from ledger.desk import Choice, ContentMissing, DeskError, RulingOptions, UnknownReference
from ledger.desk.assisting import ASSISTANCE_SCHEMA
from ledger.desk.fetching import Fate, Fetcher
from ledger.desk.sealing import Content
from ledger.domain.codes import AssistanceAction, AssistanceKind, DecisionKind, ErasureCause, Leg, Reason
from ledger.domain.commitment import schema_id
from ledger.domain.records import Assistance
from ledger.index.references import ReferenceType
from ledger.sealing import Payload, seal, wrap_for
from tests.client.networks import EXPRESS, FR, GB, PLATFORM, desk_of

URL = "https://gateway.example"
CHOICE = Choice(patterns=("Declaration/InvoiceAmount", "Declaration/TypeCode"))


@pytest.fixture
def web(team, settings):
    """The gateway over the team's store, in this process."""
    told = Settings(
        network=settings.network,
        rpc=settings.rpc,
        database=settings.database,
        index_key=settings.index_key,
        gateway=URL,
        log_level="error",
    )
    with TestClient(create_app(told, Client.open(settings))) as running:
        yield running


@pytest.fixture
def apart(devnet, founded, tmp_path):
    """A store of somebody else's, with an index key of its own."""
    place = tmp_path / "apart"
    place.mkdir()
    shutil.copy(founded / "store.sqlite", place / "store.sqlite")
    own = replace(
        devnet.home.settings(), database=f"sqlite:///{place}/store.sqlite", index_key=place / "index.key", relay=None
    )
    with Client.open(own) as client:
        yield client


class Way:
    """From the store apart to the gateway; `change` may be told to change what is answered under a path."""

    def __init__(self, web, apart, devnet):
        self.web, self.apart, self.devnet = web, apart, devnet
        self.change = lambda path, told: told
        self.asked = []

    def __call__(self, request):
        self.asked.append(request.url.path)
        path = request.url.raw_path.decode()
        headers = {name: value for name, value in request.headers.items() if name in {"authorization", "content-type"}}
        told = self.web.request(request.method, path, content=request.content, headers=headers)
        if told.status_code >= 400 or not path.startswith(("/v1/payloads", "/v1/decl", "/v1/cons")):
            return httpx.Response(told.status_code, content=told.content)
        changed = self.change(path, told.json())
        return httpx.Response(404 if changed is None else told.status_code, json=changed)

    def desk(self, name, **changed):
        self.apart.sync()
        return desk_of(self.apart, self.devnet, name, **changed)

    @contextmanager
    def fetcher(self, name, **changed):
        desk = self.desk(name, **changed)
        with Elsewhere(URL, transport=httpx.MockTransport(self)) as gateway:
            fetcher = Fetcher(desk, gateway)
            gateway.enter(desk.client.domains, desk.identity.organisation, desk.identity.signer)
            yield fetcher

    def fetch(self, name, declaration):
        with self.fetcher(name) as fetcher:
            return [(one.what, one.fate) for one in fetcher.fetch(declaration)]

    def refused(self, name, declaration):
        """Why the one thing that was refused was, and that nothing of it was kept."""
        with self.fetcher(name) as fetcher:
            [one] = [one for one in fetcher.fetch(declaration) if one.fate is Fate.REFUSED]
        return one.reason

    def kept(self, declaration):
        return self.apart.sealed_payloads.of_declaration(declaration)


@pytest.fixture
def way(web, apart, devnet):
    return Way(web, apart, devnet)


def acts(client, declaration, viewer):
    return [(one.reader, one.act) for one in client.accesses(declaration, viewer)]


def test_content_is_fetched_verified_and_kept(team, way, lodged, platform, case):
    with pytest.raises(ContentMissing):
        way.desk("customs-fr").payload(lodged)
    assert way.fetch("customs-fr", lodged) == [("content", Fate.FETCHED)]
    customs = way.desk("customs-fr")
    assert customs.payload(lodged) == platform.payload(lodged)
    [kept] = way.kept(lodged)
    assert kept.custody == Custody(FR)
    assert [one.recipient for one in way.apart.sealed_payloads.wraps(kept.content_hash)] == [FR]
    assert customs.resolve(case.lrn, ReferenceType.LRN) == lodged
    assert acts(way.apart, lodged, FR) == [(FR, "FETCHED")]
    assert acts(team.client, lodged, PLATFORM) == [(FR, "READ")]


def test_again_is_the_same(team, way, lodged):
    way.fetch("customs-fr", lodged)
    assert way.fetch("customs-fr", lodged) == [("content", Fate.HERE)]
    assert len(way.kept(lodged)) == 1
    assert acts(team.client, lodged, PLATFORM) == [(FR, "READ")]


def test_who_is_not_entitled_gets_nothing(way, lodged):
    assert way.fetch("bazaar", lodged) == [("content", Fate.NOT_THERE)]
    assert not way.kept(lodged)


def test_what_nobody_has_encrypted_to_this_participant(team, way, lodged):
    team.client.sealed_payloads.drop_wraps(lodged, FR)
    assert way.fetch("customs-fr", lodged) == [("content", Fate.UNREADABLE)]


def test_what_was_erased(team, way, lodged):
    team.recorded(*team.desk("customs-fr").eraser.erase(lodged, cause=ErasureCause.ORDERED))
    assert way.fetch("customs-fr", lodged) == [("content", Fate.ERASED)]
    assert not [path for path in way.asked if path.startswith("/v1/payloads")]


def test_a_reader_by_grant_has_it_too(way, lodged, platform):
    platform.sharing.grant(lodged, EXPRESS)
    assert way.fetch("express", lodged) == [("grant", Fate.FETCHED), ("content", Fate.FETCHED)]
    express = way.desk("express")
    assert express.payload(lodged) == platform.payload(lodged)
    assert way.fetch("express", lodged) == [("grant", Fate.HERE), ("content", Fate.HERE)]
    platform.sharing.withdraw(lodged, EXPRESS)
    assert way.fetch("express", lodged)[0] == ("grant", Fate.FETCHED)
    with pytest.raises(ContentMissing):
        express.payload(lodged)


def test_an_older_grant_takes_no_newer_ones_place(way, lodged, platform):
    platform.sharing.grant(lodged, EXPRESS)
    older = []

    def noted(path, told):
        older.extend([told] if "grants" in told else [])
        return told

    way.change = noted
    way.fetch("express", lodged)
    platform.sharing.withdraw(lodged, EXPRESS)
    way.fetch("express", lodged)
    way.change = lambda path, told: older[0] if "grants" in told else told
    assert way.fetch("express", lodged) == [("grant", Fate.HERE), ("content", Fate.NOT_THERE)]


def test_content_without_references_of_its_own(team, way, customs):
    reported = team.recorded(
        customs.report({"Declaration/ID[1]": "25FR"}, Leg.IMPORT, customs.moment(), [])
    ).declaration
    with way.fetcher("customs-fr") as fetcher:
        [one] = fetcher.fetch(reported)
    assert (one.fate, one.references) == (Fate.FETCHED, 0)
    assert dict(way.desk("customs-fr").payload(reported)[1].fields) == {"Declaration/ID[1]": "25FR"}


def test_chosen_fields(way, lodged, platform, express):
    platform.field_sets.grant(lodged, EXPRESS, CHOICE)
    assert way.fetch("express", lodged) == [("grant", Fate.FETCHED), ("chosen fields", Fate.FETCHED)]
    assert way.desk("express").field_sets.open(lodged) == express.field_sets.open(lodged)
    assert way.fetch("express", lodged) == [("grant", Fate.HERE), ("chosen fields", Fate.HERE)]
    platform.field_sets.withdraw(lodged, EXPRESS, CHOICE)
    assert way.fetch("express", lodged) == [("grant", Fate.FETCHED), ("content", Fate.NOT_THERE)]
    assert not way.kept(lodged)


def test_fields_of_one_version_alone_such_as_an_arrangement_opens(way, lodged, platform, express):
    platform.field_sets.grant(lodged, EXPRESS, replace(CHOICE, version=1))
    assert way.fetch("express", lodged) == [("grant", Fate.FETCHED), ("chosen fields", Fate.FETCHED)]
    assert way.desk("express").field_sets.open(lodged) == express.field_sets.open(lodged)


def test_chosen_fields_for_a_key_that_was_not_there(team, way, lodged, platform):
    platform.field_sets.grant(lodged, EXPRESS, CHOICE)
    [one] = team.client.field_sets(lodged, PLATFORM)
    team.client.sealed_payloads.drop_wraps(lodged, EXPRESS)
    assert one.wrap
    assert way.fetch("express", lodged) == [("grant", Fate.FETCHED), ("chosen fields", Fate.UNREADABLE)]


def test_neighbours_in_one_store(way, lodged, platform):
    platform.sharing.grant(lodged, EXPRESS)
    way.fetch("customs-fr", lodged)
    assert ("content", Fate.FETCHED) in way.fetch("express", lodged)
    assert len(way.kept(lodged)) == 1
    assert way.desk("express").payload(lodged) == way.desk("customs-fr").payload(lodged)


def test_goods_items_of_a_decision(team, way, lodged, customs):
    team.recorded(customs.decide(lodged, DecisionKind.ACCEPT))
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE, RulingOptions(items={2: None})))
    way.fetch("platform", lodged)
    query = StatusQuery(reference=f"0x{lodged.hex()}")
    assert team.client.status(query, PLATFORM).parts == way.apart.status(query, PLATFORM).parts
    assert way.fetch("platform", lodged) == [("content", Fate.HERE)]


def test_goods_items_that_are_no_more_there(team, way, lodged, customs):
    part_released(team, lodged, customs)
    way.change = lambda path, told: {**told, "parts": []} if "/status" in path else told
    assert ("goods items", Fate.NOT_THERE) in way.fetch("platform", lodged)


def part_released(team, lodged, customs):
    team.recorded(customs.decide(lodged, DecisionKind.ACCEPT))
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE, RulingOptions(items={2: None}, reason=Reason.RISK)))


def test_a_reference_that_only_the_other_gateway_knows(way, lodged, case):
    with way.fetcher("customs-fr") as fetcher:
        desk = way.desk("customs-fr")

        def named(reference, kind=None):
            return fetcher.named(reference, kind, lambda: desk.resolve(reference))

        assert named(case.item) == named(f"0x{lodged.hex()}") == [lodged]
        assert way.asked.count(f"/v1/consignments/{case.item}/status") == 1
        for unknown in ("NOBODY-KNOWS-IT", "0x" + "12" * 32):
            with pytest.raises(UnknownReference, match="neither this store nor"):
                named(unknown)


def test_a_participant_without_an_encryption_key(way, lodged):
    with pytest.raises(DeskError, match="no encryption key"), way.fetcher("customs-fr", encryption=()):
        pass


# --- mutual assistance ------------------------------------------------------------------------------------------------


def written(team, name, lodged, addressee, text, **more):
    """A question, or an answer, of one administration to another: on the chain as a hash, sealed in the store."""
    desk, client = team.desk(name), team.client
    payload = Payload(ASSISTANCE_SCHEMA, secrets.token_bytes(32), (("text", text),))
    record = Assistance(
        administration=desk.identity.organisation,
        addressee=addressee,
        consignment=lodged,
        kind=AssistanceKind.VERIFICATION,
        commitment=payload.root,
        deadline=desk.moment() + 3_600,
        **more,
    )
    [taken] = client.submit([Entry(record, desk.identity.signer.sign(client.domains.of(record), record))])
    subject = more.get("request") or taken.digest
    desk.sealer.keep(subject, Content(payload, payload.root, (addressee,)))
    [told] = client.wait([taken.digest], 60)
    assert told.progress is RecordProgress.FINAL, told
    return taken.digest


@pytest.fixture
def question(team, lodged, customs):
    due = customs.moment() + 600
    return written(team, "customs-fr", lodged, GB, "who packed it?", action=AssistanceAction.REQUEST, due_at=due)


def test_a_request_of_assistance_and_its_answer(team, way, lodged, question):
    def fetched(name, record):
        with way.fetcher(name) as fetcher:
            return [(one.declaration, one.what, one.fate) for one in fetcher.assistance(record)]

    assert fetched("customs-gb", question) == [(question, "request", Fate.FETCHED)]
    answer = written(team, "customs-gb", lodged, FR, "we did", action=AssistanceAction.ANSWER, request=question)
    assert fetched("customs-fr", answer) == [(question, "request", Fate.FETCHED), (question, "answer", Fate.FETCHED)]
    assert fetched("customs-fr", question) == [(question, "request", Fate.HERE), (question, "answer", Fate.HERE)]
    commitments = dict(way.apart.recognition.assistance_contents(question))
    subject = Subject(question, commitments["answer"], schema_id(ASSISTANCE_SCHEMA))
    assert dict(way.desk("customs-fr").sealer.open(subject).fields) == {"text": "we did"}
    assert fetched("platform", question) == [
        (question, "request", Fate.NOT_THERE),
        (question, "answer", Fate.NOT_THERE),
    ]


def test_what_is_no_assistance(way, lodged):
    with way.fetcher("customs-fr") as fetcher:
        assert fetcher.assistance(lodged) is None
        assert fetcher.assistance(b"\1" * 32) is None


# --- gateways that lie ------------------------------------------------------------------------------------------------


def test_content_that_is_withheld_is_missed(way, lodged):
    way.change = lambda path, told: None
    with way.fetcher("customs-fr") as fetcher:
        [one] = fetcher.fetch(lodged)
    assert (one.declaration, one.version, one.fate) == (lodged, 1, Fate.NOT_THERE)


def packed(content):
    return base64.b64encode(content).decode()


def test_a_ciphertext_of_another_record(way, lodged):
    def other(path, told):
        return {"sealed": [{**one, "declaration": "0x" + "77" * 32} for one in told["sealed"]]}

    way.change = other
    assert "another record" in way.refused("customs-fr", lodged)
    assert not way.kept(lodged)


def test_a_changed_ciphertext(way, lodged):
    def changed(path, told):
        [one] = told["sealed"]
        content = bytearray(base64.b64decode(one["ciphertext"]))
        content[-1] ^= 1
        return {"sealed": [{**one, "ciphertext": packed(content)}]}

    way.change = changed
    assert way.refused("customs-fr", lodged)
    assert not way.kept(lodged)


def test_other_content_that_is_encrypted_properly(team, way, lodged):
    version = team.client.versions(lodged)[0]
    payload = Payload("wco-dm/3.6/declaration", bytes(32), (("Declaration/TypeCode[1]", "IMD"),))
    sealed, key = seal(Subject(lodged, version.commitment, version.schema), payload.to_bytes())
    wrap = wrap_for(team.desk("customs-fr").identity.encryption[0].public, sealed, key)

    def forged(path, told):
        [one] = told["sealed"]
        given = {
            "keyVersion": wrap.key_version,
            "suite": int(wrap.suite),
            "wrap": base64.b64encode(wrap.wrapped).decode(),
        }
        return {"sealed": [{**one, "ciphertext": base64.b64encode(sealed.ciphertext).decode(), "wrap": given}]}

    way.change = forged
    assert "does not open the commitment that stands on the chain" in way.refused("customs-fr", lodged)
    assert not way.kept(lodged)
    way.change = lambda path, told: {"sealed": [*forged(path, told)["sealed"], *told["sealed"]]}
    assert way.fetch("customs-fr", lodged) == [("content", Fate.FETCHED)]


def test_what_is_no_ciphertext_at_all(way, lodged):
    way.change = lambda path, told: {"sealed": [{**one, "ciphertext": "AA=="} for one in told["sealed"]]}
    assert "no ciphertext" in way.refused("customs-fr", lodged)


def test_a_forged_grant(way, lodged, platform):
    platform.sharing.grant(lodged, EXPRESS)

    def forged(path, told):
        return (
            {"grants": [{**one, "validUntil": 4_000_000_000} for one in told["grants"]]} if "grants" in told else told
        )

    way.change = forged
    assert "nobody who may let others in has signed it" in way.refused("express", lodged)
    assert not way.apart.grants(lodged, EXPRESS)


def test_chosen_fields_without_a_grant_for_them(way, lodged, platform):
    platform.field_sets.grant(lodged, EXPRESS, CHOICE)

    def other(path, told):
        return {"sealed": [{**one, "fields": "0x" + "55" * 32} for one in told["sealed"]]} if "sealed" in told else told

    way.change = other
    assert "another set than was granted" in way.refused("express", lodged)
    assert not way.kept(lodged)


def test_other_goods_items(team, way, lodged, customs):
    part_released(team, lodged, customs)

    def other(path, told):
        for part in told.get("parts", []):
            part["items"] = [{"number": 1, "quantity": None}]
        return told

    way.change = other
    assert "do not open this scope" in way.refused("platform", lodged)

"""A gateway that lies: each lie of docs/audit.md is told, and the audit names it. Without a lie it is clean.

The network is the demo's, after its story: five consignments, with holds, amendments, and goods released in part.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from passavant_verifier.audit.auditing import Audit, Plan, Result
from passavant_verifier.audit.command import main
from passavant_verifier.audit.findings import Findings
from passavant_verifier.audit.gateway import Gateway
from passavant_verifier.audit.rpc import Node
from passavant_verifier.audit.steps import Step
from tests.fakes.liar import Liar
from tests.verifier.audit.auditing import Told, audited, first
from tests.verifier.audit.garbling import garbled

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
Lie = Callable[[str, Any], Any]


def flipped(text: str) -> str:
    return text[:-1] + f"{int(text[-1], 16) ^ 1:x}"


def asked(told: Told, *urls: str, secret: bytes | None = None, **plan: Any) -> Findings:
    gateways = [Gateway(url, timeout=20, pause=0.001) for url in urls]
    session = told.secret if secret is None else secret
    _, findings = audited(told.network, told.rpc, gateways=gateways, session=session, pause=0.001, **plan)
    for gateway in gateways:
        gateway.close()
    return findings


def feed(change: Callable[[list[Any]], list[Any]]) -> Lie:
    """A lie about the first page of the feed, which is all of it here."""

    def lie(path: str, answer: Any) -> Any:
        about = path.startswith("/v1/events") and "after" not in path
        return {**answer, "events": change(answer["events"])} if about else answer

    return lie


def entry(name: str, value: Any) -> Lie:
    """A lie about one field of the feed's twentieth event."""
    return feed(lambda events: [{**one, name: value(one[name])} if at == 20 else one for at, one in enumerate(events)])


def answers(start: str, end: str, change: Callable[[dict[str, Any]], Any]) -> Lie:
    """A lie about every answer at such a path."""

    def lie(path: str, answer: Any) -> Any:
        return change(answer) if path.startswith(start) and path.endswith(end) and len(path) > 60 else answer

    return lie


def says(name: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda answer: {**answer, name: value(answer[name]) if callable(value) else value}


def declared(name: str, value: Any) -> Lie:
    return answers("/v1/declarations/", "", says(name, value))


def status(name: str, value: Any) -> Lie:
    return answers("/v1/consignments/", "/status", says(name, value))


def timeline(change: Callable[[list[Any]], list[Any]]) -> Lie:
    return answers("/v1/consignments/", "/provenance", says("entries", change))


def participants(change: Callable[[list[Any]], list[Any]]) -> Lie:
    def lie(path: str, answer: Any) -> Any:
        return {**answer, "participants": change(answer["participants"])} if path.startswith("/v1/part") else answer

    return lie


def of_keys(change: Callable[[list[Any]], list[Any]]) -> Lie:
    return participants(lambda listed: [{**listed[0], "keys": change(listed[0]["keys"])}, *listed[1:]])


LIES: dict[str, tuple[Step, Lie]] = {
    "an event left out": (Step.FEED, feed(lambda events: events[:20] + events[21:])),
    "the first event left out": (Step.FEED, feed(lambda events: events[1:])),
    "the newest events left out": (
        Step.FEED,
        lambda path, answer: (
            {**answer, "events": []}
            if "after" in path
            else ({**answer, "events": answer["events"][:-3]} if path.startswith("/v1/events") else answer)
        ),
    ),
    "no events at all": (Step.FEED, feed(lambda _: [])),
    "two events swapped": (Step.FEED, feed(lambda e: [*e[:20], e[21], e[20], *e[22:]])),
    "an event twice": (Step.FEED, feed(lambda e: [*e[:20], e[20], *e[20:]])),
    "an event invented": (Step.FEED, feed(lambda e: [*e, {**e[-1], "id": flipped(e[-1]["id"])}])),
    "an event's id": (Step.FEED, entry("id", flipped)),
    "an event's type": (Step.FEED, entry("type", lambda _: "Hold")),
    "an event's outcome": (Step.FEED, entry("outcome", lambda _: "STALE_HEAD")),
    "an event's author": (Step.FEED, entry("author", lambda was: was + 1)),
    "an event's body": (Step.FEED, entry("body", flipped)),
    "an event's record": (Step.FEED, entry("record", lambda was: {**was, "deadline": 1})),
    "an event's signature": (Step.FEED, entry("signature", flipped)),
    "an event's proof": (Step.FEED, entry("proof", lambda was: f"{was}00")),
    "an event's block": (Step.FEED, entry("block", lambda was: was + 1)),
    "an event's block hash": (Step.FEED, entry("blockHash", flipped)),
    "an event's time": (Step.FEED, entry("blockTime", lambda _: "2020-01-01T00:00:00Z")),
    "an event's place": (Step.FEED, entry("log", lambda was: was + 1)),
    "an event's head before": (Step.FEED, entry("headBefore", flipped)),
    "an event's head after": (Step.FEED, entry("headAfter", flipped)),
    "a declaration that is denied": (Step.STATUS, answers("/v1/declarations/", "", lambda _: {"asOf": _["asOf"]})),
    "a declaration's status": (Step.STATUS, declared("status", "RELEASED")),
    "a declaration's version": (Step.STATUS, declared("version", lambda was: was + 1)),
    "a declaration's content": (
        Step.STATUS,
        declared("versions", lambda v: [{**one, "commitment": flipped(one["commitment"])} for one in v]),
    ),
    "an erasure that there was not": (
        Step.STATUS,
        declared("versions", lambda v: [{**one, "erased": {"digest": "0x00"}} for one in v]),
    ),
    "a declaration's settled head": (Step.STATUS, declared("settledHead", flipped)),
    "a declaration's holds": (Step.STATUS, declared("holdHead", flipped)),
    "a declaration's flags": (Step.STATUS, declared("flags", lambda was: [*was, "EXIT_DUE"])),
    "who is competent": (Step.STATUS, declared("competent", lambda was: was + 1)),
    "who declared": (Step.STATUS, declared("declarant", lambda was: was + 1)),
    "a pending request": (Step.STATUS, declared("pending", lambda was: "NONE" if was != "NONE" else "AMENDMENT")),
    "released when it is not": (Step.STATUS, status("answer", lambda was: "HELD" if was == "RELEASED" else "RELEASED")),
    "deliver when one must not": (Step.STATUS, status("deliver", lambda was: "NO" if was == "YES" else "YES")),
    "another public head": (Step.STATUS, status("publicHead", flipped)),
    "another debt": (Step.STATUS, status("debt", lambda was: "FINAL" if was != "FINAL" else "NONE")),
    "a status that is unknown": (Step.STATUS, status("answer", "UNKNOWN")),
    "a timeline's entry left out": (Step.PROVENANCE, timeline(lambda entries: entries[:-1])),
    "a timeline's entry invented": (Step.PROVENANCE, timeline(lambda entries: [*entries, entries[-1]])),
    "a timeline's order": (Step.PROVENANCE, timeline(lambda entries: entries[::-1])),
    "a timeline that is denied": (Step.PROVENANCE, timeline(lambda _: [])),
    "who did it": (Step.PROVENANCE, timeline(lambda e: [{**one, "by": one["by"] + 1} for one in e])),
    "with which key": (Step.PROVENANCE, timeline(lambda e: [{**one, "key": None} for one in e])),
    "when": (Step.PROVENANCE, timeline(lambda e: [{**one, "time": "2020-01-01T00:00:00Z"} for one in e])),
    "a record shown as refused": (
        Step.PROVENANCE,
        timeline(lambda e: [{**one, "what": "REFUSED", "outcome": "STALE_HEAD"} for one in e]),
    ),
    "a participant left out": (Step.PARTICIPANTS, participants(lambda listed: listed[1:])),
    "a participant invented": (Step.PARTICIPANTS, participants(lambda listed: [*listed, {**listed[0], "id": 7}])),
    "a participant's status": (
        Step.PARTICIPANTS,
        participants(lambda listed: [{**one, "status": "SUSPENDED"} for one in listed]),
    ),
    "a participant's head": (
        Step.PARTICIPANTS,
        participants(lambda listed: [{**one, "head": flipped(one["head"])} for one in listed]),
    ),
    "a key left out": (Step.PARTICIPANTS, of_keys(lambda keys: keys[1:])),
    "a key invented": (Step.PARTICIPANTS, of_keys(lambda k: [*k, {**k[0], "address": flipped(k[0]["address"])}])),
    "a key's purposes": (Step.PARTICIPANTS, of_keys(lambda k: [{**one, "purposes": ["DECIDE"]} for one in k])),
    "a key's window": (
        Step.PARTICIPANTS,
        of_keys(lambda k: [{**one, "notAfter": "2020-01-01T00:00:00Z"} for one in k]),
    ),
    "a key's compromise": (
        Step.PARTICIPANTS,
        of_keys(lambda k: [{**one, "compromisedSince": "2020-01-01T00:00:00Z"} for one in k]),
    ),
    "an encryption key": (
        Step.PARTICIPANTS,
        participants(
            lambda listed: [
                {**one, "encryptionKeys": [{**key, "key": flipped(key["key"])} for key in one["encryptionKeys"]]}
                for one in listed
            ]
        ),
    ),
    "a stale view": (
        Step.FRESHNESS,
        declared("asOf", lambda was: {**was, "block": was["block"] - 3, "lag": 0}),
    ),
    "a view ahead of the node": (Step.FRESHNESS, declared("asOf", lambda was: {**was, "block": was["block"] + 9})),
    "a view of another chain": (
        Step.FRESHNESS,
        declared("asOf", lambda was: {**was, "blockHash": flipped(was["blockHash"])}),
    ),
}


@pytest.fixture(scope="module")
def chain(told):
    """The chain as read once; the gateways are what differs from test to test."""
    node = Node(told.rpc)
    plan = Plan(told.network, [node], [Gateway(told.gateway)], session=told.secret, pause=0.001)
    read = Audit(plan, Findings(), lambda *_: None)
    read.read_on()
    yield read
    node.close()


@pytest.mark.parametrize("name", LIES)
def test_steps_17_to_21_every_lie_is_caught(told: Told, chain: Audit, name):
    step, lie = LIES[name]
    with Liar(told.gateway, gateway=lie) as liar:
        chain.plan = replace(chain.plan, gateways=[Gateway(liar.url, timeout=20, pause=0.001)])
        chain.findings = Findings()
        chain.compare_gateways(Result(chain.replay))
        assert first(chain.findings).step is step, first(chain.findings)
        assert liar.lies


@pytest.mark.parametrize("seed", range(30))
def test_whatever_a_gateway_answers_the_audit_ends(told: Told, chain: Audit, seed):
    random = Random(seed)

    def lie(_path, answer):
        return garbled(random, answer) if random.random() < 0.1 else answer

    with Liar(told.gateway, gateway=lie) as liar:
        chain.plan = replace(chain.plan, gateways=[Gateway(liar.url, timeout=20, pause=0.001)])
        chain.findings = Findings()
        chain.compare_gateways(Result(chain.replay))
    assert chain.findings.exit_code in {0, 1, 3}


def test_an_audit_of_an_honest_gateway_by_the_command(told: Told, tmp_path, capsys):
    key, report = tmp_path / "session.key", tmp_path / "report.json"
    key.write_text(told.secret.hex())
    arguments = ["--network", str(told.home / "network.json"), "--rpc", told.rpc, "--gateway", told.gateway]
    assert main([*arguments, "--session-key", str(key), "--report", str(report)]) == 0
    assert "nothing diverges" in capsys.readouterr().out
    said = json.loads(report.read_text())["report"]
    results = {step["title"]: step["result"] for step in said["steps"]}
    gateway = ("Feed", "Status", "Provenance", "Participants", "Freshness")
    assert {results[title] for title in gateway} == {"passed"}
    assert said["sources"]["declarationsAsked"] == said["asOf"]["declarations"] == 8
    assert told.secret.hex() not in report.read_text()


def test_an_honest_gateway_is_clean(told: Told):
    with Liar(told.gateway, gateway=lambda _, answer: answer) as liar:
        findings = asked(told, liar.url)
        assert findings.exit_code == 0, (findings.divergences, findings.unknown)
        assert liar.lies == 0
        taken = {step for step in Step if findings.checked[step]}
        missing = set(Step) - taken
        assert missing <= {Step.REFUSALS, Step.CHECKPOINT, Step.ONE_VIEW, Step.OWN_KEY, Step.ANNEX}


def test_step_22_of_two_gateways_the_one_that_lies_is_named(told: Told):
    with Liar(told.gateway, gateway=status("answer", "RELEASED")) as liar:
        findings = asked(told, told.gateway, liar.url)
        assert first(findings).step is Step.STATUS
        assert liar.url.removeprefix("http://") in first(findings).place.what
    assert asked(told, told.gateway, told.gateway).exit_code == 0


def test_without_a_session_participants_alone_are_compared(told: Told):
    _, findings = audited(told.network, told.rpc, gateways=[Gateway(told.gateway)])
    assert findings.exit_code == 0
    assert findings.checked[Step.PARTICIPANTS] == 8
    assert not findings.checked[Step.FEED]


def test_a_sample_of_declarations(told: Told):
    findings = asked(told, told.gateway, sample=2)
    assert findings.exit_code == 0
    assert findings.checked[Step.STATUS] == findings.checked[Step.PROVENANCE] == 2


WITHHELD: dict[str, tuple[Step, Lie]] = {
    "a feed that is no list": (Step.FEED, lambda path, a: {"events": 7} if path.startswith("/v1/events") else a),
    "a feed of no objects": (Step.FEED, lambda path, a: {"events": [7]} if path.startswith("/v1/events") else a),
    "an answer that is no object": (Step.PARTICIPANTS, lambda path, a: [] if path.startswith("/v1/part") else a),
    "no challenge": (Step.FRESHNESS, lambda path, a: {} if path.endswith("challenges") else a),
    "a challenge for somebody else": (
        Step.FRESHNESS,
        lambda path, a: (
            {"typedData": {"message": {**a["typedData"]["message"], "organisation": 7}}}
            if path.endswith("challenges")
            else a
        ),
    ),
    "no token": (Step.FRESHNESS, lambda path, a: {} if path.endswith("sessions") else a),
}


@pytest.mark.parametrize("name", WITHHELD)
def test_what_a_gateway_withholds_is_unknown_and_never_clean(told: Told, name):
    step, lie = WITHHELD[name]
    with Liar(told.gateway, gateway=lie) as liar:
        findings = asked(told, liar.url)
        assert findings.exit_code == 3, findings.divergences
        assert findings.unknown[0].step is step


def test_a_gateway_that_is_not_there_is_unknown(told: Told):
    findings = asked(told, "http://127.0.0.1:1")
    assert findings.exit_code == 3
    assert findings.checked[Step.STATE] == 3


def test_a_session_key_of_nobody_is_unknown(told: Told):
    findings = asked(told, told.gateway, secret=b"\1" * 32)
    assert findings.exit_code == 3
    assert "is no participant's" in findings.unknown[0].text

"""What a gateway must say, worked out from the chain: events, declarations, answers, timelines, participants.

The shapes are those of docs/gateway.md; only what the chain tells is in them, so that a gateway may say more.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from passavant_verifier.audit.replay import Seen
from passavant_verifier.codes import (
    DEBT_MASK,
    DEBT_SHIFT,
    Debt,
    EncryptionSuite,
    Flag,
    Leg,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    Pending,
    Purpose,
    RecordType,
    Regime,
    Reliance,
    Stage,
    Status,
)
from passavant_verifier.events import Recorded, Refused
from passavant_verifier.keccak import keccak256
from passavant_verifier.law.ledger import Ledger
from passavant_verifier.layout import Key
from passavant_verifier.lifecycle import LIVE, pending_of
from passavant_verifier.records import WORD, ZERO, Record

_SHARED: Final = ("consignment", "administration", "leg", "status", "version", "publicHead", "reliance")
_LAST_INSTANT: Final = 253_402_300_799
_HOME_USE: Final = (Regime.HOME_USE, Regime.RE_IMPORT)
_BEFORE: Final = (Status.REPORTED, Status.PRE_LODGED, Status.LODGED, Status.ACCEPTED)
_PARTWAY: Final = (Status.CONDITIONALLY_RELEASED, Status.PARTLY_RELEASED)
_DONE: Final = (Status.RELEASED, Status.CLEARED, Status.EXITED)
_OTHERWISE: Final = {Status.CLEARED: "RELEASED", Status.RETURNED: "RETURN"}
_DELIVER: Final = {"CONDITIONALLY_RELEASED": "AS_STATED", "PARTLY_RELEASED": "THOSE_ONLY"}


@dataclass
class History:
    """Every event of the chain, in order and by what it is about.

    Attributes:
        controlled: the declaration that was controlled, by the digest of the control or of a recognition of it.
        assistance: requests of assistance and their answers, by the consignment that they are about.
    """

    seen: list[Seen] = field(default_factory=list)
    of_declaration: dict[bytes, list[Seen]] = field(default_factory=lambda: defaultdict(list))
    controlled: dict[bytes, bytes] = field(default_factory=dict)
    encryption: dict[int, list[Seen]] = field(default_factory=lambda: defaultdict(list))
    assistance: dict[bytes, list[Seen]] = field(default_factory=lambda: defaultdict(list))

    def __call__(self, seen: Seen) -> None:
        """Keep an event."""
        self.seen.append(seen)
        record = seen.entry.record
        if record.form.of_recognitions:
            if record.code is RecordType.RECOGNITION:
                self._recognised(seen)
            elif record.code is RecordType.ASSISTANCE and isinstance(seen.event, Recorded):
                self.assistance[record.word("consignment")].append(seen)
        elif not record.form.of_participants:
            about = seen.entry.digest if record.code is RecordType.DECLARATION else record.word("declaration")
            self.of_declaration[about].append(seen)
            if record.code is RecordType.CONTROL and isinstance(seen.event, Recorded):
                self.controlled[seen.entry.digest] = about
        elif record.code is RecordType.ENCRYPTION_KEY and isinstance(seen.event, Recorded):
            self.encryption[seen.entry.author].append(seen)

    def timeline(self, declaration: bytes) -> list[Seen]:
        """What an auditor is told of a declaration, in order: its own events, and assistance about its consignment."""
        consignment = bytes.fromhex(_consignment(_lodgement(self, declaration))[2:])
        told = [*self.of_declaration[declaration], *self.assistance[consignment]]
        return sorted(told, key=lambda seen: (seen.block.number, seen.log))

    def _recognised(self, seen: Seen) -> None:
        """It stands in its own declaration's timeline and, once recorded, in that of the one that was controlled."""
        record = seen.entry.record
        places = {record.word("declaration")}
        if isinstance(seen.event, Recorded):
            controlled = self.controlled.get(record.word("parent"), record.word("declaration"))
            self.controlled[seen.entry.digest] = controlled
            places.add(controlled)
        for declaration in places:
            self.of_declaration[declaration].append(seen)


def event_said(seen: Seen) -> dict[str, Any]:
    """An event as ``/v1/events`` tells it."""
    event, record = seen.event, seen.entry.record
    return {
        "id": _hex(seen.entry.digest),
        "type": record.form.name,
        "outcome": Outcome(event.outcome).name if isinstance(event, Refused) else "RECORDED",
        "author": seen.entry.author,
        "body": _hex(record.body),
        "signature": _hex(event.signature),
        "proof": _hex(event.proof if isinstance(event, Recorded) else b""),
        "block": seen.block.number,
        "blockHash": _hex(seen.block.hash),
        "blockTime": _instant(seen.block.time),
        "log": seen.log,
        "headBefore": _hex(seen.before),
        "headAfter": _hex(seen.after),
        "record": _message(record),
    }


def entry_said(ledger: Ledger, declaration: bytes, seen: Seen) -> dict[str, Any]:
    """An event as a timeline tells it."""
    event, record = seen.event, seen.entry.record
    since = ledger.participants.keys[seen.entry.signer].compromised_since
    about = record.word("declaration") if record.code is RecordType.RECOGNITION else declaration
    named = None if record.code is RecordType.ASSISTANCE else _hex(about)
    refused = isinstance(event, Refused)
    return {
        "what": "REFUSED" if refused else "RECORDED",
        "type": record.form.name,
        "by": seen.entry.author,
        "time": _instant(seen.block.time),
        "declaration": named,
        "digest": _hex(seen.entry.digest),
        "key": _hex(seen.entry.signer),
        "disputed": 0 < since <= seen.block.time,
        "outcome": Outcome(event.outcome).name if isinstance(event, Refused) else None,
        "block": seen.block.number,
        "log": seen.log,
        "headBefore": _hex(seen.before),
        "headAfter": _hex(seen.after),
    }


def declaration_said(ledger: Ledger, history: History, declaration: bytes, time: int) -> dict[str, Any]:
    """A declaration as ``/v1/declarations/{id}`` tells it."""
    known = ledger.consignments.declarations[declaration]
    state, lodged = known.state, _lodgement(history, declaration)
    request = ledger.consignments.requests.get(declaration, ZERO)
    holds = ledger.consignments.holds_on(declaration)
    recorded = [seen for seen in history.of_declaration[declaration] if _advances(seen)]
    link = lodged.entry.record.word("link")
    return {
        "id": _hex(declaration),
        "consignment": _consignment(lodged),
        "declarant": state.declarant,
        "agent": lodged.entry.record.number("agent"),
        "administration": state.administration,
        "competent": ledger.participants.competent_for(state.administration, time),
        "leg": Leg(state.leg).name,
        "regime": Regime(state.regime).name,
        "stage": Stage(lodged.entry.record.number("stage")).name,
        "status": Status(state.status).name,
        "flags": _names(Flag, state.all_flags),
        "pending": Pending(pending_of(state.flags)).name,
        "debt": _debt(state.flags),
        "version": state.version,
        "versions": _versions(ledger, declaration),
        "settledHead": _hex(known.settled),
        "request": _hex(request),
        "holdHead": _hex(holds.head),
        "publicHead": _hex(keccak256(known.settled, request, holds.head)),
        "link": None if link == ZERO else _hex(link),
        "linkKind": lodged.entry.record.number("linkKind"),
        "lodgedAt": _instant(known.effective_at),
        "openedBlock": lodged.block.number,
        "updatedBlock": recorded[-1].block.number,
        "reliance": _reliance(ledger, declaration),
    }


def status_said(ledger: Ledger, history: History, declaration: bytes, time: int) -> dict[str, Any]:
    """The answer to "is it released?" of ``/v1/consignments/{id}/status``."""
    shown = declaration_said(ledger, history, declaration, time)
    state = ledger.consignments.declarations[declaration].state
    competent = ledger.participants.organisation(shown["competent"])
    expelled = competent.status_at(time) == OrganisationStatus.EXPELLED
    answer = _answer(state.status, state.flags)
    if expelled and state.status in LIVE and state.status not in _DONE:
        answer = "AUTHORITY_WITHDRAWN"
    reported = shown["stage"] == Stage.REPORTED.name
    home = state.leg == Leg.IMPORT and state.regime in _HOME_USE and not reported
    return {
        "answer": answer,
        "deliver": _DELIVER.get(answer, "YES" if answer == "RELEASED" and home else "NO"),
        "declaration": shown["id"],
        "regime": None if reported else shown["regime"],
        **{
            name: shown[name]
            for name in ("consignment", "administration", "leg", "status", "version", "publicHead", "reliance")
        },
        "cleared": bool(state.flags & Flag.CLEARED),
        "overridden": bool(state.flags & Flag.OVERRIDDEN),
        "sealBroken": bool(state.seal_broken),
        "debt": shown["debt"],
    }


def participant_said(ledger: Ledger, history: History, identity: int, time: int) -> dict[str, Any]:
    """A participant as ``/v1/participants`` tells it, its keys by address, its encryption keys by version."""
    people = ledger.participants
    word = people.organisation(identity)
    keys = {address: key for address, key in people.keys.items() if key.organisation == identity}
    return {
        "id": identity,
        "kind": OrganisationKind(word.kind).name,
        "administration": word.sponsor or identity,
        "country": word.country.to_bytes(2, "big").decode("ascii", "replace") if word.country else None,
        "status": OrganisationStatus(word.status_at(time)).name,
        "head": _hex(people.head(identity)),
        "successor": word.successor or None,
        "byCouncil": bool(word.mark),
        "backdating": word.backdating_at(time),
        "keys": [_key_said(address, key) for address, key in sorted(keys.items())],
        "encryptionKeys": [_published(one) for one in history.encryption[identity]],
    }


def _key_said(address: bytes, key: Key) -> dict[str, Any]:
    return {
        "address": _hex(address),
        "purposes": _names(Purpose, key.purposes),
        "office": key.office,
        "notBefore": _instant(key.not_before),
        "notAfter": _instant(key.not_after),
        "compromisedSince": _instant(key.compromised_since) if key.compromised_since else None,
    }


def _published(seen: Seen) -> dict[str, Any]:
    record, event = seen.entry.record, seen.event
    suite = EncryptionSuite(record.number("suite"))
    proof = event.proof if isinstance(event, Recorded) and suite is EncryptionSuite.HYBRID else b""
    return {
        "version": record.number("version"),
        "suite": suite.name,
        "key": _hex(record.word("key")),
        "mlkem": _hex(proof),
        "notAfter": _instant(record.number("notAfter")),
    }


def _advances(seen: Seen) -> bool:
    """A recognition is made for a declaration, and no part of its own timeline."""
    return isinstance(seen.event, Recorded) and seen.entry.record.code is not RecordType.RECOGNITION


def _reliance(ledger: Ledger, declaration: bytes) -> str | None:
    """Whether the recognitions on which it relies stand, wherever one was broken; None: it relies on none."""
    state = ledger.consignments.declarations[declaration].state
    if not state.relies:
        return None
    withdrawn = state.seal_broken or ledger.is_withdrawn(declaration)
    return Reliance.WITHDRAWN.name if withdrawn else Reliance.STANDS.name


def _lodgement(history: History, declaration: bytes) -> Seen:
    """The event that recorded a declaration; refusals of the same record may stand before it."""
    events = history.of_declaration[declaration]
    return next(one for one in events if isinstance(one.event, Recorded))


def _consignment(lodged: Seen) -> str:
    named = lodged.entry.record.word("consignment")
    return _hex(lodged.entry.digest if named == ZERO else named)


def _versions(ledger: Ledger, declaration: bytes) -> list[dict[str, Any]]:
    erasures = ledger.consignments.erasures
    commitments = ledger.consignments.declarations[declaration].commitments
    versions = []
    for number, commitment in enumerate(commitments, start=1):
        erased = erasures.get((declaration, number))
        told = None if erased is None else {"digest": _hex(erased)}
        versions.append({"number": number, "commitment": _hex(commitment), "erased": told})
    return versions


def _answer(status: int, flags: int) -> str:
    """What the standing means for the goods: some flags hold them, and before the release more do than after it."""
    own = Flag.DETENTION
    if status in _BEFORE:
        own |= Flag.CONTROL | Flag.DOCUMENTS | Flag.PAYMENT
    elif status in _PARTWAY:
        own |= Flag.CONTROL
    by_agency = flags & Flag.AGENCY and not flags & Flag.OVERRIDDEN
    holdable = status in (*_BEFORE, *_PARTWAY, Status.RELEASED, Status.CLEARED)
    if holdable and (flags & own or by_agency):
        return "HELD"
    return _OTHERWISE.get(Status(status), Status(status).name)


def _debt(flags: int) -> str:
    return Debt((flags & DEBT_MASK) >> DEBT_SHIFT).name


def _names(kind: type[Flag | Purpose], bits: int) -> list[str]:
    return [str(one.name) for one in kind if one & bits]


def _message(record: Record) -> dict[str, Any] | None:
    """The record as typed data; None: a refused one whose words do not fit."""
    if not record.fits():
        return None
    return {name.name: _plain(record, name.name, name.type, name.size) for name in record.form.fields}


def _plain(record: Record, name: str, kind: str, size: int) -> int | str:
    if kind.startswith("uint"):
        return record.number(name)
    word = record.word(name)
    return _hex(word[WORD - size :] if kind == "address" else word[:size])


def _hex(value: bytes) -> str:
    return f"0x{value.hex()}"


def _instant(seconds: int) -> str:
    return f"{datetime.fromtimestamp(min(seconds, _LAST_INSTANT), UTC):%Y-%m-%dT%H:%M:%SZ}"


def differences(expected: Any, found: Any, path: str = "") -> Iterable[tuple[str, Any, Any]]:
    """Where `found` does not say what is expected: path, expected, found. It may say more."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name, value in expected.items():
            yield from differences(value, found.get(name), f"{path}.{name}" if path else str(name))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for place, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from differences(one, other, f"{path}[{place}]")
    elif expected != found or type(expected) is not type(found):
        yield path, expected, found

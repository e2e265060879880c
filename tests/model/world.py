"""A history in the making: the pure ledger, the fold of the chain's events, all keys, and what was presented."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache

from ledger.chain.abi import Entry
from ledger.domain import state as declarations
from ledger.domain.codes import AdmissionAction, KeyAction, OrganisationKind, OrganisationStatus, Outcome, Purpose
from ledger.domain.events import Event, Recorded
from ledger.domain.heads import joined
from ledger.domain.keccak import keccak256
from ledger.domain.participants import FOREVER, Founder, Participants
from ledger.domain.recognising import Recognising
from ledger.domain.records import (
    Admission,
    Control,
    Decision,
    Declaration,
    Erasure,
    KeyAuthorisation,
    OperatorStatus,
    ParticipantRecord,
    RecognitionRecord,
    Record,
)
from ledger.domain.rules import Ledger
from ledger.domain.signing import Presented, SigningDomains
from ledger.domain.wire import ZERO, DeclarationId, Digest, Head, encode
from tests.domain.builders import DAY, Signer
from tests.model.reading import Garbled, read, recover

ADMINISTRATIONS = ((1, b"AA"), (2, b"BB"), (3, b"CC"))
OPERATORS = ((70_001, 1), (70_002, 1), (80_001, 2))
AGENCIES = ((70_003, 1), (80_003, 2))
AUDITORS = ((70_004, 1),)
OFFICE = 7


@cache
def signer(name: str) -> Signer:
    return Signer(name)


def founders() -> list[Founder]:
    return [
        Founder(one, country, signer(f"{one} manages 1").address, signer(f"{one} manages 2").address)
        for one, country in ADMINISTRATIONS
    ]


@dataclass
class World:
    """All that a history knows.

    Attributes:
        ledger: the pure ledger.
        folded: another one, folded from the chain's events alone.
        signers: every key by its address.
        join_keys: of each opening declaration.
        steps: (prev, request, digest) of each declaration's decisions and controls.
        controls: every control by its digest.
        entries: all that was presented so far.
        now: time of the last block.
    """

    domains: SigningDomains
    ledger: Ledger
    folded: Ledger
    now: int
    signers: dict[bytes, Signer] = field(default_factory=dict)
    join_keys: dict[bytes, Signer] = field(default_factory=dict)
    steps: dict[bytes, list[tuple[Head, bytes, Digest]]] = field(default_factory=dict)
    controls: dict[bytes, Control] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    @classmethod
    def founded(cls, domains: SigningDomains, listed: bytes, now: int, *, development: bool) -> "World":
        """The world of a network's constructor."""
        made = []
        for _ in range(2):
            participants = Participants(Head(keccak256(listed)))
            for founder in founders():
                participants.admit(founder, now)
            made.append(Ledger(participants, development=development))
        world = cls(domains, made[0], made[1], now)
        for one, _ in ADMINISTRATIONS:
            world.known(signer(f"{one} manages 1"), signer(f"{one} manages 2"))
        return world

    def copy(self) -> "World":
        """An independent copy: records and states never change, so that copies of the containers do."""
        return replace(
            self,
            ledger=_copied(self.ledger),
            folded=_copied(self.folded),
            signers=dict(self.signers),
            join_keys=dict(self.join_keys),
            steps={one: list(steps) for one, steps in self.steps.items()},
            controls=dict(self.controls),
            entries=list(self.entries),
        )

    def known(self, *signers: Signer) -> None:
        self.signers.update({one.address: one for one in signers})

    def spare(self) -> Signer:
        """A key that nobody has used."""
        one = signer(f"spare {len(self.signers)}")
        self.known(one)
        return one

    def key_of(self, organisation: int, purpose: Purpose, number: int = 0) -> Signer:
        """A key of an organisation that serves now, or one of it that does not, or one of nobody."""
        keys = [one for one in self.ledger.participants.keys.values() if one.organisation == organisation]
        serving = [one for one in keys if purpose in one.purposes and one.valid_at(self.now)]
        found = serving or keys
        return self.signers[found[number % len(found)].address] if found else signer("nobody")

    def judge(self, entry: Entry) -> Outcome:
        """What the pure ledger says of an entry."""
        self.entries.append(entry)
        found = read(entry, self.domains)
        if isinstance(found, Outcome):
            return found
        if isinstance(found, Garbled):
            return self._judge_garbled(found)
        outcome = self.ledger.record(found, self.now)
        if outcome is Outcome.RECORDED and isinstance(found.record, Decision | Control):
            request = found.record.request if isinstance(found.record, Decision) else ZERO
            step = (found.record.prev, request, found.digest)
            self.steps.setdefault(found.record.declaration, []).append(step)
            if isinstance(found.record, Control):
                self.controls[found.digest] = found.record
        return outcome

    def _judge_garbled(self, found: Garbled) -> Outcome:
        key = self.ledger.participants.keys.get(found.signer or b"")
        if found.record_type.name == "ADMISSION":
            return Outcome.MALFORMED if key and self._is_administration(key.organisation) else Outcome.NOT_AUTHENTIC
        if found.author == 0:
            return Outcome.MALFORMED
        return Outcome.MALFORMED if key and key.organisation == found.author else Outcome.NOT_AUTHENTIC

    def _is_administration(self, organisation: int) -> bool:
        return self.ledger.participants.organisations[organisation].kind is OrganisationKind.ADMINISTRATION

    def fold(self, events: Sequence[Event], now: int) -> None:
        """Fold what the chain told."""
        for event in events:
            if isinstance(event, Recorded):
                self._fold(event, now)

    def _fold(self, event: Recorded, now: int) -> None:
        record, digest, folded = event.record, event.digest, self.folded
        assert self.domains.digest(record) == digest
        if isinstance(record, ParticipantRecord):
            folded.participants.apply(record, digest, now, by_council=self._by_council(event))
        elif isinstance(record, Declaration):
            folded.declarations[DeclarationId(digest)] = declarations.lodge(record, digest)
            if record.consignment != ZERO:
                before = folded.consignments.get(record.consignment, Head(record.consignment))
                folded.consignments[record.consignment] = joined(before, DeclarationId(digest))
        elif isinstance(record, RecognitionRecord):
            seen = self._seen(event)
            law = Recognising(folded.participants, folded.declarations, folded.recognitions, folded.walk)
            law.fold(record, digest, now, seen.control)
        elif isinstance(record, Erasure):
            folded.erasures[record.declaration, record.version] = digest
        else:
            before_it = folded.declarations[record.declaration]
            folded.declarations[record.declaration] = declarations.advance(before_it, record, digest)
            if isinstance(record, Decision | Control) and record.supersedes != ZERO:
                folded.superseded.add(record.supersedes)
            if isinstance(record, Decision) and record.reliance != ZERO:
                folded.recognitions.reliances[record.declaration] = tuple(self._seen(event).relied)

    def _seen(self, event: Recorded) -> Presented:
        entry = Entry(event.record.record_type, encode(event.record), event.signature, event.proof)
        found = read(entry, self.domains)
        assert isinstance(found, Presented)
        return found

    def _by_council(self, event: Recorded) -> bool:
        record = event.record
        if not isinstance(record, Admission) or record.action != AdmissionAction.SUCCEED:
            return False
        signed = recover(event.digest, event.signature)
        assert signed is not None
        return self.folded.participants.keys[signed].organisation != record.predecessor

    def sign(self, record: Record, by: Signer, proof: bytes = b"") -> Entry:
        return Entry(record.record_type, encode(record), by.sign(self.domains.digest(record)), proof)


def _copied(ledger: Ledger) -> Ledger:
    known = ledger.participants
    return Ledger(
        Participants(
            known.council_head,
            dict(known.organisations),
            dict(known.keys),
            dict(known.mandates),
            dict(known.grants),
            dict(known.encryption_keys),
        ),
        ledger.development,
        dict(ledger.declarations),
        dict(ledger.consignments),
        set(ledger.superseded),
        dict(ledger.erasures),
        deepcopy(ledger.recognitions),
    )


def admit_members(world: World) -> list[Entry]:
    """Operators, agencies and auditors, each with a managing key."""
    kinds = (
        *((one, by, OrganisationKind.OPERATOR) for one, by in OPERATORS),
        *((one, by, OrganisationKind.AGENCY) for one, by in AGENCIES),
        *((one, by, OrganisationKind.AUDITOR) for one, by in AUDITORS),
    )
    entries = []
    for organisation, administration, kind in kinds:
        first = signer(f"{organisation} manages 1")
        world.known(first)
        record = OperatorStatus(
            administration=administration,
            org_head=Head(ZERO),
            organisation=organisation,
            kind=kind,
            status=OrganisationStatus.ACTIVE,
            key=first.address,
            purposes=Purpose.MANAGE,
            not_after=FOREVER,
            deadline=world.now + DAY,
        )
        proof = first.sign(world.domains.digest(record))
        entries.append(world.sign(record, signer(f"{administration} manages 1"), proof))
    return entries


DAILY = {
    OrganisationKind.ADMINISTRATION: Purpose.DECIDE,
    OrganisationKind.OPERATOR: Purpose.DECLARE,
    OrganisationKind.AGENCY: Purpose.HOLD,
    OrganisationKind.AUDITOR: Purpose.READ,
}


def give_keys(world: World, name: str) -> list[Entry]:
    """A further key for everybody: for daily work, of one office (administrations), or a managing one."""
    entries = []
    for organisation in world.ledger.participants.organisations.values():
        is_office = name == "office"
        if is_office and organisation.kind is not OrganisationKind.ADMINISTRATION:
            continue
        key = signer(f"{organisation.id} {name}")
        world.known(key)
        record = KeyAuthorisation(
            organisation=organisation.id,
            org_head=organisation.head,
            key=key.address,
            action=KeyAction.AUTHORISE,
            purposes=Purpose.MANAGE if name.startswith("manages") else DAILY[organisation.kind],
            office=OFFICE if is_office else 0,
            not_before=world.now + 7 * DAY,
            not_after=FOREVER,
            deadline=world.now + DAY,
        )
        proof = key.sign(world.domains.digest(record))
        entries.append(world.sign(record, signer(f"{organisation.id} manages 1"), proof))
    return entries

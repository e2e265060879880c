"""AEO status as of any moment, from recorded events alone: how each grant stands, and which partners recognise it.

Two times count. `at` is the legal moment that is asked about; `known_at` is a block time: only what was recorded by
then is looked at. An end that was recorded later, effective from earlier on, changes what holds at `at`, and never what
was known before. Arrangements and suspensions take effect no earlier than they are recorded, so of them whatever
was recorded after `at` changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ledger.domain.chronicle import Chronicle
from ledger.domain.codes import AeoStanding, OrganisationKind
from ledger.domain.events import Recorded
from ledger.domain.keccak import keccak256
from ledger.domain.participants import Participants
from ledger.domain.proposals import Annex
from ledger.domain.recognition import Line, Version
from ledger.domain.records import AeoStatus
from ledger.domain.wire import ZERO, Digest


class AeoState(StrEnum):
    """How a grant stands at a moment."""

    NOT_YET_VALID = "NOT_YET_VALID"
    VALID = "VALID"
    EXPIRED = "EXPIRED"
    SUSPENDED = "SUSPENDED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class AeoEnd:
    """The record that ends a grant.

    Attributes:
        status: SUSPENDED or WITHDRAWN.
        valid_from: from when on the grant no longer holds.
        recorded_at: block time of the record.
        evidence: commitment to why, for the home administration alone; None: for others, or there is none.
    """

    digest: Digest
    status: AeoStanding
    valid_from: int
    recorded_at: int
    evidence: bytes | None


@dataclass(frozen=True, slots=True)
class AeoPartner:
    """An administration with an arrangement in force with the home administration at the moment asked about.

    Attributes:
        arrangement: the version in force.
        recognises: whether its annex names the programme, or limits none; None: the annex is not known here.
        suspended_by: the parties that had suspended it, for new recognitions.
    """

    administration: int
    arrangement: Digest
    recognises: bool | None
    suspended_by: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AeoGranted:
    """A grant of AEO status, as it stands at a moment.

    Attributes:
        grant: digest of the record.
        administration: who granted it; `competent` is whoever is its successor at the moment asked about, or itself.
        programme: keccak256 of the programme's name; `programme_name` is None when that is not known here.
        recorded_at: block time of the grant.
        evidence: commitment to what it rests on, for the home administration alone; None: for others, or there is none.
        end: what suspended or withdrew it, from whenever on, as far as that was known.
        partners: who may rely on it; empty unless it is VALID.
    """

    grant: Digest
    administration: int
    competent: int
    programme: bytes
    programme_name: str | None
    valid_from: int
    valid_until: int
    recorded_at: int
    state: AeoState
    evidence: bytes | None
    end: AeoEnd | None
    partners: tuple[AeoPartner, ...]


@dataclass(frozen=True, slots=True)
class AeoHistory:
    """What the answer is folded from.

    Attributes:
        founders: the participants before the first event; they stay as they are.
        events: admissions, arrangements, their suspensions and AEO records, in the chain's order.
        annexes: those that are known, by hash.
        programmes: names of programmes that are known, by hash.
    """

    founders: Participants
    events: Sequence[Recorded]
    annexes: Mapping[bytes, Annex] = field(default_factory=dict)
    programmes: Mapping[bytes, str] = field(default_factory=dict)

    def grants(self, operator: int, at: int, known_at: int) -> tuple[AeoGranted, ...]:
        """An operator's grants at a legal moment, as known at a block time, in the order of their records."""
        ends = {record.grant: event for event, record in self._records(operator, known_at) if record.grant != ZERO}
        found = [one for one in self._records(operator, known_at) if one[1].grant == ZERO]
        if not found:
            return ()
        agreements = _Agreements(self._as_of(min(at, known_at)), self.annexes, at)
        return tuple(self._granted(event, record, ends.get(event.digest), agreements) for event, record in found)

    def _records(self, operator: int, known_at: int) -> Iterator[tuple[Recorded, AeoStatus]]:
        for event in self.events:
            record = event.record
            if isinstance(record, AeoStatus) and record.operator == operator and event.position.time <= known_at:
                yield event, record

    def _as_of(self, time: int) -> Chronicle:
        """What stood between administrations at a block time."""
        chronicle = Chronicle(self.founders)
        for event in self.events:
            if not isinstance(event.record, AeoStatus) and event.position.time <= time:
                chronicle.take(event)
        return chronicle

    def _granted(
        self, event: Recorded, record: AeoStatus, ended: Recorded | None, agreements: "_Agreements"
    ) -> AeoGranted:
        end = None if ended is None else _end(ended)
        state = _state(record, end, agreements.at)
        home = agreements.competent(record.administration)
        return AeoGranted(
            grant=event.digest,
            administration=record.administration,
            competent=home,
            programme=record.programme,
            programme_name=self.programmes.get(record.programme),
            valid_from=record.valid_from,
            valid_until=record.valid_until,
            recorded_at=event.position.time,
            state=state,
            evidence=_told(record.evidence),
            end=end,
            partners=agreements.partners(home, record.programme) if state is AeoState.VALID else (),
        )


def programme_hash(name: str) -> bytes:
    """What a grant says of its programme: keccak256 of the name in UTF-8."""
    return keccak256(name.encode())


def covers_programme(annex: Annex, programme: bytes) -> bool:
    """Whether partners under an annex recognise a programme, named by its hash: it is listed, or none is."""
    return not annex.programmes or programme in map(programme_hash, annex.programmes)


@dataclass(frozen=True, slots=True)
class _Agreements:
    """Who recognises whose operators at a moment, out of what was recorded by then."""

    chronicle: Chronicle
    annexes: Mapping[bytes, Annex]
    at: int

    def competent(self, administration: int) -> int:
        return self.chronicle.participants.competent_for(administration, self.at)

    def partners(self, home: int, programme: bytes) -> tuple[AeoPartner, ...]:
        if not self._acts(home):
            return ()
        found = []
        for pair, line in self.chronicle.ledger.recognitions.lines.items():
            first, second = map(self.competent, pair)
            if first != second and home in (first, second):
                found += self._partner(second if home == first else first, line, programme)
        return tuple(sorted(found, key=lambda one: (one.administration, one.arrangement)))

    def _partner(self, partner: int, line: Line, programme: bytes) -> list[AeoPartner]:
        digest, version = self._current(line)
        if not version.in_force(self.at) or not self._acts(partner):
            return []
        suspended = tuple(sorted(map(self.competent, line.suspended)))
        return [AeoPartner(partner, digest, self._recognises(version, programme), suspended)]

    def _current(self, line: Line) -> tuple[Digest, Version]:
        known = self.chronicle.ledger.recognitions
        current = known.current(line, self.at)
        return next((digest, one) for digest, one in known.versions.items() if one is current)

    def _recognises(self, version: Version, programme: bytes) -> bool | None:
        if version.record.annex == ZERO:
            return True
        annex = self.annexes.get(version.record.annex)
        return None if annex is None else covers_programme(annex, programme)

    def _acts(self, administration: int) -> bool:
        return self.chronicle.participants.is_active(administration, OrganisationKind.ADMINISTRATION, self.at)


def _state(record: AeoStatus, end: AeoEnd | None, at: int) -> AeoState:
    if end is not None and end.valid_from <= at and end.valid_from < record.valid_until:
        return AeoState(end.status.name)
    if at < record.valid_from:
        return AeoState.NOT_YET_VALID
    return AeoState.VALID if at < record.valid_until else AeoState.EXPIRED


def _end(event: Recorded) -> AeoEnd:
    record = event.record
    assert isinstance(record, AeoStatus)  # noqa: S101 - the caller has looked
    time = event.position.time
    return AeoEnd(event.digest, AeoStanding(record.status), record.valid_from, time, _told(record.evidence))


def _told(commitment: bytes) -> bytes | None:
    return None if commitment == ZERO else commitment

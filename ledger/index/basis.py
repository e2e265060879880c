"""What a declaration's status stands on as of a block: the decision that a receipt is about, and what depends on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ledger.domain.codes import DecisionKind, RecordType
from ledger.domain.events import Recorded
from ledger.domain.lifecycle import TABLE
from ledger.domain.participants import Organisation, Participants
from ledger.domain.recognition import Walk, relied_in
from ledger.domain.records import Control, Decision
from ledger.domain.wire import ZERO, Digest, Head
from ledger.index.answers import Answer
from ledger.index.facts import DEMANDS
from ledger.index.folding import Alone, Folded
from ledger.index.participants import load_administrations
from ledger.index.reading import Session
from ledger.index.recognitions import walk_from
from ledger.index.rows import RECORDED, recorded
from ledger.index.signers import signer_of
from ledger.index.verdict import effect_of

_KIND_AT: Final = 7 * 32
"""The last byte of a Decision's seventh word, from 1: its kind."""
_DECISION: Final = int(RecordType.DECISION)
_HOLD: Final = int(RecordType.HOLD)
_ACCEPTING: Final = frozenset({DecisionKind.REGISTER, DecisionKind.REGISTER_PRE_LODGED, DecisionKind.ACCEPT})


@dataclass(frozen=True, slots=True)
class Basis:
    """As of a block.

    Attributes:
        folded: the declaration.
        decision: what a receipt is about: the decision that blocks the goods when they are held by customs, else the
            one that led to the status.
        steps: (request or 0, digest) of each decision and control after it.
        signer: address of the key that signed it (20 bytes).
        administrations: the declaration's, and whoever took over from it, in order.
        walk: what it relies on, up to the controls; None: it relies on nothing.
    """

    folded: Folded
    decision: Recorded
    steps: tuple[tuple[bytes, bytes], ...]
    signer: bytes
    administrations: tuple[int, ...]
    walk: Walk | None = None


class Bases:
    """What statuses stand on as of one block; what they share is read once."""

    def __init__(self, session: Session, block: int) -> None:
        """As of a block of the store, in one snapshot."""
        self._session = session
        self._block = block

    def of(self, declaration: bytes) -> Basis | None:
        """What a declaration's status stands on; None when nothing was decided by then."""
        events = self._events(declaration)
        if not events:
            return None
        working = Alone(Participants(Head(ZERO)))
        working.fold(events)
        folded = working.declarations[declaration]
        digest = _decisive(folded)
        if digest is None:
            return None
        at = next(n for n, event in enumerate(events) if event.digest == digest)
        return Basis(
            folded,
            events[at],
            tuple(step for event in events[at + 1 :] if (step := _step(event))),
            signer_of(Digest(digest), events[at].signature) or b"",
            tuple(self._line(folded.state.administration)),
            self._walk(events) if folded.state.relies else None,
        )

    def _walk(self, events: Sequence[Recorded]) -> Walk:
        """What was relied on last by then. How a recognition leads to its control never changes once it is recorded."""
        for one in reversed(events):
            if isinstance(one.record, Decision) and one.record.reliance != ZERO:
                return walk_from(self._session, relied_in(one.record, one.proof))
        raise LookupError("the state says that it relies on recognitions, and no decision does")

    def _events(self, declaration: bytes) -> list[Recorded]:
        sql = (
            f"SELECT {RECORDED} FROM events JOIN blocks ON number = block"  # noqa: S608
            " WHERE declaration = ? AND outcome = 0 AND block <= ? ORDER BY block, log"
        )
        return [recorded(row) for row in self._session.rows(sql, declaration, self._block)]

    def _line(self, administration: int) -> Sequence[int]:
        """The administration, and who had taken over from it by then, in order."""
        line, known = [administration], self._administrations
        while (one := known.get(line[-1])) and one.succeeded_at(self._time) and one.successor:
            line.append(one.successor)
        return line

    @cached_property
    def _administrations(self) -> Mapping[int, Organisation]:
        return {one.id: one for one in load_administrations(self._session)}

    @cached_property
    def _time(self) -> int:
        return int(self._session.rows("SELECT time FROM blocks WHERE number = ?", self._block)[0][0])


def awaiting(session: Session, since: int, to_block: int, limit: int) -> tuple[list[bytes], int]:
    """Declarations whose status was decided on in blocks after `since`, and up to which block these are all.

    Only what bears on release: decisions that change the status beyond acceptance or set or lift a hold, and agencies'
    holds. At most about `limit` of them; a block is taken whole.
    """
    sql = (
        f"SELECT declaration, record_type, substr(body, {_KIND_AT}, 1), block FROM events"  # noqa: S608
        f" WHERE block > ? AND block <= ? AND outcome = 0 AND record_type IN ({_DECISION}, {_HOLD})"
        " ORDER BY block, log LIMIT ?"
    )
    rows = session.rows(sql, since, to_block, limit)
    end = to_block
    if len(rows) == limit:
        end = rows[-1][3] - 1 if rows[0][3] < rows[-1][3] else rows[-1][3]
        rows = session.rows(sql, since, end, 1 << 31)
    found = [row[0] for row in rows if row[1] == RecordType.HOLD or _bears(row[2][0])]
    return list(dict.fromkeys(found)), end


def _bears(kind: int) -> bool:
    row = TABLE[DecisionKind(kind)]
    return kind not in _ACCEPTING and (row.target is not None or bool(row.sets | row.clears))


def _decisive(folded: Folded) -> bytes | None:
    effect, facts = effect_of(folded.state.standing), folded.facts
    if effect.answer is Answer.HELD:
        names = [str(flag.name) for flag in DEMANDS if flag in effect.blocks and str(flag.name) in facts.demands]
        if names:
            return facts.demands[names[0]].digest
    mark = facts.standing or facts.assessed
    return mark.digest if mark else None


def _step(event: Recorded) -> tuple[bytes, bytes] | None:
    record = event.record
    if isinstance(record, Decision):
        return record.request, event.digest
    return (ZERO, event.digest) if isinstance(record, Control) else None

"""Timelines: what happened to a declaration, who did it and with which key; and the feed of everything."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from enum import IntEnum, IntFlag
from typing import Any, Final

from ledger.domain import codes
from ledger.domain.codes import Outcome, RecordType
from ledger.domain.participants import Key
from ledger.domain.records import RECORDS, Record
from ledger.domain.wire import WireError, decode
from ledger.index.cursors import place_after, write_place
from ledger.index.folding import Remark
from ledger.index.history import Entry, FeedItem, Page
from ledger.index.participants import load_keys
from ledger.index.reading import Row, Session
from ledger.index.signers import signer_of

_COLUMNS: Final = (
    "digest, record_type, outcome, author, declaration, body, signature, block, log, events.time, transaction_hash,"
    " head_before, head_after, remarks"
)
_RECOGNISED: Final = (
    "SELECT r.digest FROM recognitions r JOIN controls c ON c.digest = r.control WHERE c.declaration IN ({keys})"
)
_EVIDENCE: Final = "SELECT id, hash, kind, organisation, received, effective, declaration FROM evidence"
_CODES: Final[Mapping[str, type[IntEnum | IntFlag]]] = {
    "leg": codes.Leg,
    "regime": codes.Regime,
    "stage": codes.Stage,
    "link_kind": codes.LinkKind,
    "method": codes.ControlMethod,
    "risk": codes.Risk,
    "touched_risks": codes.Risk,
    "seal_state": codes.SealState,
    "reason": codes.Reason,
    "cause": codes.ErasureCause,
    "suite": codes.EncryptionSuite,
    "verdict": codes.Verdict,
    "risks": codes.Risk,
}
_KINDS: Final = {
    RecordType.DECISION: codes.DecisionKind,
    RecordType.OPERATOR_STATUS: codes.OrganisationKind,
    RecordType.ASSISTANCE: codes.AssistanceKind,
}
_ACTIONS: Final = {
    RecordType.HOLD: codes.HoldAction,
    RecordType.ADMISSION: codes.AdmissionAction,
    RecordType.KEY_AUTHORISATION: codes.KeyAction,
    RecordType.ARRANGEMENT_SUSPENSION: codes.SuspensionAction,
    RecordType.ASSISTANCE: codes.AssistanceAction,
}


class Timeline:
    """Reads timelines."""

    def __init__(self, session: Session) -> None:
        """Read in a session."""
        self._session = session

    def entries(
        self, declarations: Collection[bytes], tokens: Collection[bytes] = (), besides: Collection[bytes] = ()
    ) -> list[Entry]:
        """Everything about declarations: records, refusals, and evidence under them or under references; by time.

        `besides`: digests of records that are about none of them, but are to be told among the rest.
        """
        sql = f"SELECT {_COLUMNS} FROM events WHERE declaration IN ({{keys}})"  # noqa: S608
        rows = {(row[7], row[8]): row for row in self._session.within(sql, declarations)}
        # Whose control was recognised learns by whom.
        sql = f"SELECT {_COLUMNS} FROM events WHERE outcome = 0 AND digest IN ({_RECOGNISED})"  # noqa: S608
        rows |= {(row[7], row[8]): row for row in self._session.within(sql, declarations)}
        sql = f"SELECT {_COLUMNS} FROM events WHERE outcome = 0 AND digest IN ({{keys}})"  # noqa: S608
        rows |= {(row[7], row[8]): row for row in self._session.within(sql, besides)}
        events = self._events(rows.values())
        return sorted([*events, *self._evidence(declarations, tokens)], key=_order)

    def _events(self, rows: Iterable[Row]) -> list[Entry]:
        listed = list(rows)
        signers = {row[0]: signer_of(row[0], row[6]) for row in listed}
        keys = {key.address: key for key in load_keys(self._session, {one for one in signers.values() if one})}
        return [_entry(row, signers[row[0]], keys) for row in listed]

    def _evidence(self, declarations: Collection[bytes], tokens: Collection[bytes]) -> list[Entry]:
        named = f"{_EVIDENCE} JOIN evidence_references ON evidence = id WHERE token IN ({{keys}})"
        direct = f"{_EVIDENCE} WHERE declaration IN ({{keys}})"
        rows = [*self._session.within(direct, declarations), *self._session.within(named, tokens)]
        return [_evidence_entry(row) for row in {row[0]: row for row in rows}.values()]


def feed(session: Session, after: str | None, limit: int) -> Page[FeedItem]:
    """Events after a cursor; the page's own cursor is never None, so that a reader can wait for more."""
    block, log = place_after(session, after)
    sql = (
        "SELECT digest, record_type, outcome, author, body, signature, proof, block, log, blocks.time,"
        " transaction_hash, hash, head_before, head_after FROM events JOIN blocks ON number = block"
        " WHERE block > ? OR (block = ? AND log > ?) ORDER BY block, log LIMIT ?"
    )
    items = tuple(_feed_item(row) for row in session.rows(sql, block, block, log, limit))
    if not items:
        return Page((), after)
    last = items[-1]
    return Page(items, write_place(last.block, last.log, last.block_hash))


def _feed_item(row: Row) -> FeedItem:
    digest, kind, outcome, *rest = row
    return FeedItem(digest, RecordType(kind), Outcome(outcome), *rest)


def _entry(row: Row, signer: bytes | None, keys: Mapping[bytes, Key]) -> Entry:
    digest, number, outcome, author, about, body, _, block, log, time, transaction, before, after, remarks = row
    kind = RecordType(number)
    record = _record(kind, body)
    key = keys.get(signer or b"")
    return Entry(
        what="REFUSED" if outcome else "RECORDED",
        type=RECORDS[kind].__name__,
        by=author,
        time=time,
        declaration=about,
        digest=digest,
        office=getattr(record, "office", None),
        key=key.address if key else None,
        disputed=key is not None and 0 < key.compromised_since <= time,
        effective_at=getattr(record, "effective_at", None),
        outcome=Outcome(outcome) if outcome else None,
        fields=None if record is None else shown(record),
        remarks=tuple(str(remark.name) for remark in Remark(remarks)),
        block=block,
        log=log,
        transaction=transaction,
        head_before=before,
        head_after=after,
    )


def _record(kind: RecordType, body: bytes) -> Record | None:
    try:
        return decode(RECORDS[kind], body)
    except WireError:
        return None  # refused as malformed


def _evidence_entry(row: Row) -> Entry:
    _, content_hash, kind, organisation, received, effective, declaration = row
    return Entry(
        what="EVIDENCE",
        type=kind,
        by=organisation,
        time=received,
        declaration=declaration,
        digest=content_hash,
        effective_at=effective,
    )


def _order(entry: Entry) -> tuple[int, int, int]:
    return entry.time, entry.block if entry.block is not None else -1, entry.log or 0


def shown(record: Record) -> dict[str, Any]:
    """A record's fields, codes by name; a number that is no code stays a number (a refused record may have one)."""
    kind = record.record_type
    own = {"kind": _KINDS.get(kind), "action": _ACTIONS.get(kind)}
    tables = {**_CODES, **{name: table for name, table in own.items() if table}}
    tables["outcome"] = codes.ControlOutcome
    return {one.name: _named(tables.get(one.name), getattr(record, one.name)) for one in fields(record)}


def _named(table: type[IntEnum | IntFlag] | None, value: Any) -> Any:
    if table is None:
        return value
    if issubclass(table, IntFlag):
        return [str(one.name) for one in table(value)] if value < 1 << len(table) else value
    return table(value).name if value in {int(one) for one in table} else value

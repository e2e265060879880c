"""Declarations, consignments and events: rows in, objects out, and the other way round."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from ledger.domain.codes import Flag, Leg, Outcome, RecordType, Regime, Stage, Status
from ledger.domain.events import Position, Recorded, Refused
from ledger.domain.lifecycle import Standing
from ledger.domain.records import RECORDS, ParticipantRecord, author_of
from ledger.domain.state import UNTOUCHED as _UNTOUCHED
from ledger.domain.state import DeclarationState, Version
from ledger.domain.wire import decode, encode
from ledger.index.facts import Facts
from ledger.index.folding import Consignment, Folded, OpenHold, Step, declaration_of
from ledger.index.participants import subject_of
from ledger.index.reading import Row, Session
from ledger.index.recognitions import UNTOUCHED, lanes, lanes_row
from ledger.index.sql import values_of

DECLARATION: Final = (
    "id, consignment, join_key, declarant, agent, administration, leg, regime, stage, status, flags, version,"
    " commitment, schema, settled, request, requested_commitment, requested_schema, hold_head, link, link_kind,"
    " lodged_at, opened_block, opened_log, updated_block, updated_log, facts, relies, touched"
)
RECORDED: Final = "digest, record_type, body, signature, proof, block, log, blocks.time, transaction_hash, hash"
"""Of ``events JOIN blocks ON number = block``, for those that were recorded."""
_VERSION: Final = ("number", "commitment", "schema", "author", "digest")
_ERASURE: Final = ("version", "commitment", "cause", "author", "digest", "at")
_HOLD: Final = ("agency", "reason", "evidence", "digest", "since")
_LEGS: Final = {int(one): one for one in Leg}
_REGIMES: Final = {int(one): one for one in Regime}
_STAGES: Final = {int(one): one for one in Stage}
_AGENCY: Final = int(Flag.AGENCY)
_facts = msgspec.json.Decoder(Facts)
_encoder = msgspec.json.Encoder(order="sorted")


def load_declarations(session: Session, ids: Collection[bytes]) -> dict[bytes, Folded]:
    """Declarations by id, as folded so far."""
    return _declarations(session, "id IN ({keys})", ids)


def load_families(session: Session, ids: Collection[bytes]) -> dict[bytes, Folded]:
    """Declarations, and all others of their consignments, by id, as folded so far."""
    return _declarations(session, "consignment IN (SELECT consignment FROM declarations WHERE id IN ({keys}))", ids)


def _declarations(session: Session, where: str, ids: Collection[bytes]) -> dict[bytes, Folded]:
    rows = session.within(f"SELECT {DECLARATION} FROM declarations WHERE {where}", ids)  # noqa: S608
    held = load_holds(session, [row[0] for row in rows if row[10] & _AGENCY])
    return {row[0]: declaration(row, held.get(row[0], {})) for row in rows}


def load_holds(session: Session, ids: Collection[bytes]) -> Mapping[bytes, dict[int, OpenHold]]:
    """Agencies' open holds per declaration."""
    sql = "SELECT declaration, agency, reason, evidence, digest, since FROM holds WHERE declaration IN ({keys})"
    found: dict[bytes, dict[int, OpenHold]] = defaultdict(dict)
    for row in session.within(sql, ids):
        found[row[0]][row[1]] = OpenHold(*row[1:])
    return found


def load_consignments(session: Session, ids: Collection[bytes]) -> dict[bytes, Consignment]:
    """Consignments by id."""
    rows = session.within("SELECT id, head, declarations FROM consignments WHERE id IN ({keys})", ids)
    return {row[0]: Consignment(*row) for row in rows}


def load_kinds(session: Session, digests: Collection[bytes]) -> dict[bytes, int]:
    """Record types of recorded digests."""
    rows = session.within("SELECT digest, record_type FROM events WHERE digest IN ({keys}) AND outcome = 0", digests)
    return dict((row[0], row[1]) for row in rows)  # noqa: C402 - a row is no pair to mypy


def load_commitments(session: Session, ids: Collection[bytes]) -> dict[tuple[bytes, int], bytes]:
    """Commitments of all versions of declarations, by (declaration, version)."""
    sql = "SELECT declaration, number, commitment FROM versions WHERE declaration IN ({keys})"
    return {(row[0], row[1]): row[2] for row in session.within(sql, ids)}


def declaration(row: Row, holds: dict[int, OpenHold]) -> Folded:
    """The declaration of a row of `DECLARATION`'s columns, and its open holds."""
    state = DeclarationState(
        id=row[0],
        consignment=row[1],
        join_key=row[2],
        declarant=row[3],
        agent=row[4],
        administration=row[5],
        leg=_LEGS[row[6]],
        regime=_REGIMES[row[7]],
        stage=_STAGES[row[8]],
        standing=_standing(row[9], row[10]),
        version=Version(row[11], row[12], row[13]),
        settled=row[14],
        request=row[15],
        requested=None if row[16] is None else Version(row[11] + 1, row[16], row[17]),
        hold_head=row[18],
        holders=frozenset(holds),
        relies=bool(row[27]),
        touched=_UNTOUCHED if row[28] == UNTOUCHED else lanes(row[28]),
    )
    return Folded(
        state, row[19], row[20], row[21], (row[22], row[23]), (row[24], row[25]), _facts.decode(row[26]), holds
    )


@lru_cache(maxsize=4_096)
def _standing(status: int, flags: int) -> Standing:
    return Standing(Status(status), Flag(flags))


def declaration_row(folded: Folded) -> dict[str, Any]:
    """The row of a declaration."""
    state = folded.state
    return {
        "id": state.id,
        "consignment": state.consignment,
        "join_key": state.join_key,
        "declarant": state.declarant,
        "agent": state.agent,
        "administration": state.administration,
        "leg": int(state.leg),
        "regime": int(state.regime),
        "stage": int(state.stage),
        "status": int(state.standing.status),
        "flags": int(state.standing.flags),
        "version": state.version.number,
        "commitment": state.version.commitment,
        "schema": state.version.schema,
        "settled": state.settled,
        "request": state.request,
        "requested_commitment": state.requested.commitment if state.requested else None,
        "requested_schema": state.requested.schema if state.requested else None,
        "hold_head": state.hold_head,
        "link": folded.link,
        "link_kind": folded.link_kind,
        "lodged_at": folded.lodged_at,
        "relies": int(state.relies),
        "touched": lanes_row(state.touched),
        "opened_block": folded.opened[0],
        "opened_log": folded.opened[1],
        "updated_block": folded.updated[0],
        "updated_log": folded.updated[1],
        "facts": _encoder.encode(folded.facts).decode(),
    }


def version_rows(declarations: Iterable[Folded]) -> list[dict[str, Any]]:
    """The rows of versions that were folded anew."""
    return [
        {"declaration": one.state.id, **values_of(version, _VERSION)}
        for one in declarations
        for version in one.versions
    ]


def erasure_rows(declarations: Iterable[Folded]) -> list[dict[str, Any]]:
    """The rows of erasures that were folded anew."""
    return [
        {"declaration": one.state.id, **values_of(erasure, _ERASURE)}
        for one in declarations
        for erasure in one.erasures
    ]


def hold_rows(declarations: Iterable[Folded]) -> list[dict[str, Any]]:
    """The rows of agencies' open holds."""
    return [
        {"declaration": one.state.id, **values_of(hold, _HOLD)} for one in declarations for hold in one.holds.values()
    ]


def event_row(step: Step) -> dict[str, Any]:
    """The row of an event."""
    event, place = step.event, step.event.position
    return {
        **(_refused_columns(event) if isinstance(event, Refused) else _recorded_columns(event)),
        "block": place.block,
        "log": place.log,
        "time": place.time,
        "transaction_hash": place.transaction,
        "digest": event.digest,
        "signature": event.signature,
        "declaration": declaration_of(event),
        "head_before": step.before,
        "head_after": step.after,
        "remarks": int(step.remarks),
    }


def _recorded_columns(event: Recorded) -> dict[str, Any]:
    record = event.record
    return {
        "record_type": int(record.record_type),
        "outcome": int(Outcome.RECORDED),
        "author": author_of(record),
        "organisation": subject_of(record) if isinstance(record, ParticipantRecord) else None,
        "body": encode(record),
        "proof": event.proof,
        "subject": b"",
    }


def _refused_columns(event: Refused) -> dict[str, Any]:
    return {
        "record_type": int(event.record_type),
        "outcome": int(event.outcome),
        "author": event.author,
        "organisation": None,
        "body": event.body,
        "proof": b"",
        "subject": event.subject,
    }


def recorded(row: Row) -> Recorded:
    """The event of a row of `RECORDED`'s columns."""
    digest, kind, body, signature, proof, block, log, time, transaction, block_hash = row
    position = Position(block, block_hash, time, transaction, log)
    return Recorded(digest, decode(RECORDS[RecordType(kind)], body), signature, proof, position)

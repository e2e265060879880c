"""Mutual recognition: rows in, `Recognitions` out, and the other way round."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ledger.domain.codes import AeoStanding, AssistanceAction, Reliance
from ledger.domain.recognition import AeoGrant, AssistanceRequest, Line, Node, Recognitions, Version, Walk
from ledger.domain.records import AeoStatus, Arrangement, Assistance, Control, Recognition
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ZERO, DeclarationId, Digest, Head
from ledger.index.reading import Row, Session
from ledger.index.recognised import Recognised, Wanted
from ledger.index.sql import insert, upsert, values_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

RECOGNITION: Final = (
    "declaration",
    "parent",
    "arrangement",
    "aeo",
    "administration",
    "version",
    "verdict",
    "risk",
    "reason",
    "effective_at",
)
CONTROL: Final = (
    "declaration",
    "administration",
    "office",
    "version",
    "method",
    "outcome",
    "risk",
    "standard",
    "seals",
    "seal_state",
    "effective_at",
    "valid_until",
)
_ARRANGEMENT: Final = (
    "first",
    "second",
    "predecessor",
    "procedures",
    "methods",
    "risks",
    "standard",
    "annex",
    "valid_from",
    "valid_until",
)
_AEO: Final = ("administration", "operator", "programme", "valid_from", "valid_until")
_REQUEST: Final = ("administration", "addressee", "consignment", "kind", "legal_basis", "commitment", "due_at")
UNTOUCHED: Final = "0" * 16
"""A declaration's touched risks as its row keeps them: four versions of four hex digits, in the order of `Risk`."""


def load(session: Session, wanted: Wanted) -> Recognised:
    """What of mutual recognition a batch touches, as folded so far."""
    known = Recognitions(
        nodes=dict(load_nodes(session, wanted.nodes)),
        controls=dict(load_controls(session, wanted.controls)),
        versions=dict(load_versions(session, wanted.versions)),
        grants=dict(load_grants(session, wanted.grants)),
        requests=dict(load_requests(session, wanted.requests)),
    )
    pairs = wanted.pairs | {(one.record.first, one.record.second) for one in known.versions.values()}
    known.lines.update(load_lines(session, pairs))
    return Recognised(known)


def load_nodes(session: Session, digests: Collection[bytes]) -> Iterable[tuple[Digest, Node]]:
    """Recognitions by digest."""
    columns = ", ".join(RECOGNITION)
    sql = f"SELECT digest, control, depth, withdrawn, {columns} FROM recognitions WHERE digest IN ({{keys}})"  # noqa: S608
    return (node_of(row) for row in session.within(sql, digests))


def node_of(row: Row) -> tuple[Digest, Node]:
    """The recognition of a row: digest, control, depth, withdrawn, then `RECOGNITION`."""
    digest, control, depth, withdrawn, *values = row
    record = Recognition(**_fields(RECOGNITION, values), deadline=0)
    return digest, Node(record, control, depth, bool(withdrawn))


def load_controls(session: Session, digests: Collection[bytes]) -> Iterable[tuple[Digest, Control]]:
    """Controls by digest."""
    sql = f"SELECT digest, {', '.join(CONTROL)} FROM controls WHERE digest IN ({{keys}})"  # noqa: S608
    return (control_of(row) for row in session.within(sql, digests))


def control_of(row: Row) -> tuple[Digest, Control]:
    """The control of a row: its digest, then `CONTROL`."""
    digest, *values = row
    return digest, Control(**_fields(CONTROL, values), prev=Head(ZERO), deadline=0)


def load_versions(session: Session, digests: Collection[bytes]) -> Iterable[tuple[Digest, Version]]:
    """Versions of arrangements by digest."""
    sql = f"SELECT digest, ends_at, {', '.join(_ARRANGEMENT)} FROM arrangements WHERE digest IN ({{keys}})"  # noqa: S608
    return (_version_of(row) for row in session.within(sql, digests))


def load_arrangements(session: Session) -> Recognitions:
    """All arrangements and lines there are; they are few."""
    sql = f"SELECT digest, ends_at, {', '.join(_ARRANGEMENT)} FROM arrangements"  # noqa: S608
    known = Recognitions(versions=dict(_version_of(row) for row in session.rows(sql)))
    known.lines.update(load_lines(session, {(one.record.first, one.record.second) for one in known.versions.values()}))
    return known


def _version_of(row: Row) -> tuple[Digest, Version]:
    digest, ends_at, *values = row
    return digest, Version(Arrangement(**_fields(_ARRANGEMENT, values), deadline=0), ends_at)


def load_lines(session: Session, pairs: Collection[tuple[int, int]]) -> Iterable[tuple[tuple[int, int], Line]]:
    """What stands between pairs of administrations."""
    sql = (
        "SELECT first, second, latest, head, suspended_by_first, suspended_by_second"
        " FROM arrangement_lines WHERE first IN ({keys})"
    )
    for first, second, latest, head, by_first, by_second in session.within(sql, {pair[0] for pair in pairs}):
        if (first, second) in pairs:
            suspended = frozenset(one for one, flag in ((first, by_first), (second, by_second)) if flag)
            yield (first, second), Line(latest, head, suspended)


def load_grants(session: Session, digests: Collection[bytes]) -> Iterable[tuple[Digest, AeoGrant]]:
    """Grants of AEO status by digest."""
    sql = f"SELECT digest, ended_from, {', '.join(_AEO)} FROM aeo_grants WHERE digest IN ({{keys}})"  # noqa: S608
    for digest, ended_from, *values in session.within(sql, digests):
        record = AeoStatus(**_fields(_AEO, values), status=AeoStanding.GRANTED, deadline=0)
        yield digest, AeoGrant(record, ended_from)


def load_requests(session: Session, digests: Collection[bytes]) -> Iterable[tuple[Digest, AssistanceRequest]]:
    """Requests of assistance by digest."""
    sql = f"SELECT digest, answer, answered_at, {', '.join(_REQUEST)} FROM assistance WHERE digest IN ({{keys}})"  # noqa: S608
    for digest, answer, answered_at, *values in session.within(sql, digests):
        record = Assistance(**_fields(_REQUEST, values), action=AssistanceAction.REQUEST, deadline=0)
        yield digest, AssistanceRequest(record, answer, answered_at)


def _fields(names: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    return dict(zip(names, values, strict=True))


# --- the walk ---------------------------------------------------------------------------------------------------------


def load_walk(session: Session, declarations: Collection[bytes]) -> Walk:
    """All that tells whether what declarations rely on still stands; for those that rely on nothing, nothing."""
    rows = session.within(
        "SELECT declaration, recognition FROM reliances WHERE declaration IN ({keys}) ORDER BY declaration, place",
        declarations,
    )
    relied: dict[DeclarationId, tuple[Digest, ...]] = {}
    for declaration, recognition in rows:
        relied[declaration] = (*relied.get(declaration, ()), recognition)
    walk = walk_from(session, {row[1] for row in rows})
    walk.known.reliances.update(relied)
    return walk


def reliance_of(session: Session, state: DeclarationState) -> Reliance | None:
    """Whether what a declaration relies on still stands; None: it relies on nothing."""
    if not state.relies:
        return None
    withdrawn = state.seal_broken or load_walk(session, [state.id]).is_withdrawn(state.id)
    return Reliance.WITHDRAWN if withdrawn else Reliance.STANDS


def walk_from(session: Session, recognitions: Collection[bytes]) -> Walk:
    """All that tells whether recognitions stand: their ancestors, generation by generation, and their controls."""
    known = Recognitions()
    wanted: set[bytes] = set(recognitions)
    while wanted:
        found = dict(load_nodes(session, wanted))
        known.nodes.update(found)
        wanted = {bytes(node.record.parent) for node in found.values()} - known.nodes.keys()
    known.controls.update(load_controls(session, {node.control for node in known.nodes.values()}))
    known.grants.update(load_grants(session, {node.record.aeo for node in known.nodes.values()} - {ZERO}))
    about = {node.record.declaration for node in known.nodes.values()}
    about |= {control.declaration for control in known.controls.values()}
    superseded = load_superseded(session, known.controls)
    touched = load_touched(session, about)
    return Walk(known, superseded.__contains__, touched.__getitem__)


def load_superseded(session: Session, controls: Collection[bytes]) -> set[bytes]:
    """Which of some controls were superseded."""
    rows = session.within("SELECT digest, superseded_by FROM controls WHERE digest IN ({keys})", controls)
    return {digest for digest, by in rows if by != ZERO}


def load_touched(session: Session, declarations: Collection[bytes]) -> Mapping[DeclarationId, tuple[int, ...]]:
    """The touched risks of declarations."""
    rows = session.within("SELECT id, touched FROM declarations WHERE id IN ({keys})", declarations)
    return {DeclarationId(row[0]): lanes(row[1]) for row in rows}


def lanes(touched: str) -> tuple[int, ...]:
    """By risk area the version that touched it last, from a declaration's row."""
    return tuple(int(touched[at : at + 4], 16) for at in range(0, len(touched), 4))


def lanes_row(touched: Iterable[int]) -> str:
    """The same for a declaration's row."""
    return "".join(f"{version:04x}" for version in touched)


# --- saving -----------------------------------------------------------------------------------------------------------


def save(connection: "Connection", fresh: Recognised) -> None:
    """Write what a batch changed."""
    from sqlalchemy import delete

    from ledger.index import recognition_tables as tables

    known, changed = fresh.known, fresh.changed
    controls = [_control_row(one, known.controls[one]) for one in changed & known.controls.keys()]
    upsert(connection, tables.controls, controls)
    for digest, by in fresh.superseded.items():
        table = tables.controls
        connection.execute(table.update().where(table.c.digest == digest).values(superseded_by=by))
    _save_nodes(connection, fresh)
    versions = [_version_row(one, known.versions[one]) for one in changed & known.versions.keys()]
    upsert(connection, tables.arrangements, versions)
    upsert(connection, tables.lines, [_line_row(pair, known.lines[pair]) for pair in fresh.lines])
    grants = [_grant_row(one, known.grants[one]) for one in changed & known.grants.keys()]
    upsert(connection, tables.aeo_grants, grants)
    _save_requests(connection, fresh)
    for declaration in fresh.relied:
        connection.execute(delete(tables.reliances).where(tables.reliances.c.declaration == declaration))
    insert(
        connection,
        tables.reliances,
        [
            {"declaration": declaration, "place": place, "recognition": recognition}
            for declaration in fresh.relied
            for place, recognition in enumerate(known.reliances[declaration])
        ],
    )


def erase(connection: "Connection") -> None:
    """Forget all of mutual recognition, to fold it anew."""
    from sqlalchemy import delete

    from ledger.index import recognition_tables as tables

    every = (tables.recognitions, tables.controls, tables.reliances, tables.arrangements, tables.lines)
    for table in (*every, tables.aeo_grants, tables.assistance):
        connection.execute(delete(table))


def _control_row(digest: Digest, control: Control) -> dict[str, Any]:
    return {"digest": digest, **values_of(control, CONTROL), "superseded_by": ZERO}


def _save_nodes(connection: "Connection", fresh: Recognised) -> None:
    from ledger.index.recognition_tables import recognitions

    nodes = fresh.known.nodes
    for digest in fresh.changed & nodes.keys():
        node = nodes[digest]
        if digest in fresh.at:
            row = {
                "digest": digest,
                **values_of(node.record, RECOGNITION),
                "control": node.control,
                "depth": node.depth,
            }
            upsert(connection, recognitions, [row | {"withdrawn": int(node.withdrawn), "at": fresh.at[digest]}])
        else:
            where = recognitions.c.digest == digest
            connection.execute(recognitions.update().where(where).values(withdrawn=int(node.withdrawn)))


def _version_row(digest: Digest, version: Version) -> dict[str, Any]:
    return {"digest": digest, **values_of(version.record, _ARRANGEMENT), "ends_at": version.valid_until}


def _line_row(pair: tuple[int, int], line: Line) -> dict[str, Any]:
    by = {"suspended_by_first": int(pair[0] in line.suspended), "suspended_by_second": int(pair[1] in line.suspended)}
    return {"first": pair[0], "second": pair[1], "latest": line.latest, "head": line.head, **by}


def _grant_row(digest: Digest, grant: AeoGrant) -> dict[str, Any]:
    return {"digest": digest, **values_of(grant.record, _AEO), "ended_from": grant.ended_from}


def _save_requests(connection: "Connection", fresh: Recognised) -> None:
    from ledger.index.recognition_tables import assistance

    for digest in fresh.changed & fresh.known.requests.keys():
        request = fresh.known.requests[digest]
        answered = {"answer": request.answer, "answered_at": request.answered_at}
        if digest in fresh.at:
            row = {"digest": digest, **values_of(request.record, _REQUEST), "at": fresh.at[digest]}
            upsert(connection, assistance, [row | answered])
        else:
            connection.execute(assistance.update().where(assistance.c.digest == digest).values(answered))

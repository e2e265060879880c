"""Rebuilding the read model from the chain alone, and comparing it with the live one row by row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.domain.events import Block, Event
from ledger.index import recognition_tables, tables  # noqa: F401 - fill the metadata
from ledger.index.columns import metadata
from ledger.index.errors import StoreError
from ledger.index.indexer import Indexer
from ledger.index.network import pinned
from ledger.index.reading import Session
from ledger.index.store import Store

FOLDED: Final = (
    "blocks",
    "events",
    "declarations",
    "versions",
    "erasures",
    "holds",
    "consignments",
    "organisations",
    "keys",
    "encryption_keys",
    "mandates",
    "ledger_log",
    "recognitions",
    "controls",
    "reliances",
    "arrangements",
    "arrangement_lines",
    "aeo_grants",
    "assistance",
    "work_items",
)
"""The tables that the chain alone decides."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that the live store and the replay do not agree on; None where one has no such row.

    Attributes:
        table: which table.
        key: the row's primary key; bytes as hex.
        live: the live row.
        replayed: the row that the chain gives.
    """

    table: str
    key: tuple[Any, ...]
    live: dict[str, Any] | None
    replayed: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay found: up to which block it went, how many rows it compared, and where they differ."""

    block: Block | None
    rows: int
    differences: list[Difference]


def replay(live: Store, stream: Iterable[tuple[Sequence[Block], Sequence[Event]]]) -> Replay:
    """Fold a stream of (blocks, events) into a fresh store in memory, up to the live cursor, and compare.

    Raises:
        StoreError: the live store's network is not pinned.
        ForkError: the stream is not one chain.
        GapError: the stream lacks an event.
    """
    network = pinned(live)
    if network is None:
        raise StoreError("its network is not pinned: there is nothing to replay")
    fresh = Store.open("sqlite://", network)
    try:
        last = Indexer(live).cursor()
        indexer = Indexer(fresh)
        for blocks, events in stream:
            indexer.apply(*_upto(last, blocks, events))
        with live.reading() as mine, fresh.reading() as other:
            compared = [_compare(name, mine, other) for name in FOLDED]
    finally:
        fresh.close()
    return Replay(last, sum(count for count, _ in compared), [one for _, found in compared for one in found])


def _upto(
    last: Block | None, blocks: Sequence[Block], events: Sequence[Event]
) -> tuple[Sequence[Block], Sequence[Event]]:
    """What the live store has not seen yet is no difference."""
    number = -1 if last is None else last.number
    kept = [block for block in blocks if block.number <= number]
    return kept, [event for event in events if event.position.block <= number]


def _compare(name: str, live: Session, other: Session) -> tuple[int, list[Difference]]:
    mine, theirs = (dict(_rows(name, session)) for session in (live, other))
    differing = [key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key)]
    found = [Difference(name, key, mine.get(key), theirs.get(key)) for key in differing]
    return len(theirs), sorted(found, key=lambda one: repr(one.key))


def _rows(name: str, session: Session) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    table = metadata.tables[name]
    columns = [column.name for column in table.columns]
    sql = f"SELECT {', '.join(columns)} FROM {name}"  # noqa: S608 - names of our own tables
    for row in session.rows(sql):
        values = dict(zip(columns, map(_plain, row), strict=True))
        yield tuple(values[column.name] for column in table.primary_key), values


def _plain(value: Any) -> Any:
    return f"0x{value.hex()}" if isinstance(value, bytes) else value

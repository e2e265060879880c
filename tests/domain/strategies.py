"""Hypothesis strategies over the domain's values."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ledger.domain.codes import Debt, DecisionKind, Flag, Pending, Status
from ledger.domain.lifecycle import Ruling, Standing
from ledger.domain.records import RECORDS, Record
from ledger.domain.wire import Wire, layout


def _values(wire: Wire) -> SearchStrategy[Any]:
    if wire.name.startswith("uint"):
        return st.integers(0, (1 << 8 * wire.size) - 1)
    return st.binary(min_size=wire.size, max_size=wire.size)


def records() -> SearchStrategy[Record]:
    """Any record whose values fit their wire types, sensible or not."""
    return st.one_of([_records_of(struct) for struct in RECORDS.values()])


def _records_of(struct: type[Record]) -> SearchStrategy[Record]:
    return st.builds(struct, **{name: _values(wire) for name, wire in layout(struct)})


def flags() -> SearchStrategy[Flag]:
    """Any flags whose fields hold a code of their lists."""
    plain = st.integers(0, 0xFFFF).map(lambda bits: Flag(bits) & ~(Flag.PENDING | Flag.DEBT))
    pending = st.sampled_from(list(Pending)).map(lambda code: Flag(code << 10))
    debt = st.sampled_from(list(Debt)).map(lambda code: Flag(code << 12))
    return st.builds(lambda a, b, c: a | b | c, plain, pending, debt)


def standings(*statuses: Status) -> SearchStrategy[Standing]:
    """Where a declaration may stand, whatever led there."""
    of = [status for status in Status if status is not Status.NONE]
    return st.builds(Standing, st.sampled_from(statuses or of), flags())


def rulings(**fixed: Any) -> SearchStrategy[Ruling]:
    """Any ruling, but for what is fixed."""
    names = ("scoped", "supersedes", "overrides", "names_request")
    drawn = {name: st.just(fixed[name]) if name in fixed else st.booleans() for name in names}
    kinds = st.just(fixed["kind"]) if "kind" in fixed else st.sampled_from(list(DecisionKind))
    return st.builds(Ruling, kind=kinds, **drawn)

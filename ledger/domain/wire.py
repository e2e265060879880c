"""Wire types of a record's fields, and the one encoder and decoder of a record's body.

A body is the ABI encoding of an EIP-712 struct with static fields only: 32 bytes a field, the same bytes that
EIP-712 calls ``encodeData``. So there is one encoder, driven by each struct's annotations, and no per-type code.
"""

import struct as packing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Annotated, Any, Final, NewType, TypeVar, get_args, get_type_hints

T = TypeVar("T")
WORD: Final = 32
ZERO: Final = bytes(WORD)

DeclarationId = NewType("DeclarationId", bytes)
"""32 bytes: the digest of the declaration's record."""
ConsignmentId = NewType("ConsignmentId", bytes)
"""32 bytes: the digest of the declaration that opened the consignment; 0 in a record that opens one."""
Digest = NewType("Digest", bytes)
"""32 bytes: EIP-712 digest of a record, its identity and its idempotency key."""
Head = NewType("Head", bytes)
"""32 bytes: fold over a timeline; see `ledger.domain.heads`."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A static Solidity type: its name, its size in bytes, and whether it is a number or left-aligned bytes."""

    name: str
    size: int
    numeric: bool = True


U8 = Annotated[int, Wire("uint8", 1)]
U16 = Annotated[int, Wire("uint16", 2)]
U32 = Annotated[int, Wire("uint32", 4)]
U40 = Annotated[int, Wire("uint40", 5)]
U64 = Annotated[int, Wire("uint64", 8)]
Address = Annotated[bytes, Wire("address", 20)]
Bytes2 = Annotated[bytes, Wire("bytes2", 2, numeric=False)]
Bytes32 = Annotated[bytes, Wire("bytes32", 32, numeric=False)]

_NAMED: Final = {
    identifier: Wire("bytes32", WORD, numeric=False) for identifier in (DeclarationId, ConsignmentId, Digest, Head)
}


class WireError(ValueError):
    """A value that does not fit its wire type; names the struct and the field."""

    def __init__(self, struct: str, field: str, reason: str) -> None:
        """Keep what was wrong and where."""
        self.struct = struct
        self.field = field
        self.reason = reason
        super().__init__(f"{struct}.{field}: {reason}")


_layouts: dict[type, tuple[tuple[str, Wire], ...]] = {}


def layout(struct: type) -> tuple[tuple[str, Wire], ...]:
    """The fields of a struct in wire order, each with its wire type."""
    known = _layouts.get(struct)
    if known is None:
        hints = get_type_hints(struct, include_extras=True)
        known = tuple((field.name, _wire(hints[field.name])) for field in fields(struct))
        _layouts[struct] = known
    return known


def _wire(hint: object) -> Wire:
    named = _NAMED.get(hint)  # type: ignore[call-overload]
    if isinstance(named, Wire):
        return named
    return next(extra for extra in get_args(hint) if isinstance(extra, Wire))


@dataclass(frozen=True, slots=True)
class _Plan:
    """How to write a struct whose values all fit, in one go.

    Attributes:
        words: the whole body; reads a uint40 as 64 bits and bytes of any length.
        values: all values, in wire order.
        texts: those that are bytes, `sizes` theirs; None for a struct without any. So with `shorts`, the uint40s.
    """

    words: packing.Struct
    values: Callable[[object], tuple[Any, ...]]
    texts: Callable[[object], tuple[bytes, ...]] | None
    sizes: tuple[int, ...]
    shorts: Callable[[object], tuple[int, ...]] | None


_FORMATS: Final = {1: "31xB", 2: "30xH", 4: "28xI", 5: "24xQ", 8: "24xQ"}
_SHORT: Final = 5
_plans: dict[type, _Plan] = {}


def encode(struct: object) -> bytes:
    """The body of a struct: 32 bytes a field.

    Raises:
        WireError: a value does not fit its type.
    """
    plan = _plans.get(type(struct)) or _plan(type(struct))
    try:
        if _fits(plan, struct):
            return plan.words.pack(*plan.values(struct))
    except (packing.error, TypeError):
        pass  # said below, with the field's name
    name = type(struct).__name__
    return b"".join(_encode(name, field, wire, getattr(struct, field)) for field, wire in layout(type(struct)))


def _fits(plan: _Plan, struct: object) -> bool:
    """Whether the values fit as far as packing them would not say."""
    if plan.texts and tuple(map(len, plan.texts(struct))) != plan.sizes:
        return False
    return not plan.shorts or max(plan.shorts(struct)) < 1 << 8 * _SHORT


def _plan(struct: type) -> _Plan:
    wires = layout(struct)
    texts = [(field, wire.size) for field, wire in wires if not wire.name.startswith("uint")]
    known = _plans[struct] = _Plan(
        words=packing.Struct(">" + "".join(_format(wire) for _, wire in wires)),
        values=_getter([field for field, _ in wires]),
        texts=_getter([field for field, _ in texts]) if texts else None,
        sizes=tuple(size for _, size in texts),
        shorts=_getter(found) if (found := [field for field, wire in wires if wire.size == _SHORT]) else None,
    )
    return known


def _format(wire: Wire) -> str:
    if wire.name.startswith("uint"):
        return _FORMATS[wire.size]
    padding = f"{WORD - wire.size}x" if wire.size < WORD else ""
    return f"{padding}{wire.size}s" if wire.numeric else f"{wire.size}s{padding}"


def _getter(names: Sequence[str]) -> Callable[[object], tuple[Any, ...]]:
    """The values of attributes, as a tuple also when there is one."""
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda struct: (get(struct),)


def _encode(struct: str, field: str, wire: Wire, value: int | bytes) -> bytes:
    if isinstance(value, bytes):
        if len(value) != wire.size:
            raise WireError(struct, field, f"{wire.name} takes {wire.size} bytes, not {len(value)}")
        return value.rjust(WORD, b"\0") if wire.numeric else value.ljust(WORD, b"\0")
    if not 0 <= value < 1 << 8 * wire.size:
        raise WireError(struct, field, f"{value} is outside {wire.name}")
    return value.to_bytes(WORD, "big")


def decode(struct: type[T], body: bytes) -> T:
    """The struct of a body.

    Raises:
        WireError: the length is wrong, or a word has bits outside its field's type.
    """
    wires = layout(struct)
    if len(body) != WORD * len(wires):
        raise WireError(struct.__name__, "body", f"takes {WORD * len(wires)} bytes, not {len(body)}")
    words = (body[start : start + WORD] for start in range(0, len(body), WORD))
    values = [_decode(struct.__name__, field, wire, word) for (field, wire), word in zip(wires, words, strict=True)]
    return struct(**dict(zip((field for field, _ in wires), values, strict=True)))


def _decode(struct: str, field: str, wire: Wire, word: bytes) -> int | bytes:
    padding, value = (
        (word[: -wire.size], word[-wire.size :]) if wire.numeric else (word[wire.size :], word[: wire.size])
    )
    if any(padding):
        raise WireError(struct, field, f"has bits outside {wire.name}")
    return int.from_bytes(value, "big") if wire.name.startswith("uint") else value


def type_string(struct: type) -> str:
    """EIP-712 ``encodeType``: name and fields, as every client signs them."""
    return f"{struct.__name__}({','.join(f'{wire.name} {camel(field)}' for field, wire in layout(struct))})"


def camel(field: str) -> str:
    """The wire name of a Python field: ``effective_at`` is ``effectiveAt``."""
    head, *rest = field.split("_")
    return head + "".join(part.capitalize() for part in rest)


def fields_of(struct: type) -> Sequence[str]:
    """The wire names of a struct's fields, in order."""
    return [camel(field) for field, _ in layout(struct)]

"""RLP (Ethereum Yellow Paper, appendix B), strictly: one byte string for one item, everything else is refused.

The `rlp` package brings eleven others with it, pydantic among them; an item is `bytes` or a list of items, and that is
all that headers, receipts and tries need.
"""

from typing import Final, TypeAlias

Item: TypeAlias = "bytes | list[Item]"

_SHORT: Final = 55
_STRING: Final = 0x80
_LIST: Final = 0xC0
_DEEPEST: Final = 16


class RlpError(ValueError):
    """These bytes are no RLP in its one form."""


def encode(item: Item) -> bytes:
    """An item as RLP."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < _STRING:
            return item
        return _head(len(item), _STRING) + item
    payload = b"".join(map(encode, item))
    return _head(len(payload), _LIST) + payload


def encode_number(number: int) -> bytes:
    """A non-negative integer as RLP: big endian without leading zeros."""
    return encode(number_bytes(number))


def number_bytes(number: int) -> bytes:
    """A non-negative integer, big endian without leading zeros; 0 is empty."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def decode(data: bytes) -> Item:
    """The one item that the bytes are.

    Raises:
        RlpError: they are not exactly one item, or not in its shortest form.
    """
    item, end = _item(data, 0, len(data), 0)
    if end != len(data):
        raise RlpError("bytes are left over after the item")
    return item


def decode_list(data: bytes) -> list[Item]:
    """The items of the one list that the bytes are.

    Raises:
        RlpError: see `decode`; or it is no list.
    """
    item = decode(data)
    if isinstance(item, bytes):
        raise RlpError("a string where a list is wanted")
    return item


def number_of(item: Item) -> int:
    """The number that an item is.

    Raises:
        RlpError: a list, or a leading zero.
    """
    return int.from_bytes(_without_zero(string_of(item)), "big")


def string_of(item: Item) -> bytes:
    """The item as a string.

    Raises:
        RlpError: it is a list.
    """
    if not isinstance(item, bytes):
        raise RlpError("a list where a string is wanted")
    return item


def _head(length: int, offset: int) -> bytes:
    if length <= _SHORT:
        return bytes([offset + length])
    size = number_bytes(length)
    return bytes([offset + _SHORT + len(size)]) + size


def _item(data: bytes, at: int, end: int, depth: int) -> tuple[Item, int]:
    if at >= end:
        raise RlpError("it ends too early")
    if depth > _DEEPEST:
        raise RlpError("it nests too deeply")
    first = data[at]
    if first < _STRING:
        return data[at : at + 1], at + 1
    start, stop = _span(data, at, end)
    if first >= _LIST:
        return _items(data, start, stop, depth), stop
    if stop - start == 1 and data[start] < _STRING:
        raise RlpError("a single byte is not written as itself")
    return data[start:stop], stop


def _items(data: bytes, at: int, end: int, depth: int) -> list[Item]:
    items = []
    while at < end:
        item, at = _item(data, at, end, depth + 1)
        items.append(item)
    return items


def _span(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Where the payload of a string or list with a head at `at` starts and stops."""
    short = (data[at] - _STRING) % (_LIST - _STRING)
    start, length = at + 1, short
    if short > _SHORT:
        start += short - _SHORT
        size = _without_zero(data[at + 1 : start])
        length = int.from_bytes(size, "big")
        if length <= _SHORT:
            raise RlpError("a length is not written in its shortest form")
    if start + length > end:
        raise RlpError("it ends too early")
    return start, start + length


def _without_zero(number: bytes) -> bytes:
    if number[:1] == b"\0":
        raise RlpError("a number with a leading zero")
    return number

"""The two canonical forms of one content: JSON as RFC 8785 writes it, CBOR as RFC 8949 (4.2.1) encodes it.

    content = read(data)              # tells them apart; refuses every other spelling of the same content
    data = to_json(content)           # and to_cbor

Content is made of `dict` with text keys, `list`, `str`, `bytes`, non-negative `int` and None. In JSON, bytes are ``0x``
and lower-case hex; so no text may begin with ``0x``.
"""

import json
import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from passavant_verifier.errors import UnreadableError

Content: TypeAlias = "dict[str, Content] | list[Content] | str | bytes | int | None"

LARGEST: Final = 16 * 1024 * 1024
"""The most bytes that are looked at."""
DEEPEST: Final = 16
GREATEST: Final = 2**53 - 1

_STRUCTURE: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)
_HEX: Final = re.compile(r"0x(?:[0-9a-f]{2})*")
_UNSIGNED, _BYTES, _TEXT, _ARRAY, _MAP, _OTHER = 0, 2, 3, 4, 5, 7
_NULL: Final = 22
_DIRECT: Final = 24


class NotCanonicalError(UnreadableError):
    """The content could be read, but it is not written in its one form."""


def read(data: bytes, where: str = "the file") -> Content:
    """The content of a file in one of the canonical forms.

    Raises:
        UnreadableError: it is neither, too large, or nests too deeply; `NotCanonicalError`: it is not in the one form.
    """
    if data[:1] in (b"{", b"[") or data[:1].isspace():
        content = read_json(data, where)
        canonical = to_json(content)
    else:
        content = read_cbor(data, where)
        canonical = to_cbor(content)
    if canonical != data:
        raise NotCanonicalError(where, "it is not in canonical form: it was changed or written again after it was made")
    return content


def read_json(data: bytes, where: str) -> Content:
    """The content of JSON in any spelling.

    Raises:
        UnreadableError: see `read`; a number is negative or no integer; a member stands twice.
    """
    value = parse_json(data, where)
    try:
        return _content(value)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(where, f"it can't be read as JSON: {error}") from None


def parse_json(data: bytes, where: str) -> object:
    """The values of JSON, as it is written: text that looks like bytes stays text.

    Raises:
        UnreadableError: it is none, too large, nests too deeply, or a member stands twice.
    """
    _check_size(data, where)
    if _nests_deeper(data, DEEPEST):
        raise UnreadableError(where, f"it nests deeper than {DEEPEST} levels")
    try:
        value: object = json.loads(
            data.decode(), parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_members
        )
    except (ValueError, RecursionError) as error:
        raise UnreadableError(where, f"it can't be read as JSON: {error}") from None
    return value


def to_json(content: Content) -> bytes:
    """The content as canonical JSON."""
    plain = _plain(content)
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def read_cbor(data: bytes, where: str) -> Content:
    """The content of CBOR; lengths and numbers must be in their shortest form, keys ascending.

    Raises:
        UnreadableError: see `read`.
    """
    _check_size(data, where)
    try:
        content, end = _item(data, 0, 0)
    except ValueError as error:
        raise UnreadableError(where, f"it can't be read as CBOR: {error}") from None
    if end != len(data):
        raise UnreadableError(where, "bytes are left over at its end")
    return content


def to_cbor(content: Content) -> bytes:
    """The content as canonical CBOR."""
    return b"".join(_encoded(content))


def _check_size(data: bytes, where: str) -> None:
    if not data or len(data) > LARGEST:
        raise UnreadableError(where, f"it is empty or larger than {LARGEST} bytes")


def _nests_deeper(text: bytes, limit: int) -> bool:
    """Told before a parser is let near it: a raised recursion limit would let it crash the process."""
    depth = 0
    for match in _STRUCTURE.finditer(text):
        token = match[0]
        depth += (token in b"[{") - (token in b"]}")
        if depth > limit:
            return True
    return False


def _no_float(text: str) -> None:
    raise ValueError(f"{text[:20]} is no integer")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _content(value: object) -> Content:
    """What a JSON parser gave as content."""
    if isinstance(value, dict):
        return {_text(key): _content(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_content(one) for one in value]
    if isinstance(value, str):
        return bytes.fromhex(value[2:]) if value.startswith("0x") and _HEX.fullmatch(value) else _text(value)
    if value is None:
        return None
    return _number(value)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= GREATEST:
        raise ValueError("a value is neither text nor an integer from 0 to 2^53 - 1")
    return value


def _text(value: str) -> str:
    value.encode()
    if value.startswith("0x"):
        raise ValueError("text that begins with 0x is not hex")
    return value


def _plain(content: Content) -> object:
    if isinstance(content, dict):
        return {key: _plain(one) for key, one in content.items()}
    if isinstance(content, list):
        return [_plain(one) for one in content]
    return f"0x{content.hex()}" if isinstance(content, bytes) else content


def _encoded(content: Content) -> Iterator[bytes]:
    if isinstance(content, dict):
        yield _head(_MAP, len(content))
        for key, one in sorted((b"".join(_encoded(key)), one) for key, one in content.items()):
            yield key
            yield from _encoded(one)
    elif isinstance(content, list):
        yield _head(_ARRAY, len(content))
        for one in content:
            yield from _encoded(one)
    elif isinstance(content, str):
        yield _head(_TEXT, len(content.encode()))
        yield content.encode()
    elif isinstance(content, bytes):
        yield _head(_BYTES, len(content))
        yield content
    else:
        yield _head(_OTHER, _NULL) if content is None else _head(_UNSIGNED, content)


def _head(major: int, number: int) -> bytes:
    if number < _DIRECT:
        return bytes([major << 5 | number])
    size = next(size for size in (1, 2, 4, 8) if number < 1 << 8 * size)
    return bytes([major << 5 | _DIRECT + size.bit_length() - 1]) + number.to_bytes(size, "big")


def _item(data: bytes, at: int, depth: int) -> tuple[Content, int]:
    if depth > DEEPEST:
        raise ValueError(f"it nests deeper than {DEEPEST} levels")
    major, number, at = _argument(data, at)
    if major == _UNSIGNED:
        return _number(number), at
    if major in (_BYTES, _TEXT):
        return _string(data, at, number, major)
    if major == _ARRAY:
        return _array(data, at, number, depth)
    if major == _MAP:
        return _map(data, at, number, depth)
    if major == _OTHER and number == _NULL:
        return None, at
    raise ValueError("a kind of value that is not used here")


def _argument(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type, number, and where it goes on."""
    if at >= len(data):
        raise ValueError("it ends too early")
    major, info = data[at] >> 5, data[at] & 31
    if info < _DIRECT:
        return major, info, at + 1
    size = 1 << info - _DIRECT
    end = at + 1 + size
    if info > _DIRECT + 3 or end > len(data):
        raise ValueError("a length that is indefinite, or ends too early")
    return major, int.from_bytes(data[at + 1 : end], "big"), end


def _string(data: bytes, at: int, length: int, major: int) -> tuple[Content, int]:
    end = at + length
    if end > len(data):
        raise ValueError("it ends too early")
    part = data[at:end]
    return (part if major == _BYTES else _text(part.decode())), end


def _array(data: bytes, at: int, length: int, depth: int) -> tuple[Content, int]:
    items: list[Content] = []
    for _ in range(length):
        item, at = _item(data, at, depth + 1)
        items.append(item)
    return items, at


def _map(data: bytes, at: int, length: int, depth: int) -> tuple[Content, int]:
    members: dict[str, Content] = {}
    for _ in range(length):
        key, at = _item(data, at, depth + 1)
        if not isinstance(key, str):
            raise ValueError("a key that is no text")  # noqa: TRY004  as whatever can't be read
        members[key], at = _item(data, at, depth + 1)
    return members, at

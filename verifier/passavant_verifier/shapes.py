"""Reading content member by member: each function gives a value of the kind that is wanted, or says what is wrong."""

from collections.abc import Iterable

from passavant_verifier.canonical import Content
from passavant_verifier.errors import UnreadableError


def members(content: Content, where: str, names: Iterable[str]) -> dict[str, Content]:
    """An object with exactly these members.

    Raises:
        UnreadableError: it is none, or a member is missing or unknown.
    """
    wanted = set(names)
    if not isinstance(content, dict):
        raise UnreadableError(where, "an object is wanted")
    if content.keys() != wanted:
        # Names of a stranger's file are shown in ASCII: they might speak to the terminal.
        missing, unknown = sorted(wanted - content.keys()), sorted(map(ascii, content.keys() - wanted))
        told = [f"{', '.join(some)} {what}" for some, what in ((missing, "missing"), (unknown, "unknown")) if some]
        raise UnreadableError(where, "; ".join(told)[:200])
    return content


def array(content: Content, where: str, most: int, least: int = 0) -> list[Content]:
    """A list of so many items.

    Raises:
        UnreadableError: it is none.
    """
    if not isinstance(content, list) or not least <= len(content) <= most:
        raise UnreadableError(where, f"a list of {least} to {most} items is wanted")
    return content


def data(content: Content, where: str, size: int | None = None) -> bytes:
    """Bytes, of this size if one is given.

    Raises:
        UnreadableError: they are none.
    """
    if not isinstance(content, bytes) or (size is not None and len(content) != size):
        raise UnreadableError(where, "bytes are wanted" if size is None else f"{size} bytes are wanted")
    return content


def text(content: Content, where: str, most: int = 16_384) -> str:
    """Text of a bounded length.

    Raises:
        UnreadableError: it is none.
    """
    if not isinstance(content, str) or len(content) > most:
        raise UnreadableError(where, f"text of at most {most} characters is wanted")
    return content


def number(content: Content, where: str, least: int = 0) -> int:
    """An integer.

    Raises:
        UnreadableError: it is none.
    """
    if not isinstance(content, int) or content < least:
        raise UnreadableError(where, f"an integer of at least {least} is wanted")
    return content

"""The private index of references: which declarations a UCR, a tracking number or an order number names.

A reference never stands in the database, and never on the chain: what is kept is a token, HMAC-SHA256 under a key
that lies in a file beside the store, of ``type ‖ 0x00 ‖ scope ‖ 0x00 ‖ normalised value``. The scope is empty but for
an LRN, which is unique per declarant only. Normalised: Unicode NFKC, upper case, without white space and control
characters; S10, HAWB and TRACKING keep letters and digits alone, since carriers print them with spaces and hyphens.
"""

import hmac
import os
import secrets
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum, unique
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.domain.wire import DeclarationId
from ledger.index.errors import ReferenceFormatError, StoreError
from ledger.index.reading import Session

if TYPE_CHECKING:
    from ledger.index.store import Store

KEY_SIZE: Final = 32
LONGEST: Final = 512
DEFAULT_WINDOW: Final = 183 * 86_400


@unique
class ReferenceType(IntEnum):
    """What a reference is; a number, once used, keeps its meaning."""

    UCR = 1
    DUCR = 2
    MUCR = 3
    MRN = 4
    LRN = 5
    HAWB = 6
    S10 = 7
    TRACKING = 8
    ORDER = 9
    IOSS = 10
    INVOICE = 11


SINGLE: Final = frozenset({ReferenceType.MRN, ReferenceType.LRN})
"""Types that name one declaration; all others name goods, hence every declaration of the consignment."""

REUSED: Final = frozenset({ReferenceType.S10})
"""Types that are given to other goods after 12 months: found only near the time that is asked about."""

_TYPES: Final = {int(one): one for one in ReferenceType}
_BARE: Final = frozenset({ReferenceType.S10, ReferenceType.HAWB, ReferenceType.TRACKING})


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as somebody gives it. `scope`: for an LRN, the declarant that gave it (its id here, or its EORI)."""

    type: ReferenceType
    value: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A declaration that a reference names, and when it was registered under it."""

    token: bytes
    declaration: DeclarationId
    type: ReferenceType
    at: int


def normalised(reference: Reference) -> str:
    """The value as it is indexed.

    Raises:
        ReferenceFormatError: nothing is left of it, or it is longer than any reference.
    """
    value = _kept(reference.value, bare=reference.type in _BARE)
    if not value:
        raise ReferenceFormatError(reference.type.name, "it is empty")
    if len(value) > LONGEST:
        raise ReferenceFormatError(reference.type.name, f"it is longer than {LONGEST} characters")
    return value


def _kept(value: str, *, bare: bool) -> str:
    folded = unicodedata.normalize("NFKC", value).upper()
    if folded.isalnum():  # as most are: nothing to leave out
        return folded
    return "".join(one for one in folded if (one.isalnum() if bare else one.isprintable() and not one.isspace()))


def load_key(path: Path) -> bytes:
    """The index key of a file, made once, readable by its owner alone.

    Raises:
        StoreError: the file is not a key.
    """
    with suppress(FileExistsError):
        _create_key(path)
    key = path.read_bytes()
    if len(key) != KEY_SIZE:
        raise StoreError(f"{path} holds no index key of {KEY_SIZE} bytes")
    return key


def _create_key(path: Path) -> None:
    """Written aside and linked into place, so that another process sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_SIZE))
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)
    finally:
        aside.unlink()


class References:
    """The private index of a store."""

    def __init__(self, store: "Store", key_path: Path | None = None) -> None:
        """Use the key at `key_path`; by default it lies beside a SQLite file, named like it with ``.key`` added.

        Raises:
            StoreError: there is no file beside which the key could lie, and no path was given.
        """
        if key_path is None and store.path is None:
            raise StoreError("say where the index key lies: this store is no file")
        self._store = store
        key = load_key(key_path or Path(f"{store.path}.key"))
        self._keyed = hmac.new(key, b"content", "sha256")
        self._begun = {kind: hmac.new(key, kind.name.encode(), "sha256") for kind in ReferenceType}

    def token(self, reference: Reference) -> bytes:
        """The 32 bytes under which a reference is indexed."""
        return self._token(reference.type, reference.scope, normalised(reference))

    def keyed(self, content: bytes) -> bytes:
        """The 32 bytes by which content is recognised; without the index key nobody can guess it and compare."""
        begun = self._keyed.copy()
        begun.update(b"\0" + content)
        return begun.digest()

    def tokens(self, value: str, kinds: Iterable[ReferenceType], scope: str) -> list[bytes]:
        """The tokens of a value as each of these types, but for those that it can't be of; `scope` is an LRN's."""
        kept = {bare: _kept(value, bare=bare) for bare in (False, True)}
        spelt = ((kind, kept[kind in _BARE]) for kind in kinds)
        return [
            self._token(kind, scope if kind is ReferenceType.LRN else "", one)
            for kind, one in spelt
            if 0 < len(one) <= LONGEST
        ]

    def _token(self, kind: ReferenceType, scope: str, value: str) -> bytes:
        begun = self._begun[kind].copy()  # much faster than setting the key up each time
        begun.update(f"\0{scope}\0{value}".encode())
        return begun.digest()

    def add(self, entries: Iterable[tuple[Reference, DeclarationId, int]]) -> None:
        """Register declarations under references: (reference, declaration, about when in seconds).

        The same pair again keeps its first time.
        """
        from ledger.index.sql import insert_ignoring
        from ledger.index.tables import references

        rows = [
            {"token": self.token(reference), "declaration": declaration, "type": int(reference.type), "at": at}
            for reference, declaration, at in entries
        ]
        with self._store.writing() as connection:
            insert_ignoring(connection, references, rows)

    def remove(self, declaration: DeclarationId) -> None:
        """Forget under which references a declaration stands: part of an erasure."""
        from sqlalchemy import delete

        from ledger.index.tables import references

        with self._store.writing() as connection:
            connection.execute(delete(references).where(references.c.declaration == declaration))

    def resolve(
        self, reference: Reference, *, around: int | None = None, window: int = DEFAULT_WINDOW
    ) -> list[DeclarationId]:
        """The declarations that a reference names, oldest first.

        Args:
            reference: what somebody has.
            around: for a reference that is reused, about when the goods moved (seconds).
            window: how far from `around` they may have moved (seconds).
        """
        token = self.token(reference)
        with self._store.reading() as session:
            found = named(session, [token]).get(token, [])
        return [one.declaration for one in found if is_near(one, around, window)]


def named(session: Session, tokens: Collection[bytes]) -> Mapping[bytes, list[Named]]:
    """The declarations under each token, oldest first; tokens without any are left out."""
    sql = "SELECT token, declaration, type, at FROM references_private WHERE token IN ({keys}) ORDER BY at, declaration"
    found: dict[bytes, list[Named]] = {}
    for token, declaration, kind, at in session.within(sql, tokens):
        found.setdefault(token, []).append(Named(token, declaration, _TYPES[kind], at))
    return found


def is_near(one: Named, around: int | None, window: int) -> bool:
    """Whether a declaration was registered near enough to the time asked about."""
    return around is None or one.type not in REUSED or abs(one.at - around) <= window

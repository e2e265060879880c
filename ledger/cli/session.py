"""What a command works with: the home, the client over it, a participant's desk; and the word on a record."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.cli.failures import Exit
from ledger.home import Home, HomeError, home_path

if TYPE_CHECKING:
    from ledger.client import Client
    from ledger.desk import Desk
    from ledger.home import Identity as HomeIdentity
    from ledger.index.history import RecordAnswer
    from ledger.index.references import ReferenceType
    from ledger.sealing import DecryptionKey


def open_home(given: Path | None) -> Home:
    """The home that was named, else the environment's, else the default.

    Raises:
        HomeError: there is none.
    """
    return Home.load(home_path(given))


@contextmanager
def open_client(home: Home) -> "Iterator[Client]":
    """The client over a home's store and node."""
    from ledger.client import Client

    with Client.open(home.settings()) as client:
        yield client


@contextmanager
def open_to_read(home: Home) -> "Iterator[Client]":
    """As `open_client`; a node that does not answer is no failure: answers say themselves that it doesn't."""
    from ledger.client import Client, NodeUnreachable

    try:
        client = Client.open(home.settings())
    except NodeUnreachable:
        client = Client.open(home.settings(), check=False)
    with client:
        yield client


@contextmanager
def open_desk(home: Home, name: str) -> "Iterator[Desk]":
    """The desk of one of the home's participants.

    Raises:
        HomeError: there is no such participant.
        SignerError: its key can't be used.
    """
    from ledger.chain import open_signer
    from ledger.desk import Desk, Directory, Identity
    from ledger.domain.codes import OrganisationKind

    own = home.identity(name)
    directory = Directory(
        identifiers={text: one.organisation for one in home.people for text in one.identifiers},
        administrations={text: one.organisation for one in home.people for text in one.jurisdictions},
    )
    identity = Identity(
        organisation=own.organisation,
        kind=OrganisationKind[own.kind],
        administration=own.administration,
        signer=open_signer(own.signer),
        jurisdictions=own.jurisdictions,
        office=own.office,
        encryption=tuple(keys_of(own)),
    )
    with open_client(home) as client:
        client.sync()
        yield Desk(client, identity, directory)


def keys_of(own: "HomeIdentity") -> "list[DecryptionKey]":
    """The private encryption keys of a participant, newest first; none when this home has none of it.

    Raises:
        HomeError: the file can't be read.
    """
    from ledger.home import encryption_file
    from ledger.sealing import MalformedSeal, keys_from_json

    if own.encryption is None:
        return []
    file = encryption_file(own)
    try:
        return keys_from_json(file.read_text(encoding="utf-8"))
    except (OSError, MalformedSeal) as error:
        raise HomeError(file, f"holds no encryption keys: {error}") from None


def viewer(home: Home, name: str | None) -> int | None:
    """The organisation that asks; None: nobody in particular."""
    return home.identity(name).organisation if name else None


def number_of(home: Home, text: str) -> int:
    """A participant's number, from the number itself or a name that the home knows, with its keys or without.

    Raises:
        HomeError: it knows no such participant.
    """
    return int(text) if text.isascii() and text.isdigit() else home.organisation(text)


def reference_type(text: str | None) -> "ReferenceType | None":
    """The type of a reference by its word.

    Raises:
        BadParameter: there is no such type.
    """
    if text is None:
        return None
    from ledger.cli.options import code
    from ledger.index.references import ReferenceType

    return code(ReferenceType, text)


def outcome(state: "RecordAnswer") -> Exit:
    """What became of a record, to a script."""
    if state.progress.name == "FINAL":
        return Exit.DONE
    return Exit.REFUSED if state.progress.name in {"REFUSED", "LOST", "UNHEARD_OF"} else Exit.UNKNOWN


def show(as_json: bool, value: Callable[[], Any], text: Callable[[], str]) -> None:
    """Print one JSON document, or text."""
    print(json.dumps(value(), indent=2, ensure_ascii=False) if as_json else text())  # noqa: T201


def title(home: Home, organisation: int) -> str:
    """An organisation in words."""
    named = [one.title for one in home.people if one.organisation == organisation and one.title]
    return named[0] if named else f"organisation {organisation}"

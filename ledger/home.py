"""A participant's home directory: which network, store and keys the command line works with.

`PASSAVANT_HOME`, else ``~/.passavant``. ``config.json`` names the files beside it by relative paths, so that a home
can be moved; secrets are never in it, only where they are.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

from ledger.errors import PassavantError

if TYPE_CHECKING:
    from ledger.client import ClientSettings

CONFIG: Final = "config.json"
ENVIRONMENT: Final = "PASSAVANT_HOME"

_SQLITE: Final = "sqlite:///"
_KEYSTORE: Final = "keystore:"
_FILE: Final = "file:"

_PEOPLE: Final = ("participants", "others")
_START_ONE: Final = "Start one by `passavant devnet up`, or name it by --home"


@dataclass(eq=False)
class HomeError(PassavantError):
    """A home directory that can't be used. `hint`: what to do about it, a sentence, or empty."""

    path: Path
    reason: str
    hint: str = ""

    def __str__(self) -> str:
        """Which one, what is wrong, what to do."""
        text = f"{self.path}: {self.reason}"
        return f"{text}. {self.hint}" if self.hint else text


@dataclass(frozen=True, slots=True)
class Identity:
    """A key that this home may sign with, and whose it is.

    Attributes:
        organisation: the participant's number on the ledger.
        signer: signer URI; a keystore's paths may be relative to the home.
        kind: name of an `OrganisationKind`.
        administration: the administration that admitted it; itself for an administration.
        country: that administration's: ISO 3166 alpha-2.
        jurisdictions: customs territories that it speaks for, if any.
        title: for people.
        office: the only customs office for which the key decides; 0: any.
        identifiers: as messages name this participant, such as EORI numbers.
        managers: URIs of the participant's managing keys, where this home has them.
        encryption: URI (``file:``) of the file with its private encryption keys; relative to the home.
    """

    organisation: int
    signer: str
    kind: str
    administration: int
    country: str = ""
    jurisdictions: tuple[str, ...] = ()
    title: str = ""
    office: int = 0
    identifiers: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    encryption: str | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """A participant of whom this home has no keys, as far as its messages and answers name it.

    Attributes: as in `Identity`.
    """

    organisation: int
    title: str = ""
    jurisdictions: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Home:
    """A home's configuration; every relative path in it is relative to `path`.

    Attributes:
        path: the directory.
        rpc: the node's URL.
        database: SQLAlchemy URL of the store.
        blobs: URL of the place of ciphertexts, ``file:FOLDER`` or ``s3://BUCKET/PREFIX``; None: in the store.
        network: the network descriptor.
        index_key: secret of the private index of references.
        gateway: URL of the gateway, if there is one.
        relay: URI of the relay key, which may pay for transactions and nothing else; None: reads only.
        mine: the node waits to be told to mine (an embedded one).
        retention: file of retention periods; None: those that come with this version.
        participants: whose keys this home has, by the name that ``--as`` takes.
        others: participants whose keys are elsewhere, by name.
        keeper: home directory of the development network whose chain this home shares; None: not of another one.
    """

    path: Path
    rpc: str
    database: str = f"{_SQLITE}store.sqlite"
    network: str = "network.json"
    index_key: str = "index.key"
    blobs: str | None = None
    gateway: str | None = None
    relay: str | None = None
    mine: bool = False
    retention: str | None = None
    participants: Mapping[str, Identity] = field(default_factory=dict)
    others: Mapping[str, Other] = field(default_factory=dict)
    keeper: str | None = None

    @classmethod
    def load(cls, path: Path) -> "Home":
        """Read ``config.json`` of a home directory.

        Raises:
            HomeError: there is none, or it can't be right.
        """
        file = path / CONFIG
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise HomeError(path, "no home of Passavant", _START_ONE) from None
        except (OSError, ValueError) as error:
            raise HomeError(file, f"can't be read: {error}") from None
        known = _known(cls, values, file)
        if "rpc" not in known:
            raise HomeError(file, "names no node (rpc)")
        people, others = (_table(known, name, file) for name in ("participants", "others"))
        return cls(
            path=path,
            participants={name: _identity(name, entry, file) for name, entry in people.items()},
            others={name: _other(name, entry, file) for name, entry in others.items()},
            **known,
        )

    def save(self) -> None:
        """Write ``config.json``, whole or not at all, readable by its owner only."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in {"path", *_PEOPLE}}
        values |= {name: {who: asdict(one) for who, one in getattr(self, name).items()} for name in _PEOPLE}
        write_private(self.path / CONFIG, json.dumps(values, indent=2) + "\n")

    def identity(self, name: str) -> Identity:
        """The participant of a name, with paths as they are on this machine.

        Raises:
            HomeError: this home has no such participant.
        """
        found = self.participants.get(name)
        if found is None:
            names = f"It has {', '.join(sorted(self.participants)) or 'none'}"
            if name in self.others:
                raise HomeError(self.path, f"has no key of {name!r}: another home has", names)
            raise HomeError(self.path, f"knows no participant {name!r}", names)
        managers = tuple(self._signer(uri) for uri in found.managers)
        encryption = self._file(found.encryption) if found.encryption else None
        return replace(found, signer=self._signer(found.signer), managers=managers, encryption=encryption)

    def organisation(self, name: str) -> int:
        """The number of a participant, whether this home has its keys or not.

        Raises:
            HomeError: this home knows no such participant.
        """
        found = self.others.get(name)
        return found.organisation if found else self.identity(name).organisation

    @property
    def people(self) -> "list[Identity | Other]":
        """Everybody whom this home knows, its own first."""
        return [*self.participants.values(), *self.others.values()]

    def settings(self) -> "ClientSettings":
        """What `ledger.client.Client.open` takes."""
        from ledger.client import ClientSettings

        return ClientSettings(
            network=self.path / self.network,
            rpc=self.rpc,
            database=self.database_url,
            index_key=self.path / self.index_key,
            blobs=self.blobs_url,
            relay=self._signer(self.relay) if self.relay else None,
            mine=self.mine,
            retention=self.path / self.retention if self.retention else None,
        )

    @property
    def database_url(self) -> str:
        """The store's URL, a SQLite file by its whole path."""
        if not self.database.startswith(_SQLITE):
            return self.database
        return f"{_SQLITE}{(self.path / self.database.removeprefix(_SQLITE)).resolve()}"

    @property
    def blobs_url(self) -> str | None:
        """The place of ciphertexts, a folder by its whole path."""
        if self.blobs is None or not self.blobs.startswith(_FILE):
            return self.blobs
        return (self.path / self.blobs.removeprefix(_FILE)).absolute().as_uri()

    @property
    def relay_uri(self) -> str | None:
        """The relay key's URI, with paths as they are on this machine."""
        return self._signer(self.relay) if self.relay else None

    def _file(self, uri: str) -> str:
        return f"{_FILE}{self.path / uri.removeprefix(_FILE)}" if uri.startswith(_FILE) else uri

    def _signer(self, uri: str) -> str:
        if not uri.startswith(_KEYSTORE):
            return uri
        file, _, query = uri.removeprefix(_KEYSTORE).partition("?")
        options = [(k, str(self.path / v) if k == "password-file" else v) for k, v in parse_qsl(query)]
        return f"{_KEYSTORE}{self.path / file}" + (f"?{urlencode(options, safe='/')}" if options else "")


def home_path(given: Path | None = None, environ: Mapping[str, str] | None = None) -> Path:
    """The directory that was given, else the environment's, else ``~/.passavant``."""
    named = (os.environ if environ is None else environ).get(ENVIRONMENT)
    return (given or (Path(named) if named else Path.home() / ".passavant")).expanduser().absolute()


def encryption_file(identity: Identity) -> Path:
    """The file with a participant's private encryption keys; `identity` as `Home.identity` gives it.

    Raises:
        HomeError: this home has none of it.
    """
    if identity.encryption is None or not identity.encryption.startswith(_FILE):
        raise HomeError(Path(CONFIG), f"names no file of encryption keys of organisation {identity.organisation}")
    return Path(identity.encryption.removeprefix(_FILE))


def write_private(file: Path, text: str) -> None:
    """Write a file for its owner only (0600), whole or not at all."""
    fresh = file.with_name(f".{file.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.replace(file)


def _known(struct: type, values: object, file: Path) -> dict[str, Any]:
    if not isinstance(values, dict):
        raise HomeError(file, "is no table of settings")
    unknown = set(values) - {f.name for f in fields(struct)} | values.keys() & {"path"}
    if unknown:
        raise HomeError(file, f"does not know {', '.join(sorted(unknown))}")
    return dict(values)


def _table(known: dict[str, Any], name: str, file: Path) -> dict[str, object]:
    found = known.pop(name, {})
    if not isinstance(found, dict):
        raise HomeError(file, f"{name} is no table")
    return found


def _identity(name: str, entry: object, file: Path) -> Identity:
    known = _lists(_known(Identity, entry, file), "jurisdictions", "identifiers", "managers")
    try:
        return Identity(**known)
    except TypeError:
        raise HomeError(file, f"participant {name!r} needs organisation, signer, kind and administration") from None


def _other(name: str, entry: object, file: Path) -> Other:
    try:
        return Other(**_lists(_known(Other, entry, file), "jurisdictions", "identifiers"))
    except TypeError:
        raise HomeError(file, f"participant {name!r} needs its organisation") from None


def _lists(known: dict[str, Any], *names: str) -> dict[str, Any]:
    return known | {name: tuple(known.get(name, ())) for name in names}

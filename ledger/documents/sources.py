"""Files, folders and archives as a stream of (name, bytes), against path tricks and archive bombs.

Nothing is ever unpacked to the disk, so a member's path is only a name in messages. Members of archives are read up
to a limit each and in all, whatever their headers claim; links, devices and archives within archives are passed over.
"""

import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Final, NoReturn

from ledger.documents.markup import MAX_BYTES
from ledger.errors import DocumentError

MESSAGE_ENDINGS: Final = frozenset({".xml", ".json"})
MAX_MEMBERS: Final = 100_000
MAX_ARCHIVE_BYTES: Final = 4 * 1024 * 1024 * 1024

_ZIP: Final = (".zip",)
_TAR: Final = (".tar", ".tar.gz", ".tgz")


def _raise(error: DocumentError) -> NoReturn:
    raise error


def iter_sources(
    paths: Iterable[Path | str], refused: Callable[[DocumentError], None] = _raise
) -> Iterator[tuple[str, bytes]]:
    """Every message file at and below the paths, in a stable order; endings in any case.

    A file named directly is read whatever its ending is; in folders and archives those that end in ``.xml`` or
    ``.json`` are. A member of an archive is named ``archive.zip!folder/name.xml``.

    Args:
        paths: files, folders, archives.
        refused: called with the error of a file or archive that can't be read, after which the next one follows;
            the default raises it.

    Raises:
        DocumentError: a path doesn't exist or can't be read, an archive is damaged or beyond a limit.
    """
    for given in paths:
        for path in _folder(Path(given)) if Path(given).is_dir() else [Path(given)]:
            try:
                yield from _file(path)
            except OSError as error:
                refused(DocumentError(f"can't be read: {error.strerror or error}", file=str(path)))
            except DocumentError as error:
                refused(error)


def _folder(folder: Path) -> Iterator[Path]:
    # a link may lead anywhere, in circles too
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        if path.suffix.lower() in MESSAGE_ENDINGS or _is_archive(path.name):
            yield path


def _file(path: Path) -> Iterator[tuple[str, bytes]]:
    name = path.name.lower()
    try:
        if name.endswith(_ZIP):
            yield from _zip(path)
        elif name.endswith(_TAR):
            yield from _tar(path)
        else:
            with path.open("rb") as stream:
                yield str(path), _read(stream, str(path))
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        reason = f"the archive can't be read: {error}"
        raise DocumentError(reason, "Pack it again, without a password", file=str(path)) from None


def _zip(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        budget = _Budget(path)
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            if not member.is_dir() and _is_message(member.filename):
                with archive.open(member) as stream:
                    yield budget.take(stream, member.filename)


def _tar(path: Path) -> Iterator[tuple[str, bytes]]:
    # read as a stream: the order is the archive's, and a compressed one is unpacked once
    with tarfile.open(path, "r|*") as archive:
        budget = _Budget(path)
        for member in archive:
            budget.count()
            stream = archive.extractfile(member) if member.isreg() and _is_message(member.name) else None
            if stream is not None:
                yield budget.take(stream, member.name)


class _Budget:
    """What may still be read from one archive."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.members = 0
        self.left = MAX_ARCHIVE_BYTES

    def count(self) -> None:
        self.members += 1
        if self.members > MAX_MEMBERS:
            raise self.exhausted(f"more than {MAX_MEMBERS:,} members")

    def take(self, stream: IO[bytes], member: str) -> tuple[str, bytes]:
        self.count()
        name = f"{self.archive}!{_plain(member)}"
        data = _read(stream, name)
        self.left -= len(data)
        if self.left < 0:
            raise self.exhausted(f"more than {MAX_ARCHIVE_BYTES:,} bytes unpacked")
        return name, data

    def exhausted(self, reason: str) -> DocumentError:
        return DocumentError(f"the archive holds {reason}", "Split it into several ones", file=str(self.archive))


def _read(stream: IO[bytes], name: str) -> bytes:
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DocumentError(f"larger than {MAX_BYTES:,} bytes", "Split it into several files", file=name)
    return data


def _plain(member: str) -> str:
    """A member's name for people: control characters would play tricks on a terminal."""
    return "".join(character if character.isprintable() else "?" for character in member)


def _is_message(name: str) -> bool:
    return Path(name).suffix.lower() in MESSAGE_ENDINGS and not Path(name).name.startswith("._")


def _is_archive(name: str) -> bool:
    return name.lower().endswith(_ZIP + _TAR)

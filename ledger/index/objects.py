"""Ciphertexts in files or in an S3-compatible place, by URL: ``file:///var/lib/passavant/blobs``, ``s3://bucket/prefix``.

Credentials and endpoint of S3 come from the usual variables (``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT``, …). What lies
there is encrypted and named by its hash, so the place learns sizes and times, and can lose something, but not change it
unseen.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from ledger.index.errors import StoreError

_PATIENCE: Final = timedelta(seconds=10)


class ObjectBlobs:
    """Ciphertexts in an object store. One is there before the row that names it, and goes after it."""

    elsewhere: Final = True

    def __init__(self, url: str) -> None:
        """Use a place; a folder is made when it is missing.

        Raises:
            StoreError: the URL names no place that is known here, or the folder can't be made.
        """
        self._store = _opened(url)

    def put(self, content_hash: bytes, content: bytes) -> None:
        """Keep content.

        Raises:
            StoreError: the place does not take it.
        """
        with _told():
            obstore.put(self._store, _name(content_hash), content)

    def get(self, content_hash: bytes) -> bytes | None:
        """The content of a hash.

        Raises:
            StoreError: the place can't be asked.
        """
        with _told():
            try:
                return bytes(obstore.get(self._store, _name(content_hash)).bytes())
            except (NotFoundError, FileNotFoundError):
                return None

    def delete(self, content_hash: bytes) -> None:
        """Destroy content.

        Raises:
            StoreError: the place can't be asked.
        """
        with _told():
            try:
                obstore.delete(self._store, _name(content_hash))
            except (NotFoundError, FileNotFoundError):
                return


def _opened(url: str) -> ObjectStore:
    scheme = urlsplit(url).scheme
    try:
        if scheme == "file":
            return LocalStore(Path(unquote(urlsplit(url).path)), mkdir=True)
        if scheme == "s3":
            return S3Store.from_url(
                url,
                client_options={"timeout": _PATIENCE, "allow_http": os.environ.get("AWS_ALLOW_HTTP") == "true"},
                retry_config={"retry_timeout": _PATIENCE},
            )
    except (BaseError, OSError, ValueError) as error:
        raise StoreError(f"ciphertexts can't be kept there: {_first(error)}") from None
    raise StoreError(f"ciphertexts are kept in file:///FOLDER or s3://BUCKET/PREFIX, not {scheme or 'a bare path'}")


def _name(content_hash: bytes) -> str:
    """Spread over 256 folders, which file systems like better than one."""
    digits = content_hash.hex()
    return f"{digits[:2]}/{digits[2:]}"


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise StoreError(f"the place of ciphertexts can't be used: {_first(error)}") from None


def _first(error: Exception) -> str:
    """What it says first: the lines after it quote requests."""
    return (str(error).splitlines() or ["unknown"])[0]

"""JSON's spelling of the ledger's values: bytes as 0x hex, instants as RFC 3339 in UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from fastapi import Path
from pydantic import StringConstraints
from starlette.responses import Response

MEDIA_TYPE: Final = "application/json"
NO_STORE: Final = {"cache-control": "no-store", "vary": "authorization"}

Hex: Final = r"^0x([0-9a-f]{2})*$"
Hex32 = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]
"""32 bytes: ids, digests, heads, commitments, nonces."""
Hex65 = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{130}$")]
"""A signature: r ‖ s ‖ v."""
Id = Annotated[str, Path(pattern=r"^0x[0-9a-f]{64}$", description="32 bytes.")]
"""An id in a path."""

_LAST_INSTANT: Final = 253_402_300_799
_encoder: Final = msgspec.json.Encoder()


def unhex(text: str) -> bytes:
    """The bytes of 0x hex; whoever calls has checked its form."""
    return bytes.fromhex(text[2:])


def hexed(value: bytes) -> str:
    """Bytes as 0x hex."""
    return f"0x{value.hex()}"


def hexed_or_none(value: bytes | None) -> str | None:
    """Bytes as 0x hex; nothing stays nothing."""
    return None if value is None else f"0x{value.hex()}"


def instant(seconds: int) -> str:
    """Seconds since the epoch as RFC 3339, whose last year is 9999: a key's window may be open for longer."""
    return f"{datetime.fromtimestamp(min(seconds, _LAST_INSTANT), UTC):%Y-%m-%dT%H:%M:%SZ}"


def reply(content: object, status: int = 200, headers: Mapping[str, str] = NO_STORE) -> Response:
    """An answer in JSON: nobody but who asked may keep it, unless `headers` say otherwise."""
    return Response(_encoder.encode(content), status, headers, MEDIA_TYPE)

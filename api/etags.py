"""Entity tags: 304 for a status that has not changed, 412 for a record that would extend a head that has.

A declaration's tag is ``"settled.holds.rest"``: both heads that a next record's ``prev`` may name stand in it (hex),
the rest covers everything else that its status depends on.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

_TAG: Final = re.compile(r'(W/)?"([^"\x00-\x20\x7f]*)"')
_OF_DECLARATION: Final = re.compile(r"([0-9a-f]{64})\.([0-9a-f]{64})\.[0-9A-Za-z_-]+")


def quoted(tag: str) -> str:
    """A tag as the header has it."""
    return f'"{tag}"'


def of_declaration(settled: bytes, holds: bytes, content: Mapping[str, Any]) -> str:
    """The tag of a declaration: over all that is answered but its freshness."""
    lasting = {name: value for name, value in content.items() if name not in ("asOf", "etag")}
    rest = base64.urlsafe_b64encode(hashlib.sha256(msgspec.json.encode(lasting)).digest()[:18]).decode()
    return f"{settled.hex()}.{holds.hex()}.{rest}"


def matches(header: str | None, tag: str) -> bool:
    """Whether If-None-Match names this tag (weakly compared, RFC 9110, 13.1.2)."""
    if not header:
        return False
    return header.strip() == "*" or any(found[1] == tag for found in _TAG.findall(header))


def heads_in(header: str) -> list[tuple[bytes, bytes]]:
    """The settled and the hold head of each tag in If-Match; weak tags never match (RFC 9110, 13.1.1)."""
    tags = (tag for weak, tag in _TAG.findall(header) if not weak)
    found = (_OF_DECLARATION.fullmatch(tag) for tag in tags)
    return [(bytes.fromhex(match[1]), bytes.fromhex(match[2])) for match in found if match]


def not_modified(request: Request, tag: str, headers: Mapping[str, str]) -> Response | None:
    """The 304 that a request asks for, if nothing has changed."""
    if matches(request.headers.get("if-none-match"), tag):
        return Response(None, 304, {**headers, "etag": quoted(tag)})
    return None

"""What a disclosure's file holds (docs/disclosures.md), read into values: shapes, and nothing of what they claim.

Values of fields are any text, also such as begins with ``0x``: so this form is read as plain JSON, and what is bytes in
it is known by its place.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from passavant_verifier.canonical import Content, parse_json, read_json
from passavant_verifier.commitments import Field
from passavant_verifier.errors import UnreadableError
from passavant_verifier.trust import NetworkId

FORMAT: Final = "application/vnd.passavant.disclosure+json;version=1"
WHERE: Final = "the disclosure"

_HEX: Final = re.compile(r"0x(?:[0-9a-f]{2})*")
_GREATEST: Final = 2**53 - 1
_LARGEST_VERSION: Final = 65_535
_NAMES: Final = (
    *("adoption", "declaration", "fields", "format", "network", "profile", "proof"),
    *("receipt", "record", "schema", "signerProof", "timeline", "to", "version"),
)


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A record as the file has it."""

    record_type: int
    body: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A disclosure as it is written; nothing of it is checked yet but its form."""

    network: NetworkId
    declaration: bytes
    version: int
    record: SignedRecord
    adoption: SignedRecord | None
    schema: str
    fields: tuple[Field, ...]
    proof: tuple[int, tuple[bytes, ...]] | None
    receipt: Content
    timeline: tuple[tuple[bytes, bytes], ...] | None
    signer_proof: tuple[bytes, ...] | None


def read_disclosure(raw: bytes) -> Disclosed:
    """The disclosure of a file's bytes.

    Raises:
        UnreadableError: it is none, or of an unknown version.
    """
    top = members(parse_json(raw, WHERE), "", _NAMES)
    if top["format"] != FORMAT:
        raise UnreadableError(WHERE, f"its format is not {FORMAT}")
    _label(top["to"], top["profile"])
    return Disclosed(
        network=_network(top["network"]),
        declaration=_data(top["declaration"], "declaration", 32),
        version=_number(top["version"], "version", 1, _LARGEST_VERSION),
        record=_record(top["record"], "record"),
        adoption=None if top["adoption"] is None else _record(top["adoption"], "adoption"),
        schema=_text(top["schema"], "schema"),
        fields=tuple(_field(one) for one in _list(top["fields"], "fields")),
        proof=None if top["proof"] is None else _proof(top["proof"]),
        receipt=None if top["receipt"] is None else read_json(json.dumps(top["receipt"]).encode(), "its receipt"),
        timeline=None if top["timeline"] is None else tuple(map(_step, _list(top["timeline"], "timeline"))),
        signer_proof=None if top["signerProof"] is None else _nodes(top["signerProof"]),
    )


def members(value: Any, place: str, names: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Any]:
    """An object with these members, and perhaps the optional ones.

    Raises:
        UnreadableError: it is none, or a member is missing or unknown.
    """
    if not isinstance(value, dict) or not set(names) <= value.keys() <= {*names, *optional}:
        raise _wrong(place, f"takes the members {', '.join(names)}")
    return value


def _label(to: Any, profile: Any) -> None:
    """For whom it was made, and by which profile: said, and not proven."""
    if to != "public":
        _number(members(to, "to", ("organisation",))["organisation"], "to.organisation", 1)
    if profile is not None:
        named = members(profile, "profile", ("name", "version"))
        _text(named["name"], "profile.name")
        _number(named["version"], "profile.version", 1)


def _network(value: Any) -> NetworkId:
    network = members(value, "network", ("chainId", "networkId", "genesis", "consignments", "participants"))
    return NetworkId(
        chain_id=_number(network["chainId"], "network.chainId", 1),
        network_id=_data(network["networkId"], "network.networkId", 32),
        genesis=_data(network["genesis"], "network.genesis", 32),
        consignments=_data(network["consignments"], "network.consignments", 20),
        participants=_data(network["participants"], "network.participants", 20),
    )


def _record(value: Any, place: str) -> SignedRecord:
    record = members(value, place, ("type", "body", "signature", "block"))
    block = members(record["block"], f"{place}.block", ("number", "hash", "time"))
    _number(block["number"], f"{place}.block.number")
    _number(block["time"], f"{place}.block.time")
    _data(block["hash"], f"{place}.block.hash", 32)
    return SignedRecord(
        _number(record["type"], f"{place}.type", 1),
        _data(record["body"], f"{place}.body"),
        _data(record["signature"], f"{place}.signature"),
    )


def _field(value: Any) -> Field:
    field = members(value, "fields", ("index", "path", "value", "salt"), ("wcoId",))
    if "wcoId" in field:
        _text(field["wcoId"], "fields.wcoId")
    return Field(
        _number(field["index"], "fields.index"),
        _text(field["path"], "fields.path"),
        _text(field["value"], "fields.value"),
        _data(field["salt"], "fields.salt", 32),
    )


def _proof(value: Any) -> tuple[int, tuple[bytes, ...]]:
    proof = members(value, "proof", ("size", "siblings"))
    siblings = tuple(_data(one, "proof.siblings", 32) for one in _list(proof["siblings"], "proof.siblings"))
    return _number(proof["size"], "proof.size"), siblings


def _nodes(value: Any) -> tuple[bytes, ...]:
    nodes = tuple(_data(one, "signerProof") for one in _list(value, "signerProof"))
    if list(nodes) != sorted(set(nodes)):
        raise _wrong("signerProof", "takes nodes in ascending order, each once")
    return nodes


def _step(value: Any) -> tuple[bytes, bytes]:
    pair = _list(value, "timeline")
    if len(pair) != len(("request", "digest")):
        raise _wrong("timeline", "takes pairs of request and digest")
    return _data(pair[0], "timeline", 32), _data(pair[1], "timeline", 32)


def _data(value: Any, place: str, size: int | None = None) -> bytes:
    raw = bytes.fromhex(value[2:]) if isinstance(value, str) and _HEX.fullmatch(value) else None
    if raw is None or (size is not None and len(raw) != size):
        raise _wrong(place, "takes bytes as 0x hex" if size is None else f"takes {size} bytes as 0x hex")
    return raw


def _number(value: Any, place: str, least: int = 0, most: int = _GREATEST) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _wrong(place, f"takes an integer from {least} to {most}")
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(place, "takes text")
    return value


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(place, "takes a list")
    return value


def _wrong(place: str, reason: str) -> UnreadableError:
    return UnreadableError(f"{WHERE}: {place}" if place else WHERE, reason)

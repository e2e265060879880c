"""Disclosures: chosen fields of one version in a file that verifies without us (``docs/disclosures.md``).

The file holds path, value and salt of each chosen field and one Merkle proof for all, the signed record that commits to
the version, and where that record stands. What was not chosen can't be told from it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.client import Client, ReceiptError
from ledger.desk.bench import Bench
from ledger.desk.options import DeskError, UnknownReference
from ledger.documents.elements import wcoid
from ledger.documents.profiles import Profile, chosen, matching, profiles
from ledger.domain.commitment import commit, schema_id
from ledger.domain.events import Recorded
from ledger.domain.records import AmendmentRequest, Declaration
from ledger.domain.wire import DeclarationId, Digest, encode
from ledger.index.history import VersionShown
from ledger.index.signers import signer_of
from ledger.sealing import Payload

_NO_ANCHORS: Final[dict[str, Any]] = {"receipt": None, "timeline": None, "signerProof": None}
MEDIA_TYPE: Final = "application/vnd.passavant.disclosure+json;version=1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is disclosed, and to whom.

    Attributes:
        patterns: which fields, see `ledger.documents.profiles`.
        profile: the profile that the patterns are of, if they are of one.
        to: a participant's number; None: anybody.
        version: which version; None: the one in force.
        anchored: with a receipt, which shows the declaration's status too.
    """

    patterns: Sequence[str]
    profile: Profile | None = None
    to: int | None = None
    version: int | None = None
    anchored: bool = True


def choice_of(
    fields: Sequence[str], profile: str | None, *, file: Path | None = None, to: int | None, version: int | None
) -> Choice:
    """The choice by patterns, or by a profile's name.

    Raises:
        DeskError: neither, both, or no such profile.
        DocumentError: the file of profiles can't be read.
    """
    if bool(fields) == bool(profile):
        raise DeskError("say which fields to disclose: either patterns of paths, or a profile")
    if profile is None:
        return Choice(patterns=fields, to=to, version=version)
    known = profiles(file)
    if profile not in known:
        raise DeskError(f"there is no profile {profile!r}; there are {', '.join(sorted(known))}")
    return Choice(patterns=known[profile].fields, profile=known[profile], to=to, version=version)


def disclose(bench: Bench, declaration: DeclarationId, choice: Choice) -> dict[str, Any]:
    """The disclosure as JSON values.

    Raises:
        UnknownReference: no such declaration for this participant.
        DeskError: no such version, its content is not here, or a pattern names nothing in it.
        DocumentError: a pattern is none.
    """
    me = bench.identity.organisation
    shown = bench.client.declaration(declaration, me)
    if shown is None:
        raise UnknownReference(f"no declaration 0x{declaration.hex()} for this participant")
    version = _version(shown.versions, choice.version)
    bringing, adopting = _records(bench.client, declaration, version)
    return {
        "format": MEDIA_TYPE,
        "network": _network(bench.client),
        "declaration": _hex(declaration),
        "version": version.number,
        "to": "public" if choice.to is None else {"organisation": choice.to},
        "profile": {"name": choice.profile.name, "version": choice.profile.version} if choice.profile else None,
        "record": _record(bringing),
        "adoption": _record(adopting) if adopting else None,
        **(_anchors(bench.client, declaration, bringing, adopting) if choice.anchored else _NO_ANCHORS),
        **opened_fields(bench.payload(declaration, version.number)[1], choice),
    }


def _anchors(
    client: Client, declaration: DeclarationId, bringing: Recorded, adopting: Recorded | None
) -> dict[str, Any]:
    """A receipt that shows the record in the chain, how the record leads to the head there, and whose key signed it."""
    decisive = adopting or bringing
    try:
        issued = client.receipt(declaration)
    except ReceiptError:
        return _NO_ANCHORS
    block = issued.receipt.blocks[-1].number
    if decisive.position.block > block:
        return _NO_ANCHORS
    timeline = None
    if not isinstance(decisive.record, Declaration):
        steps = client.timeline_steps(declaration, decisive.digest, block)
        timeline = [[_hex(request), _hex(digest)] for _, request, digest in steps[1:]]
    nodes = client.key_proof(signer_of(bringing.digest, bringing.signature) or b"", block)
    return {
        "receipt": json.loads(issued.receipt.to_json()),
        "timeline": timeline,
        "signerProof": None if nodes is None else [_hex(node) for node in sorted(nodes)],
    }


def _version(versions: Sequence[VersionShown], number: int | None) -> VersionShown:
    for one in versions:
        if one.number == (number or versions[-1].number):
            return one
    raise DeskError(f"there is no version {number}: the newest is {versions[-1].number}")


def _records(client: Client, declaration: DeclarationId, version: VersionShown) -> tuple[Recorded, Recorded | None]:
    """The record that commits to a version, and the decision that adopted it when that was a request."""
    bringing = client.recorded(Digest(version.digest))
    if bringing is None:
        raise DeskError("the record that brought this version is not in the index: wait until it is up to date")
    if not isinstance(bringing.record, AmendmentRequest):
        return bringing, None
    return bringing, client.adopting(declaration, bringing.digest)


def opened_fields(payload: Payload, choice: Choice) -> dict[str, Any]:
    """Of a disclosure the schema, the chosen fields and their proof: all that tells of the content.

    Raises:
        DeskError: a pattern names nothing in it.
        DocumentError: a pattern is none.
    """
    values = dict(payload.fields)
    if not choice.profile:
        _all_named(values, choice.patterns)
    paths = chosen(values, choice.patterns)
    made = commit(schema_id(payload.schema), payload.fields, payload.seed)
    proof = made.multiproof(paths) if paths else None
    fields = [
        {
            "index": index,
            "path": path,
            **({"wcoId": number} if (number := wcoid(path)) else {}),
            "value": values[path],
            "salt": _hex(made.salt(path)),
        }
        for index, path in zip(proof.indices if proof else (), paths, strict=True)
    ]
    siblings = {"size": proof.size, "siblings": [_hex(one) for one in proof.siblings]} if proof else None
    return {"schema": payload.schema, "fields": fields, "proof": siblings}


def _all_named(values: dict[str, str], patterns: Sequence[str]) -> None:
    """Somebody who names a field means one: a slip must not become a disclosure of less.

    Raises:
        DeskError: a pattern names nothing.
    """
    if missed := [pattern for pattern in patterns if not matching(values, pattern)]:
        raise DeskError(f"this version has no field {', '.join(missed)}")


def _record(event: Recorded) -> dict[str, Any]:
    place = event.position
    return {
        "type": int(event.record.record_type),
        "body": _hex(encode(event.record)),
        "signature": _hex(event.signature),
        "block": {"number": place.block, "hash": _hex(place.block_hash), "time": place.time},
    }


def _network(client: Client) -> dict[str, Any]:
    network = client.network
    return {
        "chainId": network.chain_id,
        "networkId": _hex(network.network_id),
        "genesis": _hex(network.genesis_hash),
        "consignments": _hex(network.consignments),
        "participants": _hex(network.participants),
    }


def _hex(value: bytes) -> str:
    return f"0x{value.hex()}"

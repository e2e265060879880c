"""What anybody can read out of an entry: the record, and whose signatures it carries. Nothing is looked up."""

from dataclasses import dataclass
from typing import Any

from coincurve import PublicKey
from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from eth_abi.exceptions import DecodingError

from ledger.chain.abi import Entry
from ledger.domain.codes import Outcome, RecordType
from ledger.domain.keccak import keccak256
from ledger.domain.records import RECORDS, Admission, Control, Decision, EncryptionKey, Recognition
from ledger.domain.signing import Presented, SigningDomains, digest_of
from ledger.domain.wire import WORD, ZERO, Digest, Head, WireError, decode, layout

HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
STEPS = ["bytes32", "bytes32[2][]"]
APPROVALS = ["bytes[]", "bytes[]"]
_AUTHOR_FIELDS = {
    RecordType.DECLARATION: ("agent", "declarant", "administration"),
    RecordType.AMENDMENT_REQUEST: ("agent", "declarant"),
    RecordType.INVALIDATION_REQUEST: ("agent", "declarant"),
    RecordType.PRESENTATION_NOTICE: ("agent", "declarant"),
    RecordType.HOLD: ("agency",),
    RecordType.ERASURE: ("administration", "agent", "declarant"),
    RecordType.KEY_AUTHORISATION: ("organisation",),
    RecordType.GRANT: ("declarant",),
    RecordType.ARRANGEMENT: ("first",),
    RecordType.ENCRYPTION_KEY: ("organisation",),
}

_SUBJECT_FIELDS = {
    RecordType.OPERATOR_STATUS: 2,
    RecordType.ARRANGEMENT_SUSPENSION: 1,
    RecordType.AEO_STATUS: 1,
    RecordType.ASSISTANCE: 2,
}


@dataclass(frozen=True)
class Garbled:
    """An entry whose body has bits outside its types; `author` is who it says is its author, 0: nobody."""

    digest: Digest
    signer: bytes | None
    author: int
    record_type: RecordType


def read(entry: Entry, domains: SigningDomains) -> Presented | Garbled | Outcome:
    """Check 1, and the recovery of all signatures."""
    if entry.record_type not in set(RecordType):
        return Outcome.UNKNOWN_RECORD_TYPE
    kind = RecordType(entry.record_type)
    struct = RECORDS[kind]
    if len(entry.body) != WORD * len(layout(struct)):
        return Outcome.MALFORMED
    digest = digest_of(domains.of(kind), struct, entry.body)
    signer = recover(digest, entry.signature)
    try:
        record = decode(struct, entry.body)
    except WireError:
        return Garbled(digest, signer, named_author(kind, entry.body), kind)
    if isinstance(record, Recognition):
        return Presented(record, digest, signer, **_recognised(entry.proof, domains))
    return Presented(record, digest, signer, **_proven(record, digest, entry.proof))


def recover(digest: bytes, signature: bytes) -> bytes | None:
    """Who signed a digest; None when the 65 bytes are no signature that the contracts take."""
    if len(signature) != 65 or signature[64] not in (27, 28) or int.from_bytes(signature[32:64], "big") > HALF_ORDER:
        return None
    try:
        key = PublicKey.from_signature_and_message(signature[:64] + bytes([signature[64] - 27]), digest, hasher=None)
    except Exception:  # noqa: BLE001  coincurve raises a plain Exception
        return None
    return keccak256(key.format(compressed=False)[1:])[12:]


def has_author(entry: Entry) -> bool:
    """Whether an entry of a known type and length names an author; an admission always has the council."""
    kind = RecordType(entry.record_type)
    return kind is RecordType.ADMISSION or named_author(kind, entry.body) != 0


def subject_of(entry: Entry, digest: Digest) -> bytes:
    """Of what an entry speaks, as `Refused` says: a declaration or consignment, or an organisation's id."""
    kind = RecordType(entry.record_type)
    at = _SUBJECT_FIELDS.get(kind, 0) * WORD
    word = entry.body[at : at + WORD]
    return digest if kind is RecordType.DECLARATION and not any(word) else word


def named_author(kind: RecordType, body: bytes) -> int:
    """The author in a body whose words may be wider than their fields: nobody when it sits in such a word."""
    fields = layout(RECORDS[kind])
    for name in _AUTHOR_FIELDS.get(kind, ("administration",)):
        at, wire = next((at, wire) for at, (field, wire) in enumerate(fields) if field == name)
        word = int.from_bytes(body[at * WORD : (at + 1) * WORD], "big")
        if word:
            return word if word < 1 << (8 * wire.size) else 0
    return 0


def _recognised(proof: bytes, domains: SigningDomains) -> dict[str, Any]:
    length = WORD * len(layout(Control))
    try:
        control = decode(Control, proof[:length])
    except WireError:
        return {}
    digest = digest_of(domains.consignments, Control, proof[:length])
    return {"control": (digest, control), "timeline": _timeline(proof[length:])}


def _split(record: Decision, proof: bytes) -> tuple[bytes, bytes]:
    """A proof of superseding, if there is one, and what follows it."""
    if record.supersedes == ZERO:
        return b"", proof
    steps = int.from_bytes(proof[2 * WORD : 3 * WORD], "big") if len(proof) >= 3 * WORD else 0
    end = len(proof) if steps > 256 else 3 * WORD + 2 * WORD * steps
    return proof[:end], proof[end:]


def _proven(record: object, digest: bytes, proof: bytes) -> dict[str, Any]:
    if isinstance(record, Decision) and record.reliance != ZERO:
        timeline, relied = _split(record, proof)
        words = [] if len(relied) % WORD else [relied[at : at + WORD] for at in range(0, len(relied), WORD)]
        return {"timeline": _timeline(timeline), "relied": tuple(words)}
    if isinstance(record, Decision | Control):
        return {"timeline": _timeline(proof)}
    if isinstance(record, EncryptionKey):
        return {"proof": proof}
    if isinstance(record, Admission):
        approvals, possessions = _canonical(APPROVALS, proof) or ((), ())
        if any(len(one) != 65 for one in (*approvals, *possessions)):
            return {}
        found = [recover(digest, one) for one in approvals]
        return {
            "approvers": [one for one in found if one],
            "provers": [recover(digest, one) or b"" for one in possessions],
        }
    signer = recover(digest, proof)
    return {"provers": (signer,) if signer else ()}


def _timeline(proof: bytes) -> tuple[Head, tuple[tuple[Digest, Digest], ...]] | None:
    found = _canonical(STEPS, proof)
    if found is None:
        return None
    prev, steps = found
    return Head(prev), tuple((Digest(request), Digest(digest)) for request, digest in steps)


def _canonical(types: list[str], proof: bytes) -> Any:
    try:
        values = abi_decode(types, proof)
    except (DecodingError, OverflowError):
        return None
    return values if abi_encode(types, values) == proof else None

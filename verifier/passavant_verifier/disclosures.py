"""Verifies a disclosure of chosen fields, offline (docs/disclosures.md).

    verdict = verify_disclosure(raw, trust, now=int(time.time()))

The steps are those of the document:

1. Form: JSON of the known version, no member twice, none missing or unknown.
2. Signature: the record is well formed and signed.
3. Version: the record is about this declaration and commits to this version.
4. Adoption: a version that was asked for was granted.
5. Fields: with their salts and the proof they lead to the commitment in the record.
6. Receipt: it verifies, is of the same network and declaration, and the record stands in the history that it proves.

7. Signer: the key that signed the record is registered for the organisation that the record names as its author.

Without a receipt steps 1 to 5 say that somebody signed exactly these fields. With one whose integrity is valid the
contract, whose code is pinned, had taken the record, after it had checked that its author's key could sign it then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from passavant_verifier.canonical import to_json
from passavant_verifier.codes import DecisionKind, RecordType
from passavant_verifier.commitments import CommitmentError, root_of_fields, schema_id
from passavant_verifier.disclosure_form import FORMAT, Disclosed, SignedRecord, read_disclosure
from passavant_verifier.errors import UnreadableError
from passavant_verifier.keccak import keccak256
from passavant_verifier.layout import Key, key_slot
from passavant_verifier.mpt import Pool
from passavant_verifier.proving import BrokenProofError
from passavant_verifier.receipts import Proven, prove, verify_receipt
from passavant_verifier.records import FORMS, ZERO, Domain, Record, signer_of
from passavant_verifier.trust import Trust
from passavant_verifier.verdict import VALID, Part, Verdict, invalid, rested, stale, unknown

KIND: Final = "disclosure"
__all__ = ["FORMAT", "KIND", "verify_disclosure"]


class BrokenError(Exception):
    """A step does not hold."""

    def __init__(self, step: int, reason: str) -> None:
        super().__init__(f"step {step}: {reason}")


@dataclass(frozen=True, slots=True)
class Signed:
    """A record with its digest and its signer's address."""

    record: Record
    digest: bytes
    signer: bytes


def verify_disclosure(raw: bytes, trust: Trust | None, *, now: int, max_age: int | None = None) -> Verdict:
    """The verdict on a disclosure's bytes; the arguments are those of `verify_receipt`."""
    try:
        disclosed = read_disclosure(raw)
        bringing, adopting = _signed(disclosed)
        _check_fields(disclosed, bringing)
    except UnreadableError as error:
        return _failed(f"step 1: {error}")
    except BrokenError as error:
        return _failed(str(error))
    facts = _facts(disclosed, bringing)
    if disclosed.receipt is None:
        return _told(disclosed, _alone(disclosed, trust), facts)
    try:
        parts, more = _anchored(disclosed, bringing, adopting, _Asked(trust, now, max_age))
    except BrokenError as error:
        return _failed(str(error))
    return _told(disclosed, parts, {**facts, **more})


@dataclass(frozen=True, slots=True)
class _Asked:
    trust: Trust | None
    now: int
    max_age: int | None


def _signed(disclosed: Disclosed) -> tuple[Signed, Signed | None]:
    """Steps 2 to 4."""
    bringing = _check_signature(disclosed, disclosed.record, 2)
    _check_version(disclosed, bringing)
    if bringing.record.code != RecordType.AMENDMENT_REQUEST:
        if disclosed.adoption is not None:
            raise BrokenError(4, "a decision adopts a version that nobody asked for")
        return bringing, None
    if disclosed.adoption is None:
        raise BrokenError(4, "the version was asked for, and the decision that granted it is missing")
    return bringing, _check_adoption(disclosed, bringing)


def _check_signature(disclosed: Disclosed, given: SignedRecord, step: int) -> Signed:
    form = FORMS.get(given.record_type)
    if form is None or form.of_participants:
        raise BrokenError(step, f"a record of type {given.record_type} commits to no version")
    try:
        record = Record(form, given.body)
    except ValueError as error:
        raise BrokenError(step, str(error)) from None
    if not record.fits():
        raise BrokenError(step, "a value of the record does not fit its type")
    network = disclosed.network
    digest = Domain(network.network_id, network.chain_id, network.consignments).digest(record)
    signer = signer_of(digest, given.signature)
    if signer is None:
        raise BrokenError(step, "the record's signature is nobody's")
    return Signed(record, digest, signer)


def _check_version(disclosed: Disclosed, signed: Signed) -> None:
    """Step 3."""
    record = signed.record
    if record.code == RecordType.DECLARATION:
        if (signed.digest, 1) != (disclosed.declaration, disclosed.version):
            raise BrokenError(3, "the record is another declaration, or another version than its first")
        return
    if record.code not in (RecordType.AMENDMENT_REQUEST, RecordType.DECISION):
        raise BrokenError(3, "the record commits to no version")
    if record.word("declaration") != disclosed.declaration or disclosed.version == 1:
        raise BrokenError(3, "the record is about another declaration or version")
    if record.word("commitment") == ZERO:
        raise BrokenError(3, "the record commits to nothing")


def _check_adoption(disclosed: Disclosed, asked: Signed) -> Signed:
    """Step 4."""
    assert disclosed.adoption is not None  # noqa: S101 - the caller has looked
    granted = _check_signature(disclosed, disclosed.adoption, 4)
    record = granted.record
    if record.code != RecordType.DECISION or record.number("kind") != DecisionKind.GRANT:
        raise BrokenError(4, "the adopting record grants nothing")
    if record.word("declaration") != disclosed.declaration or record.word("request") != asked.digest:
        raise BrokenError(4, "the decision grants another request")
    return granted


def _check_fields(disclosed: Disclosed, signed: Signed) -> None:
    """Step 5. A Decision carries no schema of its own: its version keeps that of the one before it."""
    record, schema = signed.record, schema_id(disclosed.schema)
    if record.code != RecordType.DECISION and record.word("schema") != schema:
        raise BrokenError(5, f"the record's paths are not those of {_shown(disclosed.schema)}")
    if disclosed.proof is None:
        if disclosed.fields:
            raise BrokenError(5, "fields without a proof")
        return
    size, siblings = disclosed.proof
    try:
        root = root_of_fields(schema, disclosed.fields, size, siblings)
    except CommitmentError as error:
        raise BrokenError(5, str(error)) from None
    if root != record.word("commitment"):
        raise BrokenError(5, "the fields are not those that were signed")


def _alone(disclosed: Disclosed, trust: Trust | None) -> dict[str, Part]:
    """The parts without a receipt."""
    if trust is not None and disclosed.network != trust.network:
        return _parts(invalid("step 6: it is about another network than the trust file's"))
    return _parts(VALID, "the file has no receipt: that the record is in the ledger can't be known from it")


def _anchored(
    disclosed: Disclosed, bringing: Signed, adopting: Signed | None, asked: _Asked
) -> tuple[dict[str, Part], Mapping[str, Any]]:
    """Step 6, and the parts with a receipt."""
    raw = to_json(disclosed.receipt)
    verdict = verify_receipt(raw, asked.trust, now=asked.now, max_age=asked.max_age)
    integrity = verdict.parts["integrity"]
    if verdict.exit_code == 1:
        broken = next(part.reason for part in verdict.parts.values() if part.result.value == "invalid")
        raise BrokenError(6, f"its receipt: {broken}")
    proven = prove(raw, asked.trust)
    _check_same(disclosed, proven)
    _check_history(disclosed, bringing, adopting, proven.shown.settled)
    parts = {
        "integrity": integrity,
        "issuer": _check_signer(disclosed, bringing, proven),
        "status": _in_force(disclosed, proven),
        "freshness": verdict.parts["freshness"],
    }
    return rested(parts), {"receipt": verdict.facts}


def _check_same(disclosed: Disclosed, proven: Proven) -> None:
    if proven.receipt.network != disclosed.network:
        raise BrokenError(6, "its receipt is about another network")
    if proven.signed.record.word("declaration") != disclosed.declaration:
        raise BrokenError(6, "its receipt is about another declaration")


def _check_history(disclosed: Disclosed, bringing: Signed, adopting: Signed | None, settled: bytes) -> None:
    """The record stands in the history: a declaration under its own id, all else on the way to the settled head."""
    if bringing.record.code == RecordType.DECLARATION:
        if disclosed.timeline is not None:
            raise BrokenError(6, "a declaration's first version needs no timeline")
        return
    decisive = adopting or bringing
    head = decisive.record.word("prev")
    for request, digest in ((decisive.record.word("request"), decisive.digest), *(disclosed.timeline or ())):
        head = keccak256(head, request, digest)
    if disclosed.timeline is None or head != settled:
        raise BrokenError(6, "the record does not stand in the history that the receipt proves")


def _check_signer(disclosed: Disclosed, bringing: Signed, proven: Proven) -> Part:
    """Step 7."""
    if disclosed.signer_proof is None:
        return unknown("the file does not prove whose key signed the record")
    pool = Pool.of(disclosed.signer_proof)
    try:
        word = replace(proven.storage, pool=pool).of_participants(key_slot(bringing.signer), 7, "the signer's key")
    except BrokenProofError as error:
        raise BrokenError(7, error.reason.removeprefix("step 7: ")) from None
    author, owner = _author(bringing.record), Key.unpack(word).organisation
    if owner != author:
        raise BrokenError(7, f"the key that signed is not registered for organisation {author}")
    if pool.unused:
        raise BrokenError(7, "the proof of the signer's key holds what it does not need")
    return VALID


def _in_force(disclosed: Disclosed, proven: Proven) -> Part:
    version = proven.standing.version
    if version == disclosed.version:
        return VALID
    if version < disclosed.version:
        return unknown("the version came after the block that the receipt is as of")
    return stale(f"version {version} has replaced it")


def _parts(integrity: Part, reason: str = "the file is not in order") -> dict[str, Part]:
    doubt = unknown(reason)
    return {"integrity": integrity, "issuer": doubt, "status": doubt, "freshness": doubt}


def _failed(reason: str) -> Verdict:
    return Verdict(KIND, _parts(invalid(reason)))


def _facts(disclosed: Disclosed, signed: Signed) -> dict[str, Any]:
    return {
        "declaration": f"0x{disclosed.declaration.hex()}",
        "version": disclosed.version,
        "schema": disclosed.schema,
        "record": f"0x{signed.digest.hex()}",
        "signer": f"0x{signed.signer.hex()}",
        "author": _author(signed.record),
        "fields": {field.path: field.value for field in disclosed.fields},
    }


def _author(record: Record) -> int:
    if record.code == RecordType.DECISION:
        return record.number("administration")
    named = record.number("agent") or record.number("declarant")
    return named or record.number("administration")


def _shown(text: str) -> str:
    """A stranger's text on one line: what speaks to the terminal, or looks like another line, is spelled out."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def _told(disclosed: Disclosed, parts: Mapping[str, Part], facts: Mapping[str, Any]) -> Verdict:
    made = Verdict(KIND, parts, (), facts)
    if made.exit_code == 1:
        return made
    lines = [f"Key {facts['signer']} signed version {disclosed.version} of declaration {facts['declaration']}."]
    if parts["issuer"] == VALID:
        lines[0] += f" It signed for organisation {facts['author']}, and the ledger took it."
    lines += [f"{_shown(field.path)} = {_shown(field.value)}" for field in disclosed.fields]
    lines += [f"{len(disclosed.fields)} field(s) were disclosed; nothing is said of others."]
    return replace(made, statements=tuple(lines))

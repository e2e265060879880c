"""What can be wrong with an entry: each fault takes a draft's entry as far from the rules as an attacker could."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from ledger.chain.abi import Entry
from ledger.domain.codes import RecordType
from ledger.domain.records import Record
from ledger.domain.signing import digest_of
from ledger.domain.wire import WORD, layout
from tests.domain.builders import DAY
from tests.model.choosing import Choice, Draft
from tests.model.drafts import stranger
from tests.model.world import World

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Of secp256k1: (r, order - s) signs what (r, s) signs."""


def sound(world: World, draft: Draft, choice: Choice) -> Entry:
    """Nothing is wrong with it."""
    return world.sign(draft.record, draft.signer, draft.prove(world.domains.digest(draft.record)))


def other_value(world: World, draft: Draft, choice: Choice) -> Entry:
    """A field has another value of its type."""
    name, wire = choice.of(layout(type(draft.record)))
    if isinstance(getattr(draft.record, name), bytes):
        values = [bytes(wire.size), b"\x01" * wire.size, *_of_size(world, wire.size)]
        value: int | bytes = choice.of(values)
    else:
        largest = (1 << 8 * wire.size) - 1
        near = getattr(draft.record, name)
        values_ = [0, 1, largest, near + 1, near - 1, 2, 70_001, 70_003, 1 << 16, 15, 16, world.now]
        value = min(max(choice.of(values_), 0), largest)
    return sound(world, replace(draft, record=changed(draft.record, name, value)), choice)


def changed(record: Record, field: str, value: int | bytes) -> Record:
    """The record with another value in a field."""
    values: dict[str, Any] = {field: value}
    return replace(record, **values)


def _of_size(world: World, size: int) -> list[bytes]:
    if size == 20:
        return list(world.signers)
    if size != WORD:
        return []
    known = world.ledger
    return [*known.declarations, *known.superseded, *(one.settled for one in known.declarations.values())]


def other_signer(world: World, draft: Draft, choice: Choice) -> Entry:
    """Somebody else signs: another participant, or a stranger."""
    signers = [stranger(), *world.signers.values()]
    return sound(world, replace(draft, signer=choice.of(signers)), choice)


def other_deadline(world: World, draft: Draft, choice: Choice) -> Entry:
    """It is too late, or too early."""
    deadline = world.now + choice.of([-1, 7 * DAY + 1, (1 << 40) - 1 - world.now])
    return sound(world, replace(draft, record=replace(draft.record, deadline=deadline)), choice)


def old_head(world: World, draft: Draft, choice: Choice) -> Entry:
    """It extends a head that is not current."""
    names = [field.name for field in fields(draft.record) if field.name in ("prev", "org_head", "council_head")]
    if not names:
        return sound(world, draft, choice)
    steps = [prev for steps in world.steps.values() for prev, _, _ in steps]
    head = choice.of([bytes(WORD), *steps])
    return sound(world, replace(draft, record=changed(draft.record, names[0], head)), choice)


def broken_signature(world: World, draft: Draft, choice: Choice) -> Entry:
    """The signature is none, or another record's."""
    entry = sound(world, draft, choice)
    whole = entry.signature
    high = ORDER - int.from_bytes(whole[32:64], "big")
    twin = whole[:32] + high.to_bytes(WORD, "big") + bytes([55 - whole[64]])
    other_v = whole[:64] + bytes([whole[64] - 27])
    broken = [b"", whole[:64], whole + b"\0", bytes(65), other_v, twin, whole[:-2] + b"\0\x1b"]
    return entry._replace(signature=choice.of(broken))


def broken_proof(world: World, draft: Draft, choice: Choice) -> Entry:
    """The proof is missing, cut, or proves something else."""
    entry = sound(world, draft, choice)
    proof = entry.proof
    other = bytes(65) if entry.record_type == RecordType.ADMISSION else proof[:-1] + b"\x05"
    return entry._replace(proof=choice.of([b"", proof[:-1], proof + bytes(WORD), other, b"\xff" * 160]))


def garbled_body(world: World, draft: Draft, choice: Choice) -> Entry:
    """The body is cut, too long, or has bits outside its types, and is signed all the same."""
    entry = sound(world, draft, choice)
    struct = type(draft.record)
    narrow = [(at, wire) for at, (_, wire) in enumerate(layout(struct)) if wire.size < WORD]
    at, wire = choice.of(narrow)
    dirty = at * WORD + (0 if wire.numeric else WORD - 1)
    wide = entry.body[:dirty] + bytes([choice.of([1, 255])]) + entry.body[dirty + 1 :]
    body = choice.of([wide, wide, entry.body[:-WORD], entry.body + bytes(WORD), entry.body[:-1], b""])
    digest = digest_of(world.domains.of(draft.record), struct, body)
    return entry._replace(body=body, signature=draft.signer.sign(digest))


def other_type(world: World, draft: Draft, choice: Choice) -> Entry:
    """The entry says that it is of another type."""
    return sound(world, draft, choice)._replace(record_type=choice.of([0, 8, 15, 22, 255, 2, 3, 9, 17, 18, 21]))


FAULTS: dict[str, Callable[[World, Draft, Choice], Entry]] = {
    "other value": other_value,
    "other signer": other_signer,
    "other deadline": other_deadline,
    "old head": old_head,
    "broken signature": broken_signature,
    "broken proof": broken_proof,
    "garbled body": garbled_body,
    "other type": other_type,
}

"""Changing any byte of a receipt never leaves it valid, and never ends in anything but a verdict."""

from collections.abc import Iterator
from typing import Any

import pytest

from passavant_verifier.canonical import Content, to_cbor, to_json
from passavant_verifier.contents import CBOR_FORMAT
from passavant_verifier.notes import NoteError, read_note, signers
from passavant_verifier.qbft import ValidatorSets
from passavant_verifier.receipts import verify_receipt
from tests.verifier.receipt_worlds import AUDITOR, CUSTOMS, NOW, TRUST, Witness, World, trust_in
from tests.verifier.sealing_headers import validators

pytestmark = pytest.mark.slow

SMALL: dict[str, Any] = {"noise": 12, "group": 1}
KEYS = validators(4)
SEALED = trust_in(anchor=ValidatorSets(frozenset(KEYS)))
STEPS = [(bytes(32), b"\1" * 32)]


def altered(content: Content) -> Iterator[Content]:
    """The content with one value changed: every byte of bytes, every character of text, every number."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from ({**content, key: other} for other in altered(value))
    elif isinstance(content, list):
        for place, value in enumerate(content):
            yield from ([*content[:place], other, *content[place + 1 :]] for other in altered(value))
    elif isinstance(content, bytes):
        for at in range(len(content)):
            yield content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :]
    elif isinstance(content, str):
        for at, letter in enumerate(content):
            yield content[:at] + chr(ord(letter) ^ 1) + content[at + 1 :]
    elif isinstance(content, int):
        yield content + 1
        yield max(content - 1, 0) or 2


def flipped(raw):
    for at in range(len(raw)):
        yield raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1 :]


def assert_none_is_valid(files, trust):
    count = 0
    for raw in files:
        verdict = verify_receipt(raw, trust, now=NOW)
        assert verdict.exit_code != 0, raw
        assert any(verdict.parts[name].result != "valid" for name in ("integrity", "issuer")), verdict.parts
        assert verdict.to_plain()
        count += 1
    return count


def reordered(content):
    """A node that changed may stand elsewhere in the order: the form alone is not what refuses it."""
    return {**content, "nodes": sorted(content["nodes"])}


@pytest.mark.parametrize(
    ("world", "trust"),
    [
        (World(**SMALL, steps=STEPS), TRUST),
        (World(**SMALL, compact=True), TRUST),
        (World(**SMALL, validators=KEYS, compact=True), SEALED),
    ],
    ids=["checkpoint", "compact", "qbft"],
)
def test_every_value_is_covered(world, trust):
    content = world.content()
    assert verify_receipt(to_json(content), trust, now=NOW).valid
    files = (to_json(reordered(other)) for other in altered(content))
    assert assert_none_is_valid(files, trust) > 2_000


def test_every_byte_of_the_json_is_covered():
    raw = to_json(World(**SMALL).content())
    assert assert_none_is_valid(flipped(raw), TRUST) == len(raw)


def test_every_byte_of_the_cbor_is_covered():
    raw = to_cbor(World(**SMALL, compact=True).content(CBOR_FORMAT))
    assert verify_receipt(raw, TRUST, now=NOW).valid
    assert assert_none_is_valid(flipped(raw), TRUST) == len(raw)


def members_of(content: Content, other: Content) -> Iterator[Content]:
    """The content with one part, large or small, taken from another receipt's."""
    if isinstance(content, dict) and isinstance(other, dict):
        for key in content:
            yield {**content, key: other[key]}
            yield from ({**content, key: mixed} for mixed in members_of(content[key], other[key]))
    elif isinstance(content, list) and isinstance(other, list):
        for place, (mine, theirs) in enumerate(zip(content, other, strict=False)):
            yield [*content[:place], theirs, *content[place + 1 :]]
            yield from ([*content[:place], mixed, *content[place + 1 :]] for mixed in members_of(mine, theirs))


def test_parts_of_two_valid_receipts_do_not_mix():
    one = World(**SMALL, steps=STEPS).content()
    two = World(**SMALL, steps=[(bytes(32), b"\2" * 32)], decision={"office": 13}, later_leaves=1).content()
    whole = [to_json(content) for content in (one, two)]
    assert all(verify_receipt(raw, TRUST, now=NOW).valid for raw in whole)
    mixed = {to_json(reordered(content)) for content in members_of(one, two)} - set(whole)
    assert len(mixed) > 20
    assert_none_is_valid(mixed, TRUST)


def test_shorter_files_are_refused():
    for raw in (to_json(World(**SMALL).content()), to_cbor(World(**SMALL, compact=True).content(CBOR_FORMAT))):
        assert_none_is_valid((raw[:length] for length in range(0, len(raw), 5)), TRUST)


def test_lines_of_signers_that_the_trust_file_does_not_name_are_the_one_thing_not_covered():
    stranger = Witness("stranger.example")
    content = World(**SMALL, signers=(AUDITOR, CUSTOMS, stranger)).content()
    text = content["checkpoint"]
    begins = text.index("— stranger.example")
    for at in range(len(text)):
        other = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
        verdict = verify_receipt(to_json({**content, "checkpoint": other}), TRUST, now=NOW)
        assert verdict.exit_code != 0 or at > begins
        if verdict.valid:
            assert verdict.facts["vouchedBy"] == ["auditor.example", "customs.example"]


def test_with_fewer_needed_than_signed_a_changed_line_takes_its_signer_away():
    trust = trust_in(AUDITOR, CUSTOMS, threshold=1)
    content = World(**SMALL).content()
    text = content["checkpoint"]
    for at in range(text.index("\n\n") + 2, len(text)):
        other = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
        verdict = verify_receipt(to_json({**content, "checkpoint": other}), trust, now=NOW)
        if verdict.valid:
            assert len(verdict.facts["vouchedBy"]) == 1


def test_base64_has_one_form():
    text = World().content()["checkpoint"]
    line = AUDITOR.line(text.partition("\n\n")[0] + "\n").split()[-1]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    alias = letters[letters.index(line.rstrip("=")[-1]) ^ 1]
    other = text.replace(line, line.rstrip("=")[:-1] + alias + "=" * line.count("="))
    assert other != text
    with pytest.raises(NoteError):
        signers(read_note(other), [AUDITOR.key])

import json
import re
from enum import EnumType
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passavant_verifier import codes
from passavant_verifier.records import FORMS, Domain, Record, signer_of

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "tests/vectors/records.json").read_text())
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def domains() -> tuple[Domain, Domain]:
    domain = VECTORS["domain"]
    network_id, chain_id = raw(domain["network_id"]), domain["chain_id"]
    consignments, participants = (raw(domain[name]) for name in ("consignments", "participants"))
    return Domain(network_id, chain_id, consignments), Domain(network_id, chain_id, participants)


def test_the_code_table_is_the_contracts():
    table = json.loads((ROOT / "tests/vectors/codes.json").read_text())["lists"]
    ours: dict[str, Any] = {
        name: kind
        for name, kind in vars(codes).items()
        if isinstance(kind, EnumType) and kind.__module__ == codes.__name__
    }
    assert {name: {member.name: int(member) for member in kind} for name, kind in ours.items()} == table


def test_the_domains_separators():
    consignments, participants = domains()
    assert consignments.separator == raw(VECTORS["domain"]["consignments_separator"])
    assert participants.separator == raw(VECTORS["domain"]["participants_separator"])


@pytest.mark.parametrize("case", VECTORS["records"], ids=lambda case: case["name"])
def test_a_record_of_each_type(case):
    form = FORMS[case["type"]]
    record = Record(form, raw(case["body"]))
    assert (form.name, form.type_string, form.type_hash) == (
        case["name"],
        case["type_string"],
        raw(case["type_hash"]),
    )
    assert record.fits()
    domain = domains()[form.of_participants]
    if form.of_recognitions:
        domain = Domain(domain.network_id, domain.chain_id, raw(VECTORS["domain"]["recognitions"]))
    digest = domain.digest(record)
    assert digest == raw(case["digest"])
    assert signer_of(digest, raw(case["signature"])) == raw(VECTORS["signer"])


def test_the_types_are_those_of_the_documentation():
    rows = re.findall(r"^\| (\d+) \| `(\w+\(.*\))` \|$", (ROOT / "docs/records.md").read_text(), re.MULTILINE)
    assert rows
    assert {int(code): text for code, text in rows} == {int(code): form.type_string for code, form in FORMS.items()}


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_each_field_has_its_limits(form):
    for field in form.fields:
        greatest = (1 << 8 * field.size) - 1
        if not field.numeric:
            greatest <<= 8 * (32 - field.size)
        assert field.fits(greatest)
        assert field.fits(0)
        if field.size < 32:
            assert not field.fits(greatest + 1)


def test_a_body_is_written_and_read_by_names():
    form = FORMS[codes.RecordType.ADMISSION]
    key = bytes(range(20))
    record = Record(form, form.encode(administration=7, country=b"CH", firstKey=key, councilHead=b"\1" * 32))
    assert record.number("administration") == 7
    assert record.word("country") == b"CH" + bytes(30)
    assert record.address("firstKey") == key
    assert record.word("councilHead") == b"\1" * 32
    assert record.code is codes.RecordType.ADMISSION


def test_what_does_not_fit_is_refused_by_name():
    form = FORMS[codes.RecordType.ADMISSION]
    with pytest.raises(ValueError, match="administration: 65536 is no uint16"):
        form.encode(administration=65_536)
    with pytest.raises(ValueError, match="country takes 2 bytes, not 3"):
        form.encode(country=b"CHE")
    with pytest.raises(ValueError, match="Admission has no field colour"):
        form.encode(colour=1)
    with pytest.raises(ValueError, match="a body of Admission has 288 bytes, not 5"):
        Record(form, b"short")


def test_a_body_with_a_wide_value_does_not_fit():
    form = FORMS[codes.RecordType.HOLD]
    words = [bytes(32)] * len(form.fields)
    words[form.places["agency"]] = (1 << 32).to_bytes(32, "big")
    assert not Record(form, b"".join(words)).fits()


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=70))
def test_what_is_no_signature_has_no_signer(digest, signature):
    found = signer_of(digest, signature)
    assert found is None or (len(signature) == 65 and len(found) == 20)


def test_the_other_signature_of_the_same_key_is_none():
    case = VECTORS["records"][0]
    signature, digest = raw(case["signature"]), raw(case["digest"])
    s = ORDER - int.from_bytes(signature[32:64])
    v = 55 - signature[64]
    high = signature[:32] + s.to_bytes(32, "big") + bytes([v])
    assert signer_of(digest, high) is None
    assert signer_of(digest, signature[:64] + bytes([signature[64] - 27])) is None
    assert signer_of(digest, bytes(64) + b"\x1b") is None

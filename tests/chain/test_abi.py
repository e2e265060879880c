from typing import Any

import pytest
from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from hypothesis import given
from hypothesis import strategies as st

from ledger.chain.abi import (
    ARTIFACTS,
    ENTRY,
    NOTHING_RECORDED,
    RECORD,
    Entry,
    NothingRecorded,
    abi_of,
    artifact,
    entry_of,
    entry_size,
    nothing_recorded,
    record_call,
    record_outcomes,
    selector,
    types_of,
    why_reverted,
)
from ledger.chain.decoding import FOUNDING_SIGNATURE, REFUSED_SIGNATURE, event_signature
from ledger.chain.errors import AbiError
from ledger.domain.codes import Outcome, RecordType
from ledger.domain.records import RECORDS, AdministrationSetting
from ledger.domain.signing import SignedRecord
from ledger.domain.wire import Digest, Head, encode, fields_of, layout

blobs = st.binary(max_size=200)
entries = st.lists(st.builds(Entry, st.integers(min_value=0, max_value=255), blobs, blobs, blobs), max_size=8)


@given(entries)
def test_calldata_is_eth_abis(group):
    call = record_call(group)
    assert call == RECORD + abi_encode([f"{ENTRY}[]"], [group])
    assert len(call) == 4 + 64 + sum(map(entry_size, group))


@given(st.lists(st.sampled_from(Outcome)))
def test_outcomes_are_eth_abis(outcomes):
    assert record_outcomes(abi_encode(["uint8[]"], [outcomes])) == outcomes


@given(st.binary(max_size=200))
def test_any_other_answer_is_refused_or_read_as_eth_abi_reads_it(answer):
    try:
        outcomes = record_outcomes(answer)
    except AbiError:
        return
    assert list(abi_decode(["uint8[]"], answer)[0]) == outcomes


def test_an_unknown_outcome_is_refused():
    with pytest.raises(AbiError, match="200"):
        record_outcomes(abi_encode(["uint8[]"], [[0, 200]]))


def test_an_entry_of_a_signed_record():
    record = AdministrationSetting(administration=1, org_head=Head(b"\1" * 32), backdating=5, deadline=6)
    assert entry_of(SignedRecord(record, b"s", b"p")) == (19, encode(record), b"s", b"p")


def test_why_nothing_was_recorded():
    facts = abi_encode(["uint256", "bytes32", "uint8"], [0, b"\7" * 32, Outcome.STALE_HEAD])
    assert nothing_recorded(NOTHING_RECORDED + facts) == NothingRecorded(0, Digest(b"\7" * 32), Outcome.STALE_HEAD)
    assert nothing_recorded(NOTHING_RECORDED + facts[:-1]) is None
    assert nothing_recorded(b"") is None


def test_reverts_have_names():
    fields = abi_encode(["uint256", "bytes32", "uint8"], [0, b"\7" * 32, 4])
    assert str(why_reverted(NOTHING_RECORDED + fields)) == f"reverted: NothingRecorded(0, 0x{'07' * 32}, 4)"
    found = why_reverted(selector("Error(string)") + abi_encode(["string"], ["no"]))
    assert (found.name, found.arguments) == ("Error", ("no",))
    found = why_reverted(selector("Participants_WrongChain(uint256,bool)") + abi_encode(["uint256", "bool"], [1, True]))
    assert (found.name, found.arguments) == ("Participants_WrongChain", (1, True))
    assert why_reverted(selector("Panic(uint256)") + b"\1").name == "Panic"
    assert why_reverted(b"").name == "no reason given"
    assert why_reverted(b"\1\2\3\4").name == "unknown error"


def test_a_contract_that_was_not_built_has_no_artifact():
    assert artifact("Nothing") == {}
    assert abi_of("Nothing") == ()


# The contracts' artifacts against the dataclasses. -------------------------------------------------------------------


def events() -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for name in ARTIFACTS for entry in abi_of(name) if entry["type"] == "event"}


@pytest.mark.parametrize("kind", RecordType)
def test_a_contracts_event_is_its_dataclass(kind):
    struct = RECORDS[kind]
    event = events()[struct.__name__]
    assert f"{event['name']}({','.join(types_of(event['inputs']))})" == event_signature(kind)
    digest, first, second, record, signature, proof = event["inputs"]
    assert [part["indexed"] for part in event["inputs"]] == [True, True, True, False, False, False]
    assert (digest["name"], digest["type"]) == ("digest", "bytes32")
    assert (signature["type"], proof["type"]) == ("bytes", "bytes")
    assert [part["name"] for part in record["components"]] == list(fields_of(struct))
    assert [part["type"] for part in record["components"]] == [wire.name for _, wire in layout(struct)]
    assert first["name"] != second["name"]


def test_every_event_of_the_contracts_is_known():
    names = {struct.__name__ for struct in RECORDS.values()} | {"Refused", "Founding", "EIP712DomainChanged"}
    assert set(events()) <= names
    for name, signature in {"Refused": REFUSED_SIGNATURE, "Founding": FOUNDING_SIGNATURE}.items():
        assert f"{name}({','.join(types_of(events()[name]['inputs']))})" == signature


@pytest.mark.parametrize("contract", ARTIFACTS)
def test_record_and_its_error_are_the_contracts(contract):
    known = artifact(contract)["methodIdentifiers"]
    assert known[f"record({ENTRY}[])"] == RECORD.hex()
    error = next(entry for entry in abi_of(contract) if entry["type"] == "error" and entry["name"] == "NothingRecorded")
    assert selector(f"NothingRecorded({','.join(types_of(error['inputs']))})") == NOTHING_RECORDED
    function = next(entry for entry in abi_of(contract) if entry.get("name") == "record")
    assert list(types_of(function["outputs"])) == ["uint8[]"]

import pytest

from passavant_verifier.headers import FORKS, Header, HeaderError, header_of


def fields_of(fork, number=7):
    return {
        name: number if size == 0 else (b"extra" if size < 0 else bytes([place]) * size)
        for place, (name, size) in enumerate(FORKS[fork].items())
    }


@pytest.mark.parametrize("fork", FORKS)
def test_every_forks_header_is_hashed_over_its_own_fields(fork):
    header = Header(fields_of(fork))
    assert (header.number, header.time) == (7, 7)
    assert len({Header(fields_of(other)).hash for other in FORKS}) == len(FORKS)
    for name, value in header.fields.items():
        changed = value + 1 if isinstance(value, int) else bytes([value[0] ^ 1]) + value[1:]
        assert Header({**header.fields, name: changed}).hash != header.hash


def test_the_hash_of_ethereums_first_block():
    zero = bytes(32)
    genesis: dict[str, int | bytes] = {
        "parentHash": zero,
        "sha3Uncles": bytes.fromhex("1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"),
        "miner": bytes(20),
        "stateRoot": bytes.fromhex("d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544"),
        "transactionsRoot": bytes.fromhex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"),
        "receiptsRoot": bytes.fromhex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"),
        "logsBloom": bytes(256),
        "difficulty": 0x400000000,
        "number": 0,
        "gasLimit": 5000,
        "gasUsed": 0,
        "timestamp": 0,
        "extraData": bytes.fromhex("11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa"),
        "mixHash": zero,
        "nonce": bytes.fromhex("0000000000000042"),
    }
    assert Header(genesis).hash.hex() == "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"


@pytest.mark.parametrize(
    "change",
    [{"number": b"\7"}, {"number": -1}, {"stateRoot": b"\0" * 31}, {"extraData": 3}, {"extra": 3}, {"nonce": bytes(9)}],
)
def test_refuses_fields_of_the_wrong_kind(change):
    with pytest.raises(HeaderError):
        Header({**fields_of("Cancun"), **change})


def test_a_header_without_a_field_is_no_forks():
    fields = fields_of("Cancun")
    del fields["blobGasUsed"]
    with pytest.raises(HeaderError, match="any fork"):
        Header(fields)


def test_reads_a_block_as_json_rpc_answers_it():
    header = Header(fields_of("Cancun"))
    block = {
        name: hex(value) if isinstance(value, int) else "0x" + value.hex() for name, value in header.fields.items()
    }
    assert header_of({**block, "transactions": [], "size": "0x1"}) == header
    with pytest.raises(HeaderError, match="missing"):
        header_of({"number": "0x1"})
    with pytest.raises(HeaderError, match="read"):
        header_of({**block, "number": "seven"})


def test_extra_data_can_be_another_and_kinds_are_converted():
    header = Header(fields_of("London"))
    assert header.with_extra(b"x").data("extraData") == b"x"
    assert header.data("number") == b"\7"
    assert header.integer("nonce") == int.from_bytes(header.data("nonce"), "big")

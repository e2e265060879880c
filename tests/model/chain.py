"""The real contracts on an anvil of the test's own: entries in, outcomes, events and state out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest
from eth_abi.abi import encode as abi_encode

from ledger.chain.abi import Entry, artifact, nothing_recorded, record_call, record_outcomes, types_of
from ledger.chain.decoding import RawLog, decode_log
from ledger.chain.errors import NodeError
from ledger.chain.rpc import as_bytes, as_int, hexed
from ledger.devnet.anvil import CHAIN_ID, Anvil, find_anvil
from ledger.domain.codes import Outcome
from ledger.domain.events import Block, Event
from ledger.domain.participants import Founder
from ledger.domain.signing import SigningDomain, SigningDomains

PRODUCTION_CHAIN_ID = 1973
NETWORK_ID = b"\x19" * 32
RELAY = "0x" + "11" * 20
GAS = hex(1_000_000_000)


@dataclass(frozen=True)
class Mined:
    """A transaction that was mined: its events in order."""

    time: int
    events: list[Event]


class Chain:
    """An anvil with both contracts. `development` decides the chain id, and with it whether delays are 0."""

    def __init__(self, folder: Path, founders: Sequence[Founder], *, development: bool) -> None:
        self.development = development
        self.anvil = Anvil(find_anvil(), folder / "anvil.log")
        self.rpc = self.anvil.rpc
        chain_id = CHAIN_ID if development else PRODUCTION_CHAIN_ID
        self.rpc.call("anvil_setChainId", chain_id)
        self.rpc.call("anvil_autoImpersonateAccount", True)  # noqa: FBT003
        listed = [(f.administration, f.country, hexed(f.first_key), hexed(f.second_key)) for f in founders]
        self.participants = self._create("Participants", NETWORK_ID, development, listed)
        self.founded_at = self.now()
        self.consignments = self._create("Consignments", hexed(self.participants), "0x" + "00" * 20)
        self.domains = SigningDomains(
            SigningDomain(NETWORK_ID, chain_id, self.consignments),
            SigningDomain(NETWORK_ID, chain_id, self.participants),
        )
        self.listed = abi_encode(["(uint16,bytes2,address,address)[]"], [listed])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.rpc.close()
        self.anvil.program.end(5)

    def now(self) -> int:
        return as_int(self.rpc.call("eth_getBlockByNumber", "latest", False)["timestamp"])  # noqa: FBT003

    def snapshot(self) -> str:
        return str(self.rpc.call("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        assert self.rpc.call("evm_revert", snapshot)

    def outcomes(self, entries: Sequence[Entry], now: int) -> list[Outcome]:
        """What a group would come to in a block of time `now`; one by one when nothing of it is recorded."""
        call = {"from": RELAY, "to": hexed(self.consignments), "data": hexed(record_call(entries)), "gas": GAS}
        try:
            return record_outcomes(as_bytes(self.rpc.call("eth_call", call, "latest", {}, {"time": hex(now)})))
        except NodeError as error:
            refused = nothing_recorded(error.revert_data or b"")
            if refused is None:
                pytest.fail(f"a group reverted: {error} {error.data}")
        if len(entries) == 1:
            return [refused.outcome]
        each = [self.outcomes([entry], now)[0] for entry in entries]
        assert refused.outcome is each[0]
        return each

    def record(self, entries: Sequence[Entry], now: int) -> Mined:
        """Send a group of which something is recorded, in a block of time `now`."""
        receipt = self._mine(hexed(self.consignments), record_call(entries), now)
        assert as_int(receipt["status"]) == 1
        block = Block(as_int(receipt["blockNumber"]), as_bytes(receipt["blockHash"]), b"", now)
        return Mined(now, [decode_log(_raw(log), block) for log in receipt["logs"]])

    def _create(self, name: str, *arguments: object) -> bytes:
        built: dict[str, Any] = artifact(name)
        inputs = next(entry["inputs"] for entry in built["abi"] if entry["type"] == "constructor")
        code = as_bytes(built["bytecode"]) + abi_encode(list(types_of(inputs)), arguments)
        receipt = self._mine(None, code, self.now() + 1)
        assert as_int(receipt["status"]) == 1
        return as_bytes(receipt["contractAddress"])

    def _mine(self, to: str | None, data: bytes, now: int) -> dict[str, Any]:
        sent = {"from": RELAY, "data": hexed(data), "gas": GAS, "gasPrice": "0x0"} | ({"to": to} if to else {})
        transaction = self.rpc.call("eth_sendTransaction", sent)
        self.rpc.call("evm_mine", hex(now))
        until = time.monotonic() + 30
        while time.monotonic() < until:
            receipt = self.rpc.call("eth_getTransactionReceipt", transaction)
            if receipt is not None:
                return dict(receipt)
            time.sleep(0.002)
        raise AssertionError("no receipt")


def _raw(log: dict[str, Any]) -> RawLog:
    fields = RawLog.__struct_fields__
    return RawLog(**{name: log[name] for name in fields if name in log})

"""Deploys the contracts with raw transactions of the relay key, and records what a network starts with."""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.chain.abi import Entry, artifact, entry_of, record_call, record_outcomes, types_of, why_reverted
from ledger.chain.errors import NodeError
from ledger.chain.network import Network, code_hash
from ledger.chain.rpc import Rpc, as_bytes, as_int, hexed
from ledger.chain.signers import LocalSigner
from ledger.chain.transactions import Transaction, sign_transaction
from ledger.devnet.anvil import CHAIN_ID
from ledger.devnet.errors import DevnetError
from ledger.domain.codes import Outcome
from ledger.domain.signing import SignedRecord, made_by

NAME: Final = "devnet"

_GAS: Final = 1_000_000_000
_PATIENCE: Final = 30.0
_TICK: Final = 0.02
_NO_PREDECESSOR: Final = "0x" + "00" * 20


@dataclass(frozen=True, slots=True)
class Founder:
    """An administration of the first hour: id, ISO 3166 alpha-2 country, addresses of its two managing keys."""

    administration: int
    country: str
    first_key: bytes
    second_key: bytes


class Sender:
    """Sends transactions of one key to an anvil that mines when told to."""

    def __init__(self, rpc: Rpc, relay: LocalSigner) -> None:
        self.rpc = rpc
        self._relay = relay
        self._nonce = as_int(rpc.call("eth_getTransactionCount", hexed(relay.address), "latest"))

    def send(self, to: bytes, data: bytes) -> Mapping[str, Any]:
        """Send one transaction, have it mined, and answer its receipt.

        Raises:
            DevnetError: it failed.
        """
        signed = sign_transaction(Transaction(CHAIN_ID, self._nonce, to, data, _GAS), self._relay)
        try:
            self.rpc.call("eth_sendRawTransaction", hexed(signed.raw))
        except NodeError as error:
            raise DevnetError(f"the node refuses a transaction: {error}") from None
        self._nonce += 1
        self.rpc.call("evm_mine")
        receipt = self._receipt(signed.hash)
        if as_int(receipt["status"]) != 1:
            raise DevnetError(f"a transaction failed: {self._why(to, data)}")
        return receipt

    def create(self, contract: str, arguments: Mapping[str, object]) -> bytes:
        """Deploy a contract and the libraries that it links; its address. `arguments`: by constructor parameter."""
        built = artifact(contract)
        if not built:
            raise DevnetError(f"the contract {contract} was not compiled", "Run scripts/build")
        code = bytes.fromhex(self._linked(built).removeprefix("0x"))
        return as_bytes(self.send(b"", code + _constructor_arguments(built, arguments))["contractAddress"])

    def record(self, contract: bytes, records: Sequence[SignedRecord]) -> None:
        """Record a group; every one of them must be recorded.

        Raises:
            DevnetError: one would be refused.
        """
        entries: list[Entry] = [entry_of(record) for record in records]
        data = record_call(entries)
        try:
            answer = self.rpc.call("eth_call", {"to": hexed(contract), "data": hexed(data)}, "latest")
        except NodeError as error:
            raise DevnetError(f"nothing would be recorded: {why_reverted(error.revert_data or b'')}") from None
        for record, outcome in zip(records, record_outcomes(as_bytes(answer)), strict=True):
            if outcome is not Outcome.RECORDED:
                raise DevnetError(f"a {type(record.record).__name__} would be refused: {outcome.name}")
        self.send(contract, data)

    def _receipt(self, transaction: bytes) -> Mapping[str, Any]:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            found = self.rpc.call("eth_getTransactionReceipt", hexed(transaction))
            if isinstance(found, dict):
                return found
            time.sleep(_TICK)
        raise DevnetError(f"there is no receipt of {hexed(transaction)} after {_PATIENCE:.0f} seconds")

    def _why(self, to: bytes, data: bytes) -> str:
        call = {"from": hexed(self._relay.address), "data": hexed(data)} | ({"to": hexed(to)} if to else {})
        try:
            self.rpc.call("eth_call", call, "latest")
        except NodeError as error:
            return str(why_reverted(error.revert_data or b""))
        return "the same call succeeds now"

    def _linked(self, built: Mapping[str, Any]) -> str:
        code: str = built["bytecode"]
        for libraries in built["linkReferences"].values():
            for library, places in libraries.items():
                address = self.create(library, {}).hex()
                for place in places:
                    at = 2 + 2 * place["start"]
                    code = code[:at] + address + code[at + 2 * place["length"] :]
        return code


def _constructor_arguments(built: Mapping[str, Any], arguments: Mapping[str, object]) -> bytes:
    constructors = (entry["inputs"] for entry in built["abi"] if entry["type"] == "constructor")
    inputs: list[dict[str, Any]] = next(constructors, [])
    if not inputs:
        return b""
    from eth_abi.abi import encode

    try:
        values = [arguments[parameter["name"].strip("_")] for parameter in inputs]
    except KeyError as missing:
        raise DevnetError(f"{built['name']} wants {missing} at its construction") from None
    return encode(list(types_of(inputs)), values)


def deploy(sender: Sender, founders: Sequence[Founder]) -> Network:
    """Deploy ``Participants`` and ``Consignments`` of a new network; its descriptor."""
    rpc = sender.rpc
    start = as_int(rpc.call("eth_blockNumber")) + 1
    network_id = secrets.token_bytes(32)
    listed = [(f.administration, f.country.encode(), hexed(f.first_key), hexed(f.second_key)) for f in founders]
    participants = sender.create("Participants", {"network": network_id, "development": True, "founders": listed})
    consignments = sender.create("Consignments", {"participants": hexed(participants), "predecessor": _NO_PREDECESSOR})
    genesis = rpc.call("erigon_getHeaderByNumber", "0x0")
    return Network(
        name=NAME,
        chain_id=CHAIN_ID,
        genesis_hash=as_bytes(genesis["hash"]),
        network_id=network_id,
        consignments=consignments,
        participants=participants,
        consignments_code=code_hash(rpc, consignments),
        participants_code=code_hash(rpc, participants),
        recognitions_code=code_hash(rpc, made_by(consignments)),
        start_block=start,
        finality="embedded",
    )

"""The founders: the one part of the participants that the contract's constructor tells, by an event each."""

from dataclasses import dataclass

from ledger.chain.decoding import FOUNDING_TOPIC, RawLog, decode_founding
from ledger.chain.errors import BadAnswer
from ledger.chain.network import Network
from ledger.chain.rpc import Rpc, as_int, hexed
from ledger.domain.keccak import keccak256
from ledger.domain.participants import Founder
from ledger.domain.wire import WORD, Head


@dataclass(frozen=True, slots=True)
class Founding:
    """The founders in their order, and their block: number and time (seconds), from which on their keys are valid."""

    founders: tuple[Founder, ...]
    block: int
    time: int

    @property
    def council_head(self) -> Head:
        """The council's first head: the hash of the founders' ABI encoding, an array of static structs."""
        words = [WORD, len(self.founders)]
        body = b"".join(word.to_bytes(WORD, "big") for word in words)
        for founder in self.founders:
            body += founder.administration.to_bytes(WORD, "big") + founder.country.ljust(WORD, b"\0")
            body += founder.first_key.rjust(WORD, b"\0") + founder.second_key.rjust(WORD, b"\0")
        return Head(keccak256(body))


def read_founding(rpc: Rpc, network: Network) -> Founding:
    """The founders of a network, from its constructor's events.

    Raises:
        BadAnswer: the node has none: no network begins without founders.
        AbiError: they are not what the contract writes.
    """
    wanted = {
        "fromBlock": hex(network.start_block),
        "address": hexed(network.participants),
        "topics": [FOUNDING_TOPIC],
    }
    logs = rpc.typed(list[RawLog], "eth_getLogs", wanted)
    if not logs:
        raise BadAnswer("eth_getLogs", f"no founder of {network.name} from block {network.start_block} on")
    block = rpc.call("eth_getBlockByNumber", logs[0].blockNumber, False)  # noqa: FBT003  JSON-RPC
    if not isinstance(block, dict):
        raise BadAnswer("eth_getBlockByNumber", "the node has a block's events and not the block")
    return Founding(tuple(map(decode_founding, logs)), as_int(block["number"]), as_int(block["timestamp"]))

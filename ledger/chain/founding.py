"""The founders: the one part of the participants that the contract's constructor tells, by an event each."""

from dataclasses import dataclass
from typing import Final

from ledger.chain.decoding import RawLog, topic
from ledger.chain.errors import BadAnswer
from ledger.chain.network import Network
from ledger.chain.rpc import Rpc, as_bytes, as_int, hexed
from ledger.domain.keccak import keccak256
from ledger.domain.participants import Founder
from ledger.domain.wire import WORD, Head

FOUNDING: Final = "Founding(uint16,bytes2,address,address)"


@dataclass(frozen=True, slots=True)
class Founding:
    """The founders in their order, and the time of their block (seconds): their keys are valid from then on."""

    founders: tuple[Founder, ...]
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
    """
    wanted = {
        "fromBlock": hex(network.start_block),
        "toBlock": hex(network.start_block),
        "address": hexed(network.participants),
        "topics": [topic(FOUNDING)],
    }
    logs = rpc.typed(list[RawLog], "eth_getLogs", wanted)
    if not logs:
        raise BadAnswer("eth_getLogs", f"no founder of {network.name} in block {network.start_block}")
    block = rpc.call("eth_getBlockByNumber", hex(network.start_block), False)  # noqa: FBT003  JSON-RPC
    return Founding(tuple(_founder(log) for log in logs), as_int(block["timestamp"]))


def _founder(log: RawLog) -> Founder:
    country, first, second = (as_bytes(log.data)[start : start + WORD] for start in range(0, 3 * WORD, WORD))
    return Founder(as_int(log.topics[1]), country[:2], first[12:], second[12:])

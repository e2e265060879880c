"""What a node says when it is given a raw transaction, in five words instead of each engine's own."""

import re
from enum import Enum, unique
from typing import Final

from ledger.chain.errors import NodeError, NodeUnreachable
from ledger.chain.rpc import Rpc, hexed


@unique
class Answer(Enum):
    """What became of a sent transaction as far as its node tells."""

    TAKEN = "the node has it, now or before"
    NONCE_USED = "its nonce is used in the chain, by itself or by another"
    OUTBID = "another transaction with this nonce waits and pays as much"
    REFUSED = "the node will never take these bytes"
    UNKNOWN = "no answer, or one that settles nothing: send the same bytes again later"


_WORDS: Final = (
    (Answer.TAKEN, r"already (known|imported|exists)|known transaction|already in (the )?(tx ?)?pool|alreadyknown"),
    (Answer.NONCE_USED, r"nonce (is )?too low|nonce_too_low|oldnonce"),
    (Answer.OUTBID, r"replacement.*underpriced|underpriced replacement|replacement.*not sufficient"),
    (Answer.REFUSED, r"insufficient funds|intrinsic gas|underpriced|base fee|fee cap|invalid (sender|signature|chain)"),
    (Answer.REFUSED, r"(gas|size).*(exceed|too (high|large)|greater|cap)|exceeds.*gas|oversized|unprotected"),
)
_PATTERNS: Final = tuple((answer, re.compile(words, re.IGNORECASE)) for answer, words in _WORDS)


def classify(error: NodeError) -> Answer:
    """A node's error on ``eth_sendRawTransaction`` (the words of geth, Besu, Nethermind, Erigon and anvil)."""
    return next((answer for answer, pattern in _PATTERNS if pattern.search(error.message)), Answer.UNKNOWN)


def send(rpc: Rpc, raw: bytes) -> tuple[Answer, str]:
    """Send raw bytes once; the answer and the node's words. Sending the same bytes again does no harm."""
    try:
        rpc.call("eth_sendRawTransaction", hexed(raw))
    except NodeError as error:
        return classify(error), str(error)
    except NodeUnreachable as error:
        return Answer.UNKNOWN, str(error)
    return Answer.TAKEN, ""

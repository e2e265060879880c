import pytest

from ledger.chain.errors import NodeError
from ledger.chain.rpc import Rpc
from ledger.chain.sending import Answer, classify, send
from ledger.chain.signers import LocalSigner
from ledger.chain.transactions import Transaction, sign_transaction
from tests.fakes.node import Failure, lose


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ("already known", Answer.TAKEN),
        ("Known transaction", Answer.TAKEN),
        ("transaction already imported", Answer.TAKEN),
        ("AlreadyKnown", Answer.TAKEN),
        ("nonce too low", Answer.NONCE_USED),
        ("nonce too low: next nonce 5, tx nonce 3", Answer.NONCE_USED),
        ("Nonce is too low", Answer.NONCE_USED),
        ("replacement transaction underpriced", Answer.OUTBID),
        ("Replacement transaction underpriced", Answer.OUTBID),
        ("transaction underpriced", Answer.REFUSED),
        ("insufficient funds for gas * price + value", Answer.REFUSED),
        ("intrinsic gas too low", Answer.REFUSED),
        ("exceeds block gas limit", Answer.REFUSED),
        ("oversized data", Answer.REFUSED),
        ("max fee per gas less than block base fee", Answer.REFUSED),
        ("invalid sender", Answer.REFUSED),
        ("Transaction gas limit exceeds block gas limit", Answer.REFUSED),
        ("internal error", Answer.UNKNOWN),
        ("nonce too high", Answer.UNKNOWN),
        ("too many requests", Answer.UNKNOWN),
    ],
)
def test_the_words_of_nodes(message, answer):
    assert classify(NodeError(-32000, message)) is answer


def test_sending(node, rpc):
    node.chain.mine = lambda: None
    call = bytes.fromhex("00000000")
    raw = sign_transaction(Transaction(31337, 0, b"\3" * 20, call, 1), LocalSigner(b"\1" * 32)).raw
    node.fail("eth_sendRawTransaction", Failure(-1, "busy"), lose)
    assert send(rpc, raw)[0] is Answer.UNKNOWN
    assert send(rpc, raw)[0] is Answer.UNKNOWN
    assert send(rpc, raw)[0] is Answer.TAKEN  # the swallowed one had arrived
    assert node.chain.pool == [raw]
    assert send(Rpc("http://127.0.0.1:1"), raw)[0] is Answer.UNKNOWN

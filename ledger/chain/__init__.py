"""The chain: JSON-RPC, the contracts' ABI, signers, the submitter and the ordered log source.

What is named here is public. Each name is imported when it is first asked for, so that a command pays only for what it
uses; a test holds the two lists against each other.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ledger.chain.abi import Entry as Entry
    from ledger.chain.abi import NothingRecorded as NothingRecorded
    from ledger.chain.abi import artifact as artifact
    from ledger.chain.abi import entry_of as entry_of
    from ledger.chain.abi import record_call as record_call
    from ledger.chain.abi import why_reverted as why_reverted
    from ledger.chain.errors import AbiError as AbiError
    from ledger.chain.errors import BadAnswer as BadAnswer
    from ledger.chain.errors import ChainError as ChainError
    from ledger.chain.errors import DescriptorError as DescriptorError
    from ledger.chain.errors import Difference as Difference
    from ledger.chain.errors import Diverged as Diverged
    from ledger.chain.errors import HistoryChanged as HistoryChanged
    from ledger.chain.errors import NodeError as NodeError
    from ledger.chain.errors import NodeUnreachable as NodeUnreachable
    from ledger.chain.errors import Reverted as Reverted
    from ledger.chain.errors import SignatureError as SignatureError
    from ledger.chain.errors import SignerError as SignerError
    from ledger.chain.errors import TransactionRefused as TransactionRefused
    from ledger.chain.errors import WrongNetwork as WrongNetwork
    from ledger.chain.finality import Finality as Finality
    from ledger.chain.founding import Founding as Founding
    from ledger.chain.founding import read_founding as read_founding
    from ledger.chain.groups import Limits as Limits
    from ledger.chain.logs import Batch as Batch
    from ledger.chain.logs import LogSource as LogSource
    from ledger.chain.network import Network as Network
    from ledger.chain.network import code_hash as code_hash
    from ledger.chain.rpc import Rpc as Rpc
    from ledger.chain.settings import SubmitterSettings as SubmitterSettings
    from ledger.chain.signers import LocalSigner as LocalSigner
    from ledger.chain.signers import RemoteSigner as RemoteSigner
    from ledger.chain.signers import Signer as Signer
    from ledger.chain.signers import create_keystore as create_keystore
    from ledger.chain.signers import open_local_signer as open_local_signer
    from ledger.chain.signers import open_signer as open_signer
    from ledger.chain.signers import recover as recover
    from ledger.chain.submitter import Counters as Counters
    from ledger.chain.submitter import Submitter as Submitter
    from ledger.chain.transactions import Fees as Fees
    from ledger.chain.transactions import Transaction as Transaction
    from ledger.chain.transactions import sign_transaction as sign_transaction
    from ledger.chain.views import Views as Views

_FACE: Final = {
    "abi": "Entry NothingRecorded artifact entry_of record_call why_reverted",
    "errors": (
        "AbiError BadAnswer ChainError DescriptorError Difference Diverged HistoryChanged NodeError NodeUnreachable"
        " Reverted SignatureError SignerError TransactionRefused WrongNetwork"
    ),
    "finality": "Finality",
    "founding": "Founding read_founding",
    "groups": "Limits",
    "logs": "Batch LogSource",
    "network": "Network code_hash",
    "rpc": "Rpc",
    "settings": "SubmitterSettings",
    "signers": "LocalSigner RemoteSigner Signer create_keystore open_local_signer open_signer recover",
    "submitter": "Counters Submitter",
    "transactions": "Fees Transaction sign_transaction",
    "views": "Views",
}
_HOME: Final = {name: module for module, names in _FACE.items() for name in names.split()}

__all__ = [
    "AbiError",
    "BadAnswer",
    "Batch",
    "ChainError",
    "Counters",
    "DescriptorError",
    "Difference",
    "Diverged",
    "Entry",
    "Fees",
    "Finality",
    "Founding",
    "HistoryChanged",
    "Limits",
    "LocalSigner",
    "LogSource",
    "Network",
    "NodeError",
    "NodeUnreachable",
    "NothingRecorded",
    "RemoteSigner",
    "Reverted",
    "Rpc",
    "SignatureError",
    "Signer",
    "SignerError",
    "Submitter",
    "SubmitterSettings",
    "Transaction",
    "TransactionRefused",
    "Views",
    "WrongNetwork",
    "artifact",
    "code_hash",
    "create_keystore",
    "entry_of",
    "open_local_signer",
    "open_signer",
    "read_founding",
    "record_call",
    "recover",
    "sign_transaction",
    "why_reverted",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

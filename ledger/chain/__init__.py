"""The chain: JSON-RPC, the contracts' ABI, signers, the submitter and the ordered log source.

What is named here is public. It is imported when first asked for, so that a command pays only for what it uses.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ledger.chain.network import Network as Network

_FACE: Final = {
    "abi": ("Entry", "NothingRecorded", "abi_of", "artifact", "entry_of", "record_call", "why_reverted"),
    "errors": (
        "AbiError",
        "BadAnswer",
        "ChainError",
        "DescriptorError",
        "Difference",
        "Diverged",
        "HistoryChanged",
        "NodeError",
        "NodeUnreachable",
        "Reverted",
        "SignatureError",
        "SignerError",
        "WrongNetwork",
    ),
    "finality": ("Finality",),
    "network": ("Network", "code_hash"),
    "rpc": ("Rpc",),
    "signers": (
        "LocalSigner",
        "RemoteSigner",
        "Signer",
        "create_keystore",
        "open_local_signer",
        "open_signer",
        "recover",
    ),
    "transactions": ("Fees", "Transaction", "sign_transaction"),
}
_HOME: Final = {name: module for module, names in _FACE.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

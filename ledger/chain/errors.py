"""Errors of the chain seam: typed facts, one root, no library's exception and no secret in them."""

from dataclasses import dataclass

from ledger.errors import PassavantError


class ChainError(PassavantError):
    """Root of what can go wrong between the client and a node or signer."""


@dataclass(eq=False)
class NodeUnreachable(ChainError):  # noqa: N818  the name says what is known: nothing
    """The node gave no answer. A request that is no read may or may not have taken effect.

    Attributes:
        endpoint: scheme, host and port; never the path or query of the URL, where access tokens are.
        reason: what happened, in a few words.
    """

    endpoint: str
    reason: str

    def __str__(self) -> str:
        """Which node, and what happened."""
        return f"{self.endpoint}: {self.reason}"


@dataclass(eq=False)
class BadAnswer(ChainError):  # noqa: N818  the node's, not ours
    """The node answered something that is no answer to the request."""

    method: str
    reason: str

    def __str__(self) -> str:
        """To what, and what is wrong with it."""
        return f"{self.method}: {self.reason}"


@dataclass(eq=False)
class NodeError(ChainError):
    """The node's JSON-RPC error.

    Attributes:
        code: JSON-RPC error code; 3 is a revert on most engines.
        message: the node's words.
        data: the error's ``data`` as it came: for a revert, its return data in hex.
    """

    code: int
    message: str
    data: object = None

    def __str__(self) -> str:
        """The node's words and code."""
        return f"{self.message} (code {self.code})"

    @property
    def revert_data(self) -> bytes | None:
        """What the call reverted with; None when this error is no revert."""
        found = self.data.get("data") if isinstance(self.data, dict) else self.data
        if isinstance(found, str) and found.startswith("0x"):
            try:
                return bytes.fromhex(found[2:])
            except ValueError:
                return None
        return b"" if "revert" in self.message.lower() else None


@dataclass(eq=False)
class TransactionRefused(ChainError):  # noqa: N818  what the node did
    """The node will never take a transaction; its records wait again. `reason` in the node's words."""

    nonce: int
    reason: str

    def __str__(self) -> str:
        """Which one, and why."""
        return f"the node refuses the transaction with nonce {self.nonce}: {self.reason}"


@dataclass(eq=False)
class Reverted(ChainError):  # noqa: N818  what a call did
    """A call reverted; `name` and `arguments` of its custom error as far as the ABI knows it."""

    name: str
    arguments: tuple[object, ...] = ()
    data: bytes = b""

    def __str__(self) -> str:
        """The custom error as Solidity writes it."""
        shown = ", ".join(f"0x{a.hex()}" if isinstance(a, bytes) else str(a) for a in self.arguments)
        return f"reverted: {self.name}({shown})"


@dataclass(eq=False)
class AbiError(ChainError):
    """Bytes that are not what the contracts' ABI says."""

    reason: str

    def __str__(self) -> str:
        """What does not fit."""
        return self.reason


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact on which a node and a network's descriptor disagree; both sides as text."""

    what: str
    expected: str
    found: str


@dataclass(eq=False)
class WrongNetwork(ChainError):  # noqa: N818  what the node is on
    """The node is not on the network that the descriptor describes."""

    network: str
    differences: tuple[Difference, ...]

    def __str__(self) -> str:
        """Every difference."""
        facts = "; ".join(f"{d.what} is {d.found}, not {d.expected}" for d in self.differences)
        return f"not the network {self.network}: {facts}"


@dataclass(eq=False)
class DescriptorError(ChainError):
    """A network descriptor that can't be read."""

    source: str
    reason: str

    def __str__(self) -> str:
        """Which one, and why."""
        return f"{self.source}: {self.reason}"


@dataclass(eq=False)
class SignerError(ChainError):
    """A key or signer that can't be used. `signer` is its URI without query, so that it names no secret."""

    signer: str
    reason: str

    def __str__(self) -> str:
        """Which one, and why."""
        return f"{self.signer}: {self.reason}"


@dataclass(eq=False)
class SignatureError(ChainError):
    """65 bytes that are no signature the contracts take (EIP-2: low s; v 27 or 28)."""

    reason: str

    def __str__(self) -> str:
        """What is wrong with it."""
        return self.reason


@dataclass(eq=False)
class Diverged(ChainError):  # noqa: N818  what the chain did
    """The node's chain no longer contains a block that the client has seen: roll back to the common ancestor.

    Attributes:
        number: height of the disagreement.
        expected: the 32-byte hash that the client knows.
        found: the hash on the node, or None when its chain is shorter.
    """

    number: int
    expected: bytes
    found: bytes | None

    def __str__(self) -> str:
        """At which height, and both hashes."""
        found = f"0x{self.found.hex()}" if self.found else "no block"
        return f"block {self.number} was 0x{self.expected.hex()} and is {found}"


class HistoryChanged(Diverged):
    """A block that was final changed: on no account roll back, stop and alarm."""

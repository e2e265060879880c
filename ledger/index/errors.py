"""What can go wrong in the store and the index, as typed errors."""

from dataclasses import dataclass

from ledger.errors import PassavantError


@dataclass(eq=False)
class StoreError(PassavantError):
    """The database could not be opened, read or written; `reason` is its own sentence, without data."""

    reason: str

    def __str__(self) -> str:
        """What the database said."""
        return f"store: {self.reason}"


@dataclass(eq=False)
class OtherNetworkError(PassavantError):
    """The store belongs to another network: which fact differs, and how."""

    fact: str
    kept: str
    given: str

    def __str__(self) -> str:
        """Which fact differs."""
        return f"this store belongs to another network: {self.fact} is {self.kept} here, not {self.given}"


@dataclass(eq=False)
class ForkError(PassavantError):
    """A block does not extend the block that the index stands on: the chain was reorganised or came back shorter.

    Attributes:
        number: height at which the index and the given blocks part.
        expected: hash that the index has (32 bytes), or empty where it has no such block.
        given: hash that was given (32 bytes).
    """

    number: int
    expected: bytes
    given: bytes

    def __str__(self) -> str:
        """Where they part."""
        return f"block {self.number} is 0x{self.given.hex()}, the index stands on 0x{self.expected.hex()}"


@dataclass(eq=False)
class GapError(PassavantError):
    """An event does not extend what was folded so far: the log source missed one. Nothing was written.

    Attributes:
        digest: the record (32 bytes).
        block: its block.
        log: its place in the block.
        reason: what does not fit.
    """

    digest: bytes
    block: int
    log: int
    reason: str

    def __str__(self) -> str:
        """Which record does not fit, and why."""
        return f"gap before record 0x{self.digest.hex()} (block {self.block}, log {self.log}): {self.reason}"


@dataclass(eq=False)
class CursorError(PassavantError):
    """A cursor that this index never gave out, or whose block is no longer in its chain: start again from before it."""

    cursor: str

    def __str__(self) -> str:
        """What to do."""
        return f"cursor {self.cursor!r} is not one of this index's chain"


@dataclass(eq=False)
class ReferenceFormatError(PassavantError):
    """A reference that can't be indexed: empty or too long once normalised."""

    kind: str
    reason: str

    def __str__(self) -> str:
        """What is wrong; never the value."""
        return f"{self.kind}: {self.reason}"


@dataclass(eq=False)
class StaleGrant(PassavantError):  # noqa: N818 - the name says what happened
    """A read grant whose serial is not higher than that of the one whose place it would take (`kept`)."""

    kept: int

    def __str__(self) -> str:
        """What to do."""
        return f"the serial is not higher than {self.kept}, which is kept: take a higher one"

"""What can go wrong with a development network."""

from dataclasses import dataclass

from ledger.errors import PassavantError


@dataclass(eq=False)
class DevnetError(PassavantError):
    """A development network that can't start or go on. `hint`: what to do about it, a sentence, or empty."""

    reason: str
    hint: str = ""

    def __str__(self) -> str:
        """What is wrong, and what to do."""
        return f"{self.reason}. {self.hint}" if self.hint else self.reason


class BadState(DevnetError):  # noqa: N818  what the file is
    """A copy of the chain's state that anvil can't read."""


class PortTaken(DevnetError):  # noqa: N818  what the port is
    """Another program listens on the port."""

"""Finality is configuration: which block can't be undone any more, and what it means when one is."""

from dataclasses import dataclass
from typing import Final

from ledger.chain.errors import BadAnswer, DescriptorError
from ledger.chain.rpc import Rpc, as_int

_AT_INCLUSION: Final = ("instant", "embedded")


@dataclass(frozen=True, slots=True)
class Finality:
    """A policy.

    Attributes:
        kind: ``instant``: final at inclusion, a change of history is an alarm (BFT engines). ``tag``: the node's
            ``finalized`` block. ``depth``: `depth` blocks below the head. ``embedded``: final at inclusion, but the
            chain (anvil's) may come back shorter after a kill: rolled back, with an alarm.
        depth: number of blocks on top that make a block final; for ``depth`` only.
    """

    kind: str
    depth: int = 0

    @classmethod
    def parse(cls, text: str) -> "Finality":
        """The policy of ``instant``, ``tag``, ``depth:n`` or ``embedded``.

        Raises:
            DescriptorError: it is none of them.
        """
        kind, _, depth = text.partition(":")
        if kind == "depth" and depth.isascii() and depth.isdigit():
            return cls(kind, int(depth))
        if text not in {*_AT_INCLUSION, "tag"}:
            raise DescriptorError(f"finality {text!r}", "takes instant, tag, depth:n or embedded")
        return cls(text)

    @property
    def at_inclusion(self) -> bool:
        """Whether the newest block is final."""
        return self.kind in _AT_INCLUSION

    @property
    def may_roll_back(self) -> bool:
        """Whether a client rolls back when its node's chain has changed; else it stops and alarms."""
        return self.kind != "instant"

    @property
    def alarms_on_rollback(self) -> bool:
        """Whether a rollback takes back what was called final, which somebody must be told."""
        return self.kind == "embedded"

    def final(self, rpc: Rpc, head: int) -> int:
        """Number of the newest final block when the newest block is `head`; 0 when only the first one is final."""
        if self.at_inclusion:
            return head
        if self.kind == "depth":
            return max(head - self.depth, 0)
        block = rpc.call("eth_getBlockByNumber", "finalized", False)  # noqa: FBT003  JSON-RPC
        if not isinstance(block, dict):
            raise BadAnswer("eth_getBlockByNumber", "the node knows no finalized block")
        return min(as_int(block["number"]), head)

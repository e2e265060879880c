"""How a submitter works: limits, fees, times, and who mines."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ledger.chain.groups import STANDARD, Limits
from ledger.chain.rpc import Rpc
from ledger.chain.transactions import NO_FEES, Fees

Miner = Callable[[Rpc], None]
"""Called after transactions were sent."""


def network_mines(rpc: Rpc) -> None:
    """The network mines by itself."""


def evm_mine(rpc: Rpc) -> None:
    """Mine one block now: for an embedded anvil in ``--no-mining`` mode. Its automine stalls."""
    rpc.call("evm_mine")


MINERS: Final[dict[str, Miner]] = {"none": network_mines, "evm_mine": evm_mine}


@dataclass(frozen=True, slots=True)
class SubmitterSettings:
    """How the submitter works. Times in seconds.

    Attributes:
        limits: of one transaction.
        fees: offered per gas; zero on networks without fees.
        miner: see `MINERS`.
        simulate_at: block at which groups are simulated, see `groups.Simulation`.
        lease: for how long the relay's lease is taken; renewed each cycle. Nobody sends for so long after a kill.
        resend_after: how long a sent transaction may stay unmined before the same bytes are sent again.
        replace_after: ... before it is replaced by one that offers `raise_by` per cent more; None: never.
        raise_by: per cent; nodes want at least 10 or 12.5.
        highest_price: wei per gas beyond which nothing is replaced.
        grace: how long the receipt of a transaction whose nonce was used may be missing before it is abandoned.
        idle: pause of `Submitter.run` when nothing waits; `Submitter.wake` ends it.
        glance: during that pause, how often the outbox is looked at for what another process has put there.
        poll: pause while a transaction is under way.
        backoff: pause after a failure; doubles up to a minute.
    """

    limits: Limits = STANDARD
    fees: Fees = NO_FEES
    miner: str = "none"
    simulate_at: str = "pending"
    lease: float = 10.0
    resend_after: float = 15.0
    replace_after: float | None = None
    raise_by: int = 13
    highest_price: int = 10**12
    grace: float = 5.0
    idle: float = 1.0
    glance: float = 0.1
    poll: float = 0.2
    backoff: float = 0.5

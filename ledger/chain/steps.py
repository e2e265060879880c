"""Named steps on a record's way to the chain, so that a test can stop the process between any two of them.

In production nothing observes them: `silent` is the default everywhere. A test harness may start a process of its own
with ``PASSAVANT_FAULT=kill@prepared`` in the environment and pass it `observer_from` on purpose: the process then kills
itself (SIGKILL) when it reaches that step.
"""

import os
import signal
from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias, get_args

from ledger.chain.errors import ChainError

Step: TypeAlias = Literal["accepted", "simulated", "prepared", "sent", "mined", "settled"]
"""accepted: kept in the outbox (said by the one who puts). simulated: outcomes known, refusals kept. prepared: raw
bytes and nonce kept. sent: the node was told, whatever it answered. mined: a receipt was seen. settled: that is kept.
"""

Observer: TypeAlias = Callable[[Step], None]

STEPS: Final[tuple[Step, ...]] = get_args(Step)
FAULT: Final = "PASSAVANT_FAULT"


def silent(step: Step) -> None:
    """Observe nothing."""


def observer_from(environ: Mapping[str, str]) -> Observer:
    """`silent`, unless ``PASSAVANT_FAULT`` asks to be killed at a step.

    Raises:
        ChainError: it asks for something else; a fault test that tests nothing must not pass.
    """
    wanted = environ.get(FAULT)
    if not wanted:
        return silent
    action, _, at = wanted.partition("@")
    if action != "kill" or at not in STEPS:
        raise ChainError(f"{FAULT} is kill@ and one of {', '.join(STEPS)}")

    def kill(step: Step) -> None:
        if step == at:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill

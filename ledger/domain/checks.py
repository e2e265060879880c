"""What several record types are checked for: their legal moment, and that an older record stands in a timeline."""

from typing import Final

from ledger.domain import heads
from ledger.domain.codes import Outcome
from ledger.domain.participants import Organisation
from ledger.domain.signing import Presented
from ledger.domain.wire import Digest, Head

MAX_AHEAD: Final = 5 * 60
"""How far ahead of its block a record may take effect, in seconds."""
MAX_STEPS: Final = 256
"""How many decisions and controls may lie between a superseding one and the superseded one, which counts."""


def check_effective(effective_at: int, administration: Organisation, now: int) -> Outcome:
    """EFFECTIVE_TOO_LATE, EFFECTIVE_TOO_EARLY or RECORDED, by the administration's own setting."""
    if effective_at > now + MAX_AHEAD:
        return Outcome.EFFECTIVE_TOO_LATE
    earliest = now - administration.backdating_at(now)
    return Outcome.EFFECTIVE_TOO_EARLY if effective_at < earliest else Outcome.RECORDED


def leads_to(entry: Presented, superseded: Digest, settled: Head) -> bool:
    """Whether the entry's proof leads from a superseded record to the settled head."""
    if entry.timeline is None:
        return False
    head, steps = entry.timeline
    if not 1 <= len(steps) <= MAX_STEPS or steps[0][1] != superseded:
        return False
    for request, digest in steps:
        head = heads.settled(head, request, digest)
    return head == settled

"""The numbered steps of an audit. docs/audit.md says the same in more words, and tests bear these numbers.

 1. **Network.** The node's chain id, first block and contracts' code are those of the network descriptor.
 2. **Headers.** Every block's fields hash to its hash; its parent is the block before, one number lower and not later.
    None is missing.
 3. **Receipts.** Every block's transaction receipts hash to the header's receipts root and make its bloom filter.
 4. **Events.** Every log of the contracts is one of their events, in its one encoding.
 5. **Identity.** A record's digest is recomputed; the event's topics say what the record says.
 6. **Signature.** It recovers to a registered key of the organisation that the record names as its author.
 7. **Form.** Every value is within its list, and the values fit each other.
 8. **Key.** Deadline, the key's window and its purpose at the block's time.
 9. **Standing.** The author may act then; an agent has a mandate; council approvals suffice; arrangement and AEO status
    on which a recognition rests are in force.
10. **Order.** The record extends the current head, names what is pending, and was not recorded before.
11. **Lifecycle.** The table allows it from where the declaration stands; what a recognition or a decision relies on
    stands, and covers it.
12. **Time.** The effective time, limits, windows and notices are within their bounds.
13. **Proofs.** Joining, superseding, possession of new keys, encryption keys, recognised controls and reliance are
    proven.
14. **Refusals.** A refused record was to be refused, and for that reason.
15. **State.** The contracts' accounts are in the last block's state root, with the expected code; their storage is
    exactly what the events make.
16. **Checkpoint.** The chain still holds what a checkpoint says: log, block and fold.
17. **Feed.** The gateway's feed holds every event, as it is, in order, and nothing else.
18. **Status.** What the gateway says of declarations is what the chain makes of them.
19. **Provenance.** So are its timelines, with the requests of assistance about its consignment and their answers.
20. **Participants.** So is what it says of participants and their keys.
21. **Freshness.** The gateway is not behind, nor ahead of, the node.
22. **One view.** Two nodes, or two gateways, tell the same.
23. **Own key.** Every record that my keys signed is one that I made.
24. **Annex.** Every recognition keeps to the annexes of its arrangement, as far as these and the goods are known.
"""

import re
from collections.abc import Mapping
from enum import IntEnum, unique
from typing import Final

from passavant_verifier.codes import Outcome


@unique
class Step(IntEnum):
    """A step by its number."""

    NETWORK = 1
    HEADERS = 2
    RECEIPTS = 3
    EVENTS = 4
    IDENTITY = 5
    SIGNATURE = 6
    FORM = 7
    KEY = 8
    STANDING = 9
    ORDER = 10
    LIFECYCLE = 11
    TIME = 12
    PROOFS = 13
    REFUSALS = 14
    STATE = 15
    CHECKPOINT = 16
    FEED = 17
    STATUS = 18
    PROVENANCE = 19
    PARTICIPANTS = 20
    FRESHNESS = 21
    ONE_VIEW = 22
    OWN_KEY = 23
    ANNEX = 24


RECORD_STEPS: Final = tuple(Step(number) for number in range(Step.EVENTS, Step.PROOFS + 1))
"""What every recorded event goes through."""


def _descriptions() -> Mapping[Step, tuple[str, str]]:
    found = {}
    for part in re.split(r"\n(?= ?\d+\. )", str(__doc__))[1:]:
        number, title, text = re.findall(r"(\d+)\. \*\*(.+?)\.\*\* (.+)", " ".join(part.split()))[0]
        found[Step(int(number))] = (title, text)
    return found


DESCRIPTIONS: Final = _descriptions()
"""Title and sentence of each step."""

_O = Outcome
_STEPS: Final[Mapping[Step, tuple[Outcome, ...]]] = {
    Step.SIGNATURE: (_O.NOT_AUTHENTIC, _O.UNKNOWN_RECORD_TYPE),
    Step.FORM: (_O.MALFORMED,),
    Step.KEY: (_O.EXPIRED, _O.DEADLINE_TOO_FAR, _O.KEY_NOT_VALID, _O.KEY_PURPOSE),
    Step.STANDING: (
        _O.ORGANISATION_NOT_ACTIVE,
        _O.NOT_COMPETENT,
        _O.MANDATE_MISSING,
        _O.UNKNOWN_ORGANISATION,
        _O.APPROVALS_MISSING,
        _O.MANAGING_KEYS_NEEDED,
        _O.IDENTITY_TAKEN,
        _O.UNKNOWN_ARRANGEMENT,
        _O.ARRANGEMENT_NOT_IN_FORCE,
        _O.ARRANGEMENT_SUSPENDED,
        _O.AEO_NOT_VALID,
    ),
    Step.ORDER: (
        _O.ALREADY_RECORDED,
        _O.UNKNOWN_DECLARATION,
        _O.STALE_HEAD,
        _O.REQUEST_NOT_NAMED,
        _O.REQUEST_PENDING,
        _O.ALREADY_SUPERSEDED,
        _O.UNKNOWN_CONSIGNMENT,
        _O.UNKNOWN_LINK,
        _O.UNKNOWN_VERSION,
        _O.SERIAL_NOT_INCREASING,
        _O.ALREADY_ERASED,
        _O.VERSIONS_EXHAUSTED,
        _O.TOO_DEEP,
        _O.OTHER_CONSIGNMENT,
        _O.UNKNOWN_REQUEST,
        _O.ALREADY_ANSWERED,
    ),
    Step.LIFECYCLE: (
        _O.TRANSITION_NOT_ALLOWED,
        _O.OVERRIDE_NEEDED,
        _O.HOLD_NOT_OPEN,
        _O.HOLD_ALREADY_OPEN,
        _O.VETO_NOT_POSSIBLE,
        _O.CONTROL_NOT_CARRIED_OUT,
        _O.DISCREPANCY_FOUND,
        _O.OUT_OF_SCOPE,
        _O.BELOW_STANDARD,
        _O.PARENT_BROKEN,
        _O.RISK_TOUCHED,
        _O.RELIANCE_INVALID,
    ),
    Step.TIME: (
        _O.LIMIT_INVALID,
        _O.EFFECTIVE_TOO_EARLY,
        _O.EFFECTIVE_TOO_LATE,
        _O.NOTICE_TOO_SHORT,
        _O.WINDOW_INVALID,
        _O.CONTROL_EXPIRED,
    ),
    Step.PROOFS: (
        _O.SUPERSEDES_NOT_PROVEN,
        _O.JOIN_NOT_PROVEN,
        _O.POSSESSION_NOT_PROVEN,
        _O.ENCRYPTION_KEY_INVALID,
        _O.PARENT_NOT_PROVEN,
        _O.RELIANCE_NOT_PROVEN,
    ),
}
STEP_OF: Final[Mapping[Outcome, Step]] = {outcome: step for step, outcomes in _STEPS.items() for outcome in outcomes}
"""The step at which a rule that refuses a record stands."""

"""The code table of docs/records.md, written a second time: every number that a record may carry.

``tests/vectors/codes.json`` proves that both tables are the same.
"""

from enum import IntEnum, IntFlag
from typing import Final


class RecordType(IntEnum):
    """What a signed record is."""

    DECLARATION = 1
    AMENDMENT_REQUEST = 2
    INVALIDATION_REQUEST = 3
    PRESENTATION_NOTICE = 4
    DECISION = 5
    CONTROL = 6
    HOLD = 7
    RECOGNITION = 8
    ERASURE = 9
    ADMISSION = 16
    OPERATOR_STATUS = 17
    KEY_AUTHORISATION = 18
    ADMINISTRATION_SETTING = 19
    GRANT = 20
    ENCRYPTION_KEY = 21
    ARRANGEMENT = 22
    ARRANGEMENT_SUSPENSION = 23
    AEO_STATUS = 24
    ASSISTANCE = 25


class Leg(IntEnum):
    """Independent track of a consignment."""

    EXPORT = 1
    TRANSIT = 2
    IMPORT = 3


class Regime(IntEnum):
    """Coarse class of the customs procedure: released for what."""

    HOME_USE = 1
    WAREHOUSING = 2
    TRANSIT = 3
    TEMPORARY_ADMISSION = 4
    INWARD_PROCESSING = 5
    OUTWARD_PROCESSING = 6
    RE_IMPORT = 7
    RE_EXPORT = 8
    OUTRIGHT_EXPORT = 9


class Stage(IntEnum):
    """How a declaration stood when it was lodged; sets its first status."""

    PRE_LODGED = 1
    ARRIVED = 2
    SUPPLEMENTARY = 3
    REPORTED = 4


class LinkKind(IntEnum):
    """How a declaration relates to the one that it links."""

    NONE = 0
    SUPPLEMENTS = 1
    REPLACES = 2
    FOLLOWS = 3
    PART_OF = 4
    RETURNS = 5
    CLAIMS_ON = 6


class Status(IntEnum):
    """Status of a declaration."""

    NONE = 0
    REPORTED = 1
    PRE_LODGED = 2
    LODGED = 3
    ACCEPTED = 4
    RELEASED = 5
    CONDITIONALLY_RELEASED = 6
    PARTLY_RELEASED = 7
    CLEARED = 8
    EXITED = 9
    REFUSED = 10
    SEIZED = 11
    RETURNED = 12
    RE_EXPORTED = 13
    ABANDONED = 14
    REJECTED = 15
    INVALIDATED = 16
    DESTROYED = 17
    CLOSED = 18


class DecisionKind(IntEnum):
    """What customs decided."""

    RECEIPT = 1
    REGISTER = 2
    REGISTER_PRE_LODGED = 3
    ACCEPT = 4
    REJECT = 5
    REQUIRE_CONTROL = 6
    REQUIRE_DOCUMENTS = 7
    REQUIRE_PAYMENT = 8
    DETAIN = 9
    LIFT_CONTROL = 10
    LIFT_DOCUMENTS = 11
    LIFT_PAYMENT = 12
    LIFT_DETENTION = 13
    QUERY = 14
    GRANT = 15
    REFUSE_REQUEST = 16
    AMEND = 17
    RELEASE = 18
    CONDITIONALLY_RELEASE = 19
    CLEAR = 20
    CONFIRM_EXIT = 21
    REMIND_EXIT = 22
    INVALIDATE = 23
    REFUSE = 24
    SEIZE = 25
    RETURN = 26
    RE_EXPORT = 27
    DESTROY = 28
    ABANDON = 29
    CLOSE = 30
    REINSTATE = 31
    ASSESS = 32
    SECURE = 33
    ASSESS_FINALLY = 34
    REASSESS = 35


class Flag(IntFlag):
    """What stands beside the status, in 16 bits of the state word; two fields, `PENDING` and `DEBT`, are numbers."""

    CONTROL = 1
    DOCUMENTS = 2
    DETENTION = 4
    PAYMENT = 8
    AGENCY = 16
    OVERRIDDEN = 32
    CLEARED = 64
    EXIT_DUE = 128
    RECEIVED_OUTSIDE = 256
    PARTIAL = 512
    JOINED = 32768
    SEAL_BROKEN = 65536


class Pending(IntEnum):
    """What the declarant asked for and customs has not answered."""

    NONE = 0
    AMENDMENT = 1
    INVALIDATION = 2
    PRESENTATION = 3


class Debt(IntEnum):
    """The debt's own track."""

    NONE = 0
    INDICATIVE = 1
    SECURED = 2
    FINAL = 3
    REVISED = 4


class Reason(IntEnum):
    """Coarse class of a reason."""

    UNSPECIFIED = 0
    DATA_QUALITY = 1
    RISK = 2
    COMPLIANCE = 3
    FISCAL = 4
    REQUEST = 5
    CORRECTION = 6
    OVERRIDE = 7
    APPEAL = 8
    OTHER = 9


class Risk(IntFlag):
    """Risk areas, a bit set."""

    SECURITY = 1
    SAFETY = 2
    IPR = 4
    FISCAL = 8


class ControlMethod(IntEnum):
    """How customs controlled."""

    DOCUMENTARY = 1
    NON_INTRUSIVE = 2
    PHYSICAL = 3
    LABORATORY = 4


class ControlOutcome(IntEnum):
    """What the control found."""

    NONE_FOUND = 1
    MINOR_DISCREPANCY = 2
    MAJOR_DISCREPANCY = 3
    NOT_CARRIED_OUT = 4


class SealState(IntEnum):
    """How the seals were."""

    NOT_APPLICABLE = 0
    INTACT = 1
    BROKEN = 2
    REPLACED = 3


class Verdict(IntEnum):
    """How far an administration relies on another's control."""

    FULL = 1
    PARTIAL = 2
    DECLINED = 3


class SuspensionAction(IntEnum):
    """What a party does with an arrangement."""

    SUSPEND = 1
    RESUME = 2


class AeoStanding(IntEnum):
    """What the home administration does with AEO status."""

    GRANTED = 1
    SUSPENDED = 2
    WITHDRAWN = 3


class AssistanceAction(IntEnum):
    """A request of mutual assistance, or what became of it."""

    REQUEST = 1
    ANSWER = 2
    REFUSAL = 3


class AssistanceKind(IntEnum):
    """What assistance is asked for."""

    INFORMATION = 1
    VERIFICATION = 2
    SURVEILLANCE = 3
    NOTIFICATION = 4


class Reliance(IntEnum):
    """Whether a declaration relies on recognitions, and whether they stand."""

    NONE = 0
    STANDS = 1
    WITHDRAWN = 2


class HoldAction(IntEnum):
    """An agency sets or lifts its hold."""

    SET = 1
    LIFT = 2


class ErasureCause(IntEnum):
    """Why the content of a version was erased."""

    REQUESTED = 1
    RETENTION_ENDED = 2
    ORDERED = 3


class EncryptionSuite(IntEnum):
    """What a published encryption key is for."""

    X25519 = 1
    HYBRID = 2


class OrganisationKind(IntEnum):
    """What a participant is."""

    ADMINISTRATION = 1
    OPERATOR = 2
    AGENCY = 3
    AUDITOR = 4


class OrganisationStatus(IntEnum):
    """How a participant stands."""

    NONE = 0
    ACTIVE = 1
    SUSPENDED = 2
    EXPELLED = 3
    SUCCEEDED = 4


class AdmissionAction(IntEnum):
    """What the council does with an administration."""

    ADMIT = 1
    SUSPEND = 2
    REINSTATE = 3
    EXPEL = 4
    SUCCEED = 5


class KeyAction(IntEnum):
    """What a managing key does with a key."""

    AUTHORISE = 1
    SHORTEN = 2
    COMPROMISED = 3
    VETO = 4


class Purpose(IntFlag):
    """What a key may sign, a bit set; MANAGE stands alone."""

    DECLARE = 1
    DECIDE = 2
    HOLD = 4
    MANAGE = 8
    READ = 16


class Representation(IntEnum):
    """How an agent represents its declarant."""

    DIRECT = 2
    INDIRECT = 3


class Outcome(IntEnum):
    """What became of an entry."""

    RECORDED = 0
    NOT_AUTHENTIC = 1
    ALREADY_RECORDED = 2
    MALFORMED = 3
    EXPIRED = 4
    DEADLINE_TOO_FAR = 5
    KEY_NOT_VALID = 6
    KEY_PURPOSE = 7
    ORGANISATION_NOT_ACTIVE = 8
    NOT_COMPETENT = 9
    UNKNOWN_DECLARATION = 10
    STALE_HEAD = 11
    REQUEST_NOT_NAMED = 12
    REQUEST_PENDING = 13
    TRANSITION_NOT_ALLOWED = 14
    OVERRIDE_NEEDED = 15
    LIMIT_INVALID = 16
    EFFECTIVE_TOO_EARLY = 17
    EFFECTIVE_TOO_LATE = 18
    SUPERSEDES_NOT_PROVEN = 19
    ALREADY_SUPERSEDED = 20
    UNKNOWN_CONSIGNMENT = 21
    JOIN_NOT_PROVEN = 22
    UNKNOWN_LINK = 23
    MANDATE_MISSING = 24
    UNKNOWN_VERSION = 25
    HOLD_NOT_OPEN = 26
    HOLD_ALREADY_OPEN = 27
    VERSIONS_EXHAUSTED = 28
    IDENTITY_TAKEN = 29
    UNKNOWN_ORGANISATION = 30
    POSSESSION_NOT_PROVEN = 31
    APPROVALS_MISSING = 32
    NOTICE_TOO_SHORT = 33
    WINDOW_INVALID = 34
    VETO_NOT_POSSIBLE = 35
    SERIAL_NOT_INCREASING = 36
    MANAGING_KEYS_NEEDED = 37
    UNKNOWN_RECORD_TYPE = 38
    ALREADY_ERASED = 39
    ENCRYPTION_KEY_INVALID = 40
    UNKNOWN_ARRANGEMENT = 41
    ARRANGEMENT_NOT_IN_FORCE = 42
    ARRANGEMENT_SUSPENDED = 43
    OUT_OF_SCOPE = 44
    BELOW_STANDARD = 45
    PARENT_NOT_PROVEN = 46
    CONTROL_NOT_CARRIED_OUT = 47
    DISCREPANCY_FOUND = 48
    CONTROL_EXPIRED = 49
    RISK_TOUCHED = 50
    PARENT_BROKEN = 51
    TOO_DEEP = 52
    OTHER_CONSIGNMENT = 53
    AEO_NOT_VALID = 54
    RELIANCE_NOT_PROVEN = 55
    RELIANCE_INVALID = 56
    UNKNOWN_REQUEST = 57
    ALREADY_ANSWERED = 58


PENDING_SHIFT: Final = 10
"""Place of the `Pending` code, two bits wide, in the flags."""
PENDING_MASK: Final = 3 << PENDING_SHIFT
DEBT_SHIFT: Final = 12
"""Place of the `Debt` code, three bits wide, in the flags."""
DEBT_MASK: Final = 7 << DEBT_SHIFT

"""The code table: every number that a record may carry, once, with its meaning.

One versioned table serves the contracts, this client and every auditor; ``tests/vectors/codes.json`` holds it
for other languages, and a test holds the Solidity constants against it. Values are wire values (``uint8`` unless
said otherwise) and never change their meaning; new ones are appended under a new `CODE_TABLE_VERSION`.
"""

from enum import IntEnum, IntFlag, unique
from typing import Final

CODE_TABLE_VERSION: Final = 3


@unique
class RecordType(IntEnum):
    """What a signed record is. 10 to 15 and 26 upwards are free."""

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


@unique
class Leg(IntEnum):
    """Independent track of a consignment: a release on one leg never sets another's state."""

    EXPORT = 1
    TRANSIT = 2
    IMPORT = 3


@unique
class Regime(IntEnum):
    """Coarse class of the customs procedure (WCOID 166/161): released *for what*. At most 15."""

    HOME_USE = 1
    WAREHOUSING = 2
    TRANSIT = 3
    TEMPORARY_ADMISSION = 4
    INWARD_PROCESSING = 5
    OUTWARD_PROCESSING = 6
    RE_IMPORT = 7
    RE_EXPORT = 8
    OUTRIGHT_EXPORT = 9


@unique
class Stage(IntEnum):
    """How the declaration stood when it was lodged; sets its first status.

    REPORTED: known by its MRN only, opened by the administration from a notice until the declaration turns up.
    """

    PRE_LODGED = 1
    ARRIVED = 2
    SUPPLEMENTARY = 3
    REPORTED = 4


@unique
class LinkKind(IntEnum):
    """Typed link from a declaration to another one."""

    NONE = 0
    SUPPLEMENTS = 1
    REPLACES = 2
    FOLLOWS = 3
    PART_OF = 4
    RETURNS = 5
    CLAIMS_ON = 6


@unique
class Status(IntEnum):
    """Lifecycle status of one declaration; holds, cleared flag and debt stand beside it (see `Flag`)."""

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


@unique
class DecisionKind(IntEnum):
    """What customs decided. The lifecycle table says from which status, to which, and with what effect."""

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
    """What stands beside the status, 17 bits. PENDING and DEBT are fields of two and three bits.

    PARTIAL: a narrower decision (over some goods items) refused, seized or took away part of the goods.
    OVERRIDDEN: the administration released by a reasoned override while an agency's hold was open.
    RECEIVED_OUTSIDE: opened by the administration, for a declarant who is no participant.
    SEAL_BROKEN: its administration found a seal broken while it relied on recognitions; until it decides anew.
    """

    CONTROL = 1 << 0
    DOCUMENTS = 1 << 1
    DETENTION = 1 << 2
    PAYMENT = 1 << 3
    AGENCY = 1 << 4
    OVERRIDDEN = 1 << 5
    CLEARED = 1 << 6
    EXIT_DUE = 1 << 7
    RECEIVED_OUTSIDE = 1 << 8
    PARTIAL = 1 << 9
    PENDING = 0b11 << 10
    DEBT = 0b111 << 12
    JOINED = 1 << 15
    SEAL_BROKEN = 1 << 16


PENDING_SHIFT: Final = 10
DEBT_SHIFT: Final = 12


@unique
class Pending(IntEnum):
    """Kind of the declarant's one request that waits for customs."""

    NONE = 0
    AMENDMENT = 1
    INVALIDATION = 2
    PRESENTATION = 3


@unique
class Debt(IntEnum):
    """The customs debt's own track: clearance says that formalities are done, not that the debt is final."""

    NONE = 0
    INDICATIVE = 1
    SECURED = 2
    FINAL = 3
    REVISED = 4


@unique
class Reason(IntEnum):
    """Coarse class of a reason (``uint32``): all that the chain may tell. The detail stays in the evidence."""

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
    """Risk areas, a bit set: those that a control covered, or that an amendment touches."""

    SECURITY = 1
    SAFETY = 2
    IPR = 4
    FISCAL = 8


@unique
class ControlMethod(IntEnum):
    """How a control was done."""

    DOCUMENTARY = 1
    NON_INTRUSIVE = 2
    PHYSICAL = 3
    LABORATORY = 4


@unique
class ControlOutcome(IntEnum):
    """What a control found."""

    NONE_FOUND = 1
    MINOR_DISCREPANCY = 2
    MAJOR_DISCREPANCY = 3
    NOT_CARRIED_OUT = 4


@unique
class SealState(IntEnum):
    """State of the seals (WCOID 165) at the control."""

    NOT_APPLICABLE = 0
    INTACT = 1
    BROKEN = 2
    REPLACED = 3


@unique
class Verdict(IntEnum):
    """How far an administration relies on another's control: on all that it covered, on part of it, or not."""

    FULL = 1
    PARTIAL = 2
    DECLINED = 3


@unique
class SuspensionAction(IntEnum):
    """What a party does with an arrangement, for new recognitions only."""

    SUSPEND = 1
    RESUME = 2


@unique
class AeoStanding(IntEnum):
    """What the home administration does with an operator's AEO status."""

    GRANTED = 1
    SUSPENDED = 2
    WITHDRAWN = 3


@unique
class AssistanceAction(IntEnum):
    """A request of mutual administrative assistance, or what became of it."""

    REQUEST = 1
    ANSWER = 2
    REFUSAL = 3


@unique
class AssistanceKind(IntEnum):
    """What is asked for: information, a verification of documents or origin, surveillance, notification."""

    INFORMATION = 1
    VERIFICATION = 2
    SURVEILLANCE = 3
    NOTIFICATION = 4


@unique
class Reliance(IntEnum):
    """Whether a declaration relies on recognitions, and whether they stand."""

    NONE = 0
    STANDS = 1
    WITHDRAWN = 2


@unique
class HoldAction(IntEnum):
    """What another government agency does with its own hold."""

    SET = 1
    LIFT = 2


@unique
class ErasureCause(IntEnum):
    """Why the content of a version was erased."""

    REQUESTED = 1
    RETENTION_ENDED = 2
    ORDERED = 3


@unique
class EncryptionSuite(IntEnum):
    """What a published encryption key is for: HPKE (RFC 9180) over X25519, alone or with ML-KEM-768."""

    X25519 = 1
    HYBRID = 2


@unique
class OrganisationKind(IntEnum):
    """What a participant is. Administrations have ids up to 65,535, all others larger ones."""

    ADMINISTRATION = 1
    OPERATOR = 2
    AGENCY = 3
    AUDITOR = 4


@unique
class OrganisationStatus(IntEnum):
    """Whether a participant may act."""

    NONE = 0
    ACTIVE = 1
    SUSPENDED = 2
    EXPELLED = 3
    SUCCEEDED = 4


@unique
class AdmissionAction(IntEnum):
    """What the council, or a predecessor, does with an administration."""

    ADMIT = 1
    SUSPEND = 2
    REINSTATE = 3
    EXPEL = 4
    SUCCEED = 5


@unique
class KeyAction(IntEnum):
    """What a managing key does with a key of its organisation."""

    AUTHORISE = 1
    SHORTEN = 2
    COMPROMISED = 3
    VETO = 4


class Purpose(IntFlag):
    """What a key may sign. MANAGE stands alone: a managing key never signs business records."""

    DECLARE = 1
    DECIDE = 2
    HOLD = 4
    MANAGE = 8
    READ = 16


@unique
class Representation(IntEnum):
    """How an agent acts for a declarant (WCO: 2 direct, 3 indirect and jointly liable)."""

    DIRECT = 2
    INDIRECT = 3


@unique
class Outcome(IntEnum):
    """What became of one entry of a call. 0 recorded; 1 and 2 leave no trace; all others are refusals."""

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

"""Why a record was refused, in words for people; the codes are those of ``docs/records.md``."""

from collections.abc import Mapping
from typing import Final

from ledger.domain.codes import Outcome

REASONS: Final[Mapping[Outcome, str]] = {
    Outcome.RECORDED: "It was recorded.",
    Outcome.NOT_AUTHENTIC: "The signature is not by a registered key of the record's author.",
    Outcome.ALREADY_RECORDED: "This record stands on the ledger already.",
    Outcome.MALFORMED: "A value is outside its code list, or fields contradict each other.",
    Outcome.EXPIRED: "Its deadline had passed.",
    Outcome.DEADLINE_TOO_FAR: "Its deadline is more than 7 days ahead.",
    Outcome.KEY_NOT_VALID: "The key's window did not hold at that time.",
    Outcome.KEY_PURPOSE: "The key may not sign this kind of record, or not for this office.",
    Outcome.ORGANISATION_NOT_ACTIVE: "The organisation may not act now.",
    Outcome.NOT_COMPETENT: "The author is not competent for this declaration.",
    Outcome.UNKNOWN_DECLARATION: "No such declaration is recorded.",
    Outcome.STALE_HEAD: "The timeline has moved on: the record extends a head that is not the current one.",
    Outcome.REQUEST_NOT_NAMED: "A request is pending, and the decision does not name it.",
    Outcome.REQUEST_PENDING: "Another request waits for customs.",
    Outcome.TRANSITION_NOT_ALLOWED: "The declaration's status does not allow it.",
    Outcome.OVERRIDE_NEEDED: "An agency's hold is open: a release needs a reasoned override.",
    Outcome.LIMIT_INVALID: "The time limit is missing, or not later than the effective time.",
    Outcome.EFFECTIVE_TOO_EARLY: "It takes effect further back than the administration allows.",
    Outcome.EFFECTIVE_TOO_LATE: "It takes effect in the future.",
    Outcome.SUPERSEDES_NOT_PROVEN: "The proof does not show the superseded decision in the timeline.",
    Outcome.ALREADY_SUPERSEDED: "That decision has been superseded already.",
    Outcome.UNKNOWN_CONSIGNMENT: "No such consignment is recorded.",
    Outcome.JOIN_NOT_PROVEN: "The consignment's join key did not sign.",
    Outcome.UNKNOWN_LINK: "The declaration that it links to is not recorded.",
    Outcome.MANDATE_MISSING: "The agent has no mandate in force for it.",
    Outcome.UNKNOWN_VERSION: "The declaration has no such version.",
    Outcome.HOLD_NOT_OPEN: "The agency has no open hold to lift.",
    Outcome.HOLD_ALREADY_OPEN: "The agency's hold is open already.",
    Outcome.VERSIONS_EXHAUSTED: "The declaration can have no further version.",
    Outcome.IDENTITY_TAKEN: "The id, country or key is taken.",
    Outcome.UNKNOWN_ORGANISATION: "No such organisation is registered.",
    Outcome.POSSESSION_NOT_PROVEN: "The new key did not sign.",
    Outcome.APPROVALS_MISSING: "Fewer than two thirds of the active administrations approved.",
    Outcome.NOTICE_TOO_SHORT: "It takes effect before the notice is over.",
    Outcome.WINDOW_INVALID: "The key's window is not possible.",
    Outcome.VETO_NOT_POSSIBLE: "There is nothing left to veto, or the key would veto itself.",
    Outcome.SERIAL_NOT_INCREASING: "A grant with this or a later serial is recorded.",
    Outcome.MANAGING_KEYS_NEEDED: "An administration keeps two managing keys.",
    Outcome.UNKNOWN_RECORD_TYPE: "There is no such type of record.",
}

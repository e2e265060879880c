"""From a notice to the decision that it states: one table, pure functions.

>>> TABLE["09"].kind.name
'CLEAR'
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from ledger.documents.messages import Notice
from ledger.domain.codes import DecisionKind, Reason


@dataclass(frozen=True, slots=True)
class Row:
    """What a function code (017) states.

    Attributes:
        kind: the decision.
        reason: the coarse class that may stand on the chain.
        by_status: other decisions, by `Status/NameCode` (379).
        effective: attributes of the notice that may hold the legal moment, first found wins; else the issue date.
    """

    kind: DecisionKind
    reason: Reason = Reason.UNSPECIFIED
    by_status: Mapping[str, DecisionKind] = field(default_factory=dict)
    effective: tuple[str, ...] = ()


# 39 granted, 41 denied; 67 indicative, 4 final, 115 secured (seen where a release follows before the final amount)
_REQUESTS: Final = MappingProxyType({"41": DecisionKind.REFUSE_REQUEST})
_TAXES: Final = MappingProxyType({"4": DecisionKind.ASSESS_FINALLY, "115": DecisionKind.SECURE})

TABLE: Final[Mapping[str, Row]] = MappingProxyType(
    {
        "01": Row(DecisionKind.ACCEPT, effective=("accepted_at",)),
        "02": Row(DecisionKind.RECEIPT),
        "03": Row(DecisionKind.REJECT, Reason.DATA_QUALITY, effective=("rejected_at",)),
        "05": Row(DecisionKind.REQUIRE_CONTROL, Reason.RISK),
        "06": Row(DecisionKind.REQUIRE_DOCUMENTS, Reason.COMPLIANCE),
        "07": Row(DecisionKind.AMEND, Reason.CORRECTION),
        "08": Row(DecisionKind.RELEASE, effective=("released_at", "effective_at")),
        "09": Row(DecisionKind.CLEAR, effective=("released_at", "effective_at")),
        "10": Row(DecisionKind.INVALIDATE, effective=("cancelled_at",)),
        "11": Row(DecisionKind.GRANT, Reason.REQUEST, by_status=_REQUESTS),
        "13": Row(DecisionKind.ASSESS, Reason.FISCAL, by_status=_TAXES),
        "14": Row(DecisionKind.REQUIRE_PAYMENT, Reason.FISCAL),
        "15": Row(DecisionKind.REQUIRE_PAYMENT, Reason.FISCAL),
        "16": Row(DecisionKind.CONFIRM_EXIT, effective=("effective_at",)),
        "18": Row(DecisionKind.REMIND_EXIT),
        "51": Row(DecisionKind.QUERY),
    }
)


# notices that may answer a request of the declarant
_ANSWERS: Final = frozenset({"02", "03", "07", "10", "11"})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the declaration that a notice is about.

    Attributes:
        lrn: the declaration's own number, or None.
        requests: numbers (LRN) of the requests that were made about it.
        accepted: whether it is accepted already, so that a 03 can't reject it any more.
    """

    lrn: str | None = None
    requests: Collection[str] = ()
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class NoticeDecision:
    """The decision that a notice states.

    Attributes:
        kind, reason: for the record on the chain.
        effective_at: the legal moment.
        limit_at: until when something must be done, or None.
        request: number (LRN) of the request that it answers, or None.
        detail: codes and texts that stay off the chain.
    """

    kind: DecisionKind
    reason: Reason
    effective_at: datetime
    limit_at: datetime | None = None
    request: str | None = None
    detail: tuple[str, ...] = ()


def notice_decision(notice: Notice, known: Known = Known()) -> NoticeDecision:
    """The decision that a notice states about its declaration.

    A 02 is a receipt: of the declaration when it comes first, of a request afterwards. A 03 that names a request's
    number refuses the request, and so does a 03 after acceptance. Errors in other notices are warnings.

    Raises:
        DocumentError: the function code is unknown.
    """
    row = TABLE.get(notice.function_code)
    if row is None:
        hint = f"Known are {', '.join(TABLE)}"
        reason = f"unknown function code {notice.function_code}"
        raise notice.document.error(reason, hint, path="Response/FunctionCode[1]")
    kind, reason_class = row.by_status.get(notice.status_code or "", row.kind), row.reason
    request = _request(notice, known)
    if kind is DecisionKind.REJECT and (request or known.accepted):
        kind, request = DecisionKind.REFUSE_REQUEST, request or notice.lrn
    if kind is DecisionKind.AMEND and request:
        reason_class = Reason.REQUEST
    moments = (getattr(notice, name) for name in row.effective)
    effective = next(filter(None, moments), notice.issued_at)
    codes = tuple(error.code for error in notice.errors if error.code)
    return NoticeDecision(kind, reason_class, effective, notice.limit_at, request, codes + notice.texts)


def _request(notice: Notice, known: Known) -> str | None:
    """The number of the request that the notice names, or None when it names the declaration.

    Senders may give a request the number of its declaration; before acceptance such a 03 is about the declaration.
    """
    if notice.lrn is None or notice.function_code not in _ANSWERS:
        return None
    if notice.lrn == known.lrn and notice.lrn not in known.requests:
        return None
    if notice.lrn == known.lrn and notice.function_code == "03" and not known.accepted:
        return None
    return notice.lrn if notice.lrn in known.requests or known.lrn is not None else None

"""Typing of what customs send: notices (`Response`, 07B)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from ledger.documents._values import Values, changes_of, pointer_of
from ledger.documents.messages import Notice, NoticeError, Tax
from ledger.documents.tree import Document, Element, whole_number

_CONTROL_RESULT: Final = "AFB"
_EXIT_OFFICE: Final = "CEX"
_DECLARATION: Final = "Response/Declaration[1]"


def notice(document: Document) -> Notice:
    """A notice; raises `DocumentError` without function code, own reference, date, or any key of a declaration."""
    values, root = Values(document), document.root
    about, *changed = root.every("Declaration") or [Element("Declaration")]
    mrn, lrn = about.value("ID"), about.value("FunctionalReferenceID")
    if not (mrn or lrn):
        hint = "A notice names its declaration by MRN (Declaration/ID) or LRN (FunctionalReferenceID)"
        raise document.error("the notice names no declaration", hint, path=f"{_DECLARATION}/ID[1]")
    issued = values.instant("IssueDateTime", root)
    if issued is None:
        hint = "Without it the order of notices is unknown: ask the sender"
        raise document.error("IssueDateTime is missing", hint, path="Response/IssueDateTime[1]")
    status = root.find("Status") or Element("Status")
    return Notice(
        document=document,
        country=values.country() or values.country_of(mrn),
        function_code=values.required("FunctionCode", root, root.name).zfill(2),
        reference=values.required("FunctionalReferenceID", root, root.name),
        issued_at=issued,
        mrn=mrn,
        lrn=lrn,
        version=whole_number(about.value("VersionID")),
        status_code=status.value("NameCode"),
        effective_at=values.instant("EffectiveDateTime", status),
        released_at=values.instant("ReleaseDateTime", status),
        limit_at=_limit(values, root),
        accepted_at=values.instant("AcceptanceDateTime", about),
        rejected_at=values.instant("RejectionDateTime", about),
        cancelled_at=values.instant("CancellationDateTime", about),
        control_result=_statement(root, _CONTROL_RESULT, "StatementCode"),
        exit_office=_statement(root, _EXIT_OFFICE, "StatementDescription"),
        texts=tuple(filter(None, (row.value("StatementDescription") for row in root.every("AdditionalInformation")))),
        errors=tuple(_errors(root)),
        changes=changes_of(root),
        changed=changed[0] if changed else None,
        taxes=tuple(_taxes(about)),
    )


def _limit(values: Values, root: Element) -> datetime | None:
    owners = (root, *root.every("AdditionalInformation"))
    return next(filter(None, (values.instant("LimitDateTime", owner) for owner in owners)), None)


def _statement(root: Element, kind: str, field: str) -> str | None:
    rows = root.every("AdditionalInformation")
    return next((row.value(field) for row in rows if row.value("StatementTypeCode") == kind), None)


def _errors(root: Element) -> Iterator[NoticeError]:
    for row in root.every("Error"):
        yield NoticeError(row.value("ValidationCode") or "", row.value("Description"), pointer_of(row))


def _taxes(about: Element) -> Iterator[Tax]:
    for row in about.every("DutyTaxFee"):
        yield _tax(0, row)
    shipment = about.find("GoodsShipment")
    for item in shipment.every("GovernmentAgencyGoodsItem") if shipment else ():
        number = whole_number(item.value("SequenceNumeric")) or 0
        commodity = item.find("Commodity")
        for row in commodity.every("DutyTaxFee") if commodity else ():
            yield _tax(number, row)


def _tax(item: int, row: Element) -> Tax:
    amounts = (row.find("Payment/PaymentAmount"), row.find("Payment/TaxAssessedAmount"))
    currency = next((amount.attribute("currencyID") for amount in amounts if amount), None)
    assessed, payable = row.value("Payment/TaxAssessedAmount"), row.value("Payment/PaymentAmount")
    return Tax(item, row.value("TypeCode") or "", assessed, payable, currency)

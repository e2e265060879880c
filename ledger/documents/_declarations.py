"""Typing of what declarants send: originals and requests."""

from collections.abc import Iterator
from typing import Final

from ledger.documents import procedures
from ledger.documents._references import references_of
from ledger.documents._values import Values, changes_of
from ledger.documents.messages import (
    AmendmentRequestMessage,
    GoodsItem,
    InvalidationRequestMessage,
    LodgedDeclaration,
    Party,
    PresentationMessage,
)
from ledger.documents.tree import Document, Element, walk, whole_number
from ledger.domain.codes import Representation

_PARTIES: Final = (
    "Declarant",
    "Agent",
    "Exporter",
    "Importer",
    "Consignor",
    "Consignee",
    "Seller",
    "Buyer",
    "Carrier",
)
_LARGEST_ITEM: Final = 999
_DIGITS_OF_PROCEDURE: Final = 2


def lodged_declaration(document: Document) -> LodgedDeclaration:
    """An original declaration; raises `DocumentError` without an LRN or with an unknown type code."""
    values, root = Values(document), document.root
    type_code = values.required("TypeCode", root, root.name)
    items = tuple(_items(document))
    codes = tuple(dict.fromkeys(item.procedure for item in items if item.procedure))
    stage, leg = procedures.stage_of(type_code), procedures.leg_of(type_code, codes)
    if stage is None or leg is None:
        hint = "It is IM, EX or CO (or T for transit) and one letter from A to F, J, K, Q, R or U to Z"
        raise document.error(f"unknown type of declaration {type_code}", hint, path="Declaration/TypeCode[1]")
    agent = root.value("Agent/FunctionCode")
    return LodgedDeclaration(
        document=document,
        country=values.country(),
        lrn=values.required("FunctionalReferenceID", root, root.name),
        mrn=root.value("ID"),
        type_code=type_code,
        leg=leg,
        regime=procedures.regime_of(leg, codes),
        stage=stage,
        procedures=codes,
        parties=_parties(root),
        representation=_representation(document, agent) if agent else None,
        references=references_of(root),
        items=items,
        collectors=tuple(_collectors(root)),
        issued_at=values.instant("IssueDateTime", root),
        accepted_at=values.instant("AcceptanceDateTime", root),
    )


def amendment_request(document: Document) -> AmendmentRequestMessage:
    """A request to amend; raises `DocumentError` when it amends nothing."""
    changes = changes_of(document.root)
    if not changes:
        raise document.error("a request to amend without an Amendment", "Say what changes, with pointers")
    lrn, mrn, submitter = _request(document)
    country = Values(document).country()
    return AmendmentRequestMessage(
        document=document, country=country, lrn=lrn, mrn=mrn, submitter=submitter, changes=changes
    )


def invalidation_request(document: Document) -> InvalidationRequestMessage:
    """A request to invalidate."""
    lrn, mrn, submitter = _request(document)
    return InvalidationRequestMessage(
        document=document,
        country=Values(document).country(),
        lrn=lrn,
        mrn=mrn,
        submitter=submitter,
        reason_code=document.root.value("Amendment/ChangeReasonCode"),
        reason=document.root.value("AdditionalInformation/StatementDescription"),
    )


def presentation(document: Document) -> PresentationMessage:
    """A presentation of goods."""
    lrn, mrn, submitter = _request(document)
    country = Values(document).country()
    return PresentationMessage(document=document, country=country, lrn=lrn, mrn=mrn, submitter=submitter)


def _request(document: Document) -> tuple[str | None, str | None, str | None]:
    root = document.root
    submitter = next(filter(None, (root.value(f"{role}/ID") for role in ("Submitter", "Agent", "Declarant"))), None)
    return root.value("FunctionalReferenceID"), root.value("ID"), submitter


def _representation(document: Document, code: str) -> Representation:
    if code not in {str(member.value) for member in Representation}:
        path = "Declaration/Agent[1]/FunctionCode[1]"
        raise document.error("unknown kind of representation", "2 is direct, 3 indirect", path=path)
    return Representation(int(code))


def _parties(root: Element) -> dict[str, Party]:
    """Parties by role, from the declaration, its shipment or its consignments: the outermost one counts."""
    found: dict[str, tuple[int, Party]] = {}
    for path, element in walk(root):
        if element.name in _PARTIES and element.children:
            depth = path.count("/")
            if element.name not in found or depth < found[element.name][0]:
                party = Party(element.value("ID"), element.value("Name"), element.value("Address/CountryCode"))
                found[element.name] = depth, party
    return {role: found[role][1] for role in _PARTIES if role in found}


def _collectors(root: Element) -> Iterator[tuple[str, str]]:
    for _, element in walk(root):
        if element.name == "DomesticDutyTaxParty" and element.value("ID"):
            yield element.value("RoleCode") or "", element.value("ID") or ""


def _items(document: Document) -> Iterator[GoodsItem]:
    shipment = document.root.find("GoodsShipment")
    for position, element in enumerate(shipment.every("GovernmentAgencyGoodsItem") if shipment else (), 1):
        number = whole_number(element.value("SequenceNumeric") or str(position))
        if number is None or not 1 <= number <= _LARGEST_ITEM:
            path = f"Declaration/GoodsShipment[1]/GovernmentAgencyGoodsItem[{position}]/SequenceNumeric[1]"
            raise document.error("a goods item has a number from 1 to 999", "Number the items", path=path)
        yield _item(number, element)


def _item(number: int, element: Element) -> GoodsItem:
    measure = "Commodity/GoodsMeasure/{}".format
    return GoodsItem(
        number=number,
        commodity=_commodity(element.find("Commodity")),
        description=element.value("Commodity/Description"),
        origin=element.value("Origin/CountryCode"),
        procedure=_procedure(element),
        gross_mass=element.value(measure("GrossMassMeasure")),
        net_mass=element.value(measure("NetNetWeightMeasure")),
        tariff_quantity=element.value(measure("TariffQuantity")),
        packages=element.value("Packaging/QuantityQuantity"),
    )


def _commodity(commodity: Element | None) -> str:
    """HS and national extension (145), joined: types TSP (8 digits) and TRC (the next two); one type elsewhere."""
    if commodity is None:
        return ""
    codes: dict[str, str] = {}
    for row in commodity.every("Classification"):
        codes.setdefault(row.value("IdentificationTypeCode") or "", row.value("ID") or "")
    if "TSP" in codes:
        return codes["TSP"] + codes.get("TRC", "")
    return next((codes[kind] for kind in ("HS", "SRZ", "") if kind in codes), "")


def _procedure(item: Element) -> str:
    """Requested and previous code (166, 161) as four digits; further rows are additional procedures."""
    for row in item.every("GovernmentProcedure"):
        current, previous = row.value("CurrentCode") or "", row.value("PreviousCode") or ""
        if (current + previous).isdecimal() and len(current + previous) == 2 * _DIGITS_OF_PROCEDURE:
            return current + previous
    return ""

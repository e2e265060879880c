"""Typed messages from what senders send."""

import doctest
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import documents as face
from ledger.documents import (
    AmendmentRequestMessage,
    Document,
    Element,
    GoodsItem,
    InvalidationRequestMessage,
    LodgedDeclaration,
    Movement,
    Notice,
    Party,
    PointerStep,
    PresentationMessage,
    ReferenceKind,
    documents,
    from_json,
    notices,
    read,
    reading,
    to_json,
    validate,
    write,
)
from ledger.domain.codes import Leg, Regime, Representation, Stage
from ledger.errors import DocumentError
from tests.documents.conftest import MESSAGES

DECLARATION = "<Declaration><FunctionCode>9</FunctionCode>{}</Declaration>"
LODGED = "<FunctionalReferenceID>L1</FunctionalReferenceID><TypeCode>IMA</TypeCode>{}"
NOTICE = (
    "<Response><FunctionCode>9</FunctionCode><FunctionalReferenceID>n1</FunctionalReferenceID><IssueDateTime>"
    "<DateTimeString>20251014061544Z</DateTimeString></IssueDateTime>{}</Response>"
)
ABOUT = "<Declaration><ID>25FR00128B4M7QX9K2</ID></Declaration>"


def _one(text, source="a.xml"):
    [message] = read(text.encode(), source)
    return message


def _lodged(inside):
    return _one(DECLARATION.format(LODGED.format(inside)))


def _refusal(text):
    with pytest.raises(DocumentError) as caught:
        read(text.encode(), "a.xml")
    return caught.value


def test_the_modules_examples_run():
    assert doctest.testmod(reading).failed == doctest.testmod(notices).failed == 0


def test_the_public_face_holds_what_it_says():
    assert [name for name in face.__all__ if not hasattr(face, name)] == []
    assert face.__all__ == sorted(face.__all__)


@pytest.mark.parametrize("path", sorted(MESSAGES.glob("*.xml")), ids=lambda path: path.stem)
def test_our_own_messages(path):
    """Each is as `write` writes it, so that a difference in a commit is a difference in what it says."""
    if path.stem in {"malformed", "doctype"}:
        with pytest.raises(DocumentError):
            read(path.read_bytes(), path.name)
        return
    [document] = documents(path.read_bytes())
    assert write(document) == path.read_bytes()
    assert from_json(to_json(document)).fields == document.fields
    read(path.read_bytes())


def test_the_malformed_one_is_named_with_line_and_column():
    with pytest.raises(DocumentError, match=r"^malformed\.xml:6:\d+: not well-formed XML"):
        read((MESSAGES / "malformed.xml").read_bytes(), "malformed.xml")


def test_an_export(message):
    export = message("export")
    assert isinstance(export, LodgedDeclaration)
    assert (export.leg, export.regime, export.stage) == (Leg.EXPORT, Regime.OUTRIGHT_EXPORT, Stage.ARRIVED)
    assert (export.lrn, export.mrn, export.type_code, export.country) == ("TLM251006-EX-118", None, "EXA", "GB")
    assert export.declarant == Party("GB990000001000")
    assert export.agent == Party("GB990000002000")
    assert export.representation is Representation.DIRECT
    assert export.parties["Seller"] == Party("GB990000001000", "Tamarind Lane Market Ltd", "GB")
    assert export.parties["Carrier"].id == "GB990000002000"
    assert export.procedures == ("1000",)
    assert export.items[1] == GoodsItem(
        2,
        "85183000",
        "Wireless headphones without microphone, with charging case",
        "CN",
        "1000",
        "1.200",
        "0.900",
        "2",
        "0",
    )
    assert [item.quantity for item in export.items] == ["8", "2"]
    assert export.fields["Declaration/InvoiceAmount[1]/@currencyID"] == "GBP"


def test_an_import(message):
    lodged = message("import")
    assert (lodged.leg, lodged.regime, lodged.stage) == (Leg.IMPORT, Regime.HOME_USE, Stage.PRE_LODGED)
    assert lodged.representation is Representation.INDIRECT
    assert lodged.ioss == "IM2500004173"
    assert lodged.items[0].commodity == "6109100010"
    assert (ReferenceKind.PREVIOUS_MRN, "25GB7QK2M9ZT4XW1A3") in {(r.kind, r.value) for r in lodged.references}
    assert lodged.accepted_at is None


def test_requests(message):
    amendment, invalidation, presentation = map(message, ("import-cor", "tableware-inv", "import-gpr"))
    assert isinstance(amendment, AmendmentRequestMessage)
    assert (amendment.lrn, amendment.mrn) == ("TLM251006-COR-118", "25FR00128B4M7QX9K2")
    assert amendment.submitter == "FR90000000100017"
    assert amendment.changes[3].pointer == (PointerStep("42A", 1, "109"),)
    assert (amendment.changes[3].reason_code, amendment.changes[3].reason) == ("21", "Total of the invoice")
    assert isinstance(invalidation, InvalidationRequestMessage)
    assert (invalidation.reason_code, invalidation.reason) == ("1", "Lodged twice for one parcel")
    assert isinstance(presentation, PresentationMessage)
    assert presentation.country == "FR"


def test_notices(message):
    accepted, documents_wanted, exited = map(message, ("import-01-accepted", "import-06-documents", "export-16-exited"))
    assert isinstance(accepted, Notice)
    assert accepted.accepted_at == datetime(2025, 10, 14, 4, 15, tzinfo=UTC)
    assert (accepted.mrn, accepted.lrn, accepted.version) == ("25FR00128B4M7QX9K2", "TLM251006-IM-118", 1)
    assert documents_wanted.limit_at == datetime(2025, 11, 13, 23, 59, 59, tzinfo=UTC)
    assert documents_wanted.texts == ("Proof of origin for goods item 2",)
    assert (exited.exit_office, exited.status_code) == ("GB000120", "A1")
    assert exited.effective_at == datetime(2025, 10, 13, 22, 40, tzinfo=UTC)
    assert message("export-09-cleared").control_result == "A1"


def test_taxes_and_errors_of_notices(message):
    [*_, last] = message("import-13-final").taxes
    assert (last.item, last.type_code, last.currency) == (2, "B00", "EUR")
    assert (last.assessed, last.payable) == ("21.11", "21.11")
    [balance] = message("import-14-balance").taxes
    assert (balance.item, balance.assessed, balance.payable) == (0, None, "80.38")
    [error] = message("toys-03").errors
    assert (error.code, error.pointer[-1]) == ("DMS12056", PointerStep("02A", 3, "D005"))


def test_a_movement_is_about_a_ucr(message):
    movement = message("export-movement")
    assert isinstance(movement, Movement)
    assert (movement.code, movement.location, movement.country) == ("EDL", "GBAULHRLHRANS", None)
    assert movement.occurred_at == datetime(2025, 10, 13, 22, 40, tzinfo=UTC)
    assert [(reference.kind, reference.value) for reference in movement.references] == [
        (ReferenceKind.DUCR, "5GB990000001000-TLM251006A"),
        (ReferenceKind.MUCR, "A:12548210034"),
    ]


@pytest.mark.parametrize(
    ("inside", "kinds"),
    [
        ("<ucrBlock><ucr>A:1</ucr><ucrType>M</ucrType></ucrBlock>", [ReferenceKind.MUCR]),
        ("<ucr>5GB1-1</ucr>", [ReferenceKind.UCR]),
        ("<entryNumber>25GB7QK2M9ZT4XW1A3</entryNumber><masterUCR> </masterUCR>", [ReferenceKind.MRN]),
        ("", []),
    ],
)
def test_movements_of_other_forms(inside, kinds):
    movement = _one(f"<x:inventoryLinkingMovementResponse xmlns:x='u'>{inside}</x:inventoryLinkingMovementResponse>")
    assert [reference.kind for reference in movement.references] == kinds
    assert movement.occurred_at is None
    assert from_json(to_json(movement.document)).fields == movement.fields


def test_several_messages_in_one_envelope():
    lodged = f"<MetaData>{DECLARATION.format(LODGED.format(''))}</MetaData>"
    body = f"<e:batch xmlns:e='u'><e:head/>{lodged}{NOTICE.format(ABOUT)}</e:batch>"
    assert [type(message) for message in read(body.encode())] == [LodgedDeclaration, Notice]


def test_the_header_is_that_of_the_metadata_around_the_message():
    inside = DECLARATION.format(LODGED.format(""))
    message = _one(f"<a><MetaData><ResponsibleCountryCode>FR</ResponsibleCountryCode>{inside}</MetaData></a>")
    assert message.country == "FR"
    assert message.document.header == Element("MetaData", "", (), (Element("ResponsibleCountryCode", "FR"),))


def test_names_whose_prefix_lost_its_colon():
    text = NOTICE.format(ABOUT).replace("<DateTimeString", "<pDateTimeString").replace("/DateTime", "/pDateTime")
    notice = _one(f"<_2MetaData><_2ResponsibleCountryCode/>{text}</_2MetaData>")
    assert isinstance(notice, Notice)
    assert notice.document.header == Element("MetaData", "", (), (Element("ResponsibleCountryCode"),))
    assert notice.country == "FR"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("<Invoice/>", "the root is Invoice"),
        (DECLARATION.format("").replace(">9<", ">5<"), "FunctionCode 5 and TypeCode missing"),
        ("<Declaration><TypeCode>IMA</TypeCode></Declaration>", "FunctionCode missing and TypeCode IMA"),
        (DECLARATION.format("<FunctionalReferenceID>L</FunctionalReferenceID>"), "TypeCode is missing"),
        (DECLARATION.format("<TypeCode>IMA</TypeCode>"), "FunctionalReferenceID is missing"),
        (DECLARATION.format(LODGED.format("").replace("IMA", "IMG")), "unknown type of declaration IMG"),
        (DECLARATION.format(LODGED.format("").replace("IMA", "XXA")), "unknown type of declaration XXA"),
        (DECLARATION.format(LODGED.format("<Agent><FunctionCode>7</FunctionCode></Agent>")), "kind of representation"),
        (
            DECLARATION.format(LODGED.format("<AcceptanceDateTime>soon</AcceptanceDateTime>")),
            "no date that customs messages use",
        ),
        ("<Declaration><FunctionCode>13</FunctionCode><TypeCode>COR</TypeCode></Declaration>", "without an Amendment"),
        (NOTICE.format(""), "names no declaration"),
        (NOTICE.format(ABOUT).replace("IssueDateTime", "Other"), "IssueDateTime is missing"),
        (NOTICE.format(ABOUT).replace("<FunctionCode>9</FunctionCode>", ""), "FunctionCode is missing"),
        (NOTICE.format(ABOUT).replace(">n1<", "><"), "FunctionalReferenceID is missing"),
        ("<inventoryLinkingX><goodsArrivalDateTime>soon</goodsArrivalDateTime></inventoryLinkingX>", "no date"),
    ],
)
def test_what_can_not_be_typed_is_named(text, seen):
    error = _refusal(text)
    assert seen in error.reason
    assert error.file == "a.xml"


@pytest.mark.parametrize("number", ["0", "1000", "x", "9" * 5000, "²"])
def test_goods_items_have_numbers_from_1_to_999(number):
    item = f"<GovernmentAgencyGoodsItem><SequenceNumeric>{number}</SequenceNumeric></GovernmentAgencyGoodsItem>"
    error = _refusal(DECLARATION.format(LODGED.format(f"<GoodsShipment>{item}</GoodsShipment>")))
    assert error.wcoid == "006"


def test_an_agent_without_an_id_is_the_declarant():
    lodged = _lodged("<Declarant><ID>FR1</ID><Name>A</Name></Declarant><Agent><FunctionCode>2</FunctionCode></Agent>")
    assert lodged.agent == Party("FR1", "A")
    assert _lodged("").agent is None
    assert _lodged("").declarant == Party()
    assert _lodged("").ioss is None


def test_the_outermost_party_of_a_role_counts():
    inner = "<GovernmentAgencyGoodsItem><Seller><ID>FR2</ID></Seller></GovernmentAgencyGoodsItem>"
    for shipment in (inner + "<Seller><ID>FR1</ID></Seller>", "<Seller><ID>FR1</ID></Seller>" + inner):
        lodged = _lodged(f"<GoodsShipment>{shipment}</GoodsShipment><Buyer/>")
        assert lodged.parties == {"Seller": Party("FR1")}
    assert lodged.items == (GoodsItem(1),)


@pytest.mark.parametrize(
    ("inside", "country"),
    [
        ("<ExitOffice><ID>GB000120</ID></ExitOffice>", "GB"),
        ("<ID>25FR00128B4M7QX9K2</ID>", "FR"),
        ("<ExitOffice><ID>12</ID></ExitOffice>", None),
        ("", None),
    ],
)
def test_the_jurisdiction_is_found_in_offices_and_the_mrn(inside, country):
    assert _lodged(inside).country == country


@pytest.mark.parametrize(
    ("classifications", "commodity"),
    [
        ([("TSP", "61091000"), ("TRC", "10"), ("GN", "VATZ")], "6109100010"),
        ([("HS", "610910")], "610910"),
        ([(None, "610910")], "610910"),
        ([("GN", "VATZ")], ""),
    ],
)
def test_the_commodity_code_is_joined(classifications, commodity):
    rows = "".join(
        f"<Classification><ID>{code}</ID>"
        + (f"<IdentificationTypeCode>{kind}</IdentificationTypeCode>" if kind else "")
        + "</Classification>"
        for kind, code in classifications
    )
    item = f"<GovernmentAgencyGoodsItem><Commodity>{rows}</Commodity></GovernmentAgencyGoodsItem>"
    assert _lodged(f"<GoodsShipment>{item}</GoodsShipment>").items[0].commodity == commodity


@pytest.mark.parametrize(
    ("rows", "procedure"),
    [
        (["<CurrentCode>000</CurrentCode>", "<CurrentCode>40</CurrentCode><PreviousCode>71</PreviousCode>"], "4071"),
        (["<CurrentCode>4000</CurrentCode>"], "4000"),
        (["<CurrentCode>C07</CurrentCode>"], ""),
    ],
)
def test_the_procedure_is_found_among_additional_ones(rows, procedure):
    inside = "".join(f"<GovernmentProcedure>{row}</GovernmentProcedure>" for row in rows)
    item = f"<GovernmentAgencyGoodsItem>{inside}</GovernmentAgencyGoodsItem>"
    assert _lodged(f"<GoodsShipment>{item}</GoodsShipment>").items[0].procedure == procedure


@pytest.mark.parametrize(
    ("code", "value", "kind", "expected"),
    [
        ("MRN", "25GB7QK2M9ZT4XW1A3-1", ReferenceKind.PREVIOUS_MRN, "25GB7QK2M9ZT4XW1A3"),
        ("SDE", "FRSDE1", ReferenceKind.PREVIOUS, "FRSDE1"),
        ("355", "X", ReferenceKind.PREVIOUS, "X"),
        ("MCR", "A:1", ReferenceKind.MUCR, "A:1"),
    ],
)
def test_previous_documents(code, value, kind, expected):
    document = f"<PreviousDocument><ID> {value} </ID><TypeCode>{code}</TypeCode></PreviousDocument>"
    found = _lodged(f"<GoodsShipment>{document}</GoodsShipment>").references
    assert (found[1].kind, found[1].value, found[1].code) == (kind, expected, code)


def test_documents_that_are_no_references_and_blank_ones():
    inside = "<AdditionalDocument><CategoryCode>C</CategoryCode><TypeCode>505</TypeCode><ID>1</ID></AdditionalDocument>"
    assert len(_lodged(f"{inside}<PreviousDocument/><UCR><ID>x</ID></UCR><UCR/><Invoice/>").references) == 2


def test_pointers_that_are_not_numbered_and_statements_without_pointers():
    statements = "<AdditionalInformation><StatementDescription>x</StatementDescription></AdditionalInformation>"
    pointer = "<Pointer><SequenceNumeric>x</SequenceNumeric><DocumentSectionCode>42A</DocumentSectionCode></Pointer>"
    amendment = f"<Amendment>{pointer}</Amendment>"
    notice = _one(NOTICE.format(f"{statements}{amendment}{ABOUT}"))
    assert notice.changes[0].pointer == (PointerStep("42A"),)
    assert notice.changes[0].reason is None


def test_notices_about_items_without_commodity_or_number():
    item = "<GovernmentAgencyGoodsItem>{}</GovernmentAgencyGoodsItem>".format
    items = item("") + item("<Commodity><DutyTaxFee/></Commodity>")
    notice = _one(NOTICE.format(f"<Declaration><ID>x</ID><GoodsShipment>{items}</GoodsShipment></Declaration>"))
    assert [(tax.item, tax.currency) for tax in notice.taxes] == [(0, None)]
    assert notice.version is None


def test_every_message_is_a_document():
    assert isinstance(_lodged("").document, Document)


PIECES = [path.read_bytes() for path in sorted(MESSAGES.glob("*.xml"))]


@given(st.sampled_from(PIECES), st.data())
def test_a_damaged_message_is_refused_or_read_but_nothing_else_is_raised(whole, data):
    start = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.integers(0, 60))
    put = data.draw(st.sampled_from([b"", b"<", b"&", b"\x00", b"\xff", b"<ID/>", b"<!DOCTYPE a>", b"]]>", b"{"]))
    damaged = whole[:start] + put + whole[start + length :]
    try:
        messages = read(damaged, "damaged.xml")
        for message in messages:
            validate(message.document)
    except DocumentError as error:
        assert error.file == "damaged.xml"  # noqa: PT017 - most are read


@given(st.binary(max_size=80))
def test_noise_is_refused(noise):
    with pytest.raises(DocumentError):
        read(noise, "noise")


KEYS = st.sampled_from(["Declaration", "Response", "MetaData", "ID", "FunctionCode", "TypeCode", "@a", "#text"])
JSON = st.recursive(
    st.text(max_size=5) | st.none() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
)


@given(JSON)
def test_any_json_is_refused_or_read(value):
    try:
        read(b'{"Declaration":' + json.dumps(value).encode() + b"}", "a.json")
    except DocumentError as error:
        assert error.file == "a.json"  # noqa: PT017 - some are read

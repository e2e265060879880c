"""Pointer amendments.

Invariants: what is not pointed at stays as it was; positions are those before the amendment, whatever the order of
the changes; an amendment applied to its own result changes nothing more, except for deletions by position.
"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.documents import (
    AmendmentRequestMessage,
    Change,
    Document,
    Notice,
    Operation,
    PointerStep,
    apply_amendment,
    build,
    from_json,
)
from ledger.errors import DocumentError

ITEM = "Declaration/GoodsShipment[1]/GovernmentAgencyGoodsItem[{}]/{}".format
FIELDS = {
    "Declaration/FunctionCode[1]": "9",
    "Declaration/FunctionalReferenceID[1]": "L1",
    "Declaration/InvoiceAmount[1]/@currencyID": "EUR",
    "Declaration/InvoiceAmount[1]": "10",
    ITEM(1, "SequenceNumeric[1]"): "1",
    ITEM(1, "AdditionalDocument[1]/ID[1]"): "d1",
    ITEM(1, "AdditionalDocument[2]/ID[1]"): "d2",
    ITEM(1, "AdditionalDocument[3]/ID[1]"): "d3",
    ITEM(2, "SequenceNumeric[1]"): "5",
    ITEM(2, "Commodity[1]/Description[1]"): "five",
}
TWELVE = {"@currencyID": "EUR", "#text": "12"}


def _pointer(text):
    """``42A/67A/68A[1]/112``: class tags with sequence numbers, and a field tag that is no class tag."""
    steps = []
    for step in text.split("/"):
        section, _, number = step.partition("[")
        if len(section) == 3 and section[-1].isalpha():
            steps.append(PointerStep(section, int(number[:-1]) if number else None))
        else:
            last = steps.pop()
            steps.append(PointerStep(last.section, last.sequence, section))
    return tuple(steps)


def _amended(pointers, fragment, fields=FIELDS):
    original = Document(build(fields), source="original.xml")
    request = from_json(json.dumps({"Declaration": fragment}), "cor.xml")
    changes = tuple(Change(_pointer(pointer)) for pointer in pointers)
    return apply_amendment(original, AmendmentRequestMessage(document=request, changes=changes))


def _operations(amended):
    return [(applied.operation, applied.path) for applied in amended.applied]


def _item(number, **inside):
    return {"GoodsShipment": {"GovernmentAgencyGoodsItem": {"SequenceNumeric": str(number)} | inside}}


def test_present_in_both_is_replaced_with_its_attributes():
    amended = _amended(["42A/109"], {"InvoiceAmount": {"@currencyID": "GBP", "#text": "12"}})
    assert amended.fields == FIELDS | {
        "Declaration/InvoiceAmount[1]": "12",
        "Declaration/InvoiceAmount[1]/@currencyID": "GBP",
    }
    assert _operations(amended) == [(Operation.REPLACE, "Declaration/InvoiceAmount[1]")]
    assert amended.warnings == ()


def test_in_the_fragment_only_is_inserted_with_what_it_needs_around_it():
    given_ = _item(5, Commodity={"InvoiceLine": {"ItemChargeAmount": "7"}})
    amended = _amended(["42A/67A/68A[5]/23A/79A/112"], given_)
    path = ITEM(2, "Commodity[1]/InvoiceLine[1]/ItemChargeAmount[1]")
    assert amended.fields == FIELDS | {path: "7"}
    assert _operations(amended) == [(Operation.INSERT, path)]


def test_in_the_original_only_is_deleted():
    amended = _amended(["42A/67A/68A[1]/02A[2]"], {})
    assert amended.fields[ITEM(1, "AdditionalDocument[2]/ID[1]")] == "d3"
    assert ITEM(1, "AdditionalDocument[3]/ID[1]") not in amended.fields
    assert _operations(amended) == [(Operation.DELETE, ITEM(1, "AdditionalDocument[2]"))]


def test_in_neither_is_nothing_with_a_warning():
    amended = _amended(["42A/131", "42A/67A/68A[9]"], {})
    assert amended.fields == FIELDS
    assert [operation for operation, _ in _operations(amended)] == [Operation.NOTHING] * 2
    assert len(amended.warnings) == 2


def test_goods_items_go_by_their_own_number():
    amended = _amended(["42A/67A/68A[5]/23A/137"], _item(5, Commodity={"Description": "V"}))
    assert amended.fields[ITEM(2, "Commodity[1]/Description[1]")] == "V"
    assert _operations(_amended(["42A/67A/68A[5]"], {})) == [
        (Operation.DELETE, "Declaration/GoodsShipment[1]/GovernmentAgencyGoodsItem[2]")
    ]


def test_goods_items_without_a_number_go_by_position():
    fields = {key: value for key, value in FIELDS.items() if "SequenceNumeric" not in key}
    amended = _amended(["42A/67A/68A[2]/23A/137"], _item(2, Commodity={"Description": "V"}), fields)
    assert amended.fields[ITEM(2, "Commodity[1]/Description[1]")] == "V"


def test_a_new_goods_item_comes_last():
    amended = _amended(["42A/67A/68A[3]"], _item(3, Commodity={"Description": "three"}))
    assert amended.fields[ITEM(3, "SequenceNumeric[1]")] == "3"


def test_singletons_ignore_the_sequence_number():
    amended = _amended(["42A[3]/67A[2]/68A[5]/23A[9]/137"], _item(5, Commodity={"Description": "V"}))
    assert amended.fields[ITEM(2, "Commodity[1]/Description[1]")] == "V"


def test_other_classes_go_by_position_in_a_padded_fragment():
    amended = _amended(["42A/67A/68A[1]/02A[3]/D005"], _item(1, AdditionalDocument=["", "", {"ID": "D3"}]))
    assert amended.fields == FIELDS | {ITEM(1, "AdditionalDocument[3]/ID[1]"): "D3"}
    assert amended.warnings == ()


def test_several_fields_of_a_class_that_is_new():
    documents = ["", "", "", {"ID": "d4", "TypeCode": "935"}, {"ID": "d5"}]
    pointers = ["42A/67A/68A[1]/02A[5]/D005", "42A/67A/68A[1]/02A[4]/D005", "42A/67A/68A[1]/02A[4]/D006"]
    amended = _amended(pointers, _item(1, AdditionalDocument=documents))
    assert amended.fields[ITEM(1, "AdditionalDocument[4]/TypeCode[1]")] == "935"
    assert amended.fields[ITEM(1, "AdditionalDocument[5]/ID[1]")] == "d5"


def test_siblings_that_were_only_padding_are_not_kept():
    amended = _amended(["42A/67A/68A[1]/02A[6]/D005"], _item(1, AdditionalDocument=["", "", "", "", "", {"ID": "d6"}]))
    assert amended.fields[ITEM(1, "AdditionalDocument[4]/ID[1]")] == "d6"


def test_an_empty_sibling_where_a_class_is_pointed_at_is_padding_and_deletes():
    amended = _amended(["42A/67A/68A[1]/02A[1]"], _item(1, AdditionalDocument=["", {"ID": "d2"}]))
    assert amended.fields[ITEM(1, "AdditionalDocument[1]/ID[1]")] == "d2"


def test_a_class_that_lost_all_its_fields_is_gone():
    amended = _amended(["42A/67A/68A[1]/02A[2]/D005"], {})
    assert [value for path, value in amended.fields.items() if "AdditionalDocument" in path] == ["d1", "d3"]


def test_a_field_that_is_emptied_stays():
    amended = _amended(["42A/109"], {"InvoiceAmount": ""})
    assert amended.fields["Declaration/InvoiceAmount[1]"] == ""


@given(st.permutations(["42A/67A/68A[1]/02A[1]", "42A/67A/68A[1]/02A[2]", "42A/67A/68A[1]/02A[3]/D005"]))
def test_positions_are_those_before_the_amendment_in_any_order(pointers):
    amended = _amended(pointers, _item(1, AdditionalDocument=["", "", {"ID": "D3"}]))
    assert [value for path, value in amended.fields.items() if "AdditionalDocument" in path] == ["D3"]


def test_a_deletion_that_is_followed_by_new_content_is_a_replacement_in_the_end():
    amended = _amended(["42A/67A/68A[5]/23A", "42A/67A/68A[5]/23A/137"], _item(5, Commodity=""))
    assert [operation for operation, _ in _operations(amended)] == [Operation.DELETE, Operation.DELETE]
    twice = _amended(["42A/67A/68A[1]/02A[1]", "42A/67A/68A[1]/02A[1]"], {})
    assert [operation for operation, _ in _operations(twice)] == [Operation.DELETE, Operation.NOTHING]


@pytest.mark.parametrize(
    ("pointer", "fragment", "warnings"),
    [
        ("42A/109", {"InvoiceAmount": TWELVE, "TotalGrossMassMeasure": "3"}, 1),
        ("42A/67A/68A[1]/02A[1]/D005", _item(1, AdditionalDocument=[{"ID": "x"}, {"ID": "other"}]), 1),
        ("42A/67A/68A[1]/02A[1]/D005", _item(1, AdditionalDocument=[{"ID": "x"}, {"ID": " d2 "}]), 0),
        ("42A/109", {"InvoiceAmount": TWELVE, "ID": "M", "TypeCode": "COR", "FunctionCode": "13"}, 0),
        ("42A/109", {"InvoiceAmount": TWELVE, "AdditionalInformation": {"Pointer": "", "StatementCode": "x"}}, 0),
        ("42A/109", {"InvoiceAmount": TWELVE, "AdditionalInformation": {"StatementCode": "x"}}, 1),
        (
            "42A/109",
            {"InvoiceAmount": TWELVE, "GoodsShipment": {"GovernmentAgencyGoodsItem": {"Origin": {"TypeCode": "1"}}}},
            1,
        ),
    ],
)
def test_context_that_differs_is_a_warning_and_changes_nothing(pointer, fragment, warnings):
    amended = _amended([pointer], fragment)
    assert len(amended.warnings) == warnings
    assert sum(amended.fields.get(path) != value for path, value in FIELDS.items()) == 1


@pytest.mark.parametrize(
    ("pointer", "reason"),
    [
        ("67A/103", "starts at the declaration"),
        ("42A/99X", "unknown class tag 99X: pointer 42A/99X"),
        ("42A/67A[1]/9999", "unknown field tag 9999 of GoodsShipment"),
        ("42A/67A/68A[1]/02A/D005", "AdditionalDocument comes several times"),
        ("42A/67A/68A/23A/137", "GovernmentAgencyGoodsItem comes several times"),
    ],
)
def test_a_pointer_that_means_nothing_or_several_things_is_an_error(pointer, reason):
    with pytest.raises(DocumentError, match=r"cor\.xml") as caught:
        _amended([pointer], {})
    assert reason in caught.value.reason


def test_an_empty_pointer_is_an_error():
    request = AmendmentRequestMessage(document=Document(build({"Declaration/ID[1]": ""})), changes=(Change(()),))
    with pytest.raises(DocumentError, match=r"pointer \(empty\)"):
        apply_amendment(Document(build(FIELDS)), request)


def test_a_class_that_comes_once_needs_no_number():
    fields = {ITEM(1, "AdditionalDocument[1]/ID[1]"): "d1"}
    amended = _amended(["42A/67A/68A/02A/D005"], _item(1, AdditionalDocument={"ID": "D1"}), fields)
    assert amended.fields[ITEM(1, "AdditionalDocument[1]/ID[1]")] == "D1"


def test_our_request_and_the_notice_that_follows_agree(message):
    original, request, notice = map(message, ("import", "import-cor", "import-07-amended"))
    asked, done = apply_amendment(original.document, request), apply_amendment(original.document, notice)
    assert asked.fields == done.fields
    assert asked.warnings == done.warnings == ()
    assert asked.document.header == original.document.header
    assert asked.applied[3].reason == "Total of the invoice"
    changed = {path for path in asked.fields | original.fields if asked.fields.get(path) != original.fields.get(path)}
    assert len(changed) == 3 + 3


def test_a_notice_without_a_second_declaration_can_only_delete(message):
    notice = message("import-07-amended")
    bare = Notice(
        document=notice.document,
        function_code="07",
        reference="n",
        issued_at=notice.issued_at,
        changes=notice.changes[:1],
    )
    amended = apply_amendment(message("import").document, bare)
    assert [operation for operation, _ in _operations(amended)] == [Operation.DELETE]


def test_new_content_is_placed_as_the_model_mostly_has_it():
    fragment = {"Declarant": {"ID": "FR1"}, "TotalPackageQuantity": "2"}
    amended = _amended(["42A/57B", "42A/146"], fragment)
    assert [child.name for child in amended.document.root.children] == [
        "FunctionCode",
        "FunctionalReferenceID",
        "InvoiceAmount",
        "TotalPackageQuantity",
        "Declarant",
        "GoodsShipment",
    ]

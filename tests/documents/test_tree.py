"""Trees, canonical paths, the element table."""

import pytest
from hypothesis import given

from ledger.documents import Document, Element, build, elements
from ledger.errors import DocumentError
from tests.documents.test_markup import trees

TREE = Element(
    "Declaration",
    children=(
        Element("ID", " 1 ", line=3),
        Element("Agent", children=(Element("ID", "2"),)),
        Element("Agent", "", (("x", "y"),)),
    ),
)


@given(trees)
def test_build_is_the_inverse_of_fields(tree):
    document = Document(Element("Declaration", "", (), (tree,)))
    assert Document(build(document.fields)).fields == document.fields


def test_paths_count_siblings_of_one_name():
    assert Document(TREE).fields == {
        "Declaration/ID[1]": " 1 ",
        "Declaration/Agent[1]/ID[1]": "2",
        "Declaration/Agent[2]/@x": "y",
        "Declaration/Agent[2]": "",
    }


def test_looking_up():
    assert TREE.value("ID") == "1"
    assert TREE.value("Agent/ID") == "2"
    assert TREE.value("Agent/Name") is None
    assert TREE.value("Nobody/ID") is None
    assert TREE.every("Agent")[1].attribute("x") == "y"
    assert TREE.attribute("x") is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"A/B[2]": ""},
        {"A/B[1]": "", "A/B[3]": ""},
        {"A/B": ""},
        {"A/B[0]": ""},
        {"A/[1]": ""},
        {"A/@x/B[1]": ""},
        {"A/B[1]": "", "C/B[1]": ""},
        {"A/B[1]": "1", "A/B[1]/C[1]": ""},
    ],
)
def test_paths_that_are_not_canonical_are_refused(fields):
    with pytest.raises(DocumentError):
        build(fields)


@pytest.mark.parametrize(
    ("path", "wcoid"),
    [
        ("Declaration", "42A"),
        ("Declaration/ID[1]", "D014"),
        ("Declaration/GoodsShipment[1]", "67A"),
        ("Declaration/InvoiceAmount[1]/@currencyID", "109"),
        ("Declaration/AcceptanceDateTime[1]/DateTimeString[1]", "023"),
        ("Declaration/Unheard[1]", None),
        ("Declaration/Unheard[1]/Of[1]", None),
        ("Unheard", None),
    ],
)
def test_every_known_element_has_its_wcoid(path, wcoid):
    assert elements.wcoid(path) == wcoid


def test_an_error_names_file_line_and_wcoid():
    document = Document(TREE, None, "a.xml")
    error = document.error("no good", "Do better", path="Declaration/ID[1]")
    assert str(error) == "a.xml:3: no good (Declaration/ID[1], WCOID D014). Do better"
    assert str(Document(TREE).error("no good")) == "no good"
    assert str(document.error("no good", path="Declaration/Agent[7]")).startswith("a.xml: no good (")


def test_tags_and_fields_are_unique():
    tags = [row.tag for row in elements.classes().values() if row.tag]
    assert len(tags) == len(set(tags)) == len(elements.classes_by_tag())
    for row in elements.classes().values():
        known = [tag for tag, _ in row.fields.values() if tag]
        assert len(known) == len(set(known)), row.name


def test_schemas():
    assert Document(TREE).schema == "wco-dm/3.6/declaration"
    assert Document(Element("Response")).schema == "wco-dm/3.6/response"
    assert Document(Element("inventoryLinkingMovementRequest")).schema == "inventory-linking/movement"

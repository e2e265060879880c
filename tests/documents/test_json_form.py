"""The JSON form."""

import json

import pytest
from hypothesis import given

from ledger.documents import Document, Element, PresentationMessage, from_json, read, to_json
from ledger.documents.markup import MAX_BYTES
from ledger.errors import DocumentError
from tests.documents.test_markup import trees


@given(trees)
def test_every_leaf_is_preserved(tree):
    document = Document(Element("Declaration", "", (), (tree,)), Element("MetaData", "", (), (Element("X", " 1 "),)))
    again = from_json(to_json(document))
    assert again.fields == document.fields
    assert again.header == document.header
    assert to_json(again) == to_json(document)


def test_names_are_those_of_the_model():
    data = '{"Declaration": {"ID": "1", "InvoiceAmount": {"@currencyID": "EUR", "#text": "9.90"}, "Agent": ["", "x"]}}'
    assert from_json(data).fields == {
        "Declaration/ID[1]": "1",
        "Declaration/InvoiceAmount[1]/@currencyID": "EUR",
        "Declaration/InvoiceAmount[1]": "9.90",
        "Declaration/Agent[1]": "",
        "Declaration/Agent[2]": "x",
    }


def test_read_takes_it_too():
    body = {"Declaration": {"FunctionCode": "13", "TypeCode": "GPR", "ID": "26GB00000000000001"}}
    [message] = read(b"\xef\xbb\xbf " + json.dumps(body).encode())
    assert isinstance(message, PresentationMessage)
    assert message.mrn == "26GB00000000000001"


def test_an_empty_header_is_kept():
    assert from_json('{"MetaData": {"Response": "x"}}').header == Element("MetaData")
    assert from_json(to_json(from_json('{"MetaData": {"Response": "x"}}'))).root == Element("Response", "x")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[]", "a message is an object with one name"),
        ("{}", "a message is an object with one name"),
        ('{"A": "1", "B": "2"}', "a message is an object with one name"),
        ('{"A": 1.10}', "A is no text"),
        ('{"A": null}', "A is no text"),
        ('{"A": {"B": true}}', "B is no text"),
        ('{"A": {"B": [["1"]]}}', "B is no text"),
        ('{"A": {"@x": 1}}', "@x is no text"),
        ('{"A": {"#text": 1}}', "#text is no text"),
        ('{"A": {"#text": "1", "B": "2"}}', "A has text and elements"),
        ('{"A": "1", "A": "2"}', "a name comes twice"),
        ('{"MetaData": {"Declaration": "1", "Response": "2"}}', "MetaData holds one"),
        ('{"MetaData": "x"}', "MetaData holds one"),
        ('{"A": "\\ud800"}', "no UTF-8"),
        ('{"A":' * 100_000, "levels"),
        ('{"A":' * 60 + '"1"' + "}" * 60, "levels"),
        (" " * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_refusals(data, reason):
    with pytest.raises(DocumentError, match=reason) as caught:
        from_json(data, "a.json")
    assert caught.value.file == "a.json"


def test_bytes_that_are_no_utf_8_are_refused():
    with pytest.raises(DocumentError, match="no UTF-8"):
        from_json(b'{"A": "\xff"}')


def test_an_error_of_the_syntax_has_line_and_column():
    with pytest.raises(DocumentError) as caught:
        from_json('{\n "A": x}')
    assert (caught.value.line, caught.value.column) == (2, 7)

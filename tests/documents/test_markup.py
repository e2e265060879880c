"""XML in and out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.documents import Document, Element, documents, leaves, markup, write
from ledger.documents.markup import MAX_BYTES, parse, wco_name
from ledger.errors import DocumentError


def _refusal(data, source="a.xml"):
    with pytest.raises(DocumentError) as caught:
        parse(data, source)
    return caught.value


def test_text_is_joined_over_comments():
    assert parse(b"<A>12<!-- c -->34</A>").text == "1234"


def test_processing_instructions_and_comments_are_no_elements():
    assert parse(b"<?x y?><A><!-- c --><?x y?><B>1</B><!-- c --></A><!-- end -->").children == (Element("B", "1"),)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf<A>\xc3\xa9</A>",
        b"  \r\n\t<?xml version='1.0' encoding='UTF-8'?><A>\xc3\xa9</A>",
        b"\xef\xbb\xbf \n<?xml version='1.0'?><A>\xc3\xa9</A>",
        "<A>é</A>".encode("utf-16"),
        '<?xml version="1.0" encoding="UTF-16"?><A>é</A>'.encode("utf-16"),
        '<?xml version="1.0" encoding="ISO-8859-1"?><A>é</A>'.encode("latin-1"),
        '<?xml version="1.0" encoding="windows-1252"?><A>é</A>'.encode("cp1252"),
    ],
)
def test_marks_white_space_and_encodings(data):
    assert parse(data).text == "é"


@pytest.mark.parametrize("name", ["MetaData", "mdMetaData", "_2MetaData", "_2_3MetaData", "md2.xMetaData"])
def test_a_prefix_that_lost_its_colon_is_no_part_of_the_name(name):
    assert wco_name(name) == "MetaData"


def test_where_schemas_lie_is_not_declared():
    data = b"""<A xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="u ../u.xsd"
        xmlnsmd="u" xsischemaLocation="u ../u.xsd" currencyID="EUR"/>"""
    assert parse(data).attributes == (("currencyID", "EUR"),)


def test_a_malformed_text_is_named_with_line_and_column():
    error = _refusal(b"<A>\n  <B>1</B\n</A>")
    assert (error.file, error.line) == ("a.xml", 3)
    assert error.column is not None
    assert str(error).startswith("a.xml:3:")
    assert "not well-formed" in str(error)


@pytest.mark.parametrize(
    "data", [b"", b"   ", b"no xml", b"<!-- only -->", b"\x00\x01", b"<?xml version='1.0' encoding='x-y'?><A/>"]
)
def test_what_is_no_xml_is_refused(data):
    assert "not well-formed" in _refusal(data).reason


@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE A>",
        b"<!DOCTYPE A SYSTEM 'file:///etc/hostname'>",
        b"<!DOCTYPE A [<!ENTITY a 'b'>]>",
        b"<!DOCTYPE A [<!ENTITY a 'bbbbbbbbbb'><!ENTITY c '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>",
    ],
)
def test_any_document_type_is_refused(doctype):
    error = _refusal(b"<!-- c -->\n" + doctype + b"<A b='&c;'>&a;</A>")
    assert error.reason == "a DOCTYPE is not accepted"
    assert error.line == 2


def test_a_document_type_in_utf_16_is_refused():
    assert "DOCTYPE" in _refusal("<!DOCTYPE A [<!ENTITY a 'b'>]><A>&a;</A>".encode("utf-16")).reason


def test_the_word_doctype_in_a_comment_or_text_is_harmless():
    assert parse(b"<!-- <!DOCTYPE A> --><A><![CDATA[<!DOCTYPE A>]]></A>").text == "<!DOCTYPE A>"


def test_an_undefined_entity_is_refused():
    assert "not well-formed" in _refusal(b"<A>&nbsp;</A>").reason


def test_limits(monkeypatch):
    assert "16,777,216 bytes" in _refusal(b" " * (MAX_BYTES + 1)).reason
    assert "levels" in _refusal(b"<A>" * 41 + b"</A>" * 41).reason
    monkeypatch.setattr(markup, "MAX_ELEMENTS", 3)
    assert "3 elements" in _refusal(b"<A><B/><B/><B/></A>").reason
    monkeypatch.setattr(markup, "MAX_MARKS", 3)
    assert "3 marks" in _refusal(b"<A><B/><B/></A>").reason


def test_a_very_deep_text_does_not_exhaust_the_stack():
    assert _refusal(b"<A>" * 100_000).reason


def test_text_between_elements_is_refused():
    error = _refusal(b"<A>\n<B>1</B>stray</A>")
    assert (error.reason, error.line, error.element) == ("text between elements", 1, "A")


def test_two_attributes_of_one_local_name_are_refused():
    assert "two attributes x" in _refusal(b"<A xmlns:a='u' xmlns:b='v' a:x='1' b:x='2'/>").reason


names = st.sampled_from(["ID", "Name", "GoodsShipment", "Élément", "A.b-c_1"])
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t\r"), max_size=12).filter(
    lambda text: not any(character in "\ufffe\uffff" for character in text)
)


def _elements(inner):
    return st.builds(
        lambda name, attributes, children: Element(name, "", tuple(attributes.items()), tuple(children)),
        names,
        st.dictionaries(st.sampled_from(["currencyID", "unitCode"]), texts),
        st.lists(inner, min_size=1, max_size=4),
    )


trees = st.recursive(
    st.builds(
        lambda name, text, attributes: Element(name, text, tuple(attributes.items())),
        names,
        texts,
        st.dictionaries(st.just("currencyID"), texts),
    ),
    _elements,
    max_leaves=12,
)


@given(trees)
def test_writing_and_reading_preserves_every_leaf(tree):
    document = Document(Element("Declaration", "", (), (tree,)), Element("MetaData", "", (), (Element("X", " 1 "),)))
    [again] = documents(write(document))
    assert again == document
    assert write(again) == write(document)


def test_a_message_without_header_is_written_bare():
    document = Document(Element("Response", "", (), (Element("FunctionCode", "01"),)))
    assert b"<Response xmlns=" in write(document)
    assert b"MetaData" not in write(document)


@pytest.mark.parametrize("element", [Element("ID", "\x01"), Element("no name"), Element("ID", "", (("a b", ""),))])
def test_what_xml_can_not_carry_is_refused(element):
    with pytest.raises(DocumentError, match="can't stand in XML"):
        write(Document(Element("Declaration", "", (), (element,))))


def test_lines_are_kept_for_messages():
    assert [leaf.line for leaf in leaves(parse(b"<A>\n<B>1</B>\n<C x='2'>3</C></A>"))] == [2, 3, 3]

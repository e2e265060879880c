"""Real messages, when they are there: PASSAVANT_SAMPLES, or ``shared/samples/wco-dms`` beside the repository.

Nothing here knows their names or contents. What is expected is derived from the messages themselves, by means of
their own: a crude scan of the text counts kinds, so that a message that `read` overlooks is noticed.
"""

import os
import re
from collections import Counter
from datetime import UTC
from pathlib import Path

import pytest

from ledger.documents import (
    AmendmentRequestMessage,
    Document,
    InvalidationRequestMessage,
    LodgedDeclaration,
    Message,
    Movement,
    Notice,
    Operation,
    PresentationMessage,
    Severity,
    apply_amendment,
    build,
    documents,
    from_json,
    iter_sources,
    leaves,
    notice_decision,
    read,
    to_json,
    typed,
    validate,
    write,
)
from ledger.errors import DocumentError

BESIDE = Path(__file__).parents[3] / "shared" / "samples" / "wco-dms"
SAMPLES = Path(os.environ.get("PASSAVANT_SAMPLES") or BESIDE)

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason=f"no real messages: PASSAVANT_SAMPLES is not set and {BESIDE.name} is not there"
)

_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_BARE = re.compile(rb"\s*(<\?xml[^>]*>)?\s*<[\w.:]*MetaData")  # no envelope, whose own texts are not kept


@pytest.fixture(scope="module")
def corpus():
    """Every well-formed message as (source, raw bytes, messages)."""
    found = []
    for name, data in iter_sources([SAMPLES]):
        try:
            found.append((name, data, read(data, name)))
        except DocumentError as error:
            assert error.line is not None, f"{name}: refused without a line: {error}"  # noqa: PT017
    assert found
    return found


def _kinds_by_eye(data):
    """Kinds of messages in a text, by regular expressions on what is left without comments."""
    text = _COMMENT.sub(b"", data)
    if b"inventoryLinking" in text[:2000] or b"InventoryLinking" in text[:2000]:
        return Counter([Movement])
    notices = len(re.findall(rb"<(?:[\w.]+:)?Response[\s>]", text))
    if notices:
        return Counter({Notice: notices})
    types = {b"COR": AmendmentRequestMessage, b"INV": InvalidationRequestMessage, b"GPR": PresentationMessage}
    codes = re.findall(rb"<(?:[\w.]+:)?TypeCode>\s*([A-Z]{3})\s*<", text)
    requests = [types[code] for code in codes if code in types]
    originals = len(re.findall(rb"<(?:[\w.]+:)?FunctionCode>\s*9\s*<", text))
    return Counter(requests) + Counter({LodgedDeclaration: originals})


def test_every_message_is_read_as_what_it_is(corpus):
    for name, data, messages in corpus:
        assert Counter(map(type, messages)) == _kinds_by_eye(data), name


def test_originals_have_their_keys(corpus):
    for name, _, messages in corpus:
        for message in messages:
            if isinstance(message, LodgedDeclaration):
                assert message.lrn, name
                assert message.declarant.id, name
                assert message.country, name
                assert message.items, name


def test_every_notice_states_a_decision(corpus):
    for name, _, messages in corpus:
        for message in messages:
            if isinstance(message, Notice):
                assert notice_decision(message).effective_at.tzinfo is UTC, name
                assert message.mrn, name


def _fields(document):
    header = {leaf.path: leaf.value for leaf in leaves(document.header)} if document.header else {}
    return header | document.fields


def test_every_leaf_survives_xml_json_xml(corpus):
    for name, data, _ in corpus:
        for document in documents(data, name):
            json_form = from_json(to_json(document), name)
            assert _fields(json_form) == _fields(document), name
            [again] = documents(write(json_form), name)
            assert _fields(again) == _fields(document), name
            assert documents(write(document))[0] == document, name
            assert Document(build(document.fields)).fields == document.fields, name
            assert type(typed(again)) is type(typed(document)), name


def test_no_value_of_a_leaf_is_lost(corpus):
    """The texts between tags, taken from the raw bytes, are all there."""
    for name, data, messages in corpus:
        if len(messages) != 1 or not _BARE.match(data):
            continue
        held = Counter(value.strip() for value in _fields(messages[0].document).values() if value.strip())
        plain = _COMMENT.sub(b"", data).decode(errors="replace")
        seen = Counter(text.strip() for text in re.findall(r">([^<>&]+)</", plain) if text.strip())
        assert not seen - held, name


def _families(corpus):
    """Messages by the scenario folder that they lie in: originals, and what amends them."""
    families: dict[str, list[Message]] = {}
    for name, _, messages in corpus:
        folder = Path(name).relative_to(SAMPLES).parts[0]
        families.setdefault(folder, []).extend(messages)
    return families.values()


def test_every_amendment_applies_to_its_original(corpus):
    applied = 0
    for family in _families(corpus):
        originals = [message for message in family if isinstance(message, LodgedDeclaration)]
        for request in family:
            if isinstance(request, AmendmentRequestMessage) and len(originals) == 1:
                amended = apply_amendment(originals[0].document, request)
                assert all(change.operation is not Operation.NOTHING for change in amended.applied)
                assert amended.fields != originals[0].fields
                applied += 1
    total = sum(isinstance(m, AmendmentRequestMessage) for _, _, messages in corpus for m in messages)
    assert applied == total


def test_what_customs_wrote_agrees_with_what_was_asked(corpus):
    """Where a 07 follows a request, both give the same paths; values may differ in trailing zeros."""
    for family in _families(corpus):
        originals = [message for message in family if isinstance(message, LodgedDeclaration)]
        requests = [message for message in family if isinstance(message, AmendmentRequestMessage)]
        notices = [message for message in family if isinstance(message, Notice) and message.changes]
        if len(originals) == len(requests) == len(notices) == 1:
            asked = apply_amendment(originals[0].document, requests[0])
            done = apply_amendment(originals[0].document, notices[0])
            assert asked.fields.keys() == done.fields.keys()


def test_real_customs_messages_are_no_errors(corpus):
    for name, data, _ in corpus:
        for document in documents(data, name):
            assert [str(finding) for finding in validate(document) if finding.severity is Severity.ERROR] == []


def test_a_cut_message_is_named_with_line_and_column(corpus):
    for name, data, _ in corpus[:20]:
        with pytest.raises(DocumentError) as caught:
            read(data[: data.rindex(b"</") - 1], name)
        assert caught.value.file == name
        assert caught.value.line
        assert caught.value.column

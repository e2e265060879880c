"""What the form alone refuses."""

import pytest

from passavant_verifier.canonical import to_cbor, to_json
from passavant_verifier.contents import CBOR_FORMAT, JSON_FORMAT, read_receipt
from passavant_verifier.errors import UnreadableError
from tests.verifier.receipt_worlds import World

CONTENT = World(noise=12, group=1, steps=[(bytes(32), b"\1" * 32)]).content()
COMPACT = World(noise=12, compact=True).content()


def changed(place, value, content=CONTENT):
    """The content with one value replaced; a value that is `KeyError` goes."""
    if not place:
        return value
    copy = dict(content) if isinstance(content, dict) else list(content)
    if value is KeyError and len(place) == 1:
        del copy[place[0]]
    else:
        inner = content[place[0]] if isinstance(content, list) or place[0] in content else None
        copy[place[0]] = changed(place[1:], value, inner)
    return copy


def test_reads_what_is_written_in_either_form():
    assert read_receipt(to_json(CONTENT)) == read_receipt(to_cbor({**CONTENT, "format": CBOR_FORMAT}))
    receipt = read_receipt(to_json(COMPACT))
    assert (receipt.event, len(receipt.blocks), receipt.steps) == (None, 1, ())
    assert receipt.state_block.header.number == 20


@pytest.mark.parametrize(
    ("place", "value", "problem"),
    [
        (("format",), CBOR_FORMAT, "format is not"),
        (("format",), JSON_FORMAT.replace("=1", "=2"), "format is not"),
        (("more\x1b[2J",), 1, r"'more\\x1b\[2J' unknown"),
        (("steps",), KeyError, "steps missing"),
        (("steps",), [[bytes(32)]], "2 to 2"),
        (("steps", 0, 0), b"", "32 bytes"),
        (("steps",), [[bytes(32), bytes(32)]] * 4_097, "0 to 4096"),
        (("decision", "type"), 6, "type 5"),
        (("decision", "body"), bytes(511), "512 bytes"),
        (("decision", "signature"), bytes(64), "65 bytes"),
        (("relied",), [1], "0 to 0"),
        (("blocks",), [], "1 to 2"),
        (("blocks",), {}, "list"),
        (("blocks", 0, "header"), [], "header is wanted"),
        (("blocks", 0, "header", "number"), "7", "header"),
        (("blocks", 0, "header", "number"), b"7", "number is of the wrong kind"),
        (("blocks", 0, "header", "more"), None, "neither a number nor bytes"),
        (("blocks", 0, "inclusion"), None, "inclusion"),
        (("blocks", 0, "inclusion", "leaf"), "x", "integer"),
        (("blocks", 0, "inclusion", "path"), [bytes(32)] * 65, "0 to 64"),
        (("checkpoint",), None, "inclusion"),
        (("checkpoint",), 3, "text"),
        (("event",), None, "without an event"),
        (("event", "log"), None, "integer"),
        (("network", "chainId"), 0, "at least 1"),
        (("nodes",), [], "1 to 4096"),
        (("nodes",), [b"\2", b"\1"], "ascending"),
        (("nodes",), [b"\1", b"\1"], "ascending"),
        (("nodes",), ["x"], "bytes"),
    ],
)
def test_refuses_what_has_another_shape(place, value, problem):
    content = changed(place, value)
    with pytest.raises(UnreadableError, match=problem):
        read_receipt(to_json(content))

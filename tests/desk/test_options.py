import json

import pytest

from ledger.desk import DeskError, Ticket, indexable
from ledger.domain.wire import ConsignmentId
from ledger.index.references import Reference, ReferenceType

TICKET = Ticket(ConsignmentId(b"\1" * 32), b"\2" * 32)


def test_tickets_as_text():
    assert Ticket.from_json(TICKET.to_json()) == TICKET
    assert "2" * 8 not in repr(TICKET)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"consignment": 1, "joinKey": 2}',
        '{"consignment": "0xzz", "joinKey": "0x11"}',
        json.dumps({"consignment": "0x" + "11" * 32, "joinKey": "0x11"}),
        json.dumps({"consignment": "0x11", "joinKey": "0x" + "11" * 32}),
    ],
)
def test_what_is_no_ticket(text):
    with pytest.raises(DeskError, match="no consignment ticket"):
        Ticket.from_json(text)


def test_numbers_that_name_nothing():
    good = Reference(ReferenceType.UCR, "A")
    assert indexable([good, Reference(ReferenceType.UCR, " "), Reference(ReferenceType.MRN, "9" * 600)]) == [good]

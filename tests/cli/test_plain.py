from dataclasses import dataclass
from datetime import date

import pytest

from ledger.cli.plain import instant, plain
from ledger.domain.codes import HoldAction, Risk
from ledger.domain.records import Hold
from ledger.index.answers import Deliver


@dataclass
class Seen:
    effective_at: int
    since: int | None
    amount: int
    country: bytes
    digest: bytes
    risks: Risk
    deliver: Deliver
    day: date
    items: dict[int, str | None]


def test_spelling():
    seen = Seen(
        effective_at=1,
        since=0,
        amount=7,
        country=b"FR",
        digest=b"\1\2\3",
        risks=Risk.SAFETY | Risk.IPR,
        deliver=Deliver.AS_STATED,
        day=date(2026, 1, 2),
        items={1: None, 2: "5"},
    )
    assert plain([seen]) == [
        {
            "effectiveAt": "1970-01-01T00:00:01Z",
            "since": None,
            "amount": 7,
            "country": "FR",
            "digest": "0x010203",
            "risks": ["SAFETY", "IPR"],
            "deliver": "AS_STATED",
            "day": "2026-01-02",
            "items": {"1": None, "2": "5"},
        }
    ]


def test_a_record_is_the_message_of_its_typed_data():
    record = Hold(declaration=bytes(32), prev=bytes(32), agency=9, action=HoldAction.SET, deadline=11)  # type: ignore[arg-type]
    assert plain(record)["deadline"] == 11


def test_what_has_no_form():
    with pytest.raises(TypeError, match="object has no form in JSON"):
        plain(object())


def test_a_time_without_end_has_no_form():
    assert (instant(0), instant(2**40 - 1), instant(1)) == (None, None, "1970-01-01T00:00:01Z")

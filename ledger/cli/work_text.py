"""An item of a work list in words."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ledger.cli import render

if TYPE_CHECKING:
    from ledger.index.assistance_due import AssistanceDue
    from ledger.index.candidates import RecognitionCandidate
    from ledger.index.withdrawals import Withdrawal
    from ledger.index.worklist import WorkShown

Name = Callable[[int], str]

_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_CAUSES: Final = {
    "CONTROL_SUPERSEDED": "{} superseded or revoked its control",
    "RECOGNITION_REPLACED": "{} replaced its recognition",
    "AEO_ENDED": "{} ended the operator's AEO status",
    "RISK_TOUCHED": "{} granted an amendment that touches what was controlled",
    "SEAL_BROKEN": "{} found a seal broken",
}


def item_text(item: "WorkShown", name: Name, now: int) -> str:
    """What there is to do, since when, and about what."""
    told, pairs = _matter(item, name, now)
    about = item.declaration or item.consignment
    subject = ("declaration" if item.declaration else "consignment", f"0x{about.hex()}")
    return f"{render.moment(item.since)}  {told}\n{render.facts([subject, *pairs])}"


def span(seconds: int) -> str:
    """A time in its largest unit: "3 days"."""
    size, unit = next((one for one in _UNITS if seconds >= one[0]), _UNITS[-1])
    count = seconds // size
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _matter(item: "WorkShown", name: Name, now: int) -> tuple[str, list[tuple[str, str]]]:
    if item.control is not None:
        return _control(item.control, name)
    if item.withdrawal is not None:
        return _withdrawn(item.withdrawal, name)
    return ("", []) if item.assistance is None else _assistance(item.assistance, name, now)


def _control(one: "RecognitionCandidate", name: Name) -> tuple[str, list[tuple[str, str]]]:
    what = "control" if one.parent == one.control else "recognition"
    told = f"A {what} by {name(one.administration)} may be relied on for {render.areas(one.usable)}."
    found = f"{render.words(one.method)}, {render.words(one.outcome)}; valid until {render.moment(one.valid_until)}"
    return told, [(what, f"0x{one.parent.hex()}"), ("found", found)]


def _withdrawn(one: "Withdrawal", name: Name) -> tuple[str, list[tuple[str, str]]]:
    told = f"Reliance withdrawn: {_CAUSES[one.cause].format(name(one.by))}."
    return told, [
        ("recognition", f"0x{one.recognition.hex()}" if one.recognition else ""),
        ("covered", render.areas(one.risk)),
        ("because of", f"0x{one.record.hex()}"),
    ]


def _assistance(one: "AssistanceDue", name: Name, now: int) -> tuple[str, list[tuple[str, str]]]:
    kind, request = render.words(one.kind), ("request", f"0x{one.request.hex()}")
    if one.answered_at is None or one.answer is None:
        left = one.due_at - now
        due = f"{span(-left)} late" if one.late else f"due in {span(left)}"
        pairs = [request, ("due", render.moment(one.due_at))]
        return f"{name(one.partner)} asks for {kind}, {due}.", pairs
    did = "refused" if one.refused else "answered"
    late = f"{span(one.answered_at - one.due_at)} late" if one.late else "in time"
    told = f"{name(one.partner)} {did} the request of {kind}, {late}."
    return told, [request, ("answer", f"0x{one.answer.hex()}")]

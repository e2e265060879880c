"""Status answers and timelines as text for people."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ledger.cli.render import facts, moment, short, spaced, table, words
from ledger.cli.render import late as lateness
from ledger.domain.codes import Debt, Reliance
from ledger.domain.wire import ZERO

if TYPE_CHECKING:
    from ledger.index.answers import AsOf, Candidate, Decided, HoldShown, Part, StatusAnswer
    from ledger.index.history import Entry

Namer = Callable[[int], str]
"""A participant's name by its number."""

_DELIVER: Final = {
    "YES": "deliver",
    "NO": "do not deliver",
    "AS_STATED": "deliver under the condition stated",
    "THOSE_ONLY": "deliver those items only",
}
_TOLD: Final = {
    "CONDITIONALLY_RELEASED": "Released under a condition",
    "PARTLY_RELEASED": "Partly released",
    "EXITED": "Has left the territory",
    "RETURN": "To be returned",
    "REPORTED": "Not released yet: customs know its number only",
    "PRE_LODGED": "Not released yet: lodged before arrival",
    "LODGED": "Not released yet: lodged",
    "ACCEPTED": "Not released yet: accepted",
    "REJECTED": "Not accepted as a declaration: lodge it anew",
    "NOT_LODGED": "Not lodged here",
    "AUTHORITY_WITHDRAWN": "The administration's authority was withdrawn",
    "AMBIGUOUS": "Several are meant: name the country (--for), the type (--type) or the time (--around)",
    "NOT_FOUND_OR_NOT_ENTITLED": "Nothing is known under this reference, or it is not yours to ask",
    "UNKNOWN": "It can't be known now: the chain can't be read up to its end",
}
_REPORTED: Final = "REPORTED"
_DONE: Final = {
    "AmendmentRequest": "asked for an amendment",
    "InvalidationRequest": "asked for invalidation",
    "PresentationNotice": "presented the goods",
}


def status(answer: "StatusAnswer", name: Namer) -> str:
    """Is it released? The answer first, then what it rests on, then how fresh it is."""
    about = [*_about(answer, name), ("as of", as_of(answer.as_of, final=answer.final))]
    parts = [f"{_headline(answer)}.", facts(about)]
    if answer.candidates:
        parts += ["", _candidates(answer.candidates)]
    return "\n".join(parts)


def as_of(moment_known: "AsOf", *, final: bool = False) -> str:
    """How fresh an answer is."""
    if moment_known.block is None:
        return "nothing has been read from the chain yet"
    text = f"block {moment_known.block}, {moment(moment_known.time)}"
    if not moment_known.reachable:
        return f"{text}: the last that is known, the node does not answer"
    behind = f", {moment_known.lag} blocks behind" if moment_known.lag else ""
    return text + behind + (", final" if final else "")


def timeline(entries: "Sequence[Entry]", fresh: "AsOf", name: Namer) -> str:
    """Who did what, when and with which key, in the order of the chain."""
    if not entries:
        return _TOLD["NOT_FOUND_OR_NOT_ENTITLED"] + "."
    events = "\n".join(_event(entry, name) for entry in entries)
    return f"{events}\nAs of {as_of(fresh)}."


def deed(entry: "Entry") -> str:
    """What an entry of a timeline says was done."""
    if entry.what == "EVIDENCE":
        return f"handed in as evidence, off the chain: {entry.type}"
    told = _deed(entry.type, entry.fields or {})
    if entry.what == "REFUSED":
        return f"tried: {told}; refused: {words(entry.outcome) if entry.outcome else 'no reason'}"
    return told


def _headline(answer: "StatusAnswer") -> str:
    code = answer.answer.name
    told = _TOLD.get(code, words(code).capitalize())
    if code == "RELEASED" and answer.regime:
        told = f"Released for {words(answer.regime)}"
    return f"{told} — {_DELIVER[answer.deliver.name]}" if answer.deliver else told


def _about(answer: "StatusAnswer", name: Namer) -> list[tuple[str, str]]:
    if answer.declaration is None:
        return [("country", answer.country or "")]
    leg = " ".join(filter(None, [words(answer.leg) if answer.leg else "", answer.country or ""]))
    return [
        ("declaration", f"{short(answer.declaration)} ({leg}, version {answer.version})"),
        ("released", _decided(answer.released_by, name)),
        ("decided", _decided(answer.decided_by, name) if answer.decided_by != answer.released_by else ""),
        ("until", moment(answer.deadline) + (", passed" if answer.deadline_passed else "") if answer.deadline else ""),
        ("cleared", "all formalities are done" if answer.cleared else ""),
        *(("held", _hold(hold, name)) for hold in answer.holds),
        *(("part", _part(part)) for part in answer.parts),
        ("override", "released although an agency's hold is open" if answer.overridden else ""),
        ("reliance", _reliance(answer)),
        ("debt", words(answer.debt) if answer.debt not in {None, Debt.NONE} else ""),
    ]


_RELIANCE: Final = {
    Reliance.STANDS: "another administration's control, which stands",
    Reliance.WITHDRAWN: "withdrawn: a control on which this rests no longer stands",
}


def _reliance(answer: "StatusAnswer") -> str:
    if answer.seal_broken:
        return "withdrawn: a seal was found broken here after the decision that rests on another's control"
    return _RELIANCE[answer.reliance] if answer.reliance else ""


def _decided(decided: "Decided | None", name: Namer) -> str:
    if decided is None:
        return ""
    office = f", office {decided.office}" if decided.office else ""
    reason = f" ({words(decided.reason)})" if decided.reason else ""
    return f"{moment(decided.effective_at)}, {words(decided.kind)}{reason}, by {name(decided.administration)}{office}"


def _hold(hold: "HoldShown", name: Namer) -> str:
    by = f"{name(hold.by)}{f', office {hold.office}' if hold.office else ''}"
    reason = f" ({words(hold.reason)})" if hold.reason else ""
    until = f", until {moment(hold.deadline)}" if hold.deadline else ""
    passed = ", passed" if hold.deadline_passed else ""
    return f"{words(hold.action)}{reason}, by {by}, since {moment(hold.since)}{until}{passed}" + (
        "" if hold.blocking else " (does not stand in the way)"
    )


def _part(part: "Part") -> str:
    if part.items is None:
        return f"{words(part.decided.kind)}: some goods items (which ones is not in this store)"
    shown = ", ".join(f"{item.number}{f' ({item.quantity})' if item.quantity else ''}" for item in part.items)
    return f"{words(part.decided.kind)}: goods item{'s' if len(part.items) > 1 else ''} {shown}"


def _candidates(candidates: "Iterable[Candidate]") -> str:
    rows = [
        [
            one.country or "-",
            words(one.leg),
            words(one.answer.name),
            moment(one.lodged_at),
            f"0x{one.declaration.hex()}",
        ]
        for one in candidates
    ]
    return table(["country", "leg", "answer", "lodged", "declaration"], rows)


def _event(entry: "Entry", name: Namer) -> str:
    by = name(entry.by) + (f", office {entry.office}" if entry.office else "")
    lines = [f"{moment(entry.time)}  {by} {deed(entry)}"]
    effective = moment(entry.effective_at) if entry.effective_at and abs(entry.effective_at - entry.time) > 60 else ""  # noqa: PLR2004
    pairs = [
        ("takes effect", effective),
        (
            "signed with",
            f"key 0x{entry.key.hex()}{' (reported as compromised)' if entry.disputed else ''}" if entry.key else "",
        ),
        ("addressed to", _addressee(entry, name)),
        ("recorded in", f"block {entry.block}, transaction {short(entry.transaction)}" if entry.transaction else ""),
        ("record", f"0x{entry.digest.hex()}" if entry.digest else ""),
        ("head", _heads(entry)),
        ("remark", ", ".join(map(words, entry.remarks))),
    ]
    told = facts(pairs)
    return "\n".join([*lines, *(f"  {line}" for line in told.splitlines())])


def _addressee(entry: "Entry", name: Namer) -> str:
    addressee = (entry.fields or {}).get("addressee")
    return name(addressee) if addressee else ""


def _heads(entry: "Entry") -> str:
    if not entry.head_after or entry.what != "RECORDED":
        return ""
    before = short(entry.head_before) if entry.head_before and entry.head_before != ZERO else "none"
    return f"{before} -> {short(entry.head_after)}"


def _deed(kind: str, said: Mapping[str, Any]) -> str:
    if kind in _DONE:
        return _DONE[kind]
    about = {name: words(value) for name, value in said.items() if isinstance(value, str)}
    if kind == "Declaration":
        regime = "" if said.get("stage") == _REPORTED else f", {about.get('regime', '')}"
        return f"lodged a declaration: {about.get('leg', '')}{regime}, {about.get('stage', '')}"
    if kind == "Decision":
        return f"decided: {about.get('kind', '')}{_reason(about)}{_scoped(said)}"
    if kind == "Control":
        found = f"{about.get('method', '')}, {about.get('outcome', '')} ({_risks(said)})"
        return f"controlled version {said.get('version')}: {found}"
    if kind == "Hold":
        return f"{'set a hold' if about.get('action') == 'set' else 'lifted its hold'}{_reason(about)}"
    if kind == "Erasure":
        return f"erased the content of version {said.get('version')}: {about.get('cause', '')}"
    if kind == "Recognition":
        recognised = "declined to recognise a control" if about.get("verdict") == "declined" else "recognised a control"
        return f"{recognised}: {about.get('verdict', '')} ({_risks(said)}){_reason(about)}"
    return _assisted(about, said) if kind == "Assistance" else f"recorded: {spaced(kind)}"


def _assisted(about: Mapping[str, str], said: Mapping[str, Any]) -> str:
    late = f", {told}" if (told := lateness(said.get("late", 0))) else ""
    if about.get("action") == "request":
        due = f"due {moment(said.get('due_at'))}; {about.get('state', '')}{late}"
        return f"asked for assistance: {about.get('kind', '')}, {due}"
    refused = about.get("action") == "refusal"
    return f"{'refused' if refused else 'answered'} a request of assistance{_reason(about)}{late}"


def _risks(said: Mapping[str, Any]) -> str:
    return ", ".join(map(words, said.get("risk", ()))) if isinstance(said.get("risk"), list) else ""


def _reason(about: Mapping[str, str]) -> str:
    reason = about.get("reason", "unspecified")
    return "" if reason == "unspecified" else f", because of {reason}"


def _scoped(said: Mapping[str, Any]) -> str:
    return ", for some goods items only" if said.get("scope", ZERO) != ZERO else ""

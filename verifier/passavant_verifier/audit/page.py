"""The report as one HTML page that needs nothing else."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

_STYLE: Final = """
:root { --ink: #1c2733; --faint: #5d6b7a; --line: #d9dfe5; --good: #19703d; --bad: #a3261c; --open: #8a5a00; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #f4f6f8; font: 16px/1.5 system-ui, "Segoe UI", sans-serif; }
main { max-width: 62rem; margin: 2rem auto; padding: 2.5rem; background: #fff; border: 1px solid var(--line); }
h1 { margin: 0 0 .25rem; font-size: 1.6rem; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.1rem; border-bottom: 1px solid var(--line); padding-bottom: .35rem; }
p.lead { margin: 0 0 1.5rem; color: var(--faint); }
.verdict { padding: 1rem 1.25rem; border-left: 6px solid; font-size: 1.15rem; font-weight: 600; }
.verdict span { display: block; font-size: .95rem; font-weight: 400; }
.clean, .passed { color: var(--good); } .divergence, .diverged { color: var(--bad); } .unknown { color: var(--open); }
.verdict.clean { background: #eef7f1; }
.verdict.divergence { background: #fbefee; }
.verdict.unknown { background: #fdf6e8; }
.verdict span { color: var(--ink); }
table { width: 100%; border-collapse: collapse; font-size: .95rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .6rem .45rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--faint); font-weight: 600; }
td { overflow-wrap: anywhere; min-width: 5.5rem; }
td.number, th.number { min-width: 0; text-align: right; font-variant-numeric: tabular-nums; padding-right: 1rem; }
td.result { font-weight: 600; white-space: nowrap; }
td small { display: block; color: var(--faint); }
code, pre { font: .85rem/1.45 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; background: #f4f6f8; padding: 1rem; border: 1px solid var(--line); }
dl { display: grid; grid-template-columns: 11rem 1fr; gap: .35rem 1rem; margin: 0; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
section.first { border: 1px solid var(--bad); padding: 1rem 1.25rem; margin-top: 1.25rem; }
section.first h2 { margin-top: 0; color: var(--bad); border: 0; padding: 0; }
footer { margin-top: 2.5rem; color: var(--faint); font-size: .85rem; }
@media print { body { background: #fff; } main { border: 0; margin: 0; padding: 0; } }
"""
_VERDICTS: Final = {
    "clean": ("Nothing diverges", "Every step that was taken found what it expected."),
    "divergence": ("Something diverges", "What was found is not what the rules and signatures allow."),
    "unknown": ("Not everything could be known", "Nothing was found to diverge; some steps could not be taken."),
}


def page_of(signed: Mapping[str, Any]) -> str:
    """The page of a signed report."""
    report = signed["report"]
    parts = [
        f"<h1>Audit of {_text(report['network']['name'])}</h1>",
        f'<p class="lead">Began {_text(report["began"])}, took {_text(report["seconds"])} s.</p>',
        _verdict(report),
        _first(report["firstDivergence"]),
        _about(report),
        _steps(report["steps"]),
        _listed("Divergences", report["divergences"][1:], ("step", "where", "rule", "expected", "found")),
        _listed("Could not be known", report["unknown"], ("step", "text")),
        _listed("Notes: allowed, and worth a look", report["notes"], ("kind", "where", "text")),
        _checkpoint(report["checkpoint"]),
        _signatures(signed["signatures"]),
    ]
    title = f"Audit of {_text(report['network']['name'])}: {_text(report['verdict'])}"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    return f"<!doctype html>\n<html lang=en>{head}<style>{_STYLE}</style>\n<main>\n{''.join(parts)}\n</main>\n</html>\n"


def _verdict(report: Mapping[str, Any]) -> str:
    title, text = _VERDICTS[report["verdict"]]
    as_of = report["asOf"]
    if as_of is not None:
        text += f" As of block {as_of['block']}, {as_of['time']}; {as_of['events']} events."
    return f'<div class="verdict {report["verdict"]}">{title}<span>{_text(text)}</span></div>'


def _first(divergence: Mapping[str, Any] | None) -> str:
    if divergence is None:
        return ""
    rows = [
        ("Step", f"{divergence['step']}, {divergence['title']}"),
        ("Where", _where(divergence)),
        ("Rule", divergence["rule"]),
        ("Expected", divergence["expected"]),
        ("Found", divergence["found"]),
    ]
    return f'<section class="first"><h2>The first divergence</h2>{_definitions(rows)}</section>'


def _about(report: Mapping[str, Any]) -> str:
    network, sources, as_of = report["network"], report["sources"], report["asOf"] or {}
    asked = f"{sources['declarationsAsked']} of {as_of.get('declarations', 0)} declarations asked about"
    seen = asked if sources["session"] else "without a session: participants only"
    gateways = f"{', '.join(sources['gateways'])} ({seen})" if sources["gateways"] else "none"
    signers = ", ".join(sources["checkpointSignedBy"])
    earlier = f"{sources['checkpoint']}, {f'signed by {signers}' if signers else 'signed by nobody known'}"
    rows = [
        ("Chain", f"{network['chainId']}, network {network['networkId']}"),
        ("Contracts", f"Consignments {network['consignments']}, Participants {network['participants']}"),
        ("As of", f"block {as_of.get('block')}, {as_of.get('hash')}"),
        ("Nodes", ", ".join(sources["nodes"])),
        ("Gateways", gateways),
        ("Earlier checkpoint", earlier if sources["checkpoint"] else "none"),
        ("Annexes", "none" if sources["annexes"] is None else f"{sources['annexes']} of them; {_annexes(report)}"),
        ("Monitored keys", ", ".join(sources["monitoredKeys"]) or "none"),
    ]
    return f"<h2>What was looked at</h2>{_definitions(rows)}"


def _annexes(report: Mapping[str, Any]) -> str:
    """What of arrangements and recognitions they told."""
    told = [f"{name} {count}" for name, count in report["counts"].items() if "'s annex: " in name]
    return ", ".join(told) or "nothing to hold against them"


def _steps(steps: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        f'<tr><td class="number">{one["number"]}</td><td>{_text(one["title"])}<small>{_text(one["text"])}</small></td>'
        f'<td class="result {_text(one["result"])}">{_text(one["result"])}</td>'
        f'<td class="number">{one["times"]}</td></tr>'
        for one in steps
    ]
    head = '<tr><th class="number">Step</th><th>What</th><th>Result</th><th class="number">Times</th></tr>'
    return f"<h2>The steps</h2><table>{head}{''.join(rows)}</table>"


def _listed(title: str, entries: Iterable[Mapping[str, Any]], columns: tuple[str, ...]) -> str:
    rows = [
        "<tr>"
        + "".join(f"<td>{_text(_where(one) if name == 'where' else one[name])}</td>" for name in columns)
        + "</tr>"
        for one in entries
    ]
    if not rows:
        return ""
    head = "".join(f"<th>{name.capitalize()}</th>" for name in columns)
    return f"<h2>{title}</h2><table><tr>{head}</tr>{''.join(rows)}</table>"


def _checkpoint(text: str | None) -> str:
    return "" if text is None else f"<h2>Checkpoint</h2><pre>{_text(text)}</pre>"


def _signatures(signatures: Iterable[Mapping[str, Any]]) -> str:
    names = [str(one["key"]) for one in signatures]
    signed = f"The JSON report is signed by {', '.join(names)}." if names else "The JSON report is not signed."
    return f"<footer>{_text(signed)} This page is a picture of it: check the JSON file.</footer>"


def _where(one: Mapping[str, Any]) -> str:
    parts = [one["what"], *(f"{name} {one[name]}" for name in ("block", "log", "record") if one[name] is not None)]
    return ", ".join(part for part in parts if part)


def _definitions(rows: Iterable[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{_text(value)}</dd>' for name, value in rows)}</dl>"


def _text(value: object) -> str:
    return escape(str(value))

"""The report of an audit: what was looked at, which steps were taken, what was found; signed.

The signature is Ed25519 over ``passavant audit report`` and a newline, followed by the member ``report`` as JSON with
its members in ascending order, no white space and UTF-8 (as RFC 8785 writes it: there are no floats in it).
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from passavant_verifier.audit.auditing import Plan, Result
from passavant_verifier.audit.findings import Divergence, Findings, Place
from passavant_verifier.audit.signing import SigningKey
from passavant_verifier.audit.steps import DESCRIPTIONS, Step
from passavant_verifier.errors import UnreadableError
from passavant_verifier.notes import NoteError, Signature, VerifierKey

FORMAT: Final = "application/vnd.passavant.audit-report+json;version=1"
_CONTEXT: Final = b"passavant audit report\n"
VERDICTS: Final[Mapping[int, str]] = {0: "clean", 1: "divergence", 3: "unknown"}


@dataclass(frozen=True, slots=True)
class Timing:
    """When an audit began and ended, in seconds (UTC)."""

    began: float
    ended: float


def report_of(plan: Plan, result: Result, findings: Findings, timing: Timing) -> dict[str, Any]:
    """The report, to be signed."""
    return {
        "format": FORMAT,
        "verdict": VERDICTS[findings.exit_code],
        "network": _network(plan),
        "asOf": _as_of(result),
        "sources": _sources(plan, result),
        "steps": [_step(step, findings) for step in Step],
        "firstDivergence": _divergence(findings.divergences[0]) if findings.divergences else None,
        "divergences": [_divergence(one) for one in findings.divergences],
        "unknown": [{"step": one.step.value, "text": one.text} for one in findings.unknown],
        "notes": [{"kind": one.kind, **_place(one.place), "text": one.text} for one in findings.notes],
        "counts": dict(sorted(findings.counts.items())),
        "checkpoint": None if result.checkpoint is None else result.checkpoint.text,
        "began": instant(timing.began),
        "seconds": round(timing.ended - timing.began),
    }


def sign_report(report: Mapping[str, Any], keys: Iterable[SigningKey]) -> dict[str, Any]:
    """The report with signatures beside it."""
    signatures = [
        {"key": key.public.text, "signature": base64.b64encode(key.sign(_signed(report))).decode()} for key in keys
    ]
    return {"report": dict(report), "signatures": signatures}


def check_report(text: str, source: str, keys: Iterable[VerifierKey]) -> list[str]:
    """The names of those of the keys that signed a report.

    Raises:
        UnreadableError: it is none, or a signature in it is wrong.
    """
    try:
        content = json.loads(text)
        report, listed = content["report"], content["signatures"]
        if report["format"] != FORMAT:
            raise UnreadableError(source, "no audit report of a version that is known here")
        found = [(VerifierKey.parse(one["key"]), base64.b64decode(one["signature"], validate=True)) for one in listed]
    except (ValueError, KeyError, TypeError, NoteError, binascii.Error) as error:
        raise UnreadableError(source, f"no audit report: {type(error).__name__} {error}") from None
    message = _signed(report).decode()
    for key, value in found:
        if not key.verifies(Signature(key.name, key.key_id, value), message):
            raise UnreadableError(source, f"the signature of {key.name} is wrong: the report was changed")
    return [key.name for key, _ in found if key in set(keys)]


def instant(seconds: float) -> str:
    """Seconds (UTC) as RFC 3339."""
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"


def _signed(report: Mapping[str, Any]) -> bytes:
    text = json.dumps(report, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return _CONTEXT + text.encode()


def _network(plan: Plan) -> dict[str, Any]:
    network = plan.network
    return {
        "name": network.name,
        "chainId": network.chain_id,
        "networkId": f"0x{network.network_id.hex()}",
        "genesis": f"0x{network.genesis_hash.hex()}",
        "consignments": f"0x{network.consignments.hex()}",
        "participants": f"0x{network.participants.hex()}",
    }


def _as_of(result: Result) -> dict[str, Any] | None:
    replay, last = result.replay, result.replay.last
    if last is None:
        return None
    return {
        "block": last.number,
        "hash": f"0x{last.hash.hex()}",
        "time": instant(last.time),
        "ledgerBlocks": len(replay.leaves),
        "events": replay.events,
        "declarations": len(replay.ledger.consignments.declarations),
        "participants": len(replay.ledger.participants.organisations),
    }


def _sources(plan: Plan, result: Result) -> dict[str, Any]:
    said = plan.checkpoint
    return {
        "nodes": [node.name for node in plan.nodes],
        "gateways": [gateway.name for gateway in plan.gateways],
        "session": plan.session is not None,
        "declarationsAsked": result.sampled,
        "checkpoint": None if said is None else f"block {said.checkpoint.height}",
        "checkpointSignedBy": sorted(key.name for key in result.vouched),
        "annexes": None if plan.annexes is None else len(plan.annexes),
        "disclosures": len(plan.disclosures),
        "monitoredKeys": [f"0x{key.hex()}" for key in plan.mine],
    }


def _step(step: Step, findings: Findings) -> dict[str, Any]:
    title, text = DESCRIPTIONS[step]
    diverged = any(one.step is step for one in findings.divergences)
    unknown = any(one.step is step for one in findings.unknown)
    times = findings.checked[step]
    result = "diverged" if diverged else "unknown" if unknown else "passed" if times else "not taken"
    return {"number": step.value, "title": title, "text": text, "result": result, "times": times}


def _divergence(one: Divergence) -> dict[str, Any]:
    told = {"rule": one.rule, "expected": one.expected, "found": one.found}
    return {"step": one.step.value, "title": DESCRIPTIONS[one.step][0], **_place(one.place), **told}


def _place(place: Place) -> dict[str, Any]:
    digest = None if place.digest is None else f"0x{place.digest.hex()}"
    return {"what": place.what, "block": place.block, "log": place.log, "record": digest}

"""``passavant-verify FILE``: what a receipt (or a disclosure) proves, offline."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TextIO

from passavant_verifier.canonical import LARGEST, parse_json, read_cbor
from passavant_verifier.contents import FORMATS
from passavant_verifier.disclosure_form import FORMAT as DISCLOSURE
from passavant_verifier.disclosures import verify_disclosure
from passavant_verifier.errors import UnreadableError
from passavant_verifier.receipts import verify_receipt
from passavant_verifier.trust import Trust, read_trust
from passavant_verifier.verdict import Result, Verdict, invalid

USAGE: Final = 2

Verify = Callable[[bytes, Trust | None, int, int | None], Verdict]


def _receipt(raw: bytes, trust: Trust | None, now: int, max_age: int | None) -> Verdict:
    return verify_receipt(raw, trust, now=now, max_age=max_age)


def _disclosure(raw: bytes, trust: Trust | None, now: int, max_age: int | None) -> Verdict:
    return verify_disclosure(raw, trust, now=now, max_age=max_age)


VERIFIERS: Final[Mapping[str, Verify]] = {**dict.fromkeys(FORMATS, _receipt), DISCLOSURE: _disclosure}
"""What verifies a file, by its member `format`."""


def verify_file(raw: bytes, trust: Trust | None, *, now: int, max_age: int | None = None) -> Verdict:
    """The verdict on a file of any known format; one that can't be read, or of no known format, is invalid."""
    try:
        verify = VERIFIERS[_format_of(raw)]
    except UnreadableError as error:
        return Verdict("file", {"integrity": invalid(str(error))})
    return verify(raw, trust, now, max_age)


def _format_of(raw: bytes) -> str:
    content = parse_json(raw, "the file") if raw[:1].isspace() or raw[:1] == b"{" else read_cbor(raw, "the file")
    format_ = content.get("format") if isinstance(content, dict) else None
    if not isinstance(format_, str) or format_ not in VERIFIERS:
        raise UnreadableError("the file", "it is no receipt or disclosure of a version that is known here")
    return format_


def main(arguments: Sequence[str] | None = None, clock: Callable[[], float] = time.time) -> int:
    """Run the command; 0 all valid, 1 something invalid, 2 usage, 3 something stale or unknown."""
    asked = _parser().parse_args(arguments)
    try:
        trust = read_trust(_load(asked.trust), str(asked.trust)) if asked.trust else None
        raw = _load(asked.file)
    except UnreadableError as error:
        _say(sys.stderr, f"passavant-verify: {error}")
        return USAGE
    verdict = verify_file(raw, trust, now=int(clock()), max_age=asked.max_age)
    _say(sys.stdout, json.dumps(verdict.to_plain(), indent=2) if asked.json else written(verdict))
    return verdict.exit_code


def written(verdict: Verdict) -> str:
    """A verdict for people: what was proven, and what was not."""
    lines = [f"{verdict.kind}: {_summary(verdict)}", ""]
    for name, part in verdict.parts.items():
        lines.append(f"  {name:<10} {part.result.value}{f': {part.reason}' if part.reason else ''}")
    if verdict.statements:
        lines += ["", *verdict.statements]
    return "\n".join(lines)


def _summary(verdict: Verdict) -> str:
    if verdict.valid:
        return "valid"
    if verdict.exit_code == 1:
        return "INVALID: do not rely on it"
    results = {part.result for part in verdict.parts.values()}
    return (
        "no longer so, or too old"
        if Result.STALE in results
        else "nothing is wrong, but it can't be known whether it is so"
    )


def _say(stream: TextIO, text: str) -> None:
    """Write a line, in whatever letters the stream has."""
    encoding = stream.encoding or "ascii"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _load(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableError(str(file), f"it can't be read: {error.strerror}") from None
    return raw


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="passavant-verify",
        description="Says what a receipt or a disclosure proves. Needs no network and no gateway.",
        epilog="Example: passavant-verify receipt.json --trust trust.json. "
        "Ends with 0: all valid; 1: something is invalid; 2: usage; 3: something is stale or can't be known.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="receipt or disclosure, JSON or CBOR")
    parser.add_argument(
        "--trust", type=Path, metavar="FILE", help="the trust file: whom you believe (docs/receipts.md)"
    )
    parser.add_argument("--max-age", type=_seconds, metavar="SECONDS", help="how old what is known may be")
    parser.add_argument("--json", action="store_true", help="the verdict as JSON")
    return parser


def _seconds(text: str) -> int:
    seconds = int(text)
    if seconds < 0:
        raise ValueError
    return seconds


if __name__ == "__main__":
    sys.exit(main())

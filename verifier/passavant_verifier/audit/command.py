"""``passavant-audit``: audits a network, and says so in a signed report.

    passavant-audit --network network.json --rpc URL [--gateway URL] [--checkpoint FILE] [--sign KEYFILE]
    passavant-audit keygen KEYFILE --name NAME
    passavant-audit check REPORT --key VERIFIER-KEY

Exit codes: 0 nothing diverges, 1 something does, 2 usage, 3 something could not be known.
"""

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from passavant_verifier.audit.annexes import read_annexes, read_disclosures
from passavant_verifier.audit.auditing import Plan, Progress, Result, audit
from passavant_verifier.audit.checkpoints import load_note
from passavant_verifier.audit.findings import Findings
from passavant_verifier.audit.gateway import Gateway, address_of
from passavant_verifier.audit.identity import read_addresses, read_known
from passavant_verifier.audit.network import Network
from passavant_verifier.audit.page import page_of
from passavant_verifier.audit.report import Timing, check_report, report_of, sign_report
from passavant_verifier.audit.rpc import Node, UnreachableError
from passavant_verifier.audit.signing import SigningKey, note_text
from passavant_verifier.audit.telling import Bar, summary
from passavant_verifier.errors import UnreadableError, VerifierError
from passavant_verifier.notes import Note, NoteError, VerifierKey

SESSION_VARIABLE: Final = "PASSAVANT_SESSION"
"""Environment variable with a private key of 64 hex digits that opens sessions at gateways."""

_USAGE: Final = 2
_SECRET: Final = re.compile(r"(?:0x)?([0-9a-fA-F]{64})")


@dataclass(frozen=True)
class Job:
    """An audit as the command line orders it."""

    plan: Plan
    signing: SigningKey | None
    options: argparse.Namespace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    commands = {"keygen": _keygen, "check": _check}
    run = commands.get(given[0]) if given else None
    try:
        return run(given[1:]) if run else _audit(given)
    except (VerifierError, NoteError, OSError) as error:
        sys.stderr.write(f"passavant-audit: {error}\n")
        return _USAGE


def _audit(arguments: Sequence[str]) -> int:
    job = _job(_parser().parse_args(arguments))
    findings, bar = Findings(), Bar(sys.stderr)
    progress: Progress = bar.tell if bar.is_shown and not job.options.quiet else _silent
    began = time.time()
    result = audit(job.plan, findings, progress)
    bar.end()
    report = report_of(job.plan, result, findings, Timing(began, time.time()))
    signed = sign_report(report, [job.signing] if job.signing else [])
    _write(job, result, signed)
    _say(summary(report))
    return findings.exit_code


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _silent(_phase: str, _done: int, _of: int) -> None:
    pass


def _write(job: Job, result: Result, signed: dict[str, Any]) -> None:
    options = job.options
    if options.report:
        _replace(options.report, f"{_json(signed)}\n")
    if options.html:
        _replace(options.html, page_of(signed))
    if job.signing is None or options.checkpoint is None or result.checkpoint is None:
        return
    if options.countersign and job.plan.checkpoint is not None:
        _replace(options.checkpoint, note_text(job.signing.countersigned(job.plan.checkpoint)))
    else:
        _replace(options.checkpoint, note_text(job.signing.note(result.checkpoint)))


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True)


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _job(options: argparse.Namespace) -> Job:
    network = Network.load(options.network)
    signing = SigningKey.load(options.sign) if options.sign else None
    if options.countersign and (signing is None or options.checkpoint is None):
        raise UnreadableError("--countersign", "it wants --checkpoint and --sign")
    if bool(options.mine) != bool(options.known):
        raise UnreadableError("--mine, --known", "one wants the other")
    if options.disclosures and not options.annexes:
        raise UnreadableError("--disclosures", "it wants --annexes")
    keys = [VerifierKey.parse(text) for text in options.witness]
    own = signing.public if signing else None
    plan = Plan(
        network=network,
        nodes=[_node(url, options.timeout) for url in options.rpc],
        gateways=[_gateway(url, options.timeout) for url in options.gateway],
        checkpoint=_checkpoint(options, network),
        keys=[*keys, own] if own and own not in keys else keys,
        own=own,
        mine=read_addresses(options.mine) if options.mine else (),
        known=read_known(options.known) if options.known else (),
        session=_session(options),
        sample=options.sample,
        annexes=read_annexes(options.annexes) if options.annexes else None,
        disclosures=read_disclosures(options.disclosures) if options.disclosures else (),
    )
    return Job(plan, signing, options)


def _node(url: str, timeout: float) -> Node:
    try:
        return Node(url, timeout)
    except UnreachableError as error:
        raise UnreadableError("--rpc", str(error)) from None


def _gateway(url: str, timeout: float) -> Gateway:
    try:
        return Gateway(url, timeout)
    except UnreachableError as error:
        raise UnreadableError("--gateway", str(error)) from None


def _checkpoint(options: argparse.Namespace, network: Network) -> Note | None:
    """The checkpoint to continue from. A file that is not there yet is for the one that this audit writes."""
    path: Path | None = options.checkpoint
    if path is None or (not path.exists() and options.sign and not options.countersign):
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(str(path), f"the checkpoint can't be read: {error}") from None
    return load_note(text, str(path), network)


def _session(options: argparse.Namespace) -> bytes | None:
    """The private key that opens sessions: of a file, or of the environment; never of the command line."""
    path: Path | None = options.session_key
    if path is None:
        text, source = os.environ.get(SESSION_VARIABLE, ""), SESSION_VARIABLE
    else:
        text, source = path.read_text(encoding="utf-8"), str(path)
    if path is None and not text:
        return None
    found = _SECRET.fullmatch(text.strip())
    if found is None:
        raise UnreadableError(source, "a private key of 64 hex digits is wanted")
    secret = bytes.fromhex(found[1])
    address_of(secret)
    return secret


def _keygen(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="passavant-audit keygen", description="Make a key that signs checkpoints.")
    parser.add_argument("file", type=Path, help="where the private key goes; must not be there yet")
    parser.add_argument("--name", required=True, help="under which it signs, such as auditor.example")
    options = parser.parse_args(arguments)
    key = SigningKey.generate(options.name)
    key.save(options.file)
    _say(key.public.text)
    return 0


def _check(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="passavant-audit check", description="Check the signatures of a report.")
    parser.add_argument("report", type=Path, help="the JSON report")
    parser.add_argument("--key", action="append", required=True, help="verifier key (name+id+base64)")
    options = parser.parse_args(arguments)
    keys = [VerifierKey.parse(text) for text in options.key]
    names = check_report(options.report.read_text(encoding="utf-8"), str(options.report), keys)
    _say(f"signed by {', '.join(names)}" if names else "signed by none of these keys")
    return 0 if names else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="passavant-audit",
        description="Audits a network from the chain alone, and what gateways say of it. "
        "`keygen` makes a signing key, `check` checks a report.",
        epilog="Exit codes: 0 nothing diverges, 1 something does, 2 usage, 3 something could not be known.",
    )
    add = parser.add_argument
    add("--network", type=Path, required=True, metavar="FILE", help="network descriptor, which you got out of band")
    add("--rpc", action="append", required=True, metavar="URL", help="a node; a second one is held against the first")
    add("--gateway", action="append", default=[], metavar="URL", help="a gateway to hold against the chain")
    add("--session-key", type=Path, metavar="FILE", help=f"an auditor's private key, in hex (or {SESSION_VARIABLE})")
    add("--checkpoint", type=Path, metavar="FILE", help="continue from it; with --sign, the new one is written there")
    add(
        "--witness", action="append", default=[], metavar="KEY", help="verifier key that may have signed the checkpoint"
    )
    add("--sign", type=Path, metavar="KEYFILE", help="sign report and checkpoint (see keygen)")
    add("--countersign", action="store_true", help="when all is in order, sign the given checkpoint, not a new one")
    add("--mine", metavar="ADDRESS[,…]", help="my signing keys: what they signed must be in --known")
    add("--known", type=Path, metavar="FILE", help="digests of the records that I made, one to a line")
    add("--sample", type=_count, metavar="N", help="ask gateways about N random declarations (default: all)")
    add("--annexes", type=Path, metavar="DIR", help="annexes of arrangements: recognitions are held against them")
    add("--disclosures", type=Path, metavar="DIR", help="disclosed goods, to hold against the annexes")
    add("--report", type=Path, metavar="FILE", help="write the report as JSON")
    add("--html", type=Path, metavar="FILE", help="write the report as a page")
    add("--timeout", type=float, default=60.0, metavar="SECONDS", help="for one answer (default: 60)")
    add("--quiet", action="store_true", help="no progress bar")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())

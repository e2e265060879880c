"""Identity monitor (step 23): what was signed with my keys, against what I know that I made.

A file of known records lists their digests, one to a line (``0x`` and 64 hex digits, or a JSON list of them); what
else stands on a line after white space, and lines that begin with #, are left alone.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from passavant_verifier.audit.findings import Divergence, Findings, Place
from passavant_verifier.audit.replay import Seen
from passavant_verifier.audit.steps import Step
from passavant_verifier.codes import Outcome
from passavant_verifier.errors import UnreadableError
from passavant_verifier.events import Refused

_DIGEST: Final = re.compile(r"(?:0x)?([0-9a-fA-F]{64})(?:\s.*)?")
_ADDRESS: Final = re.compile(r"(?:0x)?([0-9a-fA-F]{40})")


class IdentityMonitor:
    """Watches a replay for records of some keys."""

    def __init__(self, keys: Iterable[bytes], known: Iterable[bytes], findings: Findings) -> None:
        self._keys = frozenset(keys)
        self._known = frozenset(known)
        self._findings = findings

    def __call__(self, seen: Seen) -> None:
        """Take note of an event, recorded or refused: a refused record was signed as well."""
        if seen.entry.signer not in self._keys:
            return
        if seen.entry.digest in self._known:
            self._findings.passed(Step.OWN_KEY)
            return
        refused = f", refused as {Outcome(seen.event.outcome).name}" if isinstance(seen.event, Refused) else ""
        place = Place(seen.block.number, seen.log, seen.entry.digest, f"{seen.entry.record.form.name}{refused}")
        found = f"one signed with 0x{seen.entry.signer.hex()} that I did not make"
        rule = "what my key signed, I made"
        self._findings.diverges(Divergence(Step.OWN_KEY, place, rule, "a record that I know", found))


def read_addresses(text: str) -> list[bytes]:
    """Addresses, separated by commas.

    Raises:
        UnreadableError: one is none.
    """
    found = [_ADDRESS.fullmatch(one.strip()) for one in text.split(",")]
    if not all(found):
        raise UnreadableError(repr(text), "addresses of 40 hex digits are wanted, separated by commas")
    return [bytes.fromhex(one[1]) for one in found if one]


def read_known(path: Path) -> list[bytes]:
    """The digests in a file.

    Raises:
        UnreadableError: it can't be read, or a line is none.
    """
    try:
        text = path.read_text(encoding="utf-8")
        lines = json.loads(text) if text.lstrip().startswith("[") else text.splitlines()
    except (OSError, ValueError) as error:
        raise UnreadableError(str(path), f"the known records can't be read: {error}") from None
    digests = []
    for place, line in enumerate(lines, start=1):
        if not str(line).strip() or str(line).startswith("#"):
            continue
        match = _DIGEST.fullmatch(str(line).strip())
        if match is None:
            raise UnreadableError(f"{path}, line {place}", "a record's digest is 64 hex digits")
        digests.append(bytes.fromhex(match[1]))
    return digests

"""What is allowed and worth a look: late recording, effects before the lodgement, disputed keys, odd references."""

from typing import TYPE_CHECKING, Final

from passavant_verifier.audit.findings import Findings, Place
from passavant_verifier.codes import RecordType
from passavant_verifier.events import Refused
from passavant_verifier.law.ledger import Ledger
from passavant_verifier.law.participants import DEFAULT_BACKDATING
from passavant_verifier.records import ZERO

if TYPE_CHECKING:
    from passavant_verifier.audit.replay import Seen

LATE: Final = DEFAULT_BACKDATING
"""Seconds from the legal moment to its block from which on a record is late."""

_TIMED: Final = (RecordType.DECLARATION, RecordType.PRESENTATION_NOTICE, RecordType.DECISION, RecordType.CONTROL)
_SUPERSEDING: Final = (RecordType.DECISION, RecordType.CONTROL)


def remark(ledger: Ledger, seen: "Seen", findings: Findings) -> None:
    """Note what is worth a look about an event that was just taken in."""
    record, time = seen.entry.record, seen.block.time
    place = Place(seen.block.number, seen.log, seen.entry.digest, record.form.name)
    key = ledger.participants.keys[seen.entry.signer]
    if key.compromised_since and key.compromised_since <= time:
        text = f"signed with 0x{seen.entry.signer.hex()}, which was reported as compromised"
        findings.note("disputed key", place, text)
    if isinstance(seen.event, Refused):
        return
    if record.code in _TIMED:
        _remark_time(ledger, seen, place, findings)
    if record.code in _SUPERSEDING and record.word("supersedes") != ZERO:
        is_control = record.word("supersedes") in ledger.consignments.controls
        if is_control != (record.code is RecordType.CONTROL):
            findings.note("supersedes another type", place, "a control supersedes a decision, or a decision a control")
    if record.code is RecordType.ERASURE:
        versions = ledger.consignments.declarations[record.word("declaration")].commitments
        if versions[record.number("version") - 1] != record.word("commitment"):
            findings.note("erases other content", place, "the commitment is not that of the version which it names")
    if record.code is RecordType.KEY_AUTHORISATION and record.number("compromisedSince"):
        since = record.number("compromisedSince")
        text = f"records of 0x{record.address('key').hex()} from {since} on are disputed"
        findings.note("key compromised", place, text)


def _remark_time(ledger: Ledger, seen: "Seen", place: Place, findings: Findings) -> None:
    record, effective_at = seen.entry.record, seen.entry.record.number("effectiveAt")
    if seen.block.time - effective_at > LATE:
        hours = (seen.block.time - effective_at) // 3600
        findings.note("late recording", place, f"recorded {hours} hours after it took effect")
    if record.code is RecordType.DECLARATION:
        return
    lodged = ledger.consignments.declarations[record.word("declaration")].effective_at
    if effective_at < lodged:
        findings.note(
            "effect before lodgement", place, f"it took effect {lodged - effective_at} s before the lodgement"
        )

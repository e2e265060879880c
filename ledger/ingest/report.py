"""What became of each message of an ingestion, and the table that counts them."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum, unique

from ledger.domain.wire import DeclarationId, Digest


@unique
class Fate(StrEnum):
    """What became of a message."""

    RECORDED = "recorded"
    """A record on the chain says it."""
    EVIDENCE = "kept as evidence"
    """Stored and shown as what it is; no status follows from it."""
    KNOWN = "known already"
    """Ingested before, or recorded by the other side."""
    REFUSED = "refused"
    """The ledger refused its record, or a value in it is wrong; `detail` says why."""
    UNREADABLE = "unreadable"
    """No message could be made of it; `detail` says where and why."""
    WAITING = "waiting"
    """Its record is signed and kept, but not on the chain yet: nobody sends now, or the chain does not go on."""


@dataclass(slots=True)
class Line:
    """One message. `source`: its file; `kind`: what it is; `digest`: its record, `declaration`: what that is about."""

    source: str
    kind: str
    fate: Fate
    detail: str = ""
    digest: Digest | None = None
    declaration: DeclarationId | None = None


@dataclass(slots=True)
class Report:
    """All lines of an ingestion, and warnings about values that real customs accept."""

    lines: list[Line] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def table(self) -> dict[tuple[str, Fate], int]:
        """How many messages of each kind had each fate."""
        return dict(Counter((line.kind, line.fate) for line in self.lines))

    @property
    def exit_code(self) -> int:
        """0 when every message is recorded or stored as what it is; 1 when one is refused or unreadable; 3: not yet."""
        fates = {line.fate for line in self.lines}
        if fates & {Fate.REFUSED, Fate.UNREADABLE}:
            return 1
        return 3 if Fate.WAITING in fates else 0

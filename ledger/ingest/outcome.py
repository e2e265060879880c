"""What a message became."""

from dataclasses import dataclass

from ledger.domain.wire import DeclarationId, Digest


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record about a declaration, now on its way to the chain."""

    digest: Digest
    declaration: DeclarationId
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something to keep as what it is: about this declaration, when that is known.

    `again`: what would make a record of it may still come, so the next ingestion deals with it anew.
    """

    detail: str
    declaration: DeclarationId | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Recorded before, by this side or the other."""

    detail: str


Became = Recorded | Evidence | Known

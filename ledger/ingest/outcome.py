"""What a message became."""

from dataclasses import dataclass

from ledger.domain.wire import DeclarationId, Digest


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record, now on its way to the chain."""

    digest: Digest
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something to keep as what it is: about this declaration, when that is known."""

    detail: str
    declaration: DeclarationId | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Recorded before, by this side or the other."""

    detail: str


Became = Recorded | Evidence | Known

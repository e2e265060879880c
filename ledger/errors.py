"""The one root of all errors of the ledger: typed fields, a sentence for people, no library's exception leaks."""

from dataclasses import dataclass


class PassavantError(Exception):
    """Root of every error that this package raises on purpose."""


@dataclass(eq=False)
class DocumentError(PassavantError):
    """A message that can't be read, written or amended: what is wrong, where, and what to do about it.

    Attributes:
        reason: what is wrong, one sentence without a full stop.
        hint: what to do about it, or empty.
        file: name of the source as it was given, or None when the text did not come from one.
        line: 1-based line, or None when unknown.
        column: 1-based column; only the XML parser knows it.
        element: canonical path of the element, such as ``Declaration/GoodsShipment[1]``.
        wcoid: WCO Data Model identifier of the element, such as ``D014``.
    """

    reason: str
    hint: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    element: str | None = None
    wcoid: str | None = None

    def __str__(self) -> str:
        """Where: what (element, WCOID). What to do."""
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        about = ", ".join(filter(None, (self.element, f"WCOID {self.wcoid}" if self.wcoid else None)))
        text = f"{where}: {self.reason}" if where else self.reason
        text += f" ({about})" if about else ""
        return f"{text}. {self.hint}" if self.hint else text


@dataclass(eq=False)
class CommitmentError(PassavantError):
    """Fields that can't be committed to, or a path that a commitment doesn't hold."""

    reason: str
    path: str | None = None

    def __str__(self) -> str:
        """What is wrong, and with which path."""
        return f"{self.reason}: {self.path}" if self.path is not None else self.reason

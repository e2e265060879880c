"""Values of a message, read with errors that name the element."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from ledger.documents import dates
from ledger.documents.messages import Change, PointerStep
from ledger.documents.references import parse_mrn
from ledger.documents.tree import Document, Element, whole_number

_COUNTRY = re.compile(r"[A-Z]{2}")
# where a message says whose it is, most trusted first; the first two letters are the country
_OFFICES: Final = ("PresentationOffice/ID", "DeclarationOfficeID", "ExitOffice/ID", "SupervisingOffice/ID")


class Values:
    """Reads one document's values."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.root = document.root

    def required(self, path: str, owner: Element, prefix: str) -> str:
        """The text at `path` below `owner`, whose canonical path is `prefix`; an error when it is missing."""
        found = owner.value(path)
        if found is None:
            leaf = f"{prefix}/{path.replace('/', '[1]/')}[1]"
            raise self.document.error(f"{path} is missing", "Ask the sender for a complete message", path=leaf)
        return found

    def instant(self, path: str, owner: Element) -> datetime | None:
        """The date at `path` below `owner`, in UTC, or None when it is absent or blank."""
        element = owner.find(path)
        inner = (element.find("DateTimeString") or element) if element else None
        if inner is None or not inner.text.strip():
            return None
        return self.instant_of(inner.text, inner.attribute("formatCode"), f"{self.root.name}/{path}")

    def instant_of(self, text: str, format_code: str | None, path: str) -> datetime:
        """The instant that a text means; an error naming the element when it is no date."""
        try:
            return dates.instant(text, format_code)
        except ValueError:
            hint = "Write it as 20261122093000Z with formatCode 304"
            raise self.document.error("this is no date that customs messages use", hint, path=path) from None

    def country(self) -> str | None:
        """The jurisdiction: of the header, else of an office, else of the MRN."""
        header = self.document.header
        declared = header.value("ResponsibleCountryCode") if header else None
        offices = (self.root.value(path) for path in _OFFICES)
        codes = (code[:2] for code in (declared, *offices) if code)
        found = next((code for code in codes if _COUNTRY.fullmatch(code)), None)
        return found or self.country_of(self.root.value("ID")) or self.country_of(self.root.value("Declaration/ID"))

    @staticmethod
    def country_of(mrn: str | None) -> str | None:
        """The country that issued an MRN, or None."""
        parsed = parse_mrn(mrn) if mrn else None
        return parsed.country if parsed else None


def pointer_of(element: Element) -> tuple[PointerStep, ...]:
    """The pointer steps (97A) of an amendment, error or statement, in order."""
    return tuple(_steps(element))


def _steps(element: Element) -> Iterator[PointerStep]:
    for step in element.every("Pointer"):
        sequence = whole_number(step.value("SequenceNumeric"))
        yield PointerStep(step.value("DocumentSectionCode") or "", sequence, step.value("TagID"))


def changes_of(root: Element) -> tuple[Change, ...]:
    """The amendments (06A) of a request or notice; the statement that points at 06A[n] is the n-th one's reason."""
    reasons: dict[int, str] = {}
    for statement in root.every("AdditionalInformation"):
        text = statement.value("StatementDescription")
        last = pointer_of(statement)[-1:]
        if text and last and last[0].section == "06A":
            reasons.setdefault(last[0].sequence or 1, text)
    return tuple(
        Change(pointer_of(amendment), amendment.value("ChangeReasonCode"), reasons.get(number))
        for number, amendment in enumerate(root.every("Amendment"), 1)
    )

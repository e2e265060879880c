"""From paths to messages in the order in which they happened; what can't be read is a line, never the end."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ledger.documents import (
    AmendmentRequestMessage,
    InvalidationRequestMessage,
    LodgedDeclaration,
    Message,
    Movement,
    Notice,
    PresentationMessage,
    RequestMessage,
    Severity,
    iter_sources,
    read,
    validate,
)
from ledger.errors import DocumentError
from ledger.ingest.report import Fate, Line, Report


@dataclass(slots=True)
class Batch:
    """The messages of an ingestion, by kind; notices in the order in which they happened."""

    declarations: list[LodgedDeclaration] = field(default_factory=list)
    requests: list[RequestMessage] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)

    def add(self, message: Message) -> None:
        """Sort in one message."""
        if isinstance(message, LodgedDeclaration):
            self.declarations.append(message)
        elif isinstance(message, RequestMessage):
            self.requests.append(message)
        elif isinstance(message, Notice):
            self.notices.append(message)
        elif isinstance(message, Movement):
            self.movements.append(message)


def read_all(paths: Iterable[Path | str], report: Report) -> Batch:
    """Read every message at and below the paths; unreadable and invalid ones become lines of the report."""
    batch = Batch()
    for source, data in _sources(paths, report):
        for message in _read(source, data, report):
            if _valid(message, report):
                batch.add(message)
    batch.notices.sort(key=lambda notice: notice.order)
    return batch


def kind_of(message: Message) -> str:
    """What a message is, for people."""
    if isinstance(message, Notice):
        return f"notice {message.function_code}"
    names = {
        LodgedDeclaration: "declaration",
        AmendmentRequestMessage: "amendment request",
        InvalidationRequestMessage: "invalidation request",
        PresentationMessage: "presentation",
    }
    return names.get(type(message), "movement message")


def _sources(paths: Iterable[Path | str], report: Report) -> Iterable[tuple[str, bytes]]:
    for path in paths:
        try:
            yield from iter_sources([path])
        except DocumentError as error:
            report.lines.append(Line(error.file or str(path), "file", Fate.UNREADABLE, str(error)))


def _read(source: str, data: bytes, report: Report) -> list[Message]:
    try:
        return read(data, source)
    except DocumentError as error:
        report.lines.append(Line(source, "file", Fate.UNREADABLE, str(error)))
        return []


def _valid(message: Message, report: Report) -> bool:
    """Whether no value of a declarant's message is wrong; what customs tell is never refused for its form."""
    findings = validate(message.document)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    report.warnings += [str(finding) for finding in findings if finding.severity is not Severity.ERROR]
    if not errors or isinstance(message, Notice | Movement):
        report.warnings += [str(finding) for finding in errors]
        return True
    detail = "; ".join(str(finding) for finding in errors)
    report.lines.append(Line(message.document.source, kind_of(message), Fate.REFUSED, detail))
    return False

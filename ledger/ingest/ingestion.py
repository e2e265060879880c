"""One ingestion: every message of a batch, to what it becomes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from ledger.client import RecordAnswer, RecordProgress
from ledger.desk import Desk, DeskError
from ledger.documents import LodgedDeclaration, Message, Movement, Notice, RequestMessage
from ledger.domain.codes import OrganisationKind
from ledger.domain.state import BrokenTimeline
from ledger.domain.wire import DeclarationId
from ledger.errors import PassavantError
from ledger.ingest.administration import Administration
from ledger.ingest.keys import message_key
from ledger.ingest.operator import Operator
from ledger.ingest.outcome import Became, Evidence, Recorded
from ledger.ingest.reading import Batch, kind_of, read_all
from ledger.ingest.report import Fate, Line, Report

Progress = Callable[[int, int], None]
_FINAL_WAIT: Final = 600.0


def ingest(desk: Desk, paths: Sequence[Path | str], progress: Progress | None = None) -> Report:
    """Take in every message at and below the paths, as the desk's participant.

    Args:
        desk: whose messages these are.
        paths: files, folders, archives.
        progress: called with (messages done, messages in all).

    Returns:
        A line for each message, whatever became of it. Nothing is recorded twice; what an interrupted run left undone
        is done by the next one.
    """
    report = Report()
    batch = read_all(paths, report)
    desk.client.settle(_FINAL_WAIT)
    run = _Run(desk, report, batch)
    messages = [*batch.declarations, *batch.requests, *batch.notices, *batch.movements]
    for done, message in enumerate(messages):
        if progress is not None:
            progress(done, len(messages))
        run.take(message)
    run.settle()
    if progress is not None:
        progress(len(messages), len(messages))
    return report


class _Run:
    """What stays the same from message to message."""

    def __init__(self, desk: Desk, report: Report, batch: Batch) -> None:
        self.desk = desk
        self.report = report
        decides = desk.identity.kind is OrganisationKind.ADMINISTRATION
        self.side: Administration | Operator = Administration(desk, batch.notices) if decides else Operator(desk)

    def take(self, message: Message) -> None:
        """Make of a message what it is, and note the line."""
        key = message_key(message, self.desk.identity.organisation)
        line = Line(message.document.source, kind_of(message), Fate.KNOWN)
        self.report.lines.append(line)
        if self.desk.client.ingested(key) is not False:
            return
        self.desk.before_submit = lambda digest: self.desk.client.note_ingested(key, line.kind, "record", digest)
        try:
            became = self._dispatch(message)
        except BrokenTimeline as error:
            became = Evidence(f"the ledger has no such step here: {error.reason}", DeclarationId(error.declaration))
        except (DeskError, PassavantError) as error:
            line.fate, line.detail = Fate.REFUSED, str(error)
            return
        self._note(line, message, key, became)

    def _dispatch(self, message: Message) -> Became:
        if isinstance(message, LodgedDeclaration):
            return self.side.declaration(message)
        if isinstance(message, RequestMessage):
            return self.side.request(message)
        if isinstance(message, Notice):
            return self.side.notice(message)
        return self.side.movement(message) if isinstance(message, Movement) else Evidence("of an unknown kind")

    def _note(self, line: Line, message: Message, key: bytes, became: Became) -> None:
        if isinstance(became, Recorded):
            line.fate, line.digest, line.detail = Fate.RECORDED, became.digest, became.detail
        elif isinstance(became, Evidence):
            line.fate, line.detail = Fate.EVIDENCE, became.detail
            self.side.keep(message, became)
            self.desk.client.note_ingested(key, line.kind, "evidence", None)
        else:
            line.fate, line.detail = Fate.KNOWN, became.detail

    def settle(self) -> None:
        """Wait for the chain's word on every record, and correct the lines that it refused."""
        self.desk.client.settle(_FINAL_WAIT)
        for line in self.report.lines:
            told = self.desk.client.record(line.digest) if line.digest is not None else None
            if told is not None and told.progress in {RecordProgress.REFUSED, RecordProgress.LOST}:
                line.fate, line.detail = Fate.REFUSED, _why(told)
        self.desk.forget()


def _why(told: RecordAnswer) -> str:
    if told.progress is RecordProgress.LOST:
        return "lost: its deadline passed before it was recorded; ingest again"
    reason = told.outcome.name if told.outcome else "refused"
    return f"{reason}{' (provisional: ingest again later)' if told.provisional else ''}"

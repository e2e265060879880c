"""One ingestion: every message of a batch, to what it becomes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.client import (
    PayloadRefused,
    RecordAnswer,
    RecordProgress,
    ReferenceFormatError,
    SealingError,
    SealRefused,
)
from ledger.desk import Desk, DeskError
from ledger.documents import LodgedDeclaration, Message, Movement, Notice, RequestMessage
from ledger.domain.codes import OrganisationKind, Outcome
from ledger.domain.state import BrokenTimeline
from ledger.domain.wire import DeclarationId, Digest, WireError
from ledger.errors import DocumentError
from ledger.index.ingested import IngestedMessage
from ledger.ingest.administration import Administration
from ledger.ingest.keys import message_key
from ledger.ingest.operator import Operator
from ledger.ingest.outcome import Became, Evidence, Recorded
from ledger.ingest.reading import Batch, kind_of, read_all
from ledger.ingest.report import Fate, Line, Report
from ledger.ingest.side import Side

Progress = Callable[[int, int], None]
_TOGETHER: Final = 100
"""Messages in one database transaction: a second's work at most, since others can't write meanwhile."""
_FINAL_WAIT: Final = 600.0
_ROUNDS: Final = 20
_NOT_THIS_ONE: Final = (
    DeskError,
    DocumentError,
    PayloadRefused,
    ReferenceFormatError,
    SealingError,
    SealRefused,
    WireError,
)
_GONE: Final = frozenset({RecordProgress.REFUSED, RecordProgress.LOST, RecordProgress.UNHEARD_OF})
_ON_ITS_WAY: Final = frozenset({RecordProgress.WAITING, RecordProgress.SENDING})
_OVERTAKEN: Final = frozenset({Outcome.STALE_HEAD, Outcome.REQUEST_NOT_NAMED, Outcome.REQUEST_PENDING})
"""Refusals because somebody else wrote about the declaration meanwhile."""


def ingest(desk: Desk, paths: Sequence[Path | str], progress: Progress | None = None) -> Report:
    """Take in every message at and below the paths, as the desk's participant.

    Args:
        desk: whose messages these are.
        paths: files, folders, archives.
        progress: called with (messages done, messages in all).

    Returns:
        A line for each message, whatever became of it. Nothing is recorded twice; what an interrupted run left undone
        is done by the next one.

    Raises:
        ChainError: the node can't be reached; what was taken in by then is kept and goes on its way later.
        StoreError: the store can't be written.
    """
    report = Report()
    batch = read_all(paths, report)
    desk.client.settle(_FINAL_WAIT)
    try:
        _Run(desk, report, batch, progress).run()
    finally:
        desk.forget()
    return report


@dataclass(slots=True)
class _Task:
    """A message with its line."""

    message: Message
    line: Line
    retried: bool = False


class _Run:
    """What stays the same from message to message."""

    def __init__(self, desk: Desk, report: Report, batch: Batch, progress: Progress | None) -> None:
        self.desk = desk
        self.client = desk.client
        self.report = report
        self.batch = batch
        self.progress = progress or (lambda *_: None)
        self.side = self._new_side()

    def run(self) -> None:
        """Take in everything, and again what was refused only because of what came before it."""
        messages = self.side.messages(self.batch)
        tasks = [_Task(message, Line(message.document.source, kind_of(message), Fate.KNOWN)) for message in messages]
        self.report.lines += [task.line for task in tasks]
        for done, part in _parts(tasks):
            self.progress(done, len(tasks))
            self._take(part)
            self.client.pump()
        for _ in range(_ROUNDS):
            self.client.settle(_FINAL_WAIT)
            again = self._refused(tasks)
            if not again:
                break
            self.desk.forget()
            self.side = self._new_side()
            for _, part in _parts(again):
                self._take(part)
        self.progress(len(tasks), len(tasks))

    def _new_side(self) -> Side:
        decides = self.desk.identity.kind is OrganisationKind.ADMINISTRATION
        return Administration(self.desk, self.batch) if decides else Operator(self.desk, self.batch)

    def _take(self, tasks: Sequence[_Task]) -> None:
        """Make of messages what they are: records, payloads, references, evidence and notes are kept together."""
        keys = {id(task): message_key(task.message, self.desk.identity.organisation) for task in tasks}
        with self.client.batch(), self.desk.hopeful():
            known = {key for key, became in self.client.all_ingested(keys.values()).items() if became is not False}
            notes: dict[bytes, IngestedMessage] = {}
            for task in tasks:
                key = keys[id(task)]
                if key not in known and key not in notes:
                    outcome, digest = self._take_one(task)
                    if outcome:
                        notes[key] = IngestedMessage(key, task.line.kind, outcome, digest)
            self.client.note_ingested(notes.values())

    def _take_one(self, task: _Task) -> tuple[str, Digest | None]:
        """Make of a message what it is; the word to note for it, and its record. No word: the next run looks again."""
        try:
            became = self._dispatch(task.message)
        except BrokenTimeline as error:
            reason = f"the ledger has no such step here: {error.reason}"
            became = Evidence(reason, DeclarationId(error.declaration), again=True)
        except _NOT_THIS_ONE as error:
            task.line.fate, task.line.detail = Fate.REFUSED, str(error)
            return "", None
        return self._keep(task, became)

    def _keep(self, task: _Task, became: Became) -> tuple[str, Digest | None]:
        line = task.line
        line.detail = became.detail
        if isinstance(became, Recorded):
            line.fate, line.digest, line.declaration = Fate.RECORDED, became.digest, became.declaration
            return "record", became.digest
        if isinstance(became, Evidence):
            line.fate, line.declaration = Fate.EVIDENCE, became.declaration
            self.side.keep(task.message, became)
            return ("" if became.again else "evidence"), None
        return "", None

    def _dispatch(self, message: Message) -> Became:
        if isinstance(message, LodgedDeclaration):
            return self.side.declaration(message)
        if isinstance(message, RequestMessage):
            return self.side.request(message)
        if isinstance(message, Notice):
            return self.side.notice(message)
        assert isinstance(message, Movement)  # noqa: S101 - there are no other kinds
        return self.side.movement(message)

    def _refused(self, tasks: Sequence[_Task]) -> list[_Task]:
        """Correct the lines of records that are not on the chain; those to try again, now that the others are known.

        Of a declaration's records the first refused one has a reason of its own, unless somebody else was quicker;
        the reason of those after it may be just that.
        """
        again: list[_Task] = []
        broken: set[DeclarationId | None] = set()
        for task in tasks:
            line = task.line
            if line.digest is None:
                continue
            told = self.client.record(line.digest)
            if told.progress in _GONE:
                follows = line.declaration in broken
                broken.add(line.declaration)
                line.fate, line.detail = Fate.REFUSED, self._why(told, line)
                if follows or (told.outcome in _OVERTAKEN and not task.retried):
                    task.retried = True
                    again.append(task)
                else:
                    line.digest = None
            elif told.progress in _ON_ITS_WAY:
                line.fate = Fate.WAITING
        return again

    def _why(self, told: RecordAnswer, line: Line) -> str:
        """Why a record is not on the chain; when its declaration is not either, that one's reason."""
        opened = self.client.record(line.declaration) if line.declaration else told
        if opened.progress in _GONE:
            told = opened
        if told.progress is RecordProgress.LOST:
            return "lost: its deadline passed before it was recorded; ingest again"
        reason = told.outcome.name if told.outcome else "refused"
        return f"{reason}{' (provisional: ingest again later)' if told.provisional else ''}"


def _parts(tasks: Sequence[_Task]) -> Iterator[tuple[int, Sequence[_Task]]]:
    for start in range(0, len(tasks), _TOGETHER):
        yield start, tasks[start : start + _TOGETHER]

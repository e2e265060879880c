"""The client: the one façade over chain, store and index; it knows no HTTP server.

What is named here is public. It is imported when first asked for, so that a command pays only for what it uses.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ledger.chain.errors import ChainError as ChainError
    from ledger.chain.errors import NodeUnreachable as NodeUnreachable
    from ledger.chain.errors import WrongNetwork as WrongNetwork
    from ledger.client.client import Client as Client
    from ledger.client.confidential import SealedForReader as SealedForReader
    from ledger.client.receipt_files import ReceiptFile as ReceiptFile
    from ledger.client.receipts import ReceiptError as ReceiptError
    from ledger.client.types import AnnexRefused as AnnexRefused
    from ledger.client.types import ClientSettings as ClientSettings
    from ledger.client.types import Entry as Entry
    from ledger.client.types import NotEntitled as NotEntitled
    from ledger.client.types import Prepared as Prepared
    from ledger.client.types import Scope as Scope
    from ledger.client.types import SealRefused as SealRefused
    from ledger.client.types import Submission as Submission
    from ledger.client.types import scope_from_json as scope_from_json
    from ledger.domain.grants import ReadGrant as ReadGrant
    from ledger.domain.plain import FieldError as FieldError
    from ledger.domain.retention import RetentionError as RetentionError
    from ledger.domain.transparency import CheckpointError as CheckpointError
    from ledger.index.aeo import AeoAnswer as AeoAnswer
    from ledger.index.answers import Answer as Answer
    from ledger.index.answers import AsOf as AsOf
    from ledger.index.answers import StatusAnswer as StatusAnswer
    from ledger.index.arrangements import ArrangementShown as ArrangementShown
    from ledger.index.assistance import AssistanceFilter as AssistanceFilter
    from ledger.index.assistance import AssistanceShown as AssistanceShown
    from ledger.index.candidates import RecognitionCandidate as RecognitionCandidate
    from ledger.index.errors import CursorError as CursorError
    from ledger.index.errors import ReferenceFormatError as ReferenceFormatError
    from ledger.index.errors import StaleGrant as StaleGrant
    from ledger.index.errors import StoreError as StoreError
    from ledger.index.grants import AccessEntry as AccessEntry
    from ledger.index.grants import KeptGrant as KeptGrant
    from ledger.index.history import DeclarationAnswer as DeclarationAnswer
    from ledger.index.history import Entry as _Entry
    from ledger.index.history import FeedItem as FeedItem
    from ledger.index.history import Page as Page
    from ledger.index.history import ParticipantAnswer as ParticipantAnswer
    from ledger.index.history import RecordAnswer as RecordAnswer
    from ledger.index.history import RecordProgress as RecordProgress
    from ledger.index.lookup import StatusQuery as StatusQuery
    from ledger.index.references import Reference as Reference
    from ledger.index.references import ReferenceType as ReferenceType
    from ledger.index.relied import ReliedAnswer as ReliedAnswer
    from ledger.index.retaining import Retained as Retained
    from ledger.index.sealed import Custody as Custody
    from ledger.index.shared import SharedControl as SharedControl
    from ledger.index.work import Work as Work
    from ledger.index.worklist import WorkFilter as WorkFilter
    from ledger.index.worklist import WorkPage as WorkPage
    from ledger.index.worklist import WorkShown as WorkShown
    from ledger.sealing import MalformedSeal as MalformedSeal
    from ledger.sealing import PayloadRefused as PayloadRefused
    from ledger.sealing import Sealed as Sealed
    from ledger.sealing import SealingError as SealingError
    from ledger.sealing import Subject as Subject
    from ledger.sealing import Suite as Suite
    from ledger.sealing import Wrap as Wrap

    TimelineEntry = _Entry

_FACE: Final = {
    "ledger.chain.errors": ("ChainError", "NodeUnreachable", "WrongNetwork"),
    "ledger.client.client": ("Client",),
    "ledger.client.confidential": ("SealedForReader",),
    "ledger.client.receipt_files": ("ReceiptFile",),
    "ledger.client.receipts": ("ReceiptError",),
    "ledger.client.types": (
        "AnnexRefused",
        "ClientSettings",
        "Entry",
        "NotEntitled",
        "Prepared",
        "Scope",
        "SealRefused",
        "Submission",
        "scope_from_json",
    ),
    "ledger.domain.grants": ("ReadGrant",),
    "ledger.domain.plain": ("FieldError",),
    "ledger.domain.retention": ("RetentionError",),
    "ledger.domain.transparency": ("CheckpointError",),
    "ledger.index.aeo": ("AeoAnswer",),
    "ledger.index.answers": ("Answer", "AsOf", "StatusAnswer"),
    "ledger.index.assistance": ("AssistanceFilter", "AssistanceShown"),
    "ledger.index.arrangements": ("ArrangementShown",),
    "ledger.index.candidates": ("RecognitionCandidate",),
    "ledger.index.errors": ("CursorError", "ReferenceFormatError", "StaleGrant", "StoreError"),
    "ledger.index.grants": ("AccessEntry", "KeptGrant"),
    "ledger.index.history": (
        "DeclarationAnswer",
        "FeedItem",
        "Page",
        "ParticipantAnswer",
        "RecordAnswer",
        "RecordProgress",
    ),
    "ledger.index.lookup": ("StatusQuery",),
    "ledger.index.relied": ("ReliedAnswer",),
    "ledger.index.retaining": ("Retained",),
    "ledger.index.references": ("Reference", "ReferenceType"),
    "ledger.index.sealed": ("Custody",),
    "ledger.index.shared": ("SharedControl",),
    "ledger.index.work": ("Work",),
    "ledger.index.worklist": ("WorkFilter", "WorkPage", "WorkShown"),
    "ledger.sealing": ("MalformedSeal", "PayloadRefused", "Sealed", "SealingError", "Subject", "Suite", "Wrap"),
}
_HOME: Final = {name: module for module, names in _FACE.items() for name in names}
_RENAMED: Final = {"TimelineEntry": ("ledger.index.history", "Entry")}


def __getattr__(name: str) -> Any:
    if name in _RENAMED:
        module, own = _RENAMED[name]
        return getattr(import_module(module), own)
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)

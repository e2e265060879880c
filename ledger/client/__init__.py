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
    from ledger.client.keeping import NotEntitled as NotEntitled
    from ledger.client.receipt_files import ReceiptFile as ReceiptFile
    from ledger.client.receipts import ReceiptError as ReceiptError
    from ledger.client.types import ClientSettings as ClientSettings
    from ledger.client.types import Entry as Entry
    from ledger.client.types import Payload as Payload
    from ledger.client.types import PayloadRefused as PayloadRefused
    from ledger.client.types import Prepared as Prepared
    from ledger.client.types import Scope as Scope
    from ledger.client.types import Submission as Submission
    from ledger.client.types import payload_from_json as payload_from_json
    from ledger.domain.plain import FieldError as FieldError
    from ledger.domain.transparency import CheckpointError as CheckpointError
    from ledger.index.answers import Answer as Answer
    from ledger.index.answers import AsOf as AsOf
    from ledger.index.answers import StatusAnswer as StatusAnswer
    from ledger.index.errors import CursorError as CursorError
    from ledger.index.errors import ReferenceFormatError as ReferenceFormatError
    from ledger.index.errors import StoreError as StoreError
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

    TimelineEntry = _Entry

_FACE: Final = {
    "ledger.chain.errors": ("ChainError", "NodeUnreachable", "WrongNetwork"),
    "ledger.client.client": ("Client",),
    "ledger.client.keeping": ("NotEntitled",),
    "ledger.client.receipt_files": ("ReceiptFile",),
    "ledger.client.receipts": ("ReceiptError",),
    "ledger.client.types": (
        "ClientSettings",
        "Entry",
        "Payload",
        "PayloadRefused",
        "Prepared",
        "Scope",
        "Submission",
        "payload_from_json",
    ),
    "ledger.domain.plain": ("FieldError",),
    "ledger.domain.transparency": ("CheckpointError",),
    "ledger.index.answers": ("Answer", "AsOf", "StatusAnswer"),
    "ledger.index.errors": ("CursorError", "ReferenceFormatError", "StoreError"),
    "ledger.index.history": (
        "DeclarationAnswer",
        "FeedItem",
        "Page",
        "ParticipantAnswer",
        "RecordAnswer",
        "RecordProgress",
    ),
    "ledger.index.lookup": ("StatusQuery",),
    "ledger.index.references": ("Reference", "ReferenceType"),
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

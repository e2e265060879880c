"""The index: a store, what it remembers, and what it answers.

`Store` and `Queries` are cheap to import; whatever writes brings SQLAlchemy, and is imported when it is first named.

    store = Store.open("sqlite:///ledger.db", network)
    Indexer(store).apply(blocks, events)
    Queries(store, References(store)).status(StatusQuery(reference="RR123456785GB"), viewer=100_001)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from ledger.index.alarms import Alarm, Alarms
from ledger.index.answers import (
    Answer,
    AsOf,
    Candidate,
    Decided,
    Deliver,
    HoldShown,
    Item,
    Part,
    StatusAnswer,
    to_json,
)
from ledger.index.errors import (
    CursorError,
    ForkError,
    GapError,
    OtherNetworkError,
    ReferenceFormatError,
    StaleGrant,
    StoreError,
)
from ledger.index.folding import Remark
from ledger.index.freshness import Freshness
from ledger.index.history import (
    DeclarationAnswer,
    Entry,
    FeedItem,
    KeyShown,
    Page,
    ParticipantAnswer,
    RecordAnswer,
    RecordProgress,
    VersionShown,
)
from ledger.index.lookup import StatusQuery
from ledger.index.network import Network
from ledger.index.queries import Queries
from ledger.index.references import Reference, References, ReferenceType
from ledger.index.store import Store

if TYPE_CHECKING:
    from ledger.index.challenges import Challenges
    from ledger.index.evidence import Evidence, EvidenceItem
    from ledger.index.indexer import Indexer
    from ledger.index.ingested import Ingested, IngestedMessage
    from ledger.index.outbox import StoreOutbox
    from ledger.index.readers import ReaderGrant, Readers
    from ledger.index.replaying import Difference, Replay, replay
    from ledger.index.scopes import Scopes
    from ledger.index.sealed import SealedPayloads

_WRITERS: Final = {
    "Challenges": "challenges",
    "Difference": "replaying",
    "Evidence": "evidence",
    "EvidenceItem": "evidence",
    "Indexer": "indexer",
    "Ingested": "ingested",
    "IngestedMessage": "ingested",
    "ReaderGrant": "readers",
    "Readers": "readers",
    "Replay": "replaying",
    "Scopes": "scopes",
    "SealedPayloads": "sealed",
    "StoreOutbox": "outbox",
    "replay": "replaying",
}

__all__ = [
    "Alarm",
    "Alarms",
    "Answer",
    "AsOf",
    "Candidate",
    "Challenges",
    "CursorError",
    "Decided",
    "DeclarationAnswer",
    "Deliver",
    "Difference",
    "Entry",
    "Evidence",
    "EvidenceItem",
    "FeedItem",
    "ForkError",
    "Freshness",
    "GapError",
    "HoldShown",
    "Indexer",
    "Ingested",
    "IngestedMessage",
    "Item",
    "KeyShown",
    "Network",
    "OtherNetworkError",
    "Page",
    "Part",
    "ParticipantAnswer",
    "Queries",
    "ReaderGrant",
    "Readers",
    "RecordAnswer",
    "RecordProgress",
    "Reference",
    "ReferenceFormatError",
    "ReferenceType",
    "References",
    "Remark",
    "Replay",
    "Scopes",
    "SealedPayloads",
    "StaleGrant",
    "StatusAnswer",
    "StatusQuery",
    "Store",
    "StoreError",
    "StoreOutbox",
    "VersionShown",
    "replay",
    "to_json",
]


def __getattr__(name: str) -> Any:
    """Import a writer when it is named for the first time."""
    if name not in _WRITERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WRITERS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

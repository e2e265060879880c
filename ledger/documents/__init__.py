"""Customs messages in, typed messages out: WCO Data Model 3.6 in XML or JSON, and what real senders make of it."""

from ledger.documents.amendments import Amended, Applied, Operation, apply_amendment
from ledger.documents.json_form import from_json, to_json
from ledger.documents.markup import write
from ledger.documents.messages import (
    AmendmentRequestMessage,
    Change,
    GoodsItem,
    InvalidationRequestMessage,
    LodgedDeclaration,
    Message,
    Movement,
    Notice,
    NoticeError,
    Party,
    PointerStep,
    PresentationMessage,
    RequestMessage,
    Tax,
)
from ledger.documents.notices import Known, NoticeDecision, notice_decision
from ledger.documents.reading import documents, read, typed
from ledger.documents.references import Reference, ReferenceKind
from ledger.documents.sources import iter_sources
from ledger.documents.tree import Document, Element, Leaf, build, leaves
from ledger.documents.validation import Finding, Rule, Severity, validate

__all__ = [
    "Amended",
    "AmendmentRequestMessage",
    "Applied",
    "Change",
    "Document",
    "Element",
    "Finding",
    "GoodsItem",
    "InvalidationRequestMessage",
    "Known",
    "Leaf",
    "LodgedDeclaration",
    "Message",
    "Movement",
    "Notice",
    "NoticeDecision",
    "NoticeError",
    "Operation",
    "Party",
    "PointerStep",
    "PresentationMessage",
    "Reference",
    "ReferenceKind",
    "RequestMessage",
    "Rule",
    "Severity",
    "Tax",
    "apply_amendment",
    "build",
    "documents",
    "from_json",
    "iter_sources",
    "leaves",
    "notice_decision",
    "read",
    "to_json",
    "typed",
    "validate",
    "write",
]

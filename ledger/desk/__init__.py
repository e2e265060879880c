"""One participant's writing desk: from what somebody wants to say to a signed record in the outbox.

The desk knows who signs what, keeps each payload with the record that commits to it, and follows the heads of the
declarations it writes about, so that a record may be signed before the one ahead of it is in a block.
"""

from ledger.desk.assisting import ASSISTANCE_SCHEMA, AssistanceThread, AssistanceWritten, Letter
from ledger.desk.bench import DECLARATION_SCHEMA, EVIDENCE_SCHEMA
from ledger.desk.desk import Desk
from ledger.desk.disclosing import MEDIA_TYPE, Choice, choice_of, disclose
from ledger.desk.options import (
    AmbiguousReference,
    ContentErased,
    ContentMissing,
    ControlOptions,
    DeskError,
    Directory,
    Identity,
    LodgementOptions,
    RecognitionOptions,
    RulingOptions,
    Ticket,
    UnknownReference,
    Written,
)
from ledger.desk.references import indexable, references_of

__all__ = [
    "ASSISTANCE_SCHEMA",
    "DECLARATION_SCHEMA",
    "EVIDENCE_SCHEMA",
    "MEDIA_TYPE",
    "AmbiguousReference",
    "AssistanceThread",
    "AssistanceWritten",
    "Choice",
    "ContentErased",
    "ContentMissing",
    "ControlOptions",
    "Desk",
    "DeskError",
    "Directory",
    "Identity",
    "Letter",
    "LodgementOptions",
    "RecognitionOptions",
    "RulingOptions",
    "Ticket",
    "UnknownReference",
    "Written",
    "choice_of",
    "disclose",
    "indexable",
    "references_of",
]

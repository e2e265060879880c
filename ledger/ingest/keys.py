"""Keys by which a message is recognised when it comes again (32 bytes each; nothing can be read from them)."""

from ledger.documents import Message, Notice, RequestMessage
from ledger.domain.keccak import keccak256


def message_key(message: Message, organisation: int) -> bytes:
    """A notice is its own reference (WCOID D026), wherever it was found; every other message is its content.

    The key counts for one organisation: what is evidence for one side is a record of the other.
    """
    who = organisation.to_bytes(4, "big")
    if isinstance(message, Notice):
        parts = (message.country or "", message.mrn or message.lrn or "", message.function_code, message.reference)
        return keccak256(who, b"notice", *(part.encode() + b"\0" for part in parts))
    return keccak256(who, content_hash(message))


def answered_key(request: RequestMessage, organisation: int) -> bytes:
    """Under this key stands that customs answered a request which was made outside the ledger."""
    return keccak256(b"answered", organisation.to_bytes(4, "big"), content_hash(request))


def content_hash(message: Message) -> bytes:
    """The hash of a message's leaves: paths and exact values."""
    leaves = (f"{path}\0{value}\0".encode() for path, value in message.fields.items())
    return keccak256(b"message", *leaves)

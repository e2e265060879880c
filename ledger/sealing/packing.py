"""Something sealed for one reader alone, as bytes by themselves: what a participant received and keeps for itself.

``0x01 ‖ declaration ‖ commitment ‖ schema ‖ recipient (4) ‖ key version (4) ‖ suite (1) ‖ wrap ‖ ciphertext``
"""

import struct
from typing import Final

from ledger.sealing.envelope import Sealed, Subject
from ledger.sealing.errors import MalformedSeal
from ledger.sealing.keys import Suite
from ledger.sealing.wrapping import SIZES, Wrap

_HEAD: Final = struct.Struct(">c32s32s32sIIB")
_FORM: Final = b"\x01"


def pack(sealed: Sealed, wrap: Wrap) -> bytes:
    """A ciphertext with one wrap."""
    subject = sealed.subject
    head = _HEAD.pack(
        _FORM,
        subject.declaration,
        subject.commitment,
        subject.schema,
        wrap.recipient,
        wrap.key_version,
        int(wrap.suite),
    )
    return head + wrap.wrapped + sealed.ciphertext


def unpack(packed: bytes) -> tuple[Sealed, Wrap]:
    """The ciphertext and the wrap.

    Raises:
        MalformedSeal: it is none.
    """
    try:
        form, declaration, commitment, schema, recipient, version, number = _HEAD.unpack_from(packed)
        suite = Suite(number)
    except (struct.error, ValueError):
        raise MalformedSeal("this is nothing that was sealed for one reader") from None
    if form != _FORM:
        raise MalformedSeal("this is sealed in another form")
    start = _HEAD.size + SIZES[suite]
    wrap = Wrap(recipient, version, suite, packed[_HEAD.size : start])
    return Sealed(Subject(declaration, commitment, schema), packed[start:]), wrap

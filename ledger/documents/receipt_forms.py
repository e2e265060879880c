"""A receipt's file forms: CBOR, and what is made of that for eyes and cameras."""

from typing import TYPE_CHECKING

from ledger.documents.qr import png, svg, symbols
from ledger.domain.receipts import CBOR_TYPE, Receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

    import segno


def to_cbor(receipt: Receipt) -> bytes:
    """The receipt in its one CBOR spelling (RFC 8949, 4.2.1); every map key is shorter than 24 bytes."""
    import cbor2

    return bytes(cbor2.dumps(receipt.plain(CBOR_TYPE), canonical=True))


def codes(receipt: Receipt) -> "Sequence[segno.QRCode]":
    """The QR codes of its CBOR form; raises `DocumentError` when it is too large for them."""
    return symbols(to_cbor(receipt))


def to_png(receipt: Receipt) -> bytes:
    """A picture of its QR codes."""
    return png(codes(receipt))


def to_svg(receipt: Receipt) -> bytes:
    """A drawing of its QR codes."""
    return svg(codes(receipt))

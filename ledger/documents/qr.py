"""QR codes of binary files: one symbol when it fits, else a series (ISO/IEC 18004, structured append) of up to 16.

Each picture of a series says which of how many it is; readers that know structured append put the parts together in any
order, others give each part's bytes, to be joined in the order of the captions.
"""

import io
from typing import TYPE_CHECKING, Final

from ledger.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import segno
    from PIL.Image import Image

LARGEST_SERIES: Final = 16
_EASY: Final = 25
"""A version (size) that phones read from a screen or from paper without care."""
_DENSEST: Final = 40
_MARGIN: Final = 4
_CAPTION: Final = 8
_SCALE: Final = 4


def symbols(content: bytes) -> "Sequence[segno.QRCode]":
    """The symbols of a file: few and easy to read where that goes, denser where not.

    Raises:
        DocumentError: it does not fit sixteen of the densest symbols.
    """
    import segno
    from segno.encoder import DataOverflowError

    try:
        one = segno.make(content, mode="byte", error="l", micro=False, boost_error=True)
        if int(one.version) <= _EASY:
            return [one]
    except DataOverflowError:
        pass
    for version in (_EASY, _DENSEST):
        try:
            return list(segno.make_sequence(content, version=version, mode="byte", error="l", boost_error=False))
        except DataOverflowError:
            continue
    raise DocumentError(f"{len(content)} bytes do not fit {LARGEST_SERIES} QR codes", "Hand over the file itself")


def png(series: "Sequence[segno.QRCode]") -> bytes:
    """One picture of all symbols, with captions when there are several."""
    from PIL import Image

    parts = [picture(symbol, caption(index, series)) for index, symbol in enumerate(series)]
    columns = _columns(len(parts))
    width, height = max(part.width for part in parts), max(part.height for part in parts)
    sheet = Image.new("L", (columns * width, -(-len(parts) // columns) * height), 255)
    for index, part in enumerate(parts):
        sheet.paste(part, (index % columns * width, index // columns * height))
    written = io.BytesIO()
    sheet.save(written, "PNG", optimize=True)
    return written.getvalue()


def svg(series: "Sequence[segno.QRCode]") -> bytes:
    """As `png`, as a drawing: one unit a module."""
    columns = _columns(len(series))
    side = max(len(symbol.matrix) for symbol in series) + 2 * _MARGIN
    height = side + (_CAPTION if len(series) > 1 else 0)
    cells = "".join(
        f'<g transform="translate({index % columns * side} {index // columns * height})">'
        f'<path d="{_path(symbol)}"/>{_label(caption(index, series), side)}</g>'
        for index, symbol in enumerate(series)
    )
    whole = f"{columns * side} {-(-len(series) // columns) * height}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole}">'
    return f'{head}<rect width="100%" height="100%" fill="#fff"/>{cells}</svg>\n'.encode()


def picture(symbol: "segno.QRCode", text: str) -> "Image":
    """A symbol's picture, its caption below it."""
    from PIL import Image, ImageDraw, ImageFont

    drawn = io.BytesIO()
    symbol.save(drawn, kind="png", scale=_SCALE, border=_MARGIN)
    plain = Image.open(drawn).convert("L")
    if not text:
        return plain
    captioned = Image.new("L", (plain.width, plain.height + _CAPTION * _SCALE), 255)
    captioned.paste(plain, (0, 0))
    font = ImageFont.load_default(size=(_CAPTION - 2) * _SCALE)
    ImageDraw.Draw(captioned).text((plain.width // 2, plain.height), text, fill=0, font=font, anchor="ma")
    return captioned


def caption(index: int, series: "Sequence[segno.QRCode]") -> str:
    """Which of how many; nothing for a single one."""
    return f"{index + 1}/{len(series)}" if len(series) > 1 else ""


def _columns(count: int) -> int:
    return next(columns for columns in range(1, LARGEST_SERIES + 1) if columns * columns >= count)


def _label(text: str, side: int) -> str:
    if not text:
        return ""
    size = _CAPTION - 2
    return f'<text x="{side / 2}" y="{side + size - 1}" font-size="{size}" text-anchor="middle">{text}</text>'


def _path(symbol: "segno.QRCode") -> str:
    """Every dark module, as a row's runs."""
    strokes = []
    for y, row in enumerate(symbol.matrix, _MARGIN):
        start = None
        for x, dark in enumerate([*row, 0], _MARGIN):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                strokes.append(f"M{start} {y}h{x - start}v1H{start}z")
                start = None
    return "".join(strokes)

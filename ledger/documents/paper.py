"""A receipt on one page of paper, for people, in English or French (terms of the Kyoto Convention, `paper.json`).

The page proves nothing by itself; the QR codes on it hold the receipt.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from ledger.documents.qr import caption, picture

if TYPE_CHECKING:
    import segno
    from fpdf import FPDF

LANGUAGES: Final = ("en", "fr")
_MARGIN: Final = 18.0
_WIDTH: Final = 210.0 - 2 * _MARGIN
_LABEL: Final = 52.0
_LINE: Final = 5.2
_ROW: Final = 3
_MOST_SYMBOLS: Final = 6
_SYMBOL: Final = 48.0
_GAP: Final = 8.0
_INK, _GREY, _RULE = 20, 105, 190


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands on the page; codes by their names, times in seconds (UTC), hashes as bytes.

    Attributes:
        answer: what the status means for the goods, such as ``RELEASED`` or ``HELD``.
        cleared: whether all formalities are accomplished.
        regime, leg: released for what; empty when that is not known.
        kind: of the decision.
        authority: the administration in words, with its number.
        office: number of its customs office; 0 for none.
        effective, recorded, limit: the legal moment, the block's time, until when an obligation is due (0: none).
        declaration, decision, key: ids and the signer's address.
        block, as_of: number and time of the decision's block, and of the block that the status is as of.
        witnesses: names of those who signed the checkpoint; none: no checkpoint covers it.
        sealed: validators' seals vouch for it instead.
        origin: the ledger's name.
    """

    answer: str
    cleared: bool
    regime: str
    leg: str
    kind: str
    authority: str
    office: int
    effective: int
    limit: int
    declaration: bytes
    version: int
    decision: bytes
    key: bytes
    block: tuple[int, int]
    as_of: tuple[int, int]
    witnesses: Sequence[str]
    sealed: bool
    origin: str


def pdf(sheet: Sheet, language: str, series: "Sequence[segno.QRCode]") -> bytes:
    """The page, PDF 1.4 or later, A4."""
    from fpdf import FPDF

    words = _words()[language]
    page = FPDF(format="A4")
    page.set_margin(_MARGIN)
    page.set_auto_page_break(auto=False)
    page.set_title(words["title"])
    page.set_lang(language)
    page.set_creation_date(datetime.fromtimestamp(sheet.as_of[1], UTC))
    page.add_page()
    _heading(page, sheet, words)
    for label, value in _facts(sheet, words):
        _row(page, label, value)
    _paragraph(page, words["then"])
    _codes(page, words, series)
    _how(page, words, len(series))
    return bytes(page.output())


def _heading(page: "FPDF", sheet: Sheet, words: Mapping[str, Any]) -> None:
    _text(page, words["title"], 11, "", _GREY)
    regime = words["regimes"].get(sheet.regime, "") if sheet.answer.endswith("RELEASED") else ""
    cleared = words["cleared"] if sheet.cleared else ""
    status = " ".join(filter(None, [words["answers"][sheet.answer], regime]))
    page.ln(1)
    _text(page, status + (f" ({cleared})" if cleared else ""), 23, "B", _INK)
    number, time = sheet.as_of
    _text(page, f"{words['asOf']} {_at(words, number, time)}", 11, "", _INK)
    page.ln(3)
    page.set_draw_color(_RULE)
    page.line(_MARGIN, page.get_y(), _MARGIN + _WIDTH, page.get_y())
    page.ln(4)


def _facts(sheet: Sheet, words: Mapping[str, Any]) -> list[tuple[str, str]]:
    vouching = ", ".join(sheet.witnesses) or (words["sealed"] if sheet.sealed else words["noWitness"])
    rows = [
        (words["decision"], words["kinds"][sheet.kind]),
        (words["authority"], sheet.authority),
        (words["office"], str(sheet.office) if sheet.office else ""),
        (words["effective"], _moment(sheet.effective)),
        (words["recorded"], _at(words, *sheet.block)),
        (words["limit"], _moment(sheet.limit) if sheet.limit else ""),
        (words["declaration"], f"0x{sheet.declaration.hex()}"),
        (words["version"], f"{sheet.version} ({words['legs'][sheet.leg]})"),
        (words["record"], f"0x{sheet.decision.hex()}"),
        (words["key"], f"0x{sheet.key.hex()}"),
        (words["network"], sheet.origin),
        (words["witnesses"], vouching),
    ]
    return [row for row in rows if row[1]]


def _codes(page: "FPDF", words: Mapping[str, Any], series: "Sequence[segno.QRCode]") -> None:
    page.ln(3)
    shown = series if len(series) <= _MOST_SYMBOLS else series[:1]
    top = page.get_y()
    for place, symbol in enumerate(shown):
        image = io.BytesIO()
        picture(symbol, caption(place, series)).save(image, "PNG")
        left, down = place % _ROW * (_SYMBOL + _GAP), place // _ROW * (_SYMBOL + _GAP)
        page.image(image, x=_MARGIN + left, y=top + down, w=_SYMBOL)
    page.set_y(top + (1 + (len(shown) - 1) // _ROW) * (_SYMBOL + _GAP))
    if len(shown) < len(series):
        _paragraph(page, words["first"].format(count=len(series)))
    page.ln(1)


def _how(page: "FPDF", words: Mapping[str, Any], count: int) -> None:
    _text(page, words["verify"], 11, "B", _INK)
    for number, step in enumerate(words["steps"], 1):
        page.set_font("Helvetica", "", 9)
        page.set_x(_MARGIN)
        page.cell(6, 4.6, f"{number}.")
        page.multi_cell(_WIDTH - 6, 4.6, _latin(step.format(count=count)), align="L", new_x="LMARGIN", new_y="NEXT")


def _row(page: "FPDF", label: str, value: str) -> None:
    page.set_font("Helvetica", "", 9.5)
    page.set_text_color(_GREY)
    page.cell(_LABEL, _LINE, _latin(label))
    page.set_text_color(_INK)
    page.set_font("Courier" if value.startswith("0x") else "Helvetica", "", 8.5 if value.startswith("0x") else 9.5)
    page.multi_cell(_WIDTH - _LABEL, _LINE, _latin(value), align="L", new_x="LMARGIN", new_y="NEXT")


def _paragraph(page: "FPDF", text: str) -> None:
    page.ln(2)
    page.set_font("Helvetica", "I", 9)
    page.multi_cell(_WIDTH, 4.6, _latin(text), align="L", new_x="LMARGIN", new_y="NEXT")


def _text(page: "FPDF", text: str, size: float, style: str, grey: int) -> None:
    page.set_font("Helvetica", style, size)
    page.set_text_color(grey)
    page.multi_cell(_WIDTH, size * 0.46, _latin(text), align="L", new_x="LMARGIN", new_y="NEXT")


def _at(words: Mapping[str, Any], number: int, time: int) -> str:
    return str(words["block"].format(number=number, time=_moment(time)))


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _latin(text: str) -> str:
    """What the PDF's own fonts have: Western European letters."""
    return text.encode("latin-1", "replace").decode("latin-1")


@cache
def _words() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(files(__package__).joinpath("paper.json").read_text(encoding="utf-8"))
    return found

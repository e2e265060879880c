"""Two kinds of paper for charts: SVG, and PNG for whoever can't show that. Lengths are pixels from the upper left."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Box = tuple[float, float, float, float]
"""Left, top, width, height."""
INK: Final = "#1b1f24"
PAPER: Final = "#ffffff"
_FONT: Final = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
_ANCHORS: Final = {"start": "ls", "middle": "ms", "end": "rs"}
_SCALE: Final = 2
"""Pixels of a PNG per unit, so that it is sharp on paper and on dense screens."""


class Canvas(Protocol):
    """What a chart is drawn on."""

    def box(self, box: Box, colour: str) -> None:
        """A filled rectangle."""

    def text(self, at: tuple[float, float], text: str, size: int, anchor: str = "start") -> None:
        """A line of text on its baseline; `anchor` is start, middle or end."""

    def content(self) -> bytes:
        """The file."""


@dataclass
class Svg:
    """An SVG; `title` is what a screen reader says."""

    width: int
    height: int
    title: str
    _root: ET.Element = field(init=False)

    def __post_init__(self) -> None:
        """White paper."""
        self._root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {self.width} {self.height}",
                "width": str(self.width),
                "height": str(self.height),
                "role": "img",
                "font-family": _FONT,
            },
        )
        ET.SubElement(self._root, "title").text = self.title
        self.box((0, 0, self.width, self.height), PAPER)

    def box(self, box: Box, colour: str) -> None:
        """A filled rectangle."""
        names = ("x", "y", "width", "height")
        ET.SubElement(self._root, "rect", {**dict(zip(names, map(_number, box), strict=True)), "fill": colour})

    def text(self, at: tuple[float, float], text: str, size: int, anchor: str = "start") -> None:
        """A line of text."""
        place = {"x": _number(at[0]), "y": _number(at[1])}
        how = {"font-size": str(size), "text-anchor": anchor, "fill": INK}
        ET.SubElement(self._root, "text", {**place, **how}).text = text

    def content(self) -> bytes:
        """UTF-8."""
        ET.indent(self._root)
        text: str = ET.tostring(self._root, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


@dataclass
class Png:
    """A PNG, with the font that comes with Pillow: a machine need not have any."""

    width: int
    height: int
    title: str
    _image: Any = field(init=False, repr=False)
    _draw: "ImageDraw" = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """White paper."""
        from PIL import Image, ImageDraw

        self._image = Image.new("RGB", (self.width * _SCALE, self.height * _SCALE), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def box(self, box: Box, colour: str) -> None:
        """A filled rectangle; what has no area leaves no mark."""
        left, top, width, height = (one * _SCALE for one in box)
        right, bottom = round(left + width), round(top + height)  # edges are rounded: what touches leaves no gap
        if right > round(left) and bottom > round(top):
            self._draw.rectangle((round(left), round(top), right - 1, bottom - 1), fill=colour)

    def text(self, at: tuple[float, float], text: str, size: int, anchor: str = "start") -> None:
        """A line of text."""
        from PIL import ImageFont

        font = ImageFont.load_default(size * _SCALE)
        place = (at[0] * _SCALE, at[1] * _SCALE)
        self._draw.text(place, text, fill=INK, font=font, anchor=_ANCHORS[anchor])

    def content(self) -> bytes:
        """Without a time, so that equal charts are equal files."""
        from io import BytesIO

        from PIL.PngImagePlugin import PngInfo

        about = PngInfo()
        about.add_itxt("Title", self.title)
        kept = BytesIO()
        self._image.save(kept, "PNG", optimize=True, pnginfo=about)
        return kept.getvalue()


KINDS: Final[Mapping[str, Callable[[int, int, str], Canvas]]] = {".svg": Svg, ".png": Png}


def canvas_for(path: Path, width: int, height: int, title: str) -> Canvas:
    """The canvas for a file, by its ending."""
    return KINDS[path.suffix.lower()](width, height, title)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")

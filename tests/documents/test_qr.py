"""QR codes, read again with a real reader."""

import io
import random
import re

import pytest
import zxingcpp
from PIL import Image

from ledger.documents.qr import caption, picture, png, svg, symbols
from ledger.errors import DocumentError

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
"""Asked for any, the reader also sees codes of other kinds in so much noise."""


def noise(size):
    """The same in every run: a reader of pictures is no proof for all contents."""
    return random.Random(size).randbytes(size)


def read(image):
    return [one.bytes for one in zxingcpp.read_barcodes(image, formats=QR)]


@pytest.mark.parametrize(("size", "count"), [(10, 1), (1_000, 1), (5_000, 4), (21_000, 8)])
def test_a_series_gives_the_file_back(size, count):
    content = noise(size)
    series = symbols(content)
    assert len(series) == count
    parts = [read(picture(symbol, caption(n, series))) for n, symbol in enumerate(series)]
    assert b"".join(part for [part] in parts) == content


def test_a_single_one_has_no_caption():
    assert caption(0, symbols(b"x")) == ""
    series = symbols(noise(3_000))
    assert [caption(n, series) for n in range(len(series))] == ["1/3", "2/3", "3/3"]


@pytest.mark.parametrize("size", [100, 5_000])
def test_all_symbols_can_be_read_from_one_picture(size):
    content = noise(size)
    series = symbols(content)
    sheet = Image.open(io.BytesIO(png(series)))
    assert sorted(read(sheet)) == sorted(part for symbol in series for part in read(picture(symbol, "")))


@pytest.mark.parametrize("size", [100, 5_000])
def test_the_drawing_has_the_same_modules(size):
    series = symbols(noise(size))
    text = svg(series).decode()
    paths = re.findall(r'<path d="([^"]*)"', text)
    for symbol, path in zip(series, paths, strict=True):
        drawn = {
            (int(x) + n, int(y))
            for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1H\d+z", path)
            for n in range(int(run))
        }
        dark = {(x + 4, y + 4) for y, row in enumerate(symbol.matrix) for x, bit in enumerate(row) if bit}
        assert drawn == dark
    assert re.findall(r">(\d/\d)<", text) == [caption(n, series) for n in range(len(series)) if len(series) > 1]


def test_what_does_not_fit():
    with pytest.raises(DocumentError, match=r"50000 bytes do not fit 16 QR codes\. Hand over the file itself"):
        symbols(bytes(50_000))

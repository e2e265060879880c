import pytest

from api.negotiation import best

MEDIA = ("application/json", "application/cbor", "image/png", "image/svg+xml")


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("image/*", "image/png"),
        ("image/svg+xml", "image/svg+xml"),
        ("IMAGE/PNG", "image/png"),
        ("image/png;q=0.5, application/cbor", "application/cbor"),
        ("image/png;q=0.5, */*;q=0.1", "image/png"),
        ("application/json;q=0, application/*", "application/cbor"),
        ("text/html, */*;q=0.1", "application/json"),
        ("text/html", None),
        ("", None),
        ("image/png;q=x", None),
        ("image/png;q=9", "image/png"),
    ],
)
def test_media_types(header, chosen):
    assert best(header, MEDIA) == chosen


@pytest.mark.parametrize(
    ("header", "chosen"),
    [("fr", "fr"), ("fr-CA,fr;q=0.9", "fr"), ("de, en;q=0.5", "en"), ("*", "en"), ("de", None)],
)
def test_languages(header, chosen):
    assert best(header, ("en", "fr")) == chosen

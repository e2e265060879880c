import pytest

from ledger.domain.depth import nests_deeper


@pytest.mark.parametrize(
    ("body", "deep"),
    [
        (b"[[]]", False),
        (b"[[[]]]", True),
        (b'{"a":{"b":[]}}', True),
        (b'["[[[[", "\\"[[[", {}]', False),
        (b"[[],[],[],{}]", False),
        (b"]]]][[", False),
        (b'"[[[[', True),
    ],
)
def test_depth_counts_brackets_outside_of_strings(body, deep):
    assert nests_deeper(body, 2) is deep


def test_a_million_brackets_are_counted_without_a_parser():
    assert nests_deeper(b"[" * 1_000_000, 64)

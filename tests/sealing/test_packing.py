"""What is sealed for one reader, as bytes by themselves."""

import pytest

from ledger.sealing import MalformedSeal, pack, unpack
from tests.sealing.makers import CLASSIC, HYBRID, sealed_for


@pytest.mark.parametrize("reader", [CLASSIC, HYBRID])
def test_it_comes_back(reader):
    sealed, [wrap] = sealed_for(reader)
    assert unpack(pack(sealed, wrap)) == (sealed, wrap)


def test_what_is_none():
    sealed, [wrap] = sealed_for(CLASSIC)
    packed = pack(sealed, wrap)
    for strange in (b"", b"{}", packed[:100], b"\2" + packed[1:], packed[:105] + b"\x09" + packed[106:], packed[:-1]):
        with pytest.raises(MalformedSeal):
            unpack(strange)

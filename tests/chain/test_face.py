import subprocess
import sys

import pytest

import ledger.chain


def test_the_public_face():
    for name in ledger.chain.__all__:
        assert getattr(ledger.chain, name).__module__.startswith("ledger.chain")
    assert set(ledger.chain.__all__) == set(ledger.chain._HOME)
    with pytest.raises(AttributeError):
        ledger.chain.nothing  # noqa: B018


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = (
        "import sys, ledger.chain\n"
        "for name in ledger.chain.__all__: getattr(ledger.chain, name)\n"
        "heavy = {'web3', 'eth_account', 'eth_abi', 'sqlalchemy', 'fastapi', 'requests', 'aiohttp', 'ledger.index'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"

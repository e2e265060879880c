from pathlib import Path

import pytest

from ledger.chain.errors import NodeUnreachable, SignerError, WrongNetwork
from ledger.cli.failures import Exit, exit_code
from ledger.errors import DocumentError
from ledger.home import HomeError
from ledger.index.errors import StoreError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NodeUnreachable("http://x", "gone"), Exit.UNKNOWN),
        (WrongNetwork("x", ()), Exit.UNKNOWN),
        (StoreError("locked"), Exit.UNKNOWN),
        (HomeError(Path("/x"), "none"), Exit.USAGE),
        (SignerError("keystore:x", "wrong password"), Exit.REFUSED),
        (DocumentError("no XML"), Exit.REFUSED),
    ],
)
def test_every_error_has_an_exit_code(error, code):
    assert exit_code(error) is code

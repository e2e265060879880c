"""Keys of a development network: fresh ones, in V3 keystores that open at once, under one password.

The key derivation is as cheap as the format allows, because every command opens keystores; real keystores are made by
`ledger.chain.create_keystore`.
"""

import json
import secrets
from pathlib import Path
from typing import Final

from ledger.chain.signers import ORDER, LocalSigner
from ledger.home import write_private

FOLDER: Final = "keys"
PASSWORD: Final = f"{FOLDER}/password"


class KeyRing:
    """The folder ``keys`` of a home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        (home / FOLDER).mkdir(mode=0o700, exist_ok=True)
        self._password = secrets.token_urlsafe(24)
        write_private(home / PASSWORD, self._password + "\n")

    def create(self, name: str) -> LocalSigner:
        """A new key, kept under a name."""
        from eth_keyfile.keyfile import create_keyfile_json

        key = (secrets.randbelow(ORDER - 1) + 1).to_bytes(32, "big")
        content = create_keyfile_json(key, self._password.encode(), kdf="pbkdf2", iterations=1)
        write_private(self._home / FOLDER / f"{name}.json", json.dumps(content) + "\n")
        return LocalSigner(key, name)

    @staticmethod
    def uri(name: str) -> str:
        """The signer URI of a key, relative to the home."""
        return f"keystore:{FOLDER}/{name}.json?password-file={PASSWORD}"

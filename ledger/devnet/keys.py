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
from ledger.sealing import DecryptionKey, keys_to_json

FOLDER: Final = "keys"
PASSWORD: Final = f"{FOLDER}/password"
_ENCRYPTION: Final = ".encryption.json"


class KeyRing:
    """The folder ``keys`` of a home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        (home / FOLDER).mkdir(mode=0o700, exist_ok=True)
        self._password = secrets.token_urlsafe(24)
        write_private(home / PASSWORD, self._password + "\n")

    def create(self, name: str) -> LocalSigner:
        """A new key, kept under a name."""
        key = (secrets.randbelow(ORDER - 1) + 1).to_bytes(32, "big")
        self._keep(name, key)
        return LocalSigner(key, name)

    def create_encryption(self, name: str, organisation: int) -> DecryptionKey:
        """The first encryption key of an organisation, kept in a key file under a name."""
        key = DecryptionKey.generate(organisation, version=1)
        write_private(self._home / FOLDER / f"{name}{_ENCRYPTION}", keys_to_json([key]))
        return key

    def take_over(self, name: str, home: Path) -> None:
        """Keep a key that another home keeps under a name too, under this ring's own password."""
        from eth_keyfile.keyfile import decode_keyfile_json

        password = (home / PASSWORD).read_text(encoding="utf-8").rstrip("\n")
        content = json.loads((home / FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        self._keep(name, bytes(decode_keyfile_json(content, password.encode())))

    def take_over_encryption(self, name: str, home: Path) -> None:
        """Keep the encryption keys that another home keeps under a name."""
        text = (home / FOLDER / f"{name}{_ENCRYPTION}").read_text(encoding="utf-8")
        write_private(self._home / FOLDER / f"{name}{_ENCRYPTION}", text)

    def _keep(self, name: str, key: bytes) -> None:
        from eth_keyfile.keyfile import create_keyfile_json

        content = create_keyfile_json(key, self._password.encode(), kdf="pbkdf2", iterations=1)
        write_private(self._home / FOLDER / f"{name}.json", json.dumps(content) + "\n")

    @staticmethod
    def encryption_uri(name: str) -> str:
        """The URI of a file of encryption keys, relative to the home."""
        return f"file:{FOLDER}/{name}{_ENCRYPTION}"

    @staticmethod
    def uri(name: str) -> str:
        """The signer URI of a key, relative to the home."""
        return f"keystore:{FOLDER}/{name}.json?password-file={PASSWORD}"

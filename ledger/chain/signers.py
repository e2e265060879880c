"""Who signs: a key in a keystore file, in the environment, or behind a JSON-RPC signer, opened by URI.

>>> signer = open_signer("env:ALICE_KEY")  # doctest: +SKIP
>>> signature = signer.sign(domains.of(record), record)  # doctest: +SKIP

``keystore:PATH`` is a V3 keystore file (Web3 Secret Storage); its password comes from a prompt, from a file
(``?password-file=FILE``) or from a variable (``?password-env=NAME``). ``env:NAME`` is a variable that holds a private
key in hex. ``remote:URL?address=0x…`` is a signer that answers ``eth_signTypedData_v4``.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol, cast, runtime_checkable
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from coincurve import PrivateKey, PublicKey

from ledger.chain.errors import BadAnswer, NodeError, NodeUnreachable, SignatureError, SignerError
from ledger.chain.rpc import Rpc, as_bytes
from ledger.domain.keccak import keccak256
from ledger.domain.records import Record
from ledger.domain.signing import SigningDomain, digest_of, typed_data
from ledger.domain.wire import encode

SIGNATURE_SIZE: Final = 65
ORDER: Final = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
"""Order of secp256k1's group (SEC 2)."""

_KEY_SIZE: Final = 32
_ADDRESS_SIZE: Final = 20
_V: Final = (27, 28)


@runtime_checkable
class Signer(Protocol):
    """Signs records with one key."""

    @property
    def address(self) -> bytes:
        """The key's address, 20 bytes."""

    def sign(self, domain: SigningDomain, record: Record) -> bytes:
        """65 bytes, r ‖ s ‖ v, low s (EIP-2), v 27 or 28.

        Raises:
            SignerError: the key or signer can't be used.
            WireError: a value of the record does not fit its type.
        """

    def sign_typed(self, message: Mapping[str, Any], digest: bytes) -> bytes:
        """The same for any EIP-712 typed data (as JSON) with its digest; raises `SignerError`."""


class LocalSigner:
    """A private key in memory. Neither `repr` nor any error shows it."""

    def __init__(self, key: bytes, name: str = "key") -> None:
        if len(key) != _KEY_SIZE or not 0 < int.from_bytes(key, "big") < ORDER:
            raise SignerError(name, "no private key of secp256k1")
        self._key = PrivateKey(key)
        self._address = _address(self._key.public_key)

    def __repr__(self) -> str:
        return f"LocalSigner(0x{self._address.hex()})"

    @property
    def address(self) -> bytes:
        """The key's address, 20 bytes."""
        return self._address

    def sign(self, domain: SigningDomain, record: Record) -> bytes:
        """The signature over the record's EIP-712 digest; see `Signer.sign`."""
        return self.sign_digest(digest_of(domain, type(record), encode(record)))

    def sign_typed(self, message: Mapping[str, Any], digest: bytes) -> bytes:
        """The signature over typed data, by its digest."""
        del message
        return self.sign_digest(digest)

    def sign_digest(self, digest: bytes) -> bytes:
        """The signature over 32 bytes: r ‖ s ‖ v, low s, v 27 or 28; deterministic (RFC 6979)."""
        signature = self._key.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes((_V[0] + signature[64],))


class RemoteSigner:
    """A key that lives elsewhere, behind JSON-RPC ``eth_signTypedData_v4``; its answers are checked before use."""

    def __init__(self, rpc: Rpc, address: bytes) -> None:
        if len(address) != _ADDRESS_SIZE:
            raise SignerError(f"remote:{rpc.endpoint}", "an address has 20 bytes")
        self._rpc = rpc
        self._address = address
        self._name = f"remote:{rpc.endpoint}"

    def __repr__(self) -> str:
        return f"RemoteSigner({self._rpc.endpoint}, 0x{self._address.hex()})"

    @property
    def address(self) -> bytes:
        """The address that the remote signer is to sign for, 20 bytes."""
        return self._address

    def sign(self, domain: SigningDomain, record: Record) -> bytes:
        """The remote signature with low s; refused unless it recovers to `address` over the digest that we computed."""
        return self.sign_typed(typed_data(domain, record), digest_of(domain, type(record), encode(record)))

    def sign_typed(self, message: Mapping[str, Any], digest: bytes) -> bytes:
        """The remote signature over typed data, checked against the digest."""
        try:
            answer = self._rpc.call("eth_signTypedData_v4", f"0x{self._address.hex()}", message)
            signature = normalised(as_bytes(answer))
            signed_by = recover(digest, signature)
        except NodeUnreachable as error:
            raise SignerError(self._name, f"does not answer: {error.reason}") from None
        except NodeError as error:
            raise SignerError(self._name, f"refuses: {error}") from None
        except (BadAnswer, SignatureError) as error:
            raise SignerError(self._name, f"answers no signature: {error}") from None
        if signed_by != self._address:
            raise SignerError(self._name, f"signed something else or with 0x{signed_by.hex()}")
        return signature


def normalised(signature: bytes) -> bytes:
    """The same signature in the form that the contracts take: low s (EIP-2), v 27 or 28 for 0 or 1.

    Raises:
        SignatureError: it has not 65 bytes, or v is neither.
    """
    if len(signature) != SIGNATURE_SIZE:
        raise SignatureError(f"a signature has {SIGNATURE_SIZE} bytes, not {len(signature)}")
    s, v = int.from_bytes(signature[32:64], "big"), signature[64]
    parity = v - _V[0] if v in _V else v
    if parity not in {0, 1}:
        raise SignatureError(f"v is 27 or 28, not {v}")
    if s > ORDER // 2:
        s, parity = ORDER - s, 1 - parity
    return signature[:32] + s.to_bytes(32, "big") + bytes((_V[0] + parity,))


def recover(digest: bytes, signature: bytes) -> bytes:
    """The 20-byte address whose key made the signature over a 32-byte digest.

    Raises:
        SignatureError: it is no signature that the contracts take: 65 bytes, low s, v 27 or 28, on the curve.
    """
    if len(signature) != SIGNATURE_SIZE or signature[64] not in _V:
        raise SignatureError(f"a signature has {SIGNATURE_SIZE} bytes, the last of them 27 or 28")
    if int.from_bytes(signature[32:64], "big") > ORDER // 2:
        raise SignatureError("s is in the upper half of the order (EIP-2)")
    raw = signature[:64] + bytes((signature[64] - _V[0],))
    try:
        return _address(PublicKey.from_signature_and_message(raw, digest, hasher=None))
    except Exception:  # noqa: BLE001  coincurve raises bare Exception and ValueError alike
        raise SignatureError("r and s belong to no key") from None


def _address(key: PublicKey) -> bytes:
    return keccak256(key.format(compressed=False)[1:])[12:]


def open_signer(uri: str, environ: Mapping[str, str] | None = None) -> Signer:
    """The signer of a URI.

    Raises:
        SignerError: unknown kind, missing file or variable, wrong password, or no key in it.
    """
    environ = os.environ if environ is None else environ
    kind, _, rest = uri.partition(":")
    if kind == "env" and rest:
        return _from_environment(rest, environ)
    if kind == "keystore" and rest:
        return _from_keystore(rest, environ)
    if kind == "remote" and rest:
        return _remote(rest)
    raise SignerError(f"{kind}:", "a signer is keystore:PATH, env:NAME or remote:URL?address=0x…")


def open_local_signer(uri: str, environ: Mapping[str, str] | None = None) -> LocalSigner:
    """As `open_signer`, for a relay key, which signs transactions and must be at hand.

    Raises:
        SignerError: as there, or the key is a remote one.
    """
    signer = open_signer(uri, environ)
    if not isinstance(signer, LocalSigner):
        raise SignerError("remote:", "a relay key signs transactions and must be keystore: or env:")
    return signer


def create_keystore(path: Path, key: bytes, password: str) -> None:
    """Write a V3 keystore file, readable by its owner only.

    Raises:
        SignerError: the file exists already or can't be written, or `key` is no private key.
    """
    LocalSigner(key, f"keystore:{path}")
    from eth_account import Account

    text = json.dumps(Account.encrypt(key, password))
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise SignerError(f"keystore:{path}", f"can't be written: {error.strerror}") from None


def _from_environment(name: str, environ: Mapping[str, str]) -> LocalSigner:
    uri = f"env:{name}"
    text = environ.get(name)
    if not text:
        raise SignerError(uri, "the variable is not set")
    try:
        key = bytes.fromhex(text.strip().removeprefix("0x"))
    except ValueError:
        raise SignerError(uri, "no private key in hex") from None
    return LocalSigner(key, uri)


def _from_keystore(rest: str, environ: Mapping[str, str]) -> LocalSigner:
    path, _, query = rest.partition("?")
    uri = f"keystore:{path}"
    options = {name: values[-1] for name, values in parse_qs(query).items()}
    unknown = set(options) - {"password-file", "password-env"}
    if unknown:
        raise SignerError(uri, f"does not know {', '.join(sorted(unknown))}")
    try:
        content = json.loads(Path(path).expanduser().read_text(encoding="utf-8"))
    except OSError as error:
        raise SignerError(uri, f"can't be read: {error.strerror}") from None
    except ValueError:
        raise SignerError(uri, "is no keystore file") from None
    return LocalSigner(_decrypted(content, _password(uri, options, environ), uri), uri)


def _decrypted(content: object, password: str, uri: str) -> bytes:
    from eth_account import Account

    try:
        return bytes(Account.decrypt(cast("dict[str, Any]", content), password))
    except ValueError as error:
        wrong = "MAC mismatch" in str(error)
        raise SignerError(uri, "wrong password" if wrong else "is no V3 keystore file") from None
    except (KeyError, TypeError, AttributeError, NotImplementedError):
        raise SignerError(uri, "is no V3 keystore file") from None


def _password(uri: str, options: Mapping[str, str], environ: Mapping[str, str]) -> str:
    if file := options.get("password-file"):
        try:
            return Path(file).expanduser().read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise SignerError(uri, f"the password file {file} can't be read") from None
    if name := options.get("password-env"):
        if name not in environ:
            raise SignerError(uri, f"the variable {name} is not set")
        return environ[name]
    from getpass import getpass

    try:
        return getpass(f"Password of {uri}: ")
    except EOFError:
        raise SignerError(uri, "no password was given") from None


def _remote(rest: str) -> RemoteSigner:
    split = urlsplit(rest)
    options = parse_qsl(split.query)
    addresses = [value for name, value in options if name == "address"]
    uri = f"remote:{split.scheme}://{split.hostname}"
    if len(addresses) != 1:
        raise SignerError(uri, "name the key by ?address=0x…")
    try:
        address = bytes.fromhex(addresses[0].removeprefix("0x"))
    except ValueError:
        raise SignerError(uri, "the address is no hex") from None
    query = urlencode([pair for pair in options if pair[0] != "address"])
    try:
        return RemoteSigner(Rpc(split._replace(query=query).geturl()), address)
    except NodeUnreachable as error:
        raise SignerError(uri, error.reason) from None

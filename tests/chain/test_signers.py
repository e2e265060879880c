import json

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.chain.errors import SignatureError, SignerError
from ledger.chain.rpc import hexed
from ledger.chain.signers import (
    ORDER,
    LocalSigner,
    RemoteSigner,
    Signer,
    create_keystore,
    normalised,
    open_local_signer,
    open_signer,
    recover,
)
from ledger.domain.keccak import keccak256
from ledger.domain.records import Hold
from ledger.domain.signing import digest_of, typed_data
from ledger.domain.wire import DeclarationId, Head, encode
from tests.chain.conftest import network_of
from tests.fakes.node import Failure, FakeNode, lose

SECRET = bytes.fromhex("5ec3e7" + "11" * 29)
DOMAIN = network_of().domains.consignments
RECORD = Hold(declaration=DeclarationId(b"\1" * 32), prev=Head(b"\2" * 32), agency=70_001, action=1, deadline=2**40 - 1)
DIGEST = digest_of(DOMAIN, Hold, encode(RECORD))
keys = st.integers(min_value=1, max_value=ORDER - 1).map(lambda number: number.to_bytes(32, "big"))


@given(keys, st.binary(min_size=32, max_size=32))
@settings(max_examples=50)
def test_what_is_signed_recovers_and_is_eth_accounts_signature(key, digest):
    signer = LocalSigner(key)
    signature = signer.sign_digest(digest)
    assert recover(digest, signature) == signer.address
    theirs = Account.unsafe_sign_hash(digest, key)
    assert signature == bytes(theirs.signature)
    assert int.from_bytes(signature[32:64], "big") <= ORDER // 2
    assert signature[64] in {27, 28}


def test_a_record_is_signed_as_a_wallet_signs_it():
    signer = LocalSigner(SECRET)
    message = encode_typed_data(full_message=typed_data(DOMAIN, RECORD))
    assert signer.sign(DOMAIN, RECORD) == bytes(Account.sign_message(message, SECRET).signature)
    assert isinstance(signer, Signer)


def test_no_key_is_shown():
    signer = LocalSigner(SECRET)
    shown = repr(signer) + str(signer) + repr([signer])
    assert SECRET.hex() not in shown
    assert signer.address.hex() in shown


@pytest.mark.parametrize("key", [b"", bytes(32), b"\xff" * 32, ORDER.to_bytes(32, "big"), b"\1" * 31])
def test_what_is_no_key(key):
    with pytest.raises(SignerError):
        LocalSigner(key)


def high(signature: bytes) -> bytes:
    s = ORDER - int.from_bytes(signature[32:64], "big")
    return signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])


def test_the_other_form_of_a_signature_is_refused_and_can_be_normalised():
    signature = LocalSigner(SECRET).sign_digest(DIGEST)
    with pytest.raises(SignatureError, match="EIP-2"):
        recover(DIGEST, high(signature))
    assert normalised(high(signature)) == signature
    assert normalised(signature[:64] + bytes([signature[64] - 27])) == signature


@pytest.mark.parametrize("signature", [b"", b"\1" * 64, b"\1" * 64 + b"\1", b"\1" * 66, bytes(64) + b"\x1b"])
def test_what_is_no_signature(signature):
    with pytest.raises(SignatureError):
        recover(DIGEST, signature)


def test_what_can_not_be_normalised():
    for signature in (b"\1" * 64, b"\1" * 64 + b"\5"):
        with pytest.raises(SignatureError):
            normalised(signature)


def test_env():
    signer = open_signer("env:KEY", {"KEY": f" 0x{SECRET.hex()}\n"})
    assert signer.address == LocalSigner(SECRET).address


@pytest.mark.parametrize(
    ("uri", "environ"),
    [
        ("env:KEY", {}),
        ("env:KEY", {"KEY": "zz" + SECRET.hex()[2:]}),
        ("env:KEY", {"KEY": SECRET.hex()[2:]}),
        ("env:", {}),
        ("keystore:", {}),
        ("vault:x", {}),
        (SECRET.hex(), {}),
        ("remote:", {}),
        ("remote:http://127.0.0.1:1", {}),
        ("remote:http://127.0.0.1:1?address=0xzz", {}),
        ("remote:http://127.0.0.1:1?address=0x01", {}),
        ("remote:127.0.0.1:1?address=0x" + "01" * 20, {}),
    ],
)
def test_what_opens_no_signer_says_so_without_the_key(uri, environ):
    with pytest.raises(SignerError) as caught:
        open_signer(uri, environ)
    if not uri.startswith(SECRET.hex()):
        assert SECRET.hex()[2:] not in str(caught.value)


@pytest.fixture(scope="module")
def keystore(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "alice.json"
    create_keystore(path, SECRET, "geheim")
    return path


def test_a_keystore_is_its_owners(keystore):
    assert keystore.stat().st_mode & 0o777 == 0o600
    assert json.loads(keystore.read_text())["version"] == 3
    with pytest.raises(SignerError, match="File exists"):
        create_keystore(keystore, SECRET, "geheim")
    with pytest.raises(SignerError, match="no private key"):
        create_keystore(keystore.with_name("bob.json"), bytes(32), "geheim")
    assert not keystore.with_name("bob.json").exists()


def test_the_password_from_a_file_a_variable_and_a_prompt(keystore, tmp_path, monkeypatch):
    (tmp_path / "password").write_text("geheim\n")
    asked: list[str] = []

    def prompt(text):
        asked.append(text)
        return "geheim"

    monkeypatch.setattr("getpass.getpass", prompt)
    for uri in (f"?password-file={tmp_path / 'password'}", "?password-env=PASSWORD", ""):
        signer = open_local_signer(f"keystore:{keystore}{uri}", {"PASSWORD": "geheim"})
        assert signer.address == LocalSigner(SECRET).address
    assert asked == [f"Password of keystore:{keystore}: "]


def no_terminal(prompt):
    raise EOFError


def test_what_is_wrong_with_a_keystore_is_said(keystore, tmp_path, monkeypatch):
    (tmp_path / "text").write_text("no json")
    (tmp_path / "list").write_text("[]")
    (tmp_path / "other").write_text('{"version": 1}')
    (tmp_path / "half").write_text('{"version": 3, "crypto": {"kdf": "rot13"}}')
    monkeypatch.setattr("getpass.getpass", no_terminal)
    said = {}
    for name, uri in {
        "wrong password": f"keystore:{keystore}?password-env=P",
        "no password": f"keystore:{keystore}",
        "no variable": f"keystore:{keystore}?password-env=NONE",
        "no password file": f"keystore:{keystore}?password-file={tmp_path}/none",
        "option": f"keystore:{keystore}?pasword=x",
        "no file": f"keystore:{tmp_path}/none",
        "no json": f"keystore:{tmp_path}/text",
        "list": f"keystore:{tmp_path}/list?password-env=P",
        "version": f"keystore:{tmp_path}/other?password-env=P",
        "half": f"keystore:{tmp_path}/half?password-env=P",
    }.items():
        with pytest.raises(SignerError) as caught:
            open_signer(uri, {"P": "falsch"})
        said[name] = caught.value.reason
    assert said["wrong password"] == "wrong password"
    assert said["no password"] == "no password was given"
    assert said["list"] == said["version"] == said["half"] == "is no V3 keystore file"


class RemoteNode(FakeNode):
    """Answers ``eth_signTypedData_v4`` as a wallet does."""

    key = SECRET
    form = staticmethod(lambda signature: signature)

    def _eth_sign_typed_data_v4(self, address, message):
        assert address == hexed(LocalSigner(SECRET).address)
        signed = Account.sign_message(encode_typed_data(full_message=message), self.key)
        return hexed(self.form(bytes(signed.signature)))


@pytest.fixture
def wallet():
    node = RemoteNode()
    yield node
    node.close()


def remote(wallet) -> Signer:
    return open_signer(f"remote:{wallet.url}?address={hexed(LocalSigner(SECRET).address)}&token=geheim")


def test_a_remote_signer_signs_what_we_would(wallet):
    signer = remote(wallet)
    assert signer.sign(DOMAIN, RECORD) == LocalSigner(SECRET).sign(DOMAIN, RECORD)
    assert signer.address == LocalSigner(SECRET).address
    assert "geheim" not in repr(signer)
    with pytest.raises(SignerError, match="relay"):
        open_local_signer(f"remote:{wallet.url}?address={hexed(signer.address)}")


def test_a_remote_signature_in_another_form_is_normalised(wallet):
    wallet.form = high
    assert remote(wallet).sign(DOMAIN, RECORD) == LocalSigner(SECRET).sign(DOMAIN, RECORD)


def test_a_remote_signature_by_another_key_is_refused(wallet):
    wallet.key = b"\1" * 32
    with pytest.raises(SignerError, match="something else"):
        remote(wallet).sign(DOMAIN, RECORD)


def test_a_remote_signer_that_fails(wallet):
    signer = remote(wallet)
    wallet.fail("eth_signTypedData_v4", Failure(4001, "user said no"), lose, lambda _: "0x12", lambda _: None)
    for said in ("refuses", "does not answer", "no signature", "no signature"):
        with pytest.raises(SignerError, match=said):
            signer.sign(DOMAIN, RECORD)


def test_a_remote_signers_address_has_its_size(rpc):
    with pytest.raises(SignerError):
        RemoteSigner(rpc, keccak256(b""))

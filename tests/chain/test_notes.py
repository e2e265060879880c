"""Keys of witnesses. The form is Go's `golang.org/x/mod/sumdb/note`."""

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.chain.errors import SignerError
from ledger.chain.notes import NoteKey, check_verifier, is_by

SEED = bytes(range(32))
KEY = NoteKey("customs.example/1", SEED)


def test_a_signature_line_verifies_under_the_verifier_key():
    name, key_id, encoded = KEY.verifier.split("+", 2)
    raw = base64.b64decode(encoded)
    assert (name, raw[0]) == ("customs.example/1", 1)
    assert sha256(name.encode() + b"\n" + raw).hexdigest()[:8] == key_id
    dash, signer, signature = KEY.sign("a text\n").split(" ")
    assert (dash, signer) == ("—", name)
    blob = base64.b64decode(signature)
    assert blob[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(raw[1:]).verify(blob[4:], b"a text\n")


def test_a_key_comes_back_from_its_file(tmp_path):
    file = tmp_path / "witness.key"
    file.write_text(KEY.text + "\n")
    assert NoteKey.load(file) == KEY
    assert NoteKey.generate("a").seed != NoteKey.generate("a").seed


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no key of a witness"),
        ("PRIVATE+KEY+a+00000000+…", "no key of a witness"),
        (KEY.verifier, "no key of a witness"),
        (KEY.text[:-4], "no key of a witness"),
        (KEY.text[:-1] + "!", "no key of a witness"),
        (KEY.text.replace("customs", "another"), "not that of its name"),
    ],
)
def test_what_is_no_key(tmp_path, text, what):
    file = tmp_path / "witness.key"
    file.write_text(text)
    with pytest.raises(SignerError, match=what):
        NoteKey.load(file)


def test_there_is_no_file(tmp_path):
    with pytest.raises(SignerError, match="Make one: passavant checkpoint key"):
        NoteKey.load(tmp_path / "none")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n"])
def test_a_name_that_a_line_can_t_hold(name):
    with pytest.raises(SignerError, match="neither spaces nor a plus sign"):
        NoteKey.generate(name)


def test_the_seed_stays_out_of_logs():
    assert repr(SEED) not in repr(KEY)


def test_a_line_is_known_by_its_key():
    line, other = KEY.sign("a text\n"), NoteKey.generate("customs.example/1")
    assert is_by(KEY.verifier, "a text\n", line)
    assert not is_by(KEY.verifier, "another\n", line)
    assert not is_by(other.verifier, "a text\n", line)
    assert not is_by(KEY.verifier, "a text\n", line.replace("customs", "another"))
    assert not is_by(KEY.verifier, "a text\n", line[:-4])
    assert not is_by(KEY.verifier, "a text\n", line[:-8] + "AAAA" + line[-4:])
    assert not is_by("nonsense", "a text\n", line)
    assert not is_by("a+b+!", "a text\n", "")


@pytest.mark.parametrize(
    "text", ["", "a", "a+b", "a+b+c", "a+b+…", KEY.verifier[:-4], KEY.verifier.replace("customs", "x"), KEY.text]
)
def test_what_is_no_verifier_key(text):
    with pytest.raises(SignerError):
        check_verifier(text)
    assert check_verifier(KEY.verifier) == KEY.verifier

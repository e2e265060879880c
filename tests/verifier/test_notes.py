import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passavant_verifier.notes import (
    Checkpoint,
    NoteError,
    VerifierKey,
    count_holders,
    origin_of,
    read_note,
    signers,
)

ORIGIN = origin_of(31337, b"\x12" * 32)
CHECKPOINT = Checkpoint(ORIGIN, 8, b"\1" * 32, 12, b"\2" * 32, 1_700_000_000, b"\3" * 32)


class Signer:
    def __init__(self, name, seed):
        self.private = Ed25519PrivateKey.from_private_bytes(seed.ljust(32, b"\0"))
        self.key = VerifierKey(name, self.private.public_key().public_bytes_raw())

    def line(self, text):
        value = self.key.key_id + self.private.sign(text.encode())
        return f"— {self.key.name} {base64.b64encode(value).decode()}\n"


ONE, TWO = Signer("one.example", b"1"), Signer("two.example/witness", b"2")


def signed(*who, checkpoint=CHECKPOINT):
    return f"{checkpoint.text}\n" + "".join(one.line(checkpoint.text) for one in who)


def test_the_text_is_that_of_the_format():
    assert CHECKPOINT.text.splitlines() == [
        "passavant/31337/1212121212121212",
        "8",
        base64.b64encode(b"\1" * 32).decode(),
        f"height 12 {'02' * 32} 1700000000",
        f"fold {'03' * 32}",
    ]


def test_a_key_of_the_go_projects_own_example():
    # golang.org/x/mod/sumdb/note: the verifier key of its documentation.
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = VerifierKey.parse(text)
    assert (key.name, key.key_id.hex(), key.text) == ("PeterNeumann", "c74f20a3", text)


def test_reads_what_was_signed_and_by_whom():
    note = read_note(signed(ONE, TWO))
    assert note.checkpoint == CHECKPOINT
    assert signers(note, [ONE.key, TWO.key]) == {ONE.key, TWO.key}
    assert signers(note, [TWO.key]) == {TWO.key}
    assert signers(note, []) == frozenset()


def test_a_known_signers_wrong_signature_makes_the_note_invalid():
    wrong = signed(ONE) + TWO.line("something else")
    assert signers(read_note(wrong), [ONE.key]) == {ONE.key}
    with pytest.raises(NoteError, match="signature of two"):
        signers(read_note(wrong), [ONE.key, TWO.key])


def test_duplicates_count_once():
    again = Signer("one.example", b"another key of the same name")
    renamed = Signer("alias.example", b"1")
    note = read_note(signed(ONE, ONE, again, renamed))
    found = signers(note, [ONE.key, again.key, renamed.key])
    assert len(found) == 3
    assert count_holders(found) == 1
    assert count_holders([ONE.key, TWO.key]) == 2
    assert count_holders([]) == 0


def test_every_byte_of_a_note_is_covered_for_whom_all_signers_are_known():
    text = signed(ONE, TWO).encode()
    for at in range(len(text)):
        try:
            note = read_note((text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]).decode())
            found = signers(note, [ONE.key, TWO.key])
        except (NoteError, UnicodeDecodeError):
            continue
        assert len(found) < 2, f"byte {at} carries no meaning"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("height 12", "height 012"),
        lambda text: text.replace("\n8\n", "\n08\n"),
        lambda text: text.replace("passavant/31337", "passavant/+31337"),
        lambda text: text.replace("passavant/", "other/"),
        lambda text: text.replace("fold", "fald"),
        lambda text: text.replace("fold", "extra line\nfold"),
        lambda text: text.replace("AQE=", "AQF="),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.partition("\n\n")[0] + "\n\n",
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n",
        lambda text: text + "— one.example AAAA\n",
        lambda text: text + "— one.example AAAAAAAAAAB=\n",
        lambda text: text + "— one.example AAAAA\n",
        lambda text: text + 65 * ONE.line("text"),
        lambda text: text + "x" * 20_000,
        lambda text: text + 60 * Signer(250 * "x", b"3").line("text"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("— one", "- one"),
    ],
)
def test_refuses_every_other_form(change):
    text = change(signed(ONE))
    assert text != signed(ONE)
    with pytest.raises(NoteError):
        read_note(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name+00000000",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "PeterNeumann+c74f20a3+AhpcXQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc",
    ],
)
def test_refuses_what_is_no_verifier_key(text):
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


def test_a_key_that_is_no_point_verifies_nothing():
    key = VerifierKey("one.example", b"\xff" * 32)
    line = read_note(signed(ONE)).signatures[0]
    assert not key.verifies(line, CHECKPOINT.text)

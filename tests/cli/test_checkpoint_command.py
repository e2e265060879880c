"""Checkpoints, as a witness types them."""

import stat

from ledger.chain.notes import NoteKey


def test_a_witness_signs_and_another_adds(network, messages, passavant, tmp_path):
    none = passavant("checkpoint", "latest")
    assert (none.code, "keeps no checkpoint" in none.err) == (1, True)
    made = passavant("checkpoint", "key", tmp_path / "gb.key", "--name", "customs.gb")
    assert (made.code, made.out.startswith("customs.gb+")) == (0, True)
    assert stat.S_IMODE((tmp_path / "gb.key").stat().st_mode) == 0o600
    assert passavant("checkpoint", "key", tmp_path / "gb.key", "--name", "customs.gb").code == 1
    assert passavant("declare", "export.xml", "--as", "platform").code == 0
    signed = passavant("checkpoint", "make", "--key", tmp_path / "gb.key", "-o", tmp_path / "note.txt")
    assert (signed.code, "one operator's own word proves nothing to others" in signed.out) == (0, True)
    assert signed.out.startswith((tmp_path / "note.txt").read_text())

    body, _, _ = (tmp_path / "note.txt").read_text().partition("\n\n")
    passavant("checkpoint", "key", tmp_path / "fr.key", "--name", "customs.fr")
    line = NoteKey.load(tmp_path / "fr.key").sign(f"{body}\n")
    (tmp_path / "countersigned.txt").write_text(f"{body}\n\n{line}\n", encoding="utf-8")
    added = passavant("checkpoint", "add", tmp_path / "countersigned.txt", "--json")
    assert (added.code, added.json["signatures"]) == (0, 2)
    latest = passavant("checkpoint", "latest", "--json").json
    assert (latest["note"], latest["size"]) == (added.json["note"], added.json["size"])


def test_another_log_s_checkpoint_is_refused(network, messages, passavant, tmp_path):
    passavant("checkpoint", "key", tmp_path / "gb.key", "--name", "customs.gb")
    assert passavant("checkpoint", "make", "--key", tmp_path / "gb.key", "-o", tmp_path / "note.txt").code == 0
    text = (tmp_path / "note.txt").read_text(encoding="utf-8")
    (tmp_path / "other.txt").write_text(text.replace("passavant/31337/", "passavant/1/"), encoding="utf-8")
    refused = passavant("checkpoint", "add", tmp_path / "other.txt")
    assert (refused.code, "this ledger log is passavant/31337/" in refused.err) == (1, True)

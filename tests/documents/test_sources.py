"""Files, folders and archives."""

import io
import os
import tarfile
import zipfile

import pytest

from ledger.documents import iter_sources, sources
from ledger.errors import DocumentError


def _zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def _tar(path, members, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def _names(paths):
    return [(name.replace(os.sep, "/").rpartition("/in/")[2], data) for name, data in iter_sources(paths)]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    return tmp_path / "in"


def test_a_folder_gives_its_messages_in_order_whatever_the_case_of_the_ending(folder):
    (folder / "deep" / "b.XML").write_bytes(b"2")
    (folder / "a.xml").write_bytes(b"1")
    (folder / "c.json").write_bytes(b"3")
    (folder / "note.txt").write_bytes(b"4")
    (folder / "link.xml").symlink_to(folder / "a.xml")
    assert _names([folder]) == [("a.xml", b"1"), ("c.json", b"3"), ("deep/b.XML", b"2")]


def test_a_file_that_is_named_is_read_whatever_its_ending(folder):
    (folder / "note.txt").write_bytes(b"4")
    assert _names([str(folder / "note.txt")]) == [("note.txt", b"4")]


@pytest.mark.parametrize("ending", ["zip", "ZIP"])
def test_zip(folder, ending):
    members = {"b/x.xml": b"2", "a.XML": b"1", "no.txt": b"", "b/": b"", "__MACOSX/._a.xml": b"x"}
    _zip(folder / f"all.{ending}", members)
    assert _names([folder]) == [(f"all.{ending}!a.XML", b"1"), (f"all.{ending}!b/x.xml", b"2")]


@pytest.mark.parametrize(("name", "mode"), [("all.tar", "w"), ("all.tar.gz", "w:gz"), ("all.TGZ", "w:gz")])
def test_tar(folder, name, mode):
    _tar(folder / name, {"b.xml": b"2", "a.xml": b"1", "no.txt": b""}, mode)
    assert _names([folder]) == [(f"{name}!b.xml", b"2"), (f"{name}!a.xml", b"1")]


def test_a_path_out_of_the_archive_is_only_a_name(folder):
    _zip(folder / "all.zip", {"../../etc/x.xml": b"1", "/abs.xml": b"2", "a\x1b[2J.xml": b"3"})
    assert [data for _, data in _names([folder])] == [b"1", b"2", b"3"]
    assert "\x1b" not in "".join(name for name, _ in _names([folder]))


def test_links_and_devices_in_an_archive_are_passed_over(folder):
    with tarfile.open(folder / "all.tar", "w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE):
            info = tarfile.TarInfo(f"{kind.decode()}.xml")
            info.type, info.linkname = kind, "/etc/hostname"
            archive.addfile(info)
    assert _names([folder]) == []


def _refusals(paths):
    refused: list[DocumentError] = []
    read = [name for name, _ in iter_sources(paths, refused.append)]
    return read, [error.reason for error in refused]


def test_bombs_are_refused_and_the_rest_goes_on(folder, monkeypatch):
    monkeypatch.setattr(sources, "MAX_BYTES", 1_000)
    monkeypatch.setattr(sources, "MAX_ARCHIVE_BYTES", 1_500)
    monkeypatch.setattr(sources, "MAX_MEMBERS", 5)
    _zip(folder / "a.zip", {"a.xml": b"0" * 1_001})
    _zip(folder / "b.zip", {"a.xml": b"0" * 1_000, "b.xml": b"0" * 1_000})
    _tar(folder / "c.tar.gz", {f"{n}.txt": b"" for n in range(6)})
    (folder / "d.xml").write_bytes(b"0" * 1_001)
    (folder / "e.xml").write_bytes(b"1")
    read, reasons = _refusals([folder])
    assert [name.rpartition("/")[2] for name in read] == ["b.zip!a.xml", "e.xml"]
    assert [reason.split(",")[0] for reason in reasons] == [
        "larger than 1",
        "the archive holds more than 1",
        "the archive holds more than 5 members",
        "larger than 1",
    ]


def test_what_can_not_be_read_is_named(folder):
    (folder / "bad.zip").write_bytes(b"no zip")
    (folder / "bad.tar").write_bytes(b"no tar" * 200)
    (folder / "short.tgz").write_bytes(_tar(folder / "x.tar.gz", {"a.xml": os.urandom(5_000)}).read_bytes()[:2_000])
    (folder / "x.tar.gz").unlink()
    read, reasons = _refusals([folder, folder / "missing.xml"])
    assert read == []
    assert [reason.split(":")[0] for reason in reasons] == ["the archive can't be read"] * 3 + ["can't be read"]


def test_without_somebody_to_tell_the_error_is_raised(folder):
    with pytest.raises(DocumentError, match="can't be read: No such file"):
        list(iter_sources([folder / "missing"]))

"""`passavant erase` and `passavant retention`, as a user types them."""

import pytest

from ledger.client import Client

EXPORT = "25GB7QK2M9ZT4XW1A3"


@pytest.fixture
def lodged(network, messages, passavant):
    told = passavant("declare", "export.xml", "--as", "platform", "--json")
    assert told.code == 0
    assert passavant("ingest", "export-01-accepted.xml", "--as", "customs-gb").code == 0
    assert passavant("grant", EXPORT, "express", "--as", "platform").code == 0
    return bytes.fromhex(told.json["declaration"][2:])


@pytest.mark.e2e
def test_what_is_erased_by_order_is_gone_and_told_from_what_is_lost(lodged, network, passavant):
    payload = ("payload", EXPORT, "--as")
    assert all(passavant(*payload, name).code == 0 for name in ("platform", "customs-gb"))
    with Client.open(network.home.settings()) as client:
        kept = [one.content_hash for one in client.sealed_payloads.of_declaration(lodged)]
        assert len(kept) == 2  # the version, and the evidence behind the decision about it
        secrets = [client.sealed_payloads.ciphertext(one) for one in kept]
        secrets += [wrap.wrapped for one in kept for wrap in client.sealed_payloads.wraps(one)]
        received = [one.content for one in client.evidence(lodged)]
    for secret in (*secrets, *received):
        assert [file for file in files(network) if part(secret) in file.read_bytes()]
    told = passavant("erase", EXPORT, "--all", "--order", "--as", "customs-gb", "--json")
    assert told.code == 0, told.err
    assert (told.json["erasedHere"], [one["progress"] for one in told.json["records"]]) == ([1], ["FINAL"])
    for name in ("platform", "customs-gb"):
        gone = passavant(*payload, name)
        assert (gone.code, "was erased on" in gone.err, "(ordered)" in gone.err) == (1, True, True)
    for secret in (*secrets, *received):
        assert not [file for file in files(network) if part(secret) in file.read_bytes()]
    assert "erased the content of version 1: ordered" in passavant("provenance", EXPORT, "--as", "platform").out
    assert passavant("status", EXPORT, "--as", "platform").code == 0
    assert passavant("replay").code == 0


def files(network):
    return list(network.home.path.glob("store.sqlite*"))


def part(secret):
    """A part of it that no page boundary cuts, most likely."""
    return secret[40:72]


def test_what_has_to_be_kept_is_kept_and_the_reason_told(lodged, passavant):
    early = passavant("erase", EXPORT, "--version", 1, "--as", "platform")
    assert early.code == 1
    assert "has to be kept for now in GB: it is accepted" in early.err
    assert "by order of the administration only (--order)" in early.err
    assert passavant("decide", EXPORT, "release", "--as", "customs-gb").code == 0
    early = passavant("erase", EXPORT, "--version", 1, "--as", "platform")
    assert "4 years from the day of the decision (The Customs Traders" in early.err
    ordering = passavant("erase", EXPORT, "--version", 1, "--order", "--as", "platform")
    assert (ordering.code, "only the competent administration orders" in ordering.err) == (1, True)
    other = passavant("erase", f"0x{lodged.hex()}", "--all", "--order", "--as", "customs-fr")
    assert (other.code, "neither declarant nor agent" in other.err) == (1, True)


def test_what_is_due_is_shown_and_erased(lodged, network, passavant):
    (network.home.path / "retention.toml").write_text(
        'default = { years = 9, from = "day", source = "a law" }\n'
        '[GB]\nyears = 1\nfrom = "day"\nsource = "another law"\n'
    )
    from dataclasses import replace

    replace(network.home, retention="retention.toml").save()
    assert passavant("retention", "--as", "platform").out == "Nothing is due.\n"
    released = ("decide", EXPORT, "release", "--effective", "2024-03-01", "--as", "customs-gb")
    assert passavant(*released).code == 0
    told = passavant("retention", "--as", "platform")
    assert "from 2025-03-01" in told.out
    assert "1 years from the day of the decision (another law)" in told.out
    [line] = passavant("retention", "--as", "customs-gb", "--json").json["versions"]
    assert (line["due"], line["dueAt"], line["version"]) == (True, "2025-03-01T00:00:00Z", 1)
    assert passavant("retention", "--as", "express").out == "Nothing is due.\n"
    assert passavant("retention", "--as", "auditor").out == "Nothing is due.\n"
    assert passavant("erase", EXPORT, "--version", 1, "--requested", "--as", "platform").code == 0
    assert passavant("retention", "--as", "platform").out == "Nothing is due.\n"
    assert "was, 20" in passavant("retention", "--all", "--as", "platform").out
    again = passavant("erase", EXPORT, "--version", 1, "--as", "platform")
    assert (again.code, "version 1 was erased already" in again.err) == (1, True)
    again = passavant("erase", EXPORT, "--all", "--as", "platform")
    assert (again.code, "all its versions were erased already" in again.err) == (1, True)
    beyond = passavant("erase", EXPORT, "--version", 7, "--as", "platform")
    assert (beyond.code, "there is no version 7: the latest is 1" in beyond.err) == (1, True)


@pytest.mark.parametrize("how", [(), ("--all", "--version", "1"), ("--all", "--order", "--requested")])
def test_what_to_erase_is_said_once(network, passavant, how):
    assert passavant("erase", EXPORT, *how, "--as", "platform").code == 2

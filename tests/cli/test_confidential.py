"""Content: read by who may, shared, and taken back."""

import pytest

IMPORT = "25FR00128B4M7QX9K2"


@pytest.fixture
def declared(network, messages, passavant):
    told = passavant("declare", "import.xml", "--as", "platform", "--json")
    assert told.code == 0, told.err
    assert passavant("ingest", "import-02-registered.xml", "import-01-accepted.xml", "--as", "customs-fr").code == 0
    return told.json["declaration"]


def test_the_content_of_a_declaration(declared, passavant):
    told = passavant("payload", IMPORT, "--as", "customs-fr", "--json").json
    assert (told["declaration"], told["version"], told["schema"]) == (declared, 1, "wco-dm/3.6/declaration")
    assert told["fields"]["Declaration/InvoiceAmount[1]"] == "186.40"
    shown = passavant("payload", declared, "--version", "1", "--as", "platform").out
    assert shown.startswith(f"Version 1 of {declared}, as the chain has it\n")
    assert "186.40" in shown
    assert passavant("payload", IMPORT, "--version", "7", "--as", "platform").code == 1


def test_a_carrier_is_let_in_and_out_again(declared, passavant):
    def reads(name):
        return passavant("payload", declared, "--as", name).code == 0

    assert [reads(name) for name in ("platform", "customs-fr", "express", "customs-gb", "auditor")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    told = passavant("grant", declared, "express", "--for", "90d", "--as", "platform")
    assert (told.code, told.out) == (0, "Chevron Express may now read it (1 of its versions are here).\n")
    assert reads("express")
    listed = passavant("grants", IMPORT, "--as", "customs-fr").out
    assert "Chevron Express" in listed
    assert "everything" in listed
    log = passavant("accesses", IMPORT, "--as", "platform", "--json").json["accesses"]
    assert [(one["reader"], one["act"], one["version"]) for one in log[-1:]] == [(100_003, "READ", 1)]
    assert "Chevron Express" in passavant("accesses", IMPORT, "--as", "platform").out
    told = passavant("withdraw", declared, "express", "--as", "platform", "--json")
    assert (told.code, told.json["payloads"], told.json["closed"]) == (0, 1, 0)
    assert [reads(name) for name in ("platform", "customs-fr", "express")] == [True, True, False]
    shown = passavant("grants", declared, "--as", "platform", "--json").json["grants"]
    assert [one["inForce"] for one in shown] == [False]
    assert passavant("key", "rewrap", IMPORT, "--as", "platform").code == 0


def test_chosen_fields(declared, passavant):
    which = ("--fields", "Declaration/InvoiceAmount,Declaration/TypeCode")
    told = passavant("grant", declared, "express", *which, "--as", "platform")
    assert (told.code, told.out) == (0, "Chevron Express may now read it (1 of its versions are here).\n")
    shown = passavant("payload", declared, "--as", "express", "--json").json
    assert (shown["chosen"], shown["version"]) == (True, 1)
    assert set(shown["fields"].values()) == {"186.40", "GBP", "IMD"}
    assert passavant("payload", declared, "--as", "express").out.startswith("Chosen fields of version 1 of 0x")
    assert "chosen fields" in passavant("grants", declared, "--as", "platform").out
    assert passavant("key", "rewrap", declared, "--as", "platform").code == 0
    told = passavant("withdraw", declared, "express", *which, "--as", "platform")
    assert (told.code, told.out) == (0, "Chevron Express may no longer read it (1 destroyed).\n")
    assert passavant("payload", declared, "--as", "express").code == 1
    assert passavant("grant", declared, "express", "--profile", "nonsense", "--as", "platform").code == 1


def test_who_is_no_party_is_told_nothing(declared, passavant):
    for command in ("grants", "accesses"):
        told = passavant(command, declared, "--as", "bazaar")
        assert (told.code, "for the declarant, its agent and the administration" in told.err) == (1, True)
    told = passavant("grant", declared, "express", "--as", "bazaar")
    assert (told.code, "neither declarant nor agent" in told.err) == (1, True)
    assert passavant("grants", IMPORT, "--as", "platform").out == "Nobody else was let in.\n"
    assert passavant("accesses", IMPORT, "--as", "customs-fr").code == 0


def test_key_files_that_cannot_be_used(declared, passavant, home):
    file = home / "keys" / "platform.encryption.json"
    kept = file.read_text()
    file.write_text("{}")
    told = passavant("payload", IMPORT, "--as", "platform")
    assert (told.code, "holds no encryption keys" in told.err) == (2, True)
    file.write_text(kept)
    assert passavant("payload", IMPORT, "--as", "platform").code == 0


def test_chosen_fields_of_one_version(declared, passavant):
    which = ("--profile", "statistics", "--version", "1", "--as", "platform")
    assert passavant("grant", declared, "express", *which).code == 0
    shown = passavant("payload", declared, "--as", "express", "--json").json
    assert (shown["chosen"], shown["version"]) == (True, 1)
    assert passavant("withdraw", declared, "express", *which, "--json").json["payloads"] == 1
    assert passavant("payload", declared, "--as", "express").code == 1
    whole = passavant("grant", declared, "express", "--version", "1", "--as", "platform")
    assert (whole.code, "--version goes with --fields or --profile" in whole.err) == (2, True)

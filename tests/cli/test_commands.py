"""Every command as a user types it, against a network of one's own."""

import json
import os
import signal
import stat

import pytest

from ledger.devnet import Devnet
from ledger.home import Home

EXPORT = "25GB7QK2M9ZT4XW1A3"
IMPORT = "25FR00128B4M7QX9K2"
PARCEL = "LX473124829GB"


@pytest.fixture
def exported(network, messages, passavant):
    """An export declaration of the platform that customs have accepted."""
    told = passavant("declare", "export.xml", "--as", "platform", "--json")
    assert told.code == 0, told.err
    assert passavant("ingest", "export-01-accepted.xml", "--as", "customs-gb").code == 0
    return told.json


def test_a_declaration_is_lodged_and_its_ticket_kept(network, messages, passavant):
    told = passavant("declare", "export.xml", "--as", "platform", "--ticket", "ticket.json")
    assert told.code == 0
    assert told.out.startswith("Declared.\n")
    ticket = messages / "ticket.json"
    assert stat.S_IMODE(ticket.stat().st_mode) == 0o600
    assert set(json.loads(ticket.read_text())) == {"consignment", "joinKey"}
    kept = list((network.home.path / "tickets").iterdir())
    assert [file.read_text() for file in kept] == [ticket.read_text()]
    joined = passavant("declare", "import.xml", "--as", "platform", "--join", ticket, "--json")
    assert (joined.code, joined.json["ticket"], joined.json["progress"]) == (0, None, "FINAL")
    status = passavant("status", joined.json["declaration"], "--as", "platform", "--json").json
    assert status["consignment"] == json.loads(ticket.read_text())["consignment"]


def test_a_ticket_can_be_had_again(exported, messages, passavant, tmp_path):
    out = tmp_path / "again.json"
    told = passavant("ticket", EXPORT, "--as", "platform", "--out", out)
    assert (told.code, told.out.splitlines()[0]) == (0, str(out))
    assert json.loads(out.read_text())["consignment"] == exported["declaration"]
    assert passavant("ticket", EXPORT, "--as", "platform", "--json").json["ticket"] == exported["ticket"]
    (tmp_path / "home" / "tickets").rename(tmp_path / "home" / "gone")
    lost = passavant("ticket", EXPORT, "--as", "platform")
    assert (lost.code, "no declaration of this home opened" in lost.err) == (2, True)


def test_a_linked_declaration(exported, messages, passavant):
    both = ("--link", EXPORT, "--link-kind", "follows")
    assert passavant("declare", "import.xml", "--as", "platform", *both, "--for", "fr").code == 0
    one = passavant("declare", "import.xml", "--as", "platform", "--link", EXPORT)
    assert (one.code, "--link and --link-kind need each other" in one.err) == (2, True)


def test_the_way_of_a_declaration(exported, messages, passavant):
    risks = (
        "--risk",
        "security,safety",
        "--method",
        "physical",
        "--outcome",
        "none-found",
        "--seal",
        "S1",
        "--seal",
        "S2",
    )
    more = ("--seal-state", "intact", "--valid-for", "10d", "--standard", "WCO SAFE 2021", "--evidence", "image=xray-1")
    control = passavant("control", EXPORT, *risks, *more, "--as", "customs-gb-heathrow")
    assert (control.code, control.out.splitlines()[0]) == (0, "Control recorded: physical, none found.")
    presented = passavant("present", EXPORT, "--as", "platform")
    assert (presented.code, presented.out.splitlines()[0]) == (0, "Goods presented.")
    granted = passavant("decide", EXPORT, "grant", "--as", "customs-gb")
    assert granted.code == 0, granted.err
    released = passavant("decide", EXPORT, "release", "--as", "customs-gb", "--reason", "risk", "--json")
    assert (released.code, released.json["progress"], released.json["recordType"]) == (0, "FINAL", "DECISION")
    status = passavant("status", EXPORT, "--as", "platform")
    assert status.out.startswith("Released for outright export — do not deliver.\n")
    told = passavant("provenance", EXPORT, "--as", "platform").out
    assert "Tamarind Lane Market lodged a declaration: export, outright export, arrived" in told
    assert (
        "HM Customs (United Kingdom), office 60 controlled version 1: physical, none found (security, safety)" in told
    )
    assert "HM Customs (United Kingdom) decided: release, because of risk" in told
    entries = passavant("provenance", EXPORT, "--as", "platform", "--json").json["entries"]
    heads = [(entry["headBefore"], entry["headAfter"]) for entry in entries]
    assert [before for before, _ in heads[1:]] == [after for _, after in heads[:-1]]


def test_amending(network, messages, passavant):
    assert passavant("declare", "import.xml", "--as", "platform").code == 0
    assert passavant("ingest", "import-02-registered.xml", "import-01-accepted.xml", "--as", "customs-fr").code == 0
    told = passavant("amend", "import-cor.xml", "--as", "platform")
    assert (told.code, told.out.splitlines()[0]) == (0, "Amendment requested.")
    again = passavant("amend", "import-cor.xml", "--ref", IMPORT, "--as", "platform")
    assert (again.code, "request" in again.err, "waits" in again.err) == (1, True, True)
    assert passavant("ingest", "import-11-granted.xml", "--as", "customs-fr").code == 0
    assert passavant("status", IMPORT, "--as", "platform", "--json").json["version"] == 2


def test_invalidating(network, messages, passavant):
    assert passavant("declare", "tableware.xml", "--as", "platform").code == 0
    assert passavant("ingest", "tableware-01-accepted.xml", "--as", "customs-fr").code == 0
    assert passavant("invalidate", "--file", "tableware-inv.xml", "--as", "platform").code == 0
    assert passavant("ingest", "tableware-10-invalidated.xml", "--as", "customs-fr").code == 0
    told = passavant("status", "25FR00128D1P6RZ7B7", "--as", "platform")
    assert told.out.startswith("Invalidated — do not deliver.\n")


@pytest.mark.parametrize("how", [(), (EXPORT, "--file", "export.xml")])
def test_a_declaration_is_named_once(network, messages, passavant, how):
    told = passavant("invalidate", *how, "--as", "platform")
    assert (told.code, "name the declaration by REF, or by --file" in told.err) == (2, True)


def test_a_message_that_names_no_declaration(network, messages, passavant):
    told = passavant("present", "--file", "export.xml", "--as", "platform")
    assert (told.code, "the message names no declaration" in told.err) == (1, True)


def test_parts_of_a_consignment(network, messages, passavant):
    assert passavant("declare", "low-value.xml", "--as", "platform").code == 0
    assert passavant("ingest", "low-value-01-accepted.xml", "--as", "customs-fr").code == 0
    mrn = "25FR00128C8T2WL4D5"
    detained = passavant("decide", mrn, "detain", "--reason", "risk", "--limit", "2099-01-01", "--as", "customs-fr")
    assert detained.code == 0
    held = passavant("status", mrn, "--as", "platform").out
    assert "Held — do not deliver." in held
    assert "detention (risk), by Douane (France), since" in held
    assert ", until 2099-01-01 00:00:00 UTC" in held
    assert (
        passavant("decide", mrn, "refuse", "--items", "2=4,3", "--evidence", "why=fake", "--as", "customs-fr").code == 0
    )
    assert passavant("decide", mrn, "release", "--as", "customs-fr").code == 0
    told = passavant("status", mrn, "--as", "platform").out
    assert told.startswith("Partly released — deliver those items only.\n")
    assert "refuse: goods items 2 (4), 3" in told
    assert "for some goods items only" in passavant("provenance", mrn, "--as", "customs-fr").out


def test_an_agency_holds_and_lifts(network, messages, passavant):
    assert passavant("declare", "plants.xml", "--as", "platform").code == 0
    assert passavant("ingest", "plants-01-accepted.xml", "--as", "customs-fr").code == 0
    mrn = "25FR00128E5H9VN2J8"
    told = passavant("hold", mrn, "set", "--as", "safety-fr", "--evidence", "pest=suspected")
    assert (told.code, told.out.splitlines()[0]) == (0, "Hold set.")
    released = passavant("decide", mrn, "release", "--as", "customs-fr")
    assert (released.code, "OVERRIDE_NEEDED" in released.err) == (1, True)
    asked = passavant("decide", mrn, "release", "--as", "customs-fr", "--json")
    assert "OVERRIDE_NEEDED" in asked.json["message"]
    held = passavant("status", mrn, "--as", "platform").out
    assert "held         agency (compliance), by Product Safety Agency (France)" in held
    assert passavant("hold", mrn, "lift", "--as", "safety-fr").out.startswith("Hold lifted.")
    timeline = passavant("provenance", mrn, "--as", "customs-fr").out
    assert "Product Safety Agency (France) set a hold, because of compliance" in timeline
    assert "Product Safety Agency (France) lifted its hold, because of compliance" in timeline


def test_who_is_not_competent_is_refused(exported, passavant):
    told = passavant("decide", exported["declaration"], "release", "--as", "customs-fr")
    assert (told.code, "refused: not competent" in told.out) == (1, True)


def test_readers(exported, passavant):
    before = passavant("status", PARCEL, "--as", "bazaar")
    assert before.out.startswith("Nothing is known under this reference, or it is not yours to ask.\n")
    assert before.code == 0
    granted = passavant("readers", "grant", PARCEL, "bazaar", "--as", "platform", "--type", "s10")
    assert granted.out == f"Bazar du Canal may now ask for the status of {PARCEL}.\n"
    by_number = passavant("readers", "grant", PARCEL, "100004", "--as", "platform", "--json")
    assert by_number.json == {"reference": PARCEL, "type": "TRACKING", "reader": 100_004}
    assert passavant("status", PARCEL, "--as", "bazaar", "--json").json["answer"] == "ACCEPTED"


def test_asking_for_a_country_a_type_and_a_time(exported, messages, passavant):
    assert passavant("declare", "import.xml", "--as", "platform").code == 0
    several = passavant("status", PARCEL, "--as", "platform")
    assert several.out.startswith("Several are meant: name the country")
    assert "FR       import" in several.out
    asked = ("--for", "GB", "--type", "s10", "--around", "2026-11-22")
    assert passavant("status", PARCEL, *asked, "--as", "platform", "--json").json["country"] == "GB"
    none = passavant("status", EXPORT, "--for", "FR", "--as", "platform").out
    assert none.startswith("Not lodged here")


def test_nothing_to_tell(network, passavant):
    told = passavant("provenance", "NOTHING", "--as", "platform")
    assert (told.code, told.out) == (1, "Nothing is known under this reference, or it is not yours to ask.\n")
    unknown = passavant("record", "0x" + "12" * 32)
    assert (unknown.code, "not known here" in unknown.out) == (1, True)


def test_following_a_record(exported, passavant):
    told = passavant("record", exported["id"], "--wait", "5", "--json")
    assert (told.code, told.json["progress"]) == (0, "FINAL")
    assert passavant("record", exported["id"]).out.startswith(f"Record {exported['id']}\n")


def test_ingesting(exported, messages, passavant):
    again = passavant("ingest", "export-01-accepted.xml", "--as", "customs-gb", "--json")
    assert again.json["table"] == [{"kind": "notice 01", "fate": "known already", "messages": 1}]
    told = passavant("ingest", "export-movement.xml", "malformed.xml", "--as", "customs-gb", "--verbose")
    assert told.code == 1
    assert "malformed.xml:6:4" in told.err
    assert "movement message  kept as evidence      1" in told.out
    assert "export-movement.xml: movement message, kept as evidence" in told.out
    assert (
        "handed in as evidence, off the chain: movement message"
        in passavant("provenance", EXPORT, "--as", "platform").out
    )
    (messages / "empty").mkdir()
    assert passavant("ingest", "empty", "--as", "customs-gb").out == "There is no message.\n"


def test_participants(network, passavant):
    told = passavant("participants").out
    assert "250  Douane (France)                 administration  FR       active" in told
    assert {one["id"] for one in passavant("participants", "--json").json} >= {250, 826, 100_001, 200_001, 300_001}


def test_replay(exported, passavant, network):
    told = passavant("replay")
    assert (told.code, told.out.endswith(": they agree.\n")) == (0, True)
    import sqlite3

    with sqlite3.connect(network.home.path / "store.sqlite") as store:
        store.execute("UPDATE declarations SET declarant = 7")
    store.close()
    differing = passavant("replay")
    assert (differing.code, "1 rows differ" in differing.out) == (1, True)
    assert passavant("replay", "--json").json["differences"][0]["table"] == "declarations"


def test_the_wrong_kind_of_message(network, messages, passavant):
    told = passavant("declare", "import-cor.xml", "--as", "platform")
    assert (told.code, "takes one lodged declaration; here is no message of this kind" in told.err) == (1, True)
    assert passavant("declare", "malformed.xml", "--as", "platform").code == 1


def test_a_message_with_a_wrong_value(network, messages, passavant):
    text = (messages / "export.xml").read_text().replace('currencyID="GBP"', 'currencyID="XX1"')
    (messages / "wrong.xml").write_text(text)
    told = passavant("declare", "wrong.xml", "--as", "platform")
    assert told.code == 1
    assert "wrong.xml:13: error: no currency of ISO 4217 (Declaration/InvoiceAmount[1], WCOID 109)" in told.err


def test_a_ticket_that_is_none(network, messages, passavant):
    (messages / "ticket.json").write_text("{}")
    told = passavant("declare", "import.xml", "--join", "ticket.json", "--as", "platform")
    assert (told.code, "no consignment ticket" in told.err) == (1, True)


def test_usage(network, passavant, monkeypatch, tmp_path):
    assert passavant("status").code == 2
    assert passavant("decide", EXPORT, "liberate", "--as", "customs-gb").code == 2
    assert "is none of receipt" in passavant("decide", EXPORT, "liberate", "--as", "customs-gb").err
    nobody = passavant("status", EXPORT, "--as", "nobody")
    assert (nobody.code, "knows no participant 'nobody'" in nobody.err) == (2, True)
    homeless = passavant("status", EXPORT, "--home", tmp_path / "nowhere")
    assert (homeless.code, "no home of Passavant" in homeless.err) == (2, True)
    monkeypatch.delenv("PASSAVANT_HOME")
    assert passavant("--home", network.home.path, "status", EXPORT).code == 0


def test_a_node_that_does_not_answer_is_never_a_no(exported, passavant, network, monkeypatch):
    from ledger.devnet import supervisor

    monkeypatch.setattr(supervisor, "_STARTS", 0)
    os.kill(network.supervisor.pid, signal.SIGKILL)
    while not network.supervisor.failed:
        pass
    told = passavant("status", EXPORT, "--as", "platform")
    assert told.code == 3
    assert told.out.startswith("It can't be known now: the chain can't be read up to its end.\n")
    assert "the last that is known, the node does not answer" in told.out
    assert passavant("provenance", EXPORT, "--as", "platform").code == 3
    assert passavant("declare", "import.xml", "--as", "platform").code == 3
    assert passavant("replay").code == 3


def test_a_record_that_waits(network, messages, passavant):
    from dataclasses import replace

    replace(Home.load(network.home.path), relay=None).save()
    told = passavant("declare", "export.xml", "--as", "platform", "--timeout", "0")
    assert (told.code, told.out.startswith("Sent: declared.")) == (3, True)


def test_a_chain_that_comes_back_shorter_loses_nothing(home, messages, passavant):
    with Devnet(home, gateway=False, interval=10_000) as network:  # so that the supervisor acts when it is told to
        told = passavant("declare", "export.xml", "--as", "platform", "--json")
        assert told.json["progress"] == "FINAL"
        head = network.supervisor._running.head()
        os.kill(network.supervisor.pid, signal.SIGKILL)
        network.supervisor._bring_back()
        assert [alarm.kind for alarm in network.alarms] == ["anvil-died", "chain-restored"]
        assert network.supervisor._running.head() < head
        again = passavant("record", told.json["id"], "--wait", "60", "--json")
        assert (again.code, again.json["progress"]) == (0, "FINAL")
        assert passavant("status", told.json["declaration"], "--as", "platform", "--json").json["answer"] == "LODGED"
        assert passavant("replay").code == 0

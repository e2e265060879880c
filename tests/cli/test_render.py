from pathlib import Path

from ledger.cli import render
from ledger.domain.codes import DecisionKind, Outcome
from ledger.home import Home, Identity
from ledger.index.history import RecordAnswer, RecordProgress

ID = b"\xab" * 32


def answer(progress, **more):
    return RecordAnswer(digest=ID, progress=progress, **more)


def test_words():
    assert render.words(DecisionKind.REQUIRE_DOCUMENTS) == "require documents"
    assert render.spaced("AmendmentRequestMessage") == "amendment request message"
    assert render.short(ID) == "0xababababab…"
    assert render.moment(None) == "-"
    assert render.moment(1) == "1970-01-01 00:00:01 UTC"


def test_facts_stand_below_each_other_and_leave_out_what_is_empty():
    assert render.facts([("a", "1"), ("none", ""), ("long name", "2\n3")]) == (
        "  a          1\n  long name  2\n             3"
    )
    assert render.facts([]) == ""


def test_a_table_has_numbers_to_the_right():
    assert render.table(["kind", "count"], [["a", "10"], ["bcdef", "9"]]) == (
        "kind   count\n-----  -----\na         10\nbcdef      9"
    )


def test_a_written_record():
    final = answer(RecordProgress.FINAL, block=7, transaction=ID, outcome=Outcome.RECORDED)
    text = render.written("declared", ID, final, Path("/t.json"))
    assert text.startswith("Declared.\n  declaration  0xabab")
    assert "  ticket       /t.json (lets a declaration join" in text
    assert "  state        recorded in block 7, final\n  transaction  0xabab" in text


def test_a_refused_record_says_why_and_whether_to_try_again():
    refused = answer(RecordProgress.REFUSED, outcome=Outcome.NOT_COMPETENT, provisional=True)
    assert render.written("decided: release", ID, refused) == (
        f"Not decided: release.\n  declaration  0x{ID.hex()}\nRecord 0x{ID.hex()}\n"
        "  state  refused: not competent\n  note   it may be taken later: send it again"
    )
    last = answer(RecordProgress.REFUSED, outcome=Outcome.EXPIRED)
    assert "note" not in render.followed(last)


def test_a_record_on_its_way_or_lost():
    assert render.written("declared", ID, answer(RecordProgress.WAITING)).startswith("Sent: declared.")
    assert "lost: it never reached the chain" in render.followed(answer(RecordProgress.LOST))
    assert "not known here" in render.followed(answer(RecordProgress.UNHEARD_OF))


def test_a_network():
    people = {"alice": Identity(1, "env:A", "OPERATOR", 2, title="Alice Ltd")}
    home = Home(Path("/h"), "http://127.0.0.1:1", gateway="http://127.0.0.1:2", participants=people)
    up = render.devnet(Path("/h"), home, ready=True, alarms=[(1, "anvil ended")])
    assert "The network in /h is up." in up
    assert "alice  Alice Ltd    operator       1" in up
    assert "1970-01-01 00:00:01 UTC  anvil ended" in up
    assert "export PASSAVANT_HOME=/h" in up
    down = render.devnet(Path("/h"), home, ready=False, alarms=[])
    assert down == "The network in /h is down. Start it: passavant devnet up."
    assert render.devnet(Path("/h"), None, ready=False, alarms=[]).startswith("There is no network in /h.")


def test_a_home_apart_says_who_keeps_its_chain(tmp_path):
    here = Home(tmp_path, "http://127.0.0.1:1", gateway="http://127.0.0.1:2", keeper="/first")
    told = render.devnet(tmp_path, here, ready=True, alarms=[])
    assert "  chain    kept by /first" in told.splitlines()

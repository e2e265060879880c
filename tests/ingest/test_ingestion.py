"""One ingestion: what it reports, what a crash leaves behind, and what is refused."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from ledger.chain.errors import NodeUnreachable
from ledger.chain.signers import LocalSigner
from ledger.client import Client, RecordProgress, StoreError
from ledger.client.grouping import GroupingStore
from ledger.domain.codes import DecisionKind, Stage, Status
from ledger.index.references import Reference, ReferenceType
from ledger.ingest import Fate, ingest, ingestion
from tests.client.letters import MESSAGES, PLATFORM_EORI, Case, folder, message
from tests.client.networks import Team, desk_of


def written(case, path):
    """A declaration with its story: eight messages, of which seven are records."""
    return folder(
        path,
        case.declaration(),
        case.notice("02", "0600"),
        case.notice("01", "0700"),
        case.notice("13", "0800", status="67"),
        case.request("import-cor", "COR-1"),
        case.notice("11", "0900", status="39", lrn="COR-1"),
        case.notice("08", "1000"),
        case.notice("09", "1100"),
    )


def about(client, case):
    """The records about a case's declaration, by type; exactly one declaration has its numbers."""
    names = [Reference(ReferenceType.LRN, case.lrn), Reference(ReferenceType.MRN, case.mrn)]
    [declaration] = {one for name in names for one in client.named(name) if client.is_written(one)}
    return declaration, [one.kind for one in client.decisions(declaration)]


def free_the_relay(client):
    """The lease of one that was killed ends by itself, after a while."""
    with client.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM leases")


# --- reports ----------------------------------------------------------------------------------------------------------


def test_lines_and_progress(team, tmp_path):
    steps = []
    path = written(Case(), tmp_path / "all")
    report = ingest(team.desk("customs-fr"), [path], lambda done, total: steps.append((done, total)))
    assert report.exit_code == 0
    assert report.table == {
        ("declaration", Fate.RECORDED): 1,
        ("amendment request", Fate.EVIDENCE): 1,
        **{(f"notice {code}", Fate.RECORDED): 1 for code in ("01", "02", "08", "09", "11", "13")},
    }
    assert steps[0] == (0, 8)
    assert steps[-1] == (8, 8)
    assert sorted(line.source for line in report.lines) == sorted(str(file) for file in path.iterdir())


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(team, tmp_path):
    path = written(Case(), tmp_path / "all")
    (path / "broken.xml").write_bytes((MESSAGES / "malformed.xml").read_bytes())
    report = ingest(team.desk("customs-fr"), [path, tmp_path / "nowhere"])
    assert report.exit_code == 1
    broken = [line for line in report.lines if line.fate is Fate.UNREADABLE]
    assert [line.kind for line in broken] == ["file", "file"]
    assert f"{path / 'broken.xml'}:6:4: " in broken[0].detail
    assert "nowhere" in broken[1].source
    assert sum(line.fate is Fate.RECORDED for line in report.lines) == 7


def test_nothing_to_ingest(team, tmp_path):
    report = ingest(team.desk("platform"), [folder(tmp_path / "empty")])
    assert (report.lines, report.exit_code) == ([], 0)


def test_parts_of_a_long_ingestion(team, tmp_path, monkeypatch):
    monkeypatch.setattr(ingestion, "_TOGETHER", 2)
    case = Case()
    assert ingest(team.desk("customs-fr"), [written(case, tmp_path / "all")]).exit_code == 0
    assert len(about(team.client, case)[1]) == 6


# --- crashes ----------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


@pytest.mark.parametrize("at", [0, 5, 16, 27, 37])
def test_a_second_run_does_what_a_killed_one_left(team, settings, devnet, tmp_path, monkeypatch, at):
    """Killed at any write: records, references, payloads and notes are there together, or not at all."""
    monkeypatch.setattr(ingestion, "_TOGETHER", 3)
    case, path = Case(), tmp_path / "all"
    written(case, path)
    writes = iter(range(10_000))
    writing = GroupingStore.writing

    def writing_until_killed(store, *arguments):
        if next(writes) == at:
            raise Killed
        return writing(store, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(GroupingStore, "writing", writing_until_killed)
        with pytest.raises(Killed):
            ingest(team.desk("customs-fr"), [path])
    with Client.open(settings) as again:
        free_the_relay(again)
        report = ingest(desk_of(again, devnet, "customs-fr"), [path])
        assert report.exit_code == 0
        assert {line.fate for line in report.lines} <= {Fate.RECORDED, Fate.EVIDENCE, Fate.KNOWN}
        declaration, kinds = about(again, case)
        assert len(kinds) == len(set(kinds)) == 6
        state = again.state(declaration)
        assert state is not None
        assert (state.standing.status, state.version.number) == (Status.CLEARED, 2)
        assert desk_of(again, devnet, "customs-fr").fields(state)
        third = ingest(desk_of(again, devnet, "customs-fr"), [path])
        assert {line.fate for line in third.lines} == {Fate.KNOWN}
        assert len(again.decisions(declaration)) == 6


_INGESTS = """
import os, sys
from pathlib import Path
from ledger.chain.steps import observer_from
from ledger.client import Client, ClientSettings
from ledger.devnet import Devnet
from tests.client.networks import desk_of
from ledger.home import Home
from ledger.ingest import ingest
from types import SimpleNamespace
home, database, index_key, path = sys.argv[1:]
known = SimpleNamespace(home=Home.load(Path(home)))
from dataclasses import replace
settings = replace(known.home.settings(), database=database, index_key=Path(index_key))
with Client.open(settings, step=observer_from(os.environ)) as client:
    ingest(desk_of(client, known, "customs-fr"), [path])
"""


@pytest.mark.parametrize("step", ["accepted", "sent"])
def test_a_process_that_is_killed(settings, devnet, tmp_path, step):
    """SIGKILL at the steps of the outbox: the next run records everything, once."""
    case, path = Case(), tmp_path / "all"
    written(case, path)
    command = [sys.executable, "-c", _INGESTS, str(devnet.home.path), settings.database, str(settings.index_key), path]
    ran = subprocess.run(command, env={**os.environ, "PASSAVANT_FAULT": f"kill@{step}"}, check=False)
    assert ran.returncode == -signal.SIGKILL
    with Client.open(settings) as client:
        free_the_relay(client)
        assert ingest(desk_of(client, devnet, "customs-fr"), [path]).exit_code == 0
        assert len(about(client, case)[1]) == 6


def test_a_store_that_fails_ends_the_run_and_keeps_nothing_of_the_part(team, tmp_path, monkeypatch):
    case = Case()
    path = written(case, tmp_path / "all")

    def fails(*_, **__):
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Client, "keep_evidence", fails)
        with pytest.raises(StoreError):
            ingest(team.desk("customs-fr"), [path])
    assert not team.client.named(Reference(ReferenceType.LRN, case.lrn))
    assert not team.client.outbox.counts()
    assert ingest(team.desk("customs-fr"), [path]).exit_code == 0


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_what_follows_a_refusal_is_tried_again(team, tmp_path):
    """The declaration is too old; its reason is told, and what can stand without it does."""
    old, case = "19700102", Case()
    path = folder(
        tmp_path / "all",
        case.declaration(),
        case.notice("02", day=old),
        case.notice("01", "1000", day=old),
        case.notice("09"),
    )
    report = ingest(team.desk("customs-fr"), [path])
    lodged, registered, accepted, cleared = report.lines
    assert [one.fate for one in report.lines] == [Fate.REFUSED, Fate.REFUSED, Fate.REFUSED, Fate.RECORDED]
    assert lodged.detail.startswith("EFFECTIVE_TOO_EARLY")
    assert registered.detail.startswith("EFFECTIVE_TOO_EARLY")
    assert accepted.detail.startswith("EFFECTIVE_TOO_EARLY")
    assert team.client.state(cleared.declaration).stage is Stage.REPORTED
    assert report.exit_code == 1


def test_a_refusal_in_the_middle(team, tmp_path):
    """A decision of the future is refused; those after it are recorded, on the head as it is."""
    case = Case()
    path = folder(
        tmp_path / "all",
        case.declaration(),
        case.notice("01", "0700"),
        case.notice("13", "0800", status="67", day="20251014"),
        case.notice("09"),
    )
    moment = '<DateTimeString formatCode="304">20990101000000Z</DateTimeString>'
    released = f"<Status><ReleaseDateTime>{moment}</ReleaseDateTime></Status>"
    folder(path, case.notice("08", "0830", head=released))
    report = ingest(team.desk("customs-fr"), [path])
    fates = {line.kind: line for line in report.lines}
    assert fates["notice 08"].fate is Fate.REFUSED
    assert fates["notice 08"].detail.startswith("EFFECTIVE_TOO_LATE")
    assert fates["notice 09"].fate is Fate.RECORDED
    state = team.client.state(fates["notice 09"].declaration)
    assert state.standing.status is Status.CLEARED
    # the next run tries it again, and the lifecycle has no such step any more
    again = {line.kind: line for line in ingest(team.desk("customs-fr"), [path]).lines}
    assert (again["notice 08"].fate, again["notice 09"].fate) == (Fate.EVIDENCE, Fate.KNOWN)


def test_who_was_slower_tries_again(settings, devnet, team, tmp_path, monkeypatch):
    """Another key of the administration decides between our signing and our sending."""
    case = Case()
    ingest(team.desk("customs-fr"), [folder(tmp_path / "first", case.declaration(), case.notice("02", "0600"))])
    [declaration] = team.client.named(Reference(ReferenceType.MRN, case.mrn))
    pump, between = Client.pump, list[bool]()

    def overtaken(client):
        if not between and client.outbox.counts():
            between.append(True)
            with Client.open(replace(settings, database=f"sqlite:///{tmp_path}/other.sqlite")) as other:
                other.sync()
                Team(other, devnet).recorded(
                    desk_of(other, devnet, "customs-fr").decide(declaration, DecisionKind.QUERY)
                )
        return pump(client)

    desk = team.desk("customs-fr")
    path = folder(tmp_path / "then", case.notice("01", "0700"), case.notice("09"))
    take = ingestion._Run._take

    def take_then_wait(run, tasks):
        take(run, tasks)
        monkeypatch.setattr(Client, "pump", overtaken)

    monkeypatch.setattr(ingestion._Run, "_take", take_then_wait)
    report = ingest(desk, [path])
    assert [line.fate for line in report.lines] == [Fate.RECORDED] * 2
    assert len(team.client.decisions(declaration)) == 4


def test_a_key_that_nobody_knows(team, tmp_path):
    stranger = team.desk("platform", signer=LocalSigner(b"\7" * 32))
    [line] = ingest(stranger, [folder(tmp_path / "own", Case(declarant=PLATFORM_EORI).declaration())]).lines
    assert line.fate is Fate.EVIDENCE
    assert "the ledger knows no key 0x" in line.detail


def test_without_anybody_who_sends(settings, devnet, tmp_path, monkeypatch):
    """What is signed and kept is not called recorded, and goes on its way when somebody sends."""
    monkeypatch.setattr(ingestion, "_FINAL_WAIT", 0.05)
    path = folder(tmp_path / "own", Case(declarant=PLATFORM_EORI).declaration())
    with Client.open(replace(settings, relay=None)) as client:
        client.sync()
        report = ingest(desk_of(client, devnet, "platform"), [path])
        assert [line.fate for line in report.lines] == [Fate.WAITING]
        assert report.exit_code == 3
    with Client.open(settings) as client:
        monkeypatch.setattr(ingestion, "_FINAL_WAIT", 60)
        again = ingest(desk_of(client, devnet, "platform"), [path])
        assert [line.fate for line in again.lines] == [Fate.KNOWN]
        assert client.record(report.lines[0].digest or b"").progress is RecordProgress.FINAL


def test_a_node_that_cannot_be_reached(settings, devnet, team, tmp_path):
    away = replace(settings, rpc="http://127.0.0.1:9")
    with Client.open(away, check=False) as client:
        client._follower_rpc._attempts = client._submitter_rpc._attempts = 1
        desk = desk_of(client, devnet, "platform")
        with pytest.raises(NodeUnreachable):
            ingest(desk, [folder(tmp_path / "own", Case().declaration())])


def test_lost_records_are_told_and_done_again(team, tmp_path):
    """A record whose deadline passed before anybody sent it."""
    case = Case(declarant=PLATFORM_EORI)
    path = folder(tmp_path / "own", case.declaration())
    late = team.desk("platform", clock=lambda: time.time() - 7 * 24 * 3600)
    report = ingest(late, [path])
    [line] = report.lines
    assert line.fate is Fate.REFUSED
    assert line.detail.startswith(("EXPIRED", "lost: its deadline passed"))
    assert ingest(team.desk("platform"), [path]).lines[0].fate is Fate.RECORDED
    named = team.client.named(Reference(ReferenceType.LRN, case.lrn))
    assert [team.client.is_written(one) for one in named].count(True) == 1


def test_lodged_by_hand_before(team, tmp_path):
    case = Case(declarant=PLATFORM_EORI)
    by_hand = team.recorded(team.desk("platform").declare(message(case.declaration())))
    [line] = ingest(team.desk("platform"), [folder(tmp_path / "own", case.declaration())]).lines
    assert (line.fate, line.detail) == (Fate.KNOWN, f"recorded as 0x{by_hand.declaration.hex()}")

import json
import os
import signal
import subprocess
import sys

import pytest

from ledger.devnet import processes
from ledger.devnet.processes import Mark, Program, mark_file

SLEEPS = (sys.executable, "-S", "-c", "print('here', flush=True); import time; time.sleep(600)")
STUBBORN = (
    sys.executable,
    "-S",
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(600)",
)


def mark_of(pid):
    found = Mark.of(pid)
    assert found
    return found


def started(tmp_path, command=SLEEPS):
    program = Program(command, tmp_path / "it.log")
    while "here" not in program.said():
        assert program.runs
    return program


def test_a_program_says_things_and_ends(tmp_path):
    (tmp_path / "it.log").write_text("from before\n")
    program = started(tmp_path)
    assert program.runs
    assert program.said() == "here\n"
    assert Mark.load(mark_file(program.log)) == Mark.of(program.pid)
    assert not program.wait(0)
    assert program.end(10)
    assert not program.runs
    assert not mark_file(program.log).exists()
    assert program.end(10)


def test_a_stubborn_program_is_killed(tmp_path):
    program = started(tmp_path, STUBBORN)
    assert not program.end(0.1)
    assert not program.runs


def test_a_program_has_a_group_of_its_own(tmp_path):
    program = started(tmp_path)
    assert os.getpgid(program.pid) != os.getpgid(0)
    program.end(10)


def test_last_words(tmp_path):
    program = Program([sys.executable, "-S", "-c", "print('one\\n two \\n')"], tmp_path / "it.log")
    assert program.wait(20)
    assert program.last_words() == "two"
    silent = Program([sys.executable, "-S", "-c", ""], tmp_path / "silent.log")
    assert silent.wait(20)
    assert silent.last_words() == "it said nothing"


def test_a_log_is_cut_when_large(tmp_path, monkeypatch):
    program = started(tmp_path)
    program.cut_log()
    assert program.said() == "here\n"
    monkeypatch.setattr(processes, "_LOG_LIMIT", 3)
    program.cut_log()
    assert program.said() == ""
    program.end(10)


def test_the_environment_of_a_program(tmp_path):
    program = Program(
        [sys.executable, "-S", "-c", "import os; print(os.environ['X'])"], tmp_path / "it.log", {"X": "y"}
    )
    assert program.wait(20)
    assert program.said() == "y\n"


def test_a_mark_names_one_process_and_no_later_one(tmp_path):
    process = subprocess.Popen(SLEEPS, stdout=subprocess.DEVNULL)
    mark = mark_of(process.pid)
    file = tmp_path / "pid"
    mark.save(file)
    assert Mark.load(file) == mark
    assert mark.runs
    assert not Mark(mark.pid, mark.started + 1).runs
    process.kill()
    process.wait()
    assert not mark.runs
    assert Mark.of(process.pid) is None
    assert Mark.load(file) is None


def test_a_dead_child_that_nobody_waited_for_does_not_run():
    process = subprocess.Popen([sys.executable, "-S", "-c", ""], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.read()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert Mark.of(process.pid) is None
    process.wait()


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"pid": "x", "started": 1})])
def test_no_mark(tmp_path, content):
    (tmp_path / "pid").write_text(content)
    assert Mark.load(tmp_path / "pid") is None
    assert Mark.load(tmp_path / "missing") is None


@pytest.mark.parametrize(("command", "gently"), [(SLEEPS, True), (STUBBORN, False)])
def test_ending_a_process_of_somebody_else(tmp_path, command, gently):
    program = started(tmp_path, command)
    mark = mark_of(program.pid)
    assert mark.end(5 if gently else 0.1) is gently
    assert not mark.runs
    program.wait(10)
    assert mark.end(0)


def test_signalling_a_process_that_is_gone():
    process = subprocess.Popen([sys.executable, "-S", "-c", ""])
    process.wait()
    processes._signal(process.pid, signal.SIGTERM)

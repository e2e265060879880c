import subprocess
import sys

import pytest

from ledger.chain.errors import ChainError
from ledger.chain.steps import FAULT, STEPS, observer_from, silent


def test_nothing_is_observed_by_default():
    assert observer_from({}) is silent
    assert observer_from({FAULT: ""}) is silent
    for step in STEPS:
        silent(step)


@pytest.mark.parametrize("wanted", ["kill", "kill@", "kill@lunch", "stop@sent"])
def test_a_fault_that_is_none_is_refused(wanted):
    with pytest.raises(ChainError, match=FAULT):
        observer_from({FAULT: wanted})


def test_only_the_named_step_kills(monkeypatch):
    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda pid, sign: killed.append(sign))
    observe = observer_from({FAULT: "kill@mined"})
    for step in STEPS:
        observe(step)
    assert killed == [9]


def test_the_process_dies_at_its_step_and_at_no_other():
    code = (
        "from ledger.chain.steps import observer_from, STEPS\n"
        "observe = observer_from({'PASSAVANT_FAULT': 'kill@sent'})\n"
        "for step in STEPS:\n    print(step, flush=True)\n    observe(step)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == -9
    assert ended.stdout.split()[-1] == "sent"

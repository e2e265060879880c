"""docs/audit.md says what the auditor does: its steps, its list of lies, and tests that exist."""

import re
from pathlib import Path

import pytest

from passavant_verifier.audit.steps import DESCRIPTIONS
from tests.verifier.audit import test_checkpoints, test_lying_gateway, test_lying_node, test_rewritten_chain

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs/audit.md").read_text()
LISTS = (test_lying_node, test_rewritten_chain, test_checkpoints, test_lying_gateway)


def test_the_steps_are_those_of_the_code():
    steps = re.findall(r"^(\d+)\. \*\*(.+)\.\*\* (.+)$", DOCUMENT, re.MULTILINE)
    assert [(int(number), title, text) for number, title, text in steps] == [
        (step.value, *described) for step, described in DESCRIPTIONS.items()
    ]


@pytest.mark.parametrize("module", LISTS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_lie_is_listed(module):
    assert [lie for lie in module.LIES if f"| {lie} |" not in DOCUMENT] == []


def test_the_tests_that_it_cites_exist():
    cited = re.findall(r"`(tests/[\w./-]+)::(\w+)`", DOCUMENT)
    assert len(cited) > 15
    assert [name for file, name in cited if f"def {name}(" not in (ROOT / file).read_text()] == []

"""What README and docs/gateway.md tell people to type works as it stands there; names that the docs cite exist."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.settings import Settings
from ledger.devnet import Devnet

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
TYPED = re.compile(r"^(export \w+=.*|passavant .*?)(?:\s+#.*)?$", re.MULTILINE)
CITED = re.compile(r"`((?:contracts|ledger|api|tests|scripts|docs|networks|benchmarks)/[\w./-]*)`")
PROVEN = re.compile(r"`(tests/[\w./-]+)::(\w+)`")
LINKED = re.compile(r"\]\((?!https?:)([^)#]+)")


def block(text, after, fence):
    """The first fenced block after a heading or sentence."""
    start = text.index(f"```{fence}\n", text.index(after)) + len(fence) + 4
    return text[start : text.index("```", start)]


@pytest.fixture
def place(tmp_path):
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    return tmp_path


@pytest.mark.e2e
def test_the_readmes_quarter_of_an_hour_can_be_typed(place):
    typed = "\n".join(match[1] for match in TYPED.finditer(block(DOCUMENTS[0].read_text(), "## A quarter", "")))
    assert typed.count("passavant ") >= 8
    script = f"set -e\ntrap 'passavant devnet down' ERR\n{typed}\n"
    done = subprocess.run(["bash", "-c", script], cwd=place, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert "Released for home use" in done.stdout
    assert "they agree" in done.stdout


@pytest.mark.e2e
def test_a_receipt_by_hand_can_be_typed(place):
    typed = block((ROOT / "docs/receipts.md").read_text(), "## By hand", "")
    script = f"set -e\ntrap 'passavant devnet down' ERR\n{typed}\n"
    done = subprocess.run(["bash", "-c", script], cwd=place, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert "receipt: valid" in done.stdout
    assert "The goods may be handed over for home use." in done.stdout


@pytest.mark.e2e
def test_the_gateways_example_lodges_a_declaration(place):
    example = block((ROOT / "docs/gateway.md").read_text(), "In Python", "python")
    with Devnet(place / "home", gateway=True):
        environment = os.environ | {"PASSAVANT_HOME": str(place / "home")}
        done = subprocess.run(
            [sys.executable, "-c", example],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("final 0x")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_cites_exists(document):
    text = document.read_text()
    missing = [name for name in CITED.findall(text) if not (ROOT / name).exists()]
    missing += [name for name in LINKED.findall(text) if not (document.parent / name).exists()]
    assert not missing


def test_the_tests_that_a_threat_is_answered_by_exist():
    cited = PROVEN.findall((ROOT / "docs/threat-model.md").read_text())
    assert len(cited) > 40
    assert [
        f"{file}::{name}"
        for file, name in cited
        if not (ROOT / file).exists() or not re.search(rf"(?:def|function) {name}\b", (ROOT / file).read_text())
    ] == []


def test_every_setting_of_the_gateway_is_documented():
    text = (ROOT / "docs/gateway.md").read_text()
    assert [name for name in Settings.model_fields if f"PASSAVANT_{name.upper()}`" not in text] == []

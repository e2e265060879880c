"""Step 23: what my key signed, I made."""

import json

import pytest

from passavant_verifier.audit.identity import read_addresses, read_known
from passavant_verifier.audit.rpc import Node
from passavant_verifier.audit.steps import Step
from passavant_verifier.errors import UnreadableError
from tests.verifier.audit.auditing import Played, audited, first, replayed


@pytest.fixture(scope="module")
def signed(played):
    """Digests of all records by the key that signed them, recorded and refused."""
    found: dict[bytes, list[bytes]] = {}
    node = Node(played.url)

    def watch(seen):
        found.setdefault(seen.entry.signer, []).append(seen.entry.digest)

    replayed(node, played.network, watch)
    node.close()
    return found


def test_step_23_records_that_i_made_are_clean(played: Played, signed):
    key, digests = max(signed.items(), key=lambda item: len(item[1]))
    _, findings = audited(played.network, played.url, mine=[key], known=digests)
    assert findings.exit_code == 0
    assert findings.checked[Step.OWN_KEY] == len(digests)


def test_step_23_a_record_that_i_did_not_make_is_named(played: Played, signed):
    key, digests = max(signed.items(), key=lambda item: len(item[1]))
    _, findings = audited(played.network, played.url, mine=[key], known=digests[1:])
    assert [one.step for one in findings.divergences] == [Step.OWN_KEY]
    assert first(findings).place.digest == digests[0]


def test_addresses_are_read(tmp_path):
    assert read_addresses(f"0x{'ab' * 20}, {'cd' * 20}") == [b"\xab" * 20, b"\xcd" * 20]
    with pytest.raises(UnreadableError, match="addresses of 40 hex digits"):
        read_addresses("0x12")


def test_known_records_are_read(tmp_path):
    file = tmp_path / "known"
    file.write_text(f"# mine\n0x{'ab' * 32} the release of May\n\n{'cd' * 32}\n")
    assert read_known(file) == [b"\xab" * 32, b"\xcd" * 32]
    file.write_text(json.dumps([f"0x{'ab' * 32}"]))
    assert read_known(file) == [b"\xab" * 32]
    file.write_text("nonsense\n")
    with pytest.raises(UnreadableError, match="line 1: a record's digest is 64 hex digits"):
        read_known(file)
    with pytest.raises(UnreadableError, match="can't be read"):
        read_known(tmp_path / "missing")

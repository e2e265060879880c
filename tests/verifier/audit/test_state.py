"""Step 15: what hides in the state is found, and so is other code."""

import contextlib
import secrets

import pytest

from passavant_verifier import layout
from passavant_verifier.audit.rpc import Node, hexed
from passavant_verifier.audit.steps import Step
from tests.fakes.liar import Liar
from tests.verifier.audit.auditing import Played, audited, first


@contextlib.contextmanager
def changed(played: Played, method: str, *params: str):
    """The node's state, changed behind the contracts' back in a block of its own; then as before."""
    node = Node(played.url)
    snapshot = node.call("evm_snapshot")
    node.call(method, *params)
    node.call("evm_mine")
    try:
        yield
    finally:
        assert node.call("evm_revert", snapshot)
        node.close()


def declarations(played: Played) -> list[bytes]:
    return [bytes(one) for one in played.world.ledger.declarations]


@pytest.mark.parametrize("contract", ["consignments", "participants", "recognitions"])
def test_step_15_an_extra_slot_is_found_and_named(played: Played, contract):
    slot, address = secrets.token_bytes(32), getattr(played.network, contract)
    with changed(played, "anvil_setStorageAt", hexed(address), hexed(slot), f"0x{7:064x}"):
        _, findings = audited(played.network, played.url)
    found = first(findings)
    assert found.step is Step.STATE
    assert f"{hexed(slot)} = 0x7" in found.found
    assert f"{hexed(slot)} = 0x0" in found.expected


def test_step_15_a_slot_that_was_changed_is_found_and_named(played: Played):
    slot = layout.state_slot(declarations(played)[0])
    address = played.network.consignments
    with changed(played, "anvil_setStorageAt", hexed(address), hexed(slot), f"0x{5:064x}"):
        _, findings = audited(played.network, played.url)
    assert first(findings).step is Step.STATE
    assert f"{hexed(slot)} = 0x5" in first(findings).found


def test_step_15_a_slot_that_was_cleared_is_found(played: Played):
    slot = layout.key_slot(next(iter(played.world.ledger.participants.keys)))
    with changed(played, "anvil_setStorageAt", hexed(played.network.participants), hexed(slot), f"0x{0:064x}"):
        _, findings = audited(played.network, played.url)
    assert first(findings).step is Step.STATE


def test_step_1_other_code_is_found(played: Played):
    with changed(played, "anvil_setCode", hexed(played.network.consignments), "0x6001"):
        _, findings = audited(played.network, played.url)
    assert first(findings).step is Step.NETWORK


def test_step_15_other_code_behind_a_node_that_shows_the_right_one_is_found(played: Played):
    node = Node(played.url)
    code = {hexed(one): node.call("eth_getCode", hexed(one), "latest") for one in played.network.codes}
    node.close()

    def lie(method, params, result):
        return code[params[0]] if method == "eth_getCode" else result

    with (
        changed(played, "anvil_setCode", hexed(played.network.consignments), "0x6001"),
        Liar(played.url, node=lie) as liar,
    ):
        _, findings = audited(played.network, liar.url)
    assert first(findings).step is Step.STATE
    assert "code" in first(findings).rule


def test_step_15_without_a_dump_another_engine_is_believed_nothing(played: Played):
    """Only the engine that is known to keep zeros may ask for a dump; another one has the root of the events."""

    def lie(method, _, result):
        if method == "anvil_dumpState":
            return ValueError("no such method")
        return "besu/v26" if method == "web3_clientVersion" else result

    slot = secrets.token_bytes(32)
    with (
        changed(played, "anvil_setStorageAt", hexed(played.network.consignments), hexed(slot), f"0x{7:064x}"),
        Liar(played.url, node=lie) as liar,
    ):
        _, findings = audited(played.network, liar.url)
    assert first(findings).step is Step.STATE


def test_step_15_a_chain_that_moves_is_followed(played: Played):
    """The state of a block may be gone when it is asked for: then the chain is read on, and asked again."""
    node = Node(played.url)
    snapshot = node.call("evm_snapshot")
    asked = []

    def lie(method, _, result):
        if method != "eth_getProof":
            return result
        asked.append(result)
        if len(asked) > 2:
            return result
        node.call("evm_mine")
        return ValueError("missing trie node")

    try:
        with Liar(played.url, node=lie) as liar:
            result, findings = audited(played.network, liar.url)
        assert findings.exit_code == 0
        assert result.checkpoint is not None
        assert result.checkpoint.height == int(node.call("eth_blockNumber"), 16)
        assert len(asked) == 2 + 3
    finally:
        node.call("evm_revert", snapshot)
        node.close()


def test_step_15_a_dump_that_is_not_the_state_counts_as_none(played: Played):
    node = Node(played.url)
    dump = node.call("anvil_dumpState")
    node.close()

    def lie(method, _, result):
        return dump if method == "anvil_dumpState" else result

    slot = secrets.token_bytes(32)
    with (
        changed(played, "anvil_setStorageAt", hexed(played.network.consignments), hexed(slot), f"0x{7:064x}"),
        Liar(played.url, node=lie) as liar,
    ):
        _, findings = audited(played.network, liar.url)
    assert findings.exit_code == 3
    assert findings.unknown[0].step is Step.STATE

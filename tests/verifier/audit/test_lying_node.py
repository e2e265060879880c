"""A node that lies: each lie of docs/audit.md is told, and the audit names it. The same node without a lie is clean."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest

from passavant_verifier.audit.steps import Step
from tests.fakes.liar import DROPPED, Liar
from tests.verifier.audit.auditing import Played, audited, first
from tests.verifier.audit.garbling import garbled

Lie = Callable[[str, Sequence[Any], Any], Any]


def honest(_method: str, _params: Sequence[Any], result: Any) -> Any:
    return result


def flipped(text: str) -> str:
    """Hex with one bit of its last digit the other way round."""
    return text[:-1] + f"{int(text[-1], 16) ^ 1:x}"


def of_block(number: int, change: Callable[[dict[str, Any]], Any]) -> Lie:
    """A lie about the header of one block."""

    def lie(method, params, result):
        about = method == "eth_getBlockByNumber" and int(params[0], 16) == number
        return change(result) if about else result

    return lie


def of_receipts(change: Callable[[list[dict[str, Any]]], Any]) -> Lie:
    """A lie about the receipts of every block with at least two logs."""

    def lie(method, _params, result):
        about = method == "eth_getBlockReceipts" and result and len(result[0]["logs"]) > 1
        return change(result) if about else result

    return lie


def in_place_of(method: str, change: Callable[[Any], Any]) -> Lie:
    return lambda asked, _params, result: change(result) if asked == method else result


def with_field(name: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], Any]:
    return lambda answer: {**answer, name: change(answer[name])}


def in_first_receipt(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Lie:
    """A lie about the logs of a block's first transaction."""
    return of_receipts(lambda receipts: [{**receipts[0], "logs": change(receipts[0]["logs"])}, *receipts[1:]])


def forged(logs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*logs, {**logs[0], "data": flipped(logs[0]["data"])}]


LIES: dict[str, tuple[Step, Lie]] = {
    "another chain id": (Step.NETWORK, in_place_of("eth_chainId", lambda _: "0x1")),
    "another first block": (Step.NETWORK, of_block(0, with_field("hash", flipped))),
    "other code": (Step.NETWORK, in_place_of("eth_getCode", flipped)),
    "an altered state root": (Step.HEADERS, of_block(9, with_field("stateRoot", flipped))),
    "an altered time": (Step.HEADERS, of_block(9, with_field("timestamp", flipped))),
    "an altered block hash": (Step.HEADERS, of_block(9, with_field("hash", flipped))),
    "another block's header": (Step.HEADERS, of_block(9, with_field("number", flipped))),
    "a header without a field": (Step.HEADERS, of_block(9, lambda block: {"hash": block["hash"]})),
    "a log dropped": (Step.RECEIPTS, in_first_receipt(lambda logs: logs[1:])),
    "a log altered": (Step.RECEIPTS, in_first_receipt(lambda logs: [*forged(logs)[1:]])),
    "a log forged": (Step.RECEIPTS, in_first_receipt(forged)),
    "a log doubled": (Step.RECEIPTS, in_first_receipt(lambda logs: [logs[0], *logs])),
    "logs reordered": (Step.RECEIPTS, in_first_receipt(lambda logs: logs[::-1])),
    "a log of another contract": (
        Step.RECEIPTS,
        in_first_receipt(lambda logs: [{**one, "address": flipped(one["address"])} for one in logs]),
    ),
    "a receipt dropped": (Step.RECEIPTS, of_receipts(lambda receipts: receipts[1:])),
    "no receipts at all": (Step.RECEIPTS, of_receipts(lambda _: [])),
    "a failed transaction shown as done": (Step.RECEIPTS, of_receipts(lambda r: [{**r[0], "status": "0x0"}])),
    "receipts that can't be read": (Step.RECEIPTS, of_receipts(lambda _: [{"logs": 7}])),
    "a proof of nothing": (
        Step.STATE,
        in_place_of("eth_getProof", with_field("accountProof", lambda nodes: nodes[:0])),
    ),
    "a proof that is altered": (
        Step.STATE,
        in_place_of("eth_getProof", with_field("accountProof", lambda nodes: [*nodes[:-1], flipped(nodes[-1])])),
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_steps_1_to_15_every_lie_is_caught(played: Played, name):
    step, lie = LIES[name]
    with Liar(played.url, node=lie) as liar:
        _, findings = audited(played.network, liar.url)
        assert first(findings).step is step
        assert liar.lies


def test_an_honest_node_is_clean(played: Played):
    with Liar(played.url, node=honest) as liar:
        result, findings = audited(played.network, liar.url)
        assert findings.exit_code == 0, (findings.divergences, findings.unknown)
        assert result.checkpoint is not None
        assert liar.lies == 0
        taken = {step for step in Step if findings.checked[step]}
        assert taken == {Step(number) for number in range(1, 16)}


WITHHELD: dict[str, tuple[Step, Lie]] = {
    "a block": (Step.HEADERS, of_block(9, lambda _: None)),
    "receipts": (Step.RECEIPTS, of_receipts(lambda _: None)),
    "an answer of a batch": (Step.HEADERS, of_block(9, lambda _: DROPPED)),
    "its height": (Step.HEADERS, in_place_of("eth_blockNumber", lambda _: None)),
    "its chain id": (Step.NETWORK, in_place_of("eth_chainId", lambda _: None)),
    "the proof": (Step.STATE, in_place_of("eth_getProof", lambda _: None)),
    "the dump": (Step.STATE, in_place_of("anvil_dumpState", lambda _: ValueError("no such method"))),
}


@pytest.mark.parametrize("name", WITHHELD)
def test_what_a_node_withholds_is_unknown_and_never_clean(played: Played, name):
    step, lie = WITHHELD[name]
    with Liar(played.url, node=lie) as liar:
        result, findings = audited(played.network, liar.url)
        assert findings.exit_code == 3, findings.divergences
        assert findings.unknown[0].step is step
        assert result.checkpoint is None
        assert liar.lies


def test_a_node_that_gives_receipts_one_by_one_is_clean(played: Played):
    no_such_method = in_place_of("eth_getBlockReceipts", lambda _: ValueError("no such method"))
    with Liar(played.url, node=no_such_method) as liar:
        _, findings = audited(played.network, liar.url)
        assert findings.exit_code == 0, (findings.divergences, findings.unknown)
        assert liar.lies


@pytest.mark.parametrize("seed", range(40))
def test_whatever_a_node_answers_the_audit_ends(played: Played, seed):
    """One answer of one kind is garbled."""
    random = Random(seed)
    methods = ("eth_getBlockByNumber", "eth_getBlockReceipts", "eth_getProof", "eth_getCode", "eth_blockNumber")
    method, countdown = methods[seed % len(methods)], random.randrange(2 if seed % 5 > 1 else 30)

    def lie(asked, _, result):
        nonlocal countdown
        countdown -= asked == method
        return garbled(random, result) if asked == method and countdown == -1 else result

    with Liar(played.url, node=lie) as liar:
        _, findings = audited(played.network, liar.url)
    assert findings.exit_code in {0, 1, 3}

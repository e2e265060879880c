"""Two nodes (step 22): up to the height that both have, they have the same chain."""

from passavant_verifier.audit.chain import ChainReader
from passavant_verifier.audit.findings import Divergence, Findings, Place, UnknowableError
from passavant_verifier.audit.network import Network, check_network
from passavant_verifier.audit.rpc import AnswerError, Node, UnreachableError, hexed, raw
from passavant_verifier.audit.steps import Step


def compare_nodes(first: Node, second: Node, network: Network, until: int, findings: Findings) -> None:
    """Hold another node against the one that was read, up to the height of the shorter one.

    Raises:
        DivergedError: it serves another network, or another chain.
        UnknowableError: it does not say.
    """
    check_network(second, network, findings)
    reader = ChainReader(second, findings, (network.first_block, network.genesis_hash))
    height = min(until, reader.head())
    if height < until:
        text = f"{second.name} is {until - height} blocks behind {first.name}"
        findings.note("node behind", Place(height), text)
    if _hash(first, height) == _hash(second, height):
        # A hash names all blocks below it.
        findings.passed(Step.ONE_VIEW)
        return
    fork = _first_difference(first, second, network.first_block, height)
    rule = "both nodes have the same blocks"
    expected = f"{hexed(_hash(first, fork))} as {first.name} has it"
    found = f"{hexed(_hash(second, fork))} from {second.name}"
    findings.diverges(Divergence(Step.ONE_VIEW, Place(fork), rule, expected, found))


def _first_difference(first: Node, second: Node, low: int, high: int) -> int:
    """The lowest block that differs; at `low` they agree, at `high` they don't."""
    while high - low > 1:
        middle = (low + high) // 2
        if _hash(first, middle) == _hash(second, middle):
            low = middle
        else:
            high = middle
    return high


def _hash(node: Node, number: int) -> bytes:
    try:
        return raw(node.call("eth_getBlockByNumber", hex(number), False)["hash"], 32)  # noqa: FBT003
    except (AnswerError, UnreachableError, ValueError, TypeError, KeyError) as error:
        raise UnknowableError(Step.ONE_VIEW, f"{node.name} does not give block {number}: {error}") from None

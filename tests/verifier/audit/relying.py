"""Whether reliance stands: what a receipt's verifier reads slot by slot, the auditor's fold and the model agree."""

from dataclasses import replace

from ledger.client.prooftaking import relied_slots
from ledger.domain.recognition import Walk
from ledger.domain.wire import DeclarationId
from passavant_verifier.audit.network import Network
from passavant_verifier.audit.rpc import Node, hexed
from passavant_verifier.law.ledger import Ledger
from passavant_verifier.reliance import why_withdrawn


class Slots:
    """The contracts' storage as a node tells it, and what was asked of it."""

    def __init__(self, node: Node, network: Network):
        self.node, self.network = node, network
        self.asked: tuple[set[bytes], set[bytes]] = (set(), set())

    def of_consignments(self, slot: bytes, _step: int, _what: str) -> int:
        self.asked[0].add(slot)
        return self._read(self.network.consignments, slot)

    def of_recognitions(self, slot: bytes, _step: int, _what: str) -> int:
        self.asked[1].add(slot)
        return self._read(self.network.recognitions, slot)

    def _read(self, contract: bytes, slot: bytes) -> int:
        return int(self.node.call("eth_getStorageAt", hexed(contract), hexed(slot), "latest"), 16)


def assert_reliance(node: Node, network: Network, ledger: Ledger, walk: Walk) -> None:
    """Of every declaration that ever relied; a receipt's issuer shows the very slots that its verifier asks for."""
    for declaration in ledger.recognitions.reliances:
        slots = Slots(node, network)
        withdrawn = ledger.is_withdrawn(declaration)
        assert bool(why_withdrawn(slots, declaration)) is withdrawn  # type: ignore[arg-type]
        assert walk.is_withdrawn(DeclarationId(declaration)) is withdrawn
        shown = relied_slots(declaration, _only(walk, declaration))
        assert tuple(map(set, shown)) == slots.asked


def _only(walk: Walk, declaration: bytes) -> Walk:
    """What one declaration relies on, up to the controls."""
    known, nodes = walk.known, {}
    wanted = list(known.reliances[DeclarationId(declaration)])
    while wanted:
        digest = wanted.pop()
        if node := known.nodes.get(digest):
            nodes[digest] = node
            wanted.append(node.record.parent)
    return replace(walk, known=replace(known, nodes=nodes))

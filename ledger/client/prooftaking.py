"""State proofs at finality: most engines keep recent state only, so what bears on release is proven while they do."""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from ledger.chain import slots
from ledger.chain.proofs import StateProof, prove_state
from ledger.domain.wire import ZERO
from ledger.errors import PassavantError
from ledger.index.basis import Bases, Basis, awaiting
from ledger.index.ledgerlog import leaf_at
from ledger.index.proofs import KeptState, Proofs

if TYPE_CHECKING:
    from ledger.chain.network import Network
    from ledger.chain.rpc import Rpc
    from ledger.domain.recognition import Walk
    from ledger.index.reading import Session
    from ledger.index.store import Store

_log: Final = logging.getLogger(__name__)
_MOST: Final = 100
"""Decisions whose proofs are taken at once: the index goes on between two such parts."""
_PAUSE: Final = 5.0
"""Seconds until the node is asked again after a failure."""

Wanted = Mapping[bytes, Sequence[bytes]]
"""Storage slots (32 bytes) by contract (20 bytes)."""


class ProofTaker:
    """Takes the proofs of decisions as they become final. It never stops whoever follows the chain."""

    def __init__(self, rpc: "Rpc", store: "Store", network: "Network") -> None:
        """Ask a node, keep in a store."""
        self._rpc = rpc
        self._store = store
        self._network = network
        self._proofs = Proofs(store)
        self._upto: tuple[int, bytes] | None = None
        self._rest = 0.0
        self._failed = ""

    def take(self, final: int) -> None:
        """Take a part of what became final up to a block; a failure is noted, and tried again a few seconds later."""
        if time.monotonic() < self._rest:
            return
        try:
            self._part(final)
            self._failed = ""
        except PassavantError as error:
            self._rest = time.monotonic() + _PAUSE
            if str(error) != self._failed:
                _log.warning("state proofs can't be taken now: %s", error)
            self._failed = str(error)

    def _part(self, final: int) -> None:
        with self._store.reading() as session:
            since = self._since(session)
            leaf = leaf_at(session, final)
            if leaf is None or leaf.block <= since:
                return
            declarations, upto = awaiting(session, since, leaf.block, _MOST)
            known = Bases(session, leaf.block)
            found = [(one, known.of(one)) for one in declarations]
            [(block_hash,)] = session.rows("SELECT hash FROM blocks WHERE number = ?", upto)
        bases = {one: basis for one, basis in found if basis}
        if bases:
            self._proofs.keep_states(self._proven(bases, leaf.block), upto)
        self._upto = upto, block_hash

    def _since(self, session: "Session") -> int:
        """Up to which block it got; by the store, when that has another block there or was not asked yet."""
        if self._upto and session.rows("SELECT 1 FROM blocks WHERE number = ? AND hash = ?", *self._upto):
            return self._upto[0]
        return self._proofs.taken_upto()

    def _proven(self, bases: Mapping[bytes, Basis], block: int) -> list[tuple[bytes, KeptState]]:
        wanted = {one: slots_of(basis, self._network) for one, basis in bases.items()}
        union = {
            contract: list(dict.fromkeys(slot for each in wanted.values() for slot in each[contract]))
            for contract in self._network.contracts
        }
        proof = prove_state(self._rpc, block, union)
        return [(one, kept(proof, block, each)) for one, each in wanted.items()]


def slots_of(basis: Basis, network: "Network") -> Wanted:
    """The slots that a receipt proves (`docs/receipts.md`)."""
    declaration = basis.folded.state.id
    decision = [*slots.of_declaration(declaration), slots.of_superseded(basis.decision.digest)]
    standing, web = relied_slots(declaration, basis.walk) if basis.walk else ([], [])
    return {
        network.consignments: list(dict.fromkeys([*decision, *standing])),
        network.participants: [slots.of_key(basis.signer), *map(slots.of_organisation, basis.administrations)],
        network.recognitions: list(dict.fromkeys(web)),
    }


def relied_slots(declaration: bytes, walk: "Walk") -> tuple[list[bytes], list[bytes]]:
    """Slots of Consignments and of Recognitions that tell whether what a declaration relies on stands.

    `walk`: the recognitions that it relies on, all above them and their controls, and nothing else.
    """
    known = walk.known
    standing, web = [], [*slots.of_reliance(declaration)]
    for digest, node in known.nodes.items():
        web += slots.of_recognition(digest)
        standing.append(slots.of_touched(node.record.declaration))
        if node.record.aeo != ZERO:
            web.append(slots.of_aeo_grant(node.record.aeo))
    for digest in dict.fromkeys(node.control for node in known.nodes.values()):
        web += slots.of_recognised_control(digest)
        standing += [slots.of_superseded(digest), slots.of_touched(known.controls[digest].declaration)]
    return standing, web


def kept(proof: StateProof, block: int, wanted: Wanted) -> KeptState:
    """The part of a proof that one declaration needs."""
    return KeptState(block, dict(proof.header), tuple(sorted(proof.nodes(wanted))))

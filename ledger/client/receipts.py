"""Making receipts: which block a receipt is as of, its proofs from the node or as kept, and what vouches for them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.chain.proofs import prove_log, prove_state
from ledger.client.prooftaking import kept, slots_of
from ledger.domain.receipts import LedgerBlock, Receipt, is_sealed
from ledger.domain.wire import encode
from ledger.errors import PassavantError
from ledger.index.basis import Bases, Basis
from ledger.index.freshness import as_of
from ledger.index.ledgerlog import Leaf, leaf_at, path_of
from ledger.index.proofs import KeptEvent, KeptState, Proofs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.chain.network import Network
    from ledger.chain.rpc import Rpc
    from ledger.domain.transparency import Note
    from ledger.index.checkpoints import Checkpoints
    from ledger.index.reading import Session
    from ledger.index.store import Store


class ReceiptError(PassavantError):
    """There is no receipt to give: why, and what to do."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A receipt, and what people want to know of it; the verifier reads all of it from the receipt itself.

    Attributes:
        receipt: the receipt.
        basis: what it is about, as of its last block.
        note: the checkpoint that vouches for it, if one does.
        sealed: its headers carry the seals that vouch for them.
    """

    receipt: Receipt
    basis: Basis
    note: "Note | None"
    sealed: bool


@dataclass(frozen=True, slots=True)
class Issuer:
    """Makes receipts from a store and, as long as it remembers, a node."""

    store: "Store"
    rpc: "Rpc"
    network: "Network"
    checkpoints: "Checkpoints"

    def issue(self, declaration: bytes, *, compact: bool = False) -> Issued:
        """The receipt of a declaration; `compact` leaves out where the decision's event stands.

        As of the newest final ledger block that a checkpoint covers and the node or a kept proof shows, unless the
        declaration has changed since; then as of the newest that can be shown at all.

        Raises:
            ReceiptError: nothing was decided yet, or the node has forgotten the state and no proof was kept.
        """
        proofs = Proofs(self.store)
        old = proofs.state(declaration)
        failure = "nothing was decided about this declaration yet, so there is nothing to prove"
        for leaf, note in self._candidates(declaration, old):
            with self.store.reading() as session:
                basis = Bases(session, leaf.block).of(declaration)
            if basis is None:
                continue
            try:
                state = old if old and old.block == leaf.block else self._state(basis, leaf.block)
                return self._issued(basis, leaf, state, note, compact=compact)
            except PassavantError as error:
                failure = f"the node can't show the state any more, and no proof was kept ({error})"
        raise ReceiptError(failure)

    def _candidates(self, declaration: bytes, old: KeptState | None) -> "Iterable[tuple[Leaf, Note | None]]":
        """Blocks to be as of, with the checkpoints that cover them, the best first."""
        with self.store.reading() as session:
            final = as_of(session).final
            newest = None if final is None else leaf_at(session, final)
            if newest is None:
                return []
            changed = _changed(session, declaration, newest.block)
            best = self.checkpoints.covering(0)
            heights = [*([best.checkpoint.height] if best else []), *([old.block] if old else [])]
            known = [newest, *(leaf for height in heights if (leaf := leaf_at(session, height)))]
        pairs = [(leaf, self.checkpoints.covering(leaf.index)) for leaf in known]
        told = [(leaf, note) for leaf, note in pairs if note and leaf.block >= changed]
        return dict.fromkeys([*told, *pairs])

    def _state(self, basis: Basis, block: int) -> KeptState:
        wanted = slots_of(basis, self.network)
        return kept(prove_state(self.rpc, block, wanted), block, wanted)

    def _issued(self, basis: Basis, leaf: Leaf, state: KeptState, note: "Note | None", *, compact: bool) -> Issued:
        decision = basis.decision
        event = None if compact else self._event(basis)
        sealed = is_sealed(state.header)
        size = note.checkpoint.size if note and not sealed else None
        with self.store.reading() as session:
            blocks = [_block(session, state.header, leaf, size)]
            if event and event.block != leaf.block:
                mine = leaf_at(session, event.block)
                assert mine is not None  # noqa: S101 - the decision's event makes its block a leaf
                blocks.insert(0, _block(session, event.header, mine, size))
        receipt = Receipt(
            network=self._named(),
            decision=(encode(decision.record), decision.signature),
            steps=basis.steps,
            blocks=blocks,
            event=(event.transaction, event.log) if event else None,
            checkpoint=note.text if note and not sealed else None,
            nodes={*state.nodes, *(event.nodes if event else ())},
        )
        return Issued(receipt, basis, None if sealed else note, sealed)

    def _event(self, basis: Basis) -> KeptEvent:
        proofs, place = Proofs(self.store), basis.decision.position
        known = proofs.event(basis.decision.digest)
        if known:
            return known
        proof = prove_log(self.rpc, place.block, place.transaction, place.log)
        made = KeptEvent(place.block, dict(proof.header), proof.transaction, proof.log, proof.nodes)
        proofs.keep_event(basis.decision.digest, made)
        return made

    def _named(self) -> dict[str, int | bytes]:
        return {
            "chainId": self.network.chain_id,
            "consignments": self.network.consignments,
            "genesis": self.network.genesis_hash,
            "networkId": self.network.network_id,
            "participants": self.network.participants,
        }


def _changed(session: "Session", declaration: bytes, block: int) -> int:
    """The last block up to `block` in which something was recorded about a declaration; -1: none."""
    sql = "SELECT max(block) FROM events WHERE declaration = ? AND outcome = 0 AND block <= ?"
    found = session.rows(sql, declaration, block)[0][0]
    return -1 if found is None else int(found)


def _block(session: "Session", header: dict[str, object], leaf: Leaf, size: int | None) -> LedgerBlock:
    return LedgerBlock(header, leaf.index, None if size is None else path_of(session, leaf.index, size))

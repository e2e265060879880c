"""What the façade proves to others: checkpoints of the ledger log, and receipts."""

from functools import cached_property
from typing import TYPE_CHECKING

from ledger.chain import slots
from ledger.chain.errors import ChainError
from ledger.chain.proofs import prove_state, storage_roots
from ledger.client.keeping import Keeping
from ledger.domain.keccak import keccak256
from ledger.domain.transparency import Checkpoint, CheckpointError, Note, origin_of, read_note
from ledger.index.freshness import as_of

if TYPE_CHECKING:
    from ledger.chain.network import Network
    from ledger.chain.notes import NoteKey
    from ledger.chain.rpc import Rpc
    from ledger.client.receipt_files import ReceiptFile
    from ledger.client.receipts import Issued
    from ledger.index.checkpoints import Checkpoints


class Proving(Keeping):
    """Proves from the store, and from the node as long as it remembers."""

    network: "Network"

    @property
    def _rpc(self) -> "Rpc":
        raise NotImplementedError

    @cached_property
    def checkpoints(self) -> "Checkpoints":
        """The checkpoints that were handed in."""
        from ledger.index.checkpoints import Checkpoints

        return Checkpoints(self.store, self.origin)

    @property
    def origin(self) -> str:
        """The ledger log's name in checkpoints."""
        return origin_of(self.network.chain_id, self.network.network_id)

    def put_checkpoint(self, text: str, *, strict: bool = False) -> Note:
        """Keep a signed checkpoint that agrees with this client's own log and node; the note as kept.

        Once there are accepted witnesses, only their signatures are kept: whoever may hand in others could push those
        out. `strict`: so also while there are none.

        Raises:
            CheckpointError: it is none, does not agree, or is signed by no accepted witness.
            ChainError: the node can't tell the storage roots as of its height.
        """
        note = read_note(text)
        witnesses = self.checkpoints.witnesses()
        if witnesses or strict:
            note = _signed_by(witnesses, note)
        if not self.checkpoints.keeps(note.checkpoint) and self._fold(note.checkpoint.height) != note.checkpoint.fold:
            raise CheckpointError("this checkpoint's fold is not that of the contracts' storage at its height")
        return self.checkpoints.put(note)

    def latest_checkpoint(self) -> Note | None:
        """The kept one with the greatest height."""
        return self.checkpoints.latest()

    def checkpoint(self) -> Checkpoint:
        """What this client's index and node say of the ledger now, to be signed.

        Raises:
            CheckpointError: nothing is final yet.
            ChainError: the node can't tell the storage roots as of the newest final block.
        """
        from ledger.index.ledgerlog import leaf_at, root_of

        with self.store.reading() as session:
            final = as_of(session).final
            leaf = None if final is None else leaf_at(session, final)
            if final is None or leaf is None:
                raise CheckpointError("there is nothing to sign yet: no block of this ledger is final")
            [(block_hash, time)] = session.rows("SELECT hash, time FROM blocks WHERE number = ?", final)
            size, root = leaf.index + 1, root_of(session, leaf.index + 1)
        return Checkpoint(self.origin, size, root, final, block_hash, time, self._fold(final))

    def _fold(self, height: int) -> bytes:
        return keccak256(*storage_roots(self._rpc, height, self.network.contracts))

    def sign_checkpoint(self, key: "NoteKey") -> Note:
        """The checkpoint of now, signed and kept.

        Raises:
            CheckpointError, ChainError: see `checkpoint`.
        """
        made = self.checkpoint()
        return self.checkpoints.put(Note(made, (key.sign(made.text),)))

    def receipt(self, declaration: bytes, *, compact: bool = False) -> "Issued":
        """The receipt of a declaration, whoever asks; `compact`: small enough for QR codes.

        Raises:
            ReceiptError: there is none to give.
        """
        from ledger.client.receipts import Issuer

        return Issuer(self.store, self._rpc, self.network, self.checkpoints).issue(declaration, compact=compact)

    def key_proof(self, address: bytes, block: int) -> tuple[bytes, ...] | None:
        """Trie nodes that lead from the storage root of Participants, after a block, to a key's word.

        None when the node can't show that state any more.
        """
        contract, slot = self.network.participants, slots.of_key(address)
        try:
            return prove_state(self._rpc, block, {contract: [slot]}).slots[contract, slot]
        except ChainError:
            return None

    def receipt_file(self, declaration: bytes, form: str, language: str = "en") -> "ReceiptFile":
        """The receipt of a declaration as a file of a form (`FORMS`), for people in a language (`LANGUAGES`).

        Raises:
            ReceiptError: there is none to give.
            DocumentError: it is too large for QR codes.
        """
        from ledger.client.receipt_files import file_of

        issued = self.receipt(declaration, compact=form not in {"json", "cbor"})
        return file_of(issued, form, language, self.store, self.origin)

    def may_read_status(self, declaration: bytes, viewer: int | None) -> bool:
        """Whether a participant may see a declaration's status, by what it is or by a grant under a reference."""
        return self.queries.may_read_status(declaration, viewer)


def _signed_by(witnesses: tuple[str, ...], note: Note) -> Note:
    from ledger.chain.notes import is_by

    text = note.checkpoint.text
    lines = tuple(line for line in note.signatures if any(is_by(key, text, line) for key in witnesses))
    if not lines:
        raise CheckpointError("none of its signatures is by a witness that this ledger accepts")
    return Note(note.checkpoint, lines)

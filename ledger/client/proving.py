"""What the façade proves to others: checkpoints of the ledger log, and receipts."""

from functools import cached_property
from typing import TYPE_CHECKING

from ledger.chain.proofs import storage_roots
from ledger.client.keeping import Keeping
from ledger.domain.keccak import keccak256
from ledger.domain.transparency import Checkpoint, CheckpointError, Note, origin_of
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

    def put_checkpoint(self, text: str) -> Note:
        """Keep a signed checkpoint that agrees with this client's own log; the note as kept.

        Raises:
            CheckpointError: it is none, or does not agree.
        """
        return self.checkpoints.put(text)

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
        contracts = [self.network.consignments, self.network.participants]
        fold = keccak256(*storage_roots(self._rpc, final, contracts))
        return Checkpoint(self.origin, size, root, final, block_hash, time, fold)

    def sign_checkpoint(self, key: "NoteKey") -> Note:
        """The checkpoint of now, signed and kept.

        Raises:
            CheckpointError, ChainError: see `checkpoint`.
        """
        made = self.checkpoint()
        return self.checkpoints.put(Note(made, (key.sign(made.text),)).text)

    def receipt(self, declaration: bytes, *, compact: bool = False) -> "Issued":
        """The receipt of a declaration, whoever asks; `compact`: small enough for QR codes.

        Raises:
            ReceiptError: there is none to give.
        """
        from ledger.client.receipts import Issuer

        return Issuer(self.store, self._rpc, self.network, self.checkpoints).issue(declaration, compact=compact)

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

"""What is sealed: kept as ciphertext, given to the entitled with their own wraps, and never opened here."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from ledger.chain.errors import SignatureError
from ledger.chain.signers import recover
from ledger.client.reading import Reading
from ledger.client.types import NotEntitled, SealRefused
from ledger.domain.grants import ReadGrant, digest_of_grant, typed_grant
from ledger.domain.wire import ZERO, DeclarationId, WireError
from ledger.sealing import Sealed, Wrap

if TYPE_CHECKING:
    from ledger.client.grouping import GroupingStore
    from ledger.client.shares import Shares
    from ledger.domain.signing import SigningDomains
    from ledger.index.grants import AccessEntry, KeptGrant
    from ledger.index.lookup import StatusQuery
    from ledger.index.rights import Rights
    from ledger.index.sealed import Custody, KeptSealed, SealedPayloads
    from ledger.index.shared import SharedControl

MOST_WRAPS: Final = 64
LARGEST: Final = 1 << 21
"""Bytes of the largest padded content."""
_OVERHEAD: Final = 64


@dataclass(frozen=True, slots=True)
class SealedForReader:
    """A ciphertext as one reader gets it.

    Attributes:
        sealed: the ciphertext, and what it says that it belongs to: compare that with the chain.
        custody: whose it is.
        wrap: the reader's own wrap; None when nobody has wrapped the key for it.
    """

    sealed: Sealed
    custody: "Custody"
    wrap: Wrap | None


class Confidential(Reading):
    """Keeps sealed payloads, read grants and the access log."""

    @property
    def store(self) -> "GroupingStore":
        """The open store."""
        raise NotImplementedError

    @property
    def domains(self) -> "SigningDomains":
        """The EIP-712 domains of this network."""
        raise NotImplementedError

    @cached_property
    def sealed_payloads(self) -> "SealedPayloads":
        """The sealed payloads of the store."""
        from ledger.index.blobs import open_blobs
        from ledger.index.sealed import SealedPayloads

        return SealedPayloads(self.store, open_blobs(self.settings.blobs, self.store))

    @cached_property
    def rights(self) -> "Rights":
        """Who may read and write them."""
        from ledger.index.rights import Rights

        return Rights(self.store, self.queries)

    @property
    def shares(self) -> "Shares":
        """What arrangements let partners see and read."""
        from ledger.client.shares import Shares

        return Shares(self)

    def shared(self, query: "StatusQuery", viewer: int | None) -> "list[SharedControl]":
        """The controls of others that arrangements share with an administration; empty for whom there are none."""
        return self.shares.shown(query, viewer)

    # --- keeping ------------------------------------------------------------------------------------------------------

    def put_sealed(
        self, sealed: Sealed, wraps: Sequence[Wrap], custody: "Custody", *, replaces: bytes | None = None
    ) -> None:
        """Keep a ciphertext with its wraps, in place of the owner's own of the same record, or of the one named.

        Whether it is what its record commits to can't be told here; its readers can.

        Raises:
            SealRefused: too large, too many wraps, two for one reader, one for nobody that there is; or it was erased;
                or the very ciphertext is kept already, as somebody else's or of another record.
            NotEntitled: what it should replace is not there, or not the owner's to replace.
        """
        self._check(sealed, wraps)
        self._check_field_set(sealed, wraps, custody)
        self._check_new(sealed, custody)
        self.sealed_payloads.place(sealed)
        with self.store.together():
            stale = self._replaced(sealed, custody, replaces)
            self.sealed_payloads.forget(stale)
            stale += self.sealed_payloads.put(sealed, custody, wraps)
            self._note(sealed, custody.owner, "REPLACED", only_if=bool(stale))
        if stale:
            self.store.afterwards(lambda: self.sealed_payloads.clear(stale))

    def _check(self, sealed: Sealed, wraps: Sequence[Wrap]) -> None:
        if len(sealed.ciphertext) > LARGEST + _OVERHEAD:
            raise SealRefused(f"the payload is larger than {LARGEST} bytes")
        self._check_wraps(wraps)
        self._check_erased(sealed)

    def _check_erased(self, sealed: Sealed) -> None:
        sql = (
            "SELECT 1 FROM erasures e JOIN versions v ON v.declaration = e.declaration AND v.number = e.version"
            " WHERE e.declaration = ? AND v.commitment = ?"
        )
        with self.store.reading() as session:
            if session.rows(sql, sealed.subject.declaration, sealed.subject.commitment):
                raise SealRefused("this version was erased: its content is not kept any more")

    def _check_new(self, sealed: Sealed, custody: "Custody") -> None:
        """Whoever was given a ciphertext must not come by it to wraps that are not its own to write."""
        kept = self.sealed_payloads.named(sealed.content_hash)
        if kept is not None and (kept.subject, kept.custody) != (sealed.subject, custody):
            raise SealRefused("this very ciphertext is kept already: seal anew, or add wraps to it")

    def _check_field_set(self, sealed: Sealed, wraps: Sequence[Wrap], custody: "Custody") -> None:
        """Chosen fields are for one reader, by a grant that is in force."""
        if not custody.reader and custody.fields == ZERO:
            return
        declaration = sealed.subject.declaration
        granted = custody.reader and custody.fields in self.rights.granted(declaration, custody.reader) - {ZERO}
        if not granted or {one.recipient for one in wraps} - {custody.reader, custody.owner}:
            raise SealRefused("chosen fields are kept for one reader, who holds a grant for just these")

    def _check_wraps(self, wraps: Sequence[Wrap]) -> None:
        recipients = {one.recipient for one in wraps}
        if not wraps or len(wraps) > MOST_WRAPS or len(recipients) < len(wraps):
            raise SealRefused(f"a key is wrapped for 1 to {MOST_WRAPS} readers, once for each")
        unknown = recipients - self._known(recipients)
        if unknown:
            raise SealRefused(f"there is no organisation {min(unknown)}")

    def _known(self, organisations: Collection[int]) -> set[int]:
        with self.store.reading() as session:
            rows = session.within("SELECT id FROM organisations WHERE id IN ({keys})", organisations)
        return {row[0] for row in rows}

    def _replaced(self, sealed: Sealed, custody: "Custody", replaces: bytes | None) -> list[bytes]:
        if replaces is None or replaces == sealed.content_hash:
            return []
        kept = self._named(sealed.subject.commitment, replaces)
        if kept.subject != sealed.subject or kept.custody.reader or not self.rights.may_replace(kept, custody.owner):
            raise NotEntitled
        return [replaces]

    def _named(self, commitment: bytes, content_hash: bytes) -> "KeptSealed":
        found = [one for one in self.sealed_payloads.behind(commitment) if one.content_hash == content_hash]
        if not found:
            raise NotEntitled
        return found[0]

    def add_wraps(self, commitment: bytes, content_hash: bytes, wraps: Sequence[Wrap], by: int) -> None:
        """Let readers in: parties to the declaration, and whoever holds a grant for it. A reader may renew its own.

        Raises:
            SealRefused: as `put_sealed`, or a reader has no grant.
            NotEntitled: there is no such ciphertext, or it is not this organisation's to share.
        """
        kept = self._named(commitment, content_hash)
        renewed = self.rights.may_read(kept, by) and all(one.recipient == by for one in wraps)
        if not renewed and not self.rights.may_wrap(kept, by):
            raise NotEntitled
        self._check_wraps(wraps)
        strangers = [one.recipient for one in wraps if not self.rights.may_be_let_in(kept, one.recipient)]
        if strangers:
            raise SealRefused(f"organisation {strangers[0]} is no party to the declaration and holds no grant")
        self.sealed_payloads.add_wraps(content_hash, wraps)
        self._note(kept, by, "WRAPPED", only_if=by != kept.custody.owner)

    def destroy_erased(self) -> bool:
        """Destroy here whatever the index says was erased; following the chain does so by itself.

        Whether that is done; else the files could not be scrubbed, as somebody reads them now: do it again.

        Raises:
            StoreError: a place can't be written now.
        """
        from ledger.client.obeying import obey

        return obey(self)

    # --- reading ------------------------------------------------------------------------------------------------------

    def sealed(self, commitment: bytes, viewer: int | None) -> list[SealedForReader]:
        """What is sealed for a commitment and the viewer may have, best first; empty for whom it is not for.

        Each time somebody else than its owner gets something, that is noted in the access log.
        """
        if viewer is None:
            return []
        kept = [one for one in self.sealed_payloads.behind(commitment) if self.rights.may_read(one, viewer)]
        found = [self._for_reader(one, viewer) for one in kept]
        given = [one for one in found if one is not None]
        for one in given:
            self._note(one.sealed, viewer, "READ", only_if=one.custody.owner != viewer)
        return sorted(given, key=lambda one: (one.wrap is None, one.custody.reader))

    def _for_reader(self, kept: "KeptSealed", viewer: int) -> SealedForReader | None:
        ciphertext = self.sealed_payloads.ciphertext(kept.content_hash)
        if ciphertext is None:
            return None
        wraps = self.sealed_payloads.wraps(kept.content_hash)
        own = next((one for one in wraps if one.recipient == viewer), None)
        return SealedForReader(Sealed(kept.subject, ciphertext), kept.custody, own)

    def keep_fetched(self, sealed: Sealed, wrap: Wrap, custody: "Custody") -> None:
        """Keep what was fetched from another gateway and opened, for its reader alone, and note that in the access log.

        Raises:
            SealRefused, NotEntitled: as `put_sealed` and `add_wraps`.
        """
        if self.sealed_payloads.named(sealed.content_hash) is None:
            self.put_sealed(sealed, [wrap], custody)
        else:  # a neighbour in this store has fetched the same
            self.add_wraps(sealed.subject.commitment, sealed.content_hash, [wrap], custody.owner)
        self._note(sealed, custody.owner, "FETCHED", only_if=True)

    def _note(self, sealed: "Sealed | KeptSealed", reader: int, act: str, *, only_if: bool) -> None:
        from ledger.index.grants import AccessLog

        if only_if:
            subject = sealed.subject
            AccessLog(self.store).add(subject.declaration, subject.commitment, sealed.content_hash, reader, act)

    def shareable(self, declaration: bytes, by: int) -> list[SealedForReader]:
        """The whole payloads of a declaration that somebody may let others read, as it gets them itself."""
        kept = [one for one in self.sealed_payloads.of_declaration(declaration) if not one.custody.reader]
        found = [self._for_reader(one, by) for one in kept if self.rights.may_wrap(one, by)]
        return [one for one in found if one is not None]

    def field_sets(self, declaration: bytes, owner: int) -> list[SealedForReader]:
        """What an organisation put together for readers of chosen fields of a declaration."""
        kept = [one for one in self.sealed_payloads.of_declaration(declaration) if one.custody.reader]
        found = [self._for_reader(one, owner) for one in kept if one.custody.owner == owner]
        return [one for one in found if one is not None]

    def parties(self, declaration: DeclarationId) -> list[int]:
        """Declarant, agent and competent administration of a recorded declaration, as far as there are any."""
        state = self.state(declaration)
        if state is None:
            return []
        return [one for one in (state.declarant, state.agent, self.competent(state.administration)) if one]

    def granted_readers(self, declaration: DeclarationId) -> list[int]:
        """Who may read every version, by grants that are in force."""
        from ledger.index.grants import ReadGrants

        kept = ReadGrants(self.store).of_declaration(declaration)
        return [one.grant.reader for one in kept if one.grant.fields == ZERO and self.rights.holds(one)]

    def wrapped_for(self, commitment: bytes, content_hash: bytes, by: int) -> list[Wrap]:
        """Everybody's wraps, to who may share the ciphertext; nobody else's wrap can be opened by it.

        Raises:
            NotEntitled: there is no such ciphertext, or it is not this organisation's to share.
        """
        if not self.rights.may_wrap(self._named(commitment, content_hash), by):
            raise NotEntitled
        return self.sealed_payloads.wraps(content_hash)

    # --- grants -------------------------------------------------------------------------------------------------------

    def prepare_grant(self, grant: ReadGrant) -> tuple[dict[str, Any], bytes]:
        """What the grantor signs: typed data, and its digest."""
        network = self.domains.consignments
        return typed_grant(grant, network), digest_of_grant(grant, network)

    def grant(self, grant: ReadGrant, signature: bytes) -> None:
        """Keep a read grant or its withdrawal; a withdrawal destroys the reader's wraps at once.

        Raises:
            NotEntitled: the signature is by no valid key of the grantor, or the grantor is no party.
            SealRefused: the reader is no organisation, or is the grantor.
            StaleGrant: its serial is not higher than that of the one whose place it would take.
        """
        from ledger.index.grants import ReadGrants

        if not self._is_signed(grant, signature) or not self.rights.may_grant(grant.declaration, grant.grantor):
            raise NotEntitled
        if not self._known([grant.reader]) or grant.reader == grant.grantor:
            raise SealRefused(f"organisation {grant.reader} is none that could be let in")
        with self.store.together():
            ReadGrants(self.store).put(grant, signature)
            over = [] if self._may_still_read(grant) else self._take_away(grant)
        if over:
            self.store.afterwards(lambda: self.sealed_payloads.clear(over))

    def _may_still_read(self, grant: ReadGrant) -> bool:
        return grant.fields in self.rights.granted(grant.declaration, grant.reader)

    def _take_away(self, grant: ReadGrant) -> list[bytes]:
        """Destroy what a grant gave: the reader's wraps, or what was put together for it; the hashes left over."""
        if grant.fields == ZERO:
            if not self.rights.is_party(grant.declaration, grant.reader):
                self.sealed_payloads.drop_wraps(grant.declaration, grant.reader)
            return []
        theirs = (grant.reader, grant.fields)
        kept = self.sealed_payloads.of_declaration(grant.declaration)
        found = [one.content_hash for one in kept if (one.custody.reader, one.custody.fields) == theirs]
        self.sealed_payloads.forget(found)
        return found

    def _is_signed(self, grant: ReadGrant, signature: bytes) -> bool:
        try:
            signer = recover(digest_of_grant(grant, self.domains.consignments), signature)
        except (SignatureError, WireError):
            return False
        owner = self.signer_organisation(signer)
        now = time.time()
        return (
            owner is not None
            and owner.id == grant.grantor
            and any(key.address == signer and key.is_valid(now) for key in owner.keys)
        )

    def grants(self, declaration: bytes, viewer: int | None) -> "Sequence[KeptGrant] | None":
        """The read grants of a declaration: to its parties all of them, to a reader its own; None for anybody else."""
        from ledger.index.grants import ReadGrants

        if viewer is None:
            return None
        found = ReadGrants(self.store).of_declaration(declaration)
        if self.rights.is_party(declaration, viewer):
            return found
        return [one for one in found if one.grant.reader == viewer] or None

    def accesses(self, declaration: bytes, viewer: int | None) -> "Sequence[AccessEntry] | None":
        """Who read what when, of a declaration or a request of assistance; None for whom it is not for: for parties."""
        from ledger.index.grants import AccessLog

        if viewer is None or not self.rights.is_party(declaration, viewer):
            return None
        return AccessLog(self.store).of_declaration(declaration)

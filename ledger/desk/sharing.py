"""Letting others read what a participant may share, and no longer: grants, wraps, and new ciphertexts."""

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.client import Client, Custody, NotEntitled, SealedForReader
from ledger.desk.options import ContentMissing, DeskError, Identity
from ledger.desk.sealing import Sealer
from ledger.domain.grants import ReadGrant
from ledger.domain.wire import ZERO, DeclarationId
from ledger.sealing import PayloadRefused, SealingError, seal

if TYPE_CHECKING:
    from ledger.client import KeptGrant

YEAR: Final = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Shared:
    """What letting somebody in, or out, came to.

    Attributes:
        grant: as it was signed.
        payloads: how many ciphertexts were wrapped, or encrypted anew.
        unread: organisations that shall read, but have no key to encrypt to.
        closed: how many this participant can't open itself, and so left as they are.
    """

    grant: ReadGrant | None
    payloads: int
    unread: tuple[int, ...] = ()
    closed: int = 0


class Sharing:
    """Shares for one participant."""

    def __init__(
        self, client: Client, identity: Identity, sealer: Sealer, clock: Callable[[], float] = time.time
    ) -> None:
        """Share what is in a client's store; `clock` gives seconds (UTC)."""
        self._client = client
        self._identity = identity
        self._sealer = sealer
        self._clock = clock
        self._me = identity.organisation

    def grant(self, declaration: DeclarationId, reader: int, seconds: int = YEAR) -> Shared:
        """Let an organisation read every version of a declaration, for so long.

        Raises:
            DeskError: this participant is no party to it.
        """
        grant = self.sign(declaration, reader, int(self._clock()) + seconds)
        return self._wrap(declaration, self._versions(declaration), [reader], grant)

    def withdraw(self, declaration: DeclarationId, reader: int) -> Shared:
        """Take a grant back: its wraps go, and what the reader could open is encrypted anew for those who remain.

        What was read before can't be unread.

        Raises:
            DeskError: this participant is no party to it.
        """
        before = [one for one in self._client.shareable(declaration, self._me) if reader in self._recipients(one)]
        grant = self.sign(declaration, reader, int(self._clock()) - 1)
        taken = [one for one in before if reader not in self._recipients(one)]
        done, closed, unread = 0, 0, set[int]()
        for one in taken:
            try:
                unread |= self._anew(one)
                done += 1
            except (ContentMissing, SealingError, PayloadRefused):
                closed += 1
        return Shared(grant, done, tuple(sorted(unread)), closed)

    def rewrap(self, declaration: DeclarationId) -> Shared:
        """Wrap for the parties and grantees of a declaration what they can't open yet with their newest key.

        Of a request of assistance: for the two administrations that are competent now.
        """
        asked = self._client.assistance.one(declaration, self._me)
        if asked is not None:
            parties = [self._client.competent(one) for one in (asked.administration, asked.addressee)]
            return self._wrap(declaration, asked.commitments, parties, None)
        granted = [one.grant.reader for one in self._in_force(declaration) if one.grant.fields == ZERO]
        readers = [*self._client.parties(declaration), *granted]
        return self._wrap(declaration, self._versions(declaration), readers, None)

    # --- grants -------------------------------------------------------------------------------------------------------

    def sign(self, declaration: DeclarationId, reader: int, valid_until: int, fields: bytes = ZERO) -> ReadGrant:
        """Sign and keep a grant, or with a time that has passed its withdrawal; `fields` as in `ReadGrant`.

        Raises:
            DeskError: this participant is no party to the declaration.
        """
        serials = [
            one.grant.serial
            for one in self._client.grants(declaration, self._me) or ()
            if (one.grant.grantor, one.grant.reader, one.grant.fields) == (self._me, reader, fields)
        ]
        grant = ReadGrant(
            declaration=declaration,
            grantor=self._me,
            reader=reader,
            fields=fields,
            serial=max([int(self._clock()), *(serial + 1 for serial in serials)]),
            valid_until=valid_until,
        )
        signature = self._identity.signer.sign_typed(*self._client.prepare_grant(grant))
        try:
            self._client.grant(grant, signature)
        except NotEntitled:
            raise DeskError(
                f"this participant is neither declarant nor agent nor the administration of 0x{declaration.hex()}"
            ) from None
        return grant

    def _in_force(self, declaration: DeclarationId) -> "Iterable[KeptGrant]":
        return filter(self._client.rights.holds, self._client.grants(declaration, self._me) or ())

    # --- wraps --------------------------------------------------------------------------------------------------------

    def _versions(self, declaration: DeclarationId) -> set[bytes]:
        return {one.commitment for one in self._client.versions(declaration)}

    def _wrap(
        self,
        declaration: DeclarationId,
        commitments: Collection[bytes],
        readers: Collection[int],
        grant: ReadGrant | None,
    ) -> Shared:
        """Wrap what this participant can open for those readers who don't have it under their newest key."""
        done, closed, unread = 0, 0, set[int]()
        for one in self._client.shareable(declaration, self._me):
            if one.sealed.subject.commitment in commitments:
                try:
                    unread |= self._let_in(one, readers)
                    done += 1
                except (ContentMissing, SealingError, PayloadRefused):
                    closed += 1
        return Shared(grant, done, tuple(sorted(unread)), closed)

    def _let_in(self, one: SealedForReader, readers: Collection[int]) -> set[int]:
        subject, content_hash = one.sealed.subject, one.sealed.content_hash
        have = {
            (wrap.recipient, wrap.key_version)
            for wrap in self._client.wrapped_for(subject.commitment, content_hash, self._me)
        }
        keys = {reader: self._sealer.key_of(reader) for reader in readers if reader}
        missing = {reader for reader, key in keys.items() if key is None}
        wanted = [reader for reader, key in keys.items() if key and (reader, key.version) not in have]
        if wanted:
            wraps, more = self._sealer.wraps(one.sealed, self._sealer.content_key(one), wanted)
            self._client.add_wraps(subject.commitment, content_hash, wraps, self._me)
            missing |= set(more)
        return missing

    def _anew(self, one: SealedForReader) -> set[int]:
        """Encrypt under a new key, for those who have a wrap now; who of them has no key any more."""
        subject, payload = one.sealed.subject, self._sealer.opened(one)
        sealed, key = seal(subject, payload.to_bytes())
        wraps, missing = self._sealer.wraps(sealed, key, self._recipients(one))
        self._client.put_sealed(sealed, wraps, Custody(self._me), replaces=one.sealed.content_hash)
        return set(missing)

    def _recipients(self, one: SealedForReader) -> list[int]:
        wraps = self._client.wrapped_for(one.sealed.subject.commitment, one.sealed.content_hash, self._me)
        return [wrap.recipient for wrap in wraps]

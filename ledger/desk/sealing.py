"""What one participant seals and opens: plaintext is here, in this process, and goes nowhere else.

Readers' keys are cached for a minute, so that sealing asks the index rarely.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from ledger.client import Client, Custody, SealedForReader
from ledger.desk.options import ContentMissing, DeskError, Identity
from ledger.domain.commitment import schema_id
from ledger.domain.wire import ZERO, DeclarationId
from ledger.sealing import (
    EncryptionKey,
    KeyUnusable,
    Payload,
    PayloadRefused,
    Sealed,
    SealingError,
    Subject,
    Wrap,
    key_for,
    open_payload,
    open_sealed,
    pack,
    seal,
    unpack,
    unwrap,
    wrap_for,
)

if TYPE_CHECKING:
    from ledger.errors import PassavantError

RECEIVED_SCHEMA: Final = "passavant/received/v1"
"""Of what a participant received and keeps for itself: the message's own bytes."""
_CACHED: Final = 60.0


@dataclass(frozen=True, slots=True)
class Content:
    """A payload that a record is about to commit to, and who shall read it besides its author.

    Attributes:
        payload: the content.
        root: its commitment, 32 bytes.
        readers: organisations.
    """

    payload: Payload = field(repr=False)
    root: bytes
    readers: tuple[int, ...] = ()


class Sealer:
    """Seals and opens for one participant."""

    def __init__(self, client: Client, identity: Identity) -> None:
        """Keep what is sealed in a client's store."""
        self._client = client
        self._identity = identity
        self._me = identity.organisation
        self._published: dict[int, tuple[float, EncryptionKey | None]] = {}

    # --- sealing ------------------------------------------------------------------------------------------------------

    def keep(self, declaration: DeclarationId, content: Content) -> list[int]:
        """Seal a payload for its author and readers, and keep it; the readers who have no key to encrypt to.

        Raises:
            DeskError: nobody could read it.
        """
        subject = Subject(declaration, content.root, content.payload.schema_id)
        sealed, key = seal(subject, content.payload.to_bytes())
        wraps, missing = self.wraps(sealed, key, [self._me, *content.readers])
        self._client.put_sealed(sealed, wraps, Custody(self._me))
        return missing

    def wraps(self, sealed: Sealed, key: bytes, readers: Iterable[int]) -> tuple[list[Wrap], list[int]]:
        """A wrap for each reader (0 is nobody), and the readers for whom there is none.

        Raises:
            DeskError: there is none at all.
        """
        wraps: list[Wrap] = []
        missing: list[int] = []
        for reader in dict.fromkeys(filter(None, readers)):
            try:
                published = self.key_of(reader)
                wraps += [wrap_for(published, sealed, key)] if published else []
                missing += [] if published else [reader]
            except KeyUnusable:
                missing.append(reader)
        if not wraps:
            raise DeskError("nobody could read it: no reader has published an encryption key, nor has this participant")
        return wraps, missing

    def key_of(self, organisation: int) -> EncryptionKey | None:
        """The key to encrypt to for an organisation; for this participant its own newest one."""
        if organisation == self._me:
            return self._identity.encryption[0].public if self._identity.encryption else None
        now = time.monotonic()
        until, known = self._published.get(organisation, (0.0, None))
        if until < now:
            known = self._client.encryption_key(organisation)
            self._published[organisation] = now + _CACHED, known
        return known

    def seal_received(self, content: bytes, declaration: DeclarationId | None) -> bytes:
        """Seal a message that was received for its receiver alone, ready to be kept as evidence.

        Raises:
            DeskError: this participant has no encryption key.
        """
        name = self._client.name_of_evidence(content, self._me)
        sealed, key = seal(Subject(declaration or ZERO, name, schema_id(RECEIVED_SCHEMA)), content)
        [wrap], _ = self.wraps(sealed, key, [self._me])
        return pack(sealed, wrap)

    # --- opening ------------------------------------------------------------------------------------------------------

    def open(self, subject: Subject) -> Payload:
        """The payload behind a commitment; `subject` is what the chain says of it.

        Raises:
            ContentMissing: it is not here, or not for this participant.
            SealingError, PayloadRefused: what is here is not to be believed, and why.
        """
        found = [one for one in self._client.sealed(subject.commitment, self._me) if not one.custody.reader]
        if not found:
            raise ContentMissing(subject.declaration, "is not in this store, or not for this participant")
        failures: list[PassavantError] = []
        for one in found:  # whoever is a party may have sealed it: what opens and is committed to is it
            try:
                return self.opened(replace(one, sealed=Sealed(subject, one.sealed.ciphertext)))
            except (ContentMissing, SealingError, PayloadRefused) as error:
                failures.append(error)
        raise failures[0]

    def opened(self, one: SealedForReader) -> Payload:
        """A payload, verified; wrapped for this participant's newest key on the way, when it was for an older one.

        Raises:
            ContentMissing: it was not wrapped for this participant.
            SealingError, PayloadRefused: it is not to be believed, and why.
        """
        wrap = self._wrap_of(one)
        payload = open_payload(one.sealed, wrap, self._identity.encryption)
        if wrap.key_version != self._identity.encryption[0].version:
            [renewed], _ = self.wraps(one.sealed, self.content_key(one), [self._me])
            self._client.add_wraps(one.sealed.subject.commitment, one.sealed.content_hash, [renewed], self._me)
        return payload

    def content_key(self, one: SealedForReader) -> bytes:
        """The key of a ciphertext, to wrap it for others; raises as `opened`."""
        wrap = self._wrap_of(one)
        return unwrap(wrap, one.sealed, key_for(wrap, self._identity.encryption))

    def content(self, one: SealedForReader) -> bytes:
        """What something holds, whatever it is; not held against any commitment. Raises as `opened`."""
        return open_sealed(one.sealed, self._wrap_of(one), self._identity.encryption)

    def _wrap_of(self, one: SealedForReader) -> Wrap:
        if one.wrap is None:
            raise ContentMissing(
                one.sealed.subject.declaration,
                "was not encrypted to this participant: its author can do so by `passavant key rewrap`",
            )
        return one.wrap

    def open_received(self, packed: bytes) -> bytes:
        """A message that this participant received and kept.

        Raises:
            SealingError: it can't be opened, and why.
        """
        sealed, wrap = unpack(packed)
        return open_sealed(sealed, wrap, self._identity.encryption)

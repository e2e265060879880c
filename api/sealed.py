"""Sealed payloads between JSON and the ledger: base64 for ciphertexts and wraps, as they are long."""

import base64
from collections.abc import Sequence

from api.answers import GrantShown, SealedShown, WrapShown
from api.schemas import GrantIn, SealedIn, WrapIn
from api.wire import hexed, unhex
from ledger.client import KeptGrant, ReadGrant, Sealed, SealedForReader, Subject, Suite, Wrap
from ledger.domain.wire import DeclarationId


def sealed_in(commitment: bytes, given: SealedIn) -> Sealed:
    """The ciphertext of a request.

    Raises:
        MalformedSeal: it is none.
    """
    subject = Subject(unhex(given.declaration), commitment, unhex(given.schema_id))
    return Sealed(subject, base64.b64decode(given.ciphertext))


def wraps_in(given: Sequence[WrapIn]) -> list[Wrap]:
    """The wraps of a request.

    Raises:
        MalformedSeal: one is none.
    """
    return [Wrap(one.recipient, one.key_version, Suite(one.suite), base64.b64decode(one.wrap)) for one in given]


def sealed_shown(one: SealedForReader) -> SealedShown:
    """A ciphertext as an answer."""
    subject, wrap = one.sealed.subject, one.wrap
    return SealedShown(
        declaration=hexed(subject.declaration),
        commitment=hexed(subject.commitment),
        schema=hexed(subject.schema),
        fields=hexed(one.custody.fields),
        owner=one.custody.owner,
        content_hash=hexed(one.sealed.content_hash),
        ciphertext=base64.b64encode(one.sealed.ciphertext).decode(),
        wrap=None
        if wrap is None
        else WrapShown(
            key_version=wrap.key_version, suite=int(wrap.suite), wrap=base64.b64encode(wrap.wrapped).decode()
        ),
    )


def grant_in(given: GrantIn) -> ReadGrant:
    """The grant of a request."""
    return ReadGrant(
        declaration=DeclarationId(unhex(given.declaration)),
        grantor=given.grantor,
        reader=given.reader,
        fields=unhex(given.fields),
        serial=given.serial,
        valid_until=given.valid_until,
    )


def grant_shown(kept: KeptGrant, *, in_force: bool) -> GrantShown:
    """A grant as an answer."""
    grant = kept.grant
    return GrantShown(
        declaration=hexed(grant.declaration),
        grantor=grant.grantor,
        reader=grant.reader,
        fields=hexed(grant.fields),
        serial=grant.serial,
        valid_until=grant.valid_until,
        signature=hexed(kept.signature),
        in_force=in_force,
    )

"""Opening: what a reader does before it believes a payload, in numbered steps.

1. The wrap names a key that the reader holds.
2. The content key unwraps under that key, bound to reader, record and this very ciphertext.
3. The ciphertext decrypts, bound to declaration, commitment and schema; the padding is the one there must be.
4. The content is a payload of that schema.
5. Its root, computed again, is the commitment that the chain has for that version.

`Sealed.subject` must therefore be built from what the *chain* says of the version, not from what came with the bytes.
"""

import hmac
from collections.abc import Iterable

from ledger.sealing.envelope import Sealed, unseal
from ledger.sealing.errors import KeyMissing, NotCommitted, PayloadRefused
from ledger.sealing.keys import DecryptionKey
from ledger.sealing.payloads import Payload
from ledger.sealing.wrapping import Wrap, unwrap


def open_payload(sealed: Sealed, wrap: Wrap, keys: Iterable[DecryptionKey]) -> Payload:
    """The payload, verified: steps 1 to 5.

    Args:
        sealed: the ciphertext, with the subject that the chain tells.
        wrap: the reader's own.
        keys: the private keys that the reader holds.

    Raises:
        KeyMissing, WrapRefused, CiphertextRefused, MalformedSeal: steps 1 to 3.
        PayloadRefused, NotCommitted: steps 4 and 5.
    """
    payload = Payload.from_bytes(open_sealed(sealed, wrap, keys))
    if payload.schema_id != sealed.subject.schema:
        raise PayloadRefused("the decrypted payload is of another schema than its record says")
    if not hmac.compare_digest(payload.root, sealed.subject.commitment):
        raise NotCommitted
    return payload


def open_sealed(sealed: Sealed, wrap: Wrap, keys: Iterable[DecryptionKey]) -> bytes:
    """The content, whatever it is: steps 1 to 3."""
    return unseal(sealed, unwrap(wrap, sealed, key_for(wrap, keys)))


def key_for(wrap: Wrap, keys: Iterable[DecryptionKey]) -> DecryptionKey:
    """The private key that a wrap is for.

    Raises:
        KeyMissing: it is not among `keys`.
    """
    wanted = (wrap.recipient, wrap.key_version)
    found = next((one for one in keys if (one.organisation, one.version) == wanted), None)
    if found is None:
        raise KeyMissing(*wanted)
    return found

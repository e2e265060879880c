"""Sealing: payloads encrypted where they are made, for those who may read them. Pure functions: no file, no socket.

>>> from ledger.domain.commitment import commit, schema_id
>>> payload = Payload("wco-dm/3.6/declaration", bytes(32), (("Declaration/ID[1]", "26GB00000000000000"),))
>>> subject = Subject(bytes(32), payload.root, payload.schema_id)  # a declaration's id, what the chain has
>>> reader = DecryptionKey.generate(organisation=826, version=1)
>>> sealed, key = seal(subject, payload.to_bytes())
>>> wrap = wrap_for(reader.public, sealed, key)  # what leaves the client: `sealed`, and one wrap a reader
>>> open_payload(sealed, wrap, [reader]) == payload
True

`docs/confidentiality.md` says the same for other languages; `tests/vectors/sealing.json` has vectors.
"""

from ledger.sealing.envelope import Sealed, Subject, seal, unseal
from ledger.sealing.errors import (
    CiphertextRefused,
    KeyMissing,
    KeyUnusable,
    MalformedSeal,
    NotCommitted,
    PayloadRefused,
    SealingError,
    WrapRefused,
)
from ledger.sealing.keys import DecryptionKey, EncryptionKey, Suite, keys_from_json, keys_to_json
from ledger.sealing.opening import key_for, open_payload, open_sealed
from ledger.sealing.packing import pack, unpack
from ledger.sealing.payloads import Payload
from ledger.sealing.wrapping import Wrap, unwrap, wrap_for

__all__ = [
    "CiphertextRefused",
    "DecryptionKey",
    "EncryptionKey",
    "KeyMissing",
    "KeyUnusable",
    "MalformedSeal",
    "NotCommitted",
    "Payload",
    "PayloadRefused",
    "Sealed",
    "SealingError",
    "Subject",
    "Suite",
    "Wrap",
    "WrapRefused",
    "key_for",
    "keys_from_json",
    "keys_to_json",
    "open_payload",
    "open_sealed",
    "pack",
    "seal",
    "unpack",
    "unseal",
    "unwrap",
    "wrap_for",
]

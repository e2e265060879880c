"""Payloads, keys and what is sealed for them."""

from ledger.sealing import DecryptionKey, Payload, Subject, Suite, seal, wrap_for

SCHEMA = "wco-dm/3.6/declaration"
DECLARATION = b"\x0d" * 32
PAYLOAD = Payload(SCHEMA, b"\5" * 32, (("Declaration/ID[1]", "26GB0000"), ("Declaration/TypeCode[1]", "IMD")))
SUBJECT = Subject(DECLARATION, PAYLOAD.root, PAYLOAD.schema_id)
HYBRID = DecryptionKey.generate(826, 3)
CLASSIC = DecryptionKey.generate(826, 2, Suite.X25519)
OTHER = DecryptionKey.generate(250, 3)


def sealed_for(*readers, subject=SUBJECT, content=None):
    """Something sealed, with a wrap for each reader."""
    sealed, key = seal(subject, PAYLOAD.to_bytes() if content is None else content)
    return sealed, [wrap_for(reader.public, sealed, key) for reader in readers]

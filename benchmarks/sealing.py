"""What sealing costs: a payload encrypted for its three readers, and kept with their wraps."""

import secrets
from dataclasses import dataclass

from benchmarks.measures import rate
from benchmarks.world import Author, Founded, opened
from ledger.client import Client, Custody
from ledger.domain.wire import DeclarationId
from ledger.sealing import EncryptionKey, Payload, Sealed, Subject, Wrap, seal, wrap_for

READERS = ("platform", "express", "customs-gb")
FIELDS = tuple((f"Declaration/GoodsShipment[1]/Item[{n}]/Description[1]", f"value {n}" * 3) for n in range(1, 121))
PAYLOADS = 500
BATCH = 100


@dataclass(frozen=True)
class Measured:
    """Payloads sealed a second; and sealed and kept a second, in groups of 100."""

    sealed: list[float]
    kept: list[float]


def measure(founded: Founded, rounds: int) -> Measured:
    """Both: 120 fields, about 10 kB, for declarant, agent and administration, all with hybrid keys."""
    with founded.network("sealing") as devnet, opened(devnet) as client:
        author = Author(devnet.home, READERS[0], client.domains)
        readers = [client.encryption_key(devnet.home.identity(name).organisation) for name in READERS]
        keys = [one for one in readers if one]
        sealed = [rate(PAYLOADS, lambda: [_sealed(keys) for _ in range(PAYLOADS)]) for _ in range(rounds)]
        kept = [rate(PAYLOADS, lambda: _keep(client, author.organisation, keys)) for _ in range(rounds)]
    return Measured(sealed, kept)


def _sealed(readers: list[EncryptionKey]) -> tuple[Sealed, list[Wrap]]:
    payload = Payload("wco-dm/3.6/declaration", secrets.token_bytes(32), FIELDS)
    subject = Subject(DeclarationId(secrets.token_bytes(32)), payload.root, payload.schema_id)
    one, key = seal(subject, payload.to_bytes())
    return one, [wrap_for(reader, one, key) for reader in readers]


def _keep(client: Client, owner: int, readers: list[EncryptionKey]) -> None:
    for _ in range(0, PAYLOADS, BATCH):
        with client.batch():
            for _ in range(BATCH):
                client.put_sealed(*_sealed(readers), Custody(owner))

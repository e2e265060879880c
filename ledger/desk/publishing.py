"""Publishing an organisation's encryption keys: a new version takes over, old private parts stay with their owner."""

import time
from collections.abc import Callable
from typing import Final

from ledger.chain.signers import Signer
from ledger.client import Client, Entry, ParticipantAnswer
from ledger.desk.options import DeskError
from ledger.domain.codes import Outcome
from ledger.domain.keccak import keccak256
from ledger.domain.records import EncryptionKey
from ledger.domain.wire import ZERO, Digest, Head
from ledger.sealing import EncryptionKey as PublicKey

LASTING: Final = 730 * 86_400
"""How long a published key is valid unless another time is given, in seconds."""
_AN_HOUR: Final = 3_600


def next_version(client: Client, organisation: int) -> int:
    """The version that an organisation's next encryption key has, as of the index.

    Raises:
        DeskError: there is no such organisation.
    """
    return 1 + max((key.version for key in _shown(client, organisation).encryption_keys), default=0)


def publish_key(
    client: Client,
    manager: Signer,
    key: PublicKey,
    *,
    seconds: int = LASTING,
    clock: Callable[[], float] = time.time,
) -> Digest:
    """Sign a key with a managing key of its organisation and hand it over; the record's digest.

    Raises:
        DeskError: there is no such organisation, or that key is none of its managing keys.
    """
    now = int(clock())
    record = EncryptionKey(
        organisation=key.organisation,
        org_head=Head(_shown(client, key.organisation).head),
        version=key.version,
        suite=key.suite,
        key=key.x25519,
        hybrid=keccak256(key.mlkem) if key.mlkem else ZERO,
        not_before=now,
        not_after=now + seconds,
        deadline=now + _AN_HOUR,
    )
    [taken] = client.submit([Entry(record, manager.sign(client.domains.of(record), record), key.mlkem)])
    if taken.refused is Outcome.NOT_AUTHENTIC:
        raise DeskError(f"the ledger knows no key 0x{manager.address.hex()} of this participant")
    return taken.digest


def _shown(client: Client, organisation: int) -> ParticipantAnswer:
    shown = client.participant(organisation)
    if shown is None:
        raise DeskError(f"the ledger knows no organisation {organisation}")
    return shown

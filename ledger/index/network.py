"""Which network a store is of, and with whom that network began."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from ledger.domain.participants import Founder, Participants
from ledger.domain.wire import Head
from ledger.index.errors import OtherNetworkError

if TYPE_CHECKING:
    from ledger.index.store import Store

NETWORK_KEY = "network"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network's identity, and its founders: the one part of its state that no event tells.

    Attributes:
        chain_id: EIP-155 chain id.
        genesis: hash of block 0 (32 bytes).
        consignments: address of the contract `Consignments` (20 bytes).
        participants: address of the contract `Participants` (20 bytes).
        council_head: the council's head after the constructor.
        founded: time of the constructor's block; the founders' keys are valid from then on.
        founders: the founding administrations.
        founded_in: number of the constructor's block; None in a store that an earlier version began.
    """

    chain_id: int
    genesis: bytes
    consignments: bytes
    participants: bytes
    council_head: Head
    founded: int
    founders: tuple[Founder, ...]
    founded_in: int | None = None

    def founding(self) -> Participants:
        """The participants before the first event."""
        participants = Participants(self.council_head)
        for founder in self.founders:
            participants.admit(founder, self.founded)
        return participants

    def facts(self) -> Mapping[str, str]:
        """What two networks are told apart by, as text."""
        return {
            "chain id": str(self.chain_id),
            "genesis": self.genesis.hex(),
            "Consignments": self.consignments.hex(),
            "Participants": self.participants.hex(),
            "council head": self.council_head.hex(),
        }


def pinned(store: "Store") -> Network | None:
    """The network that a store is of, if that was said already."""
    with store.reading() as session:
        rows = session.rows("SELECT value FROM meta WHERE key = ?", NETWORK_KEY)
    return msgspec.json.decode(rows[0][0], type=Network) if rows else None


def pin(store: "Store", network: Network) -> None:
    """Say which network the store is of; the founders' rows are written with it.

    Raises:
        OtherNetworkError: it is of another one.
    """
    kept = pinned(store)
    if kept is None:
        _write(store, network)
        kept = pinned(store) or network
    for (fact, mine), given in zip(kept.facts().items(), network.facts().values(), strict=True):
        if mine != given:
            raise OtherNetworkError(fact, mine, given)
    if kept.founded_in is None and network.founded_in is not None:
        _rewrite(store, network)


def _rewrite(store: "Store", network: Network) -> None:
    """Note what an earlier version did not know of the same network."""
    from ledger.index.store import Lock
    from ledger.index.tables import meta

    with store.writing(Lock.SCHEMA) as connection:
        value = msgspec.json.encode(network).decode()
        connection.execute(meta.update().where(meta.c.key == NETWORK_KEY).values(value=value))


def _write(store: "Store", network: Network) -> None:
    from ledger.index.participants import save
    from ledger.index.sql import insert_missing
    from ledger.index.store import Lock
    from ledger.index.tables import meta

    with store.writing(Lock.SCHEMA) as connection:
        value = msgspec.json.encode(network).decode()
        if insert_missing(connection, meta, {"key": NETWORK_KEY, "value": value}):
            save(connection, network.founding())

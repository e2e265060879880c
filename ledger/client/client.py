"""The façade: wires chain, store and index; all that the gateway, the desk and the command line see of them."""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self, cast

from ledger.chain.founding import read_founding
from ledger.chain.network import Network
from ledger.chain.rpc import Rpc, as_bytes, as_int
from ledger.chain.steps import Observer, silent
from ledger.client.grouping import GroupingStore
from ledger.client.proving import Proving
from ledger.client.sight import Sight
from ledger.client.types import ClientSettings, Entry, Prepared, Submission
from ledger.domain.plain import from_plain
from ledger.domain.records import Record
from ledger.domain.signing import SigningDomains
from ledger.errors import PassavantError
from ledger.index.answers import AsOf
from ledger.index.freshness import Freshness
from ledger.index.history import RecordAnswer, RecordProgress
from ledger.index.network import Network as Pinned
from ledger.index.network import pin, pinned

if TYPE_CHECKING:
    from ledger.chain.logs import LogSource
    from ledger.chain.submitter import Submitter
    from ledger.client.following import Follower
    from ledger.client.intake import Intake
    from ledger.index.outbox import StoreOutbox
    from ledger.index.replaying import Replay

_PAUSE: Final = 0.02
_STALE: Final = 10.0
_JUST_NOW: Final = 0.25
_UNDER_WAY: Final = frozenset({RecordProgress.WAITING, RecordProgress.SENDING, RecordProgress.INCLUDED})
STOPPING: Final = frozenset({"history", "gap"})
"""Kinds of alarms after which the index does not go on: what it says is not to be relied on until a person looked."""


class Client(Proving):
    """A client of one network. Reads and submissions may come from any thread.

    `start` lets threads follow the chain and send what waits. Without them `sync` follows once, and `wait` and
    `settle` send what waits, unless another process holds the relay's lease.
    """

    def __init__(self, settings: ClientSettings, network: Network, step: Observer = silent) -> None:
        """Use `Client.open`."""
        self.settings = settings
        self.network = network if settings.finality is None else replace(network, finality=settings.finality)
        self._step = step
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    @classmethod
    def open(cls, settings: ClientSettings, *, check: bool = True, step: Observer = silent) -> "Client":
        """Open a client.

        Args:
            settings: where everything is.
            check: hold the node against the descriptor first: chain id, genesis, code of the contracts.
            step: observes the named steps of the outbox; for fault tests.

        Raises:
            DescriptorError: the network's descriptor can't be read.
            NodeUnreachable: the node can't be asked, and `check` wants it, or the store is new.
            WrongNetwork: the node is of another network.
            StoreError: the store can't be opened; `OtherNetworkError`: it is another network's.
        """
        client = cls(settings, Network.load(settings.network), step)
        if check:
            client.network.check(client._rpc)
        client.store  # noqa: B018 - opened now, so that what is wrong with it is said here
        return client

    def close(self) -> None:
        """Give everything back."""
        if self._threads:
            self.stop(_STALE)
        if "submitter" in self.__dict__ and self.submitter is not None:
            self.submitter.release()
        for name in ("_rpc", "_follower_rpc", "_submitter_rpc", "store"):
            if name in self.__dict__:
                self.__dict__[name].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def domains(self) -> SigningDomains:
        """The EIP-712 domains under which records are signed."""
        return self.network.domains

    # --- following and sending ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Follow the chain and send what waits, in threads, until `stop`."""
        self._stop.clear()
        work = [self.follower.run] + ([self.submitter.run] if self.submitter else [])
        self._threads = [threading.Thread(target=one, args=(self._stop,), daemon=True) for one in work]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float) -> None:
        """Let the threads finish what is under way; what waits stays in the outbox."""
        self._stop.set()
        self.follower.wake()
        if self.submitter:
            self.submitter.wake()
        until = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0))
        self._threads = []

    def sync(self) -> AsOf:
        """Follow the chain up to the node's head, once.

        Raises:
            ChainError: the node can't be read.
        """
        self.follower.sync()
        return self.as_of()

    def pump(self) -> bool:
        """Send what waits, once, unless threads or another process do; whether there may be more to do."""
        busy = bool(self.submitter and not self._threads and self.submitter.pump())
        if not self._threads:
            self.follower.sync()
        return busy

    def freshness(self) -> Freshness:
        """What is known of the node now: by the thread that follows it, else by asking it and catching up."""
        sight = self.follower.sight if self._threads else self._looked()
        return Freshness(
            reachable=not sight.failure,
            node_head=sight.head or None,
            final=sight.final or None,
            most_lag=self.settings.max_lag,
        )

    def problems(self) -> list[str]:
        """What keeps this client from knowing or writing; empty when it is ready.

        A rollback is an alarm (see `alarms`), but the client has gone on from there.
        """
        found = [f"{alarm.kind}: {alarm.detail}" for alarm in self.alarms() if alarm.kind in STOPPING]
        try:
            self.network.check(self._checking_rpc)
        except PassavantError as error:
            found.append(str(error))
        as_of = self.as_of()
        if as_of.lag is None or as_of.lag > self.settings.max_lag:
            found.append(f"the index is {'an unknown number of' if as_of.lag is None else as_of.lag} blocks behind")
        if self._threads and self.follower.sight.failure:
            found.append(self.follower.sight.failure)
        return found

    # --- writing ------------------------------------------------------------------------------------------------------

    def record_from_json(self, type_name: str, fields: Mapping[str, object]) -> Record:
        """A record of its type's name and JSON fields; see `ledger.domain.plain`."""
        return from_plain(type_name, fields)

    def prepare(self, record: Record) -> Prepared:
        """What its author signs; nothing is stored."""
        from ledger.domain.signing import typed_data

        return Prepared(typed_data(self.domains.of(record), record), self.domains.digest(record))

    def submit(self, entries: Sequence[Entry]) -> list[Submission]:
        """Put signed records into the outbox, in one database transaction, each once by digest."""
        taken = self._intake.take(entries)
        self.store.afterwards(self._accepted)
        return taken

    def batch(self) -> AbstractContextManager[None]:
        """One database transaction for all that this thread keeps and submits inside: whole, or not at all.

        Meanwhile others may read, but hardly write: keep it short, and neither sync, pump nor wait inside.
        """
        return self.store.together()

    def wait(self, digests: Sequence[bytes], timeout: float) -> list[RecordAnswer]:
        """What became of records: until each is final, refused or lost, or the time (seconds) is over."""
        until = time.monotonic() + timeout
        while True:
            answers = self.records(digests)
            if time.monotonic() >= until or not any(answer.progress in _UNDER_WAY for answer in answers):
                return answers
            if self._threads or not self.pump():
                time.sleep(_PAUSE)

    def settle(self, timeout: float) -> None:
        """Until nothing waits in the outbox and the index knows what came of it, or the time (seconds) is over."""
        from ledger.domain.outbox import OutboxState

        until = time.monotonic() + timeout
        while time.monotonic() < until:
            if not self._threads:
                busy = self.pump()
            counts = self.outbox.counts()
            if not counts.get(OutboxState.WAITING) and not counts.get(OutboxState.SENDING):
                if not self._threads:
                    self.follower.sync()  # another process may have sent it since this one looked
                return
            if self._threads or not busy:
                time.sleep(_PAUSE)

    def replay(self) -> "Replay":
        """Rebuild the read model from the chain alone and compare it with the store's."""
        from ledger.index.replaying import replay

        self.follower.sync()
        batches = self._source(Rpc(self.settings.rpc)).batches(None)
        return replay(self.store, ((batch.blocks, batch.events) for batch in batches))

    # --- parts --------------------------------------------------------------------------------------------------------

    @cached_property
    def store(self) -> GroupingStore:
        """The open store, pinned to this network."""
        store = cast("GroupingStore", GroupingStore.open(self.settings.database))
        pin(store, self._pinned_as(pinned(store)))
        return store

    def _pinned_as(self, kept: Pinned | None) -> Pinned:
        """This network as a store knows it; who founded it, the chain tells once."""
        named: Any = {
            "chain_id": self.network.chain_id,
            "genesis": self.network.genesis_hash,
            "consignments": self.network.consignments,
            "participants": self.network.participants,
        }
        if kept is not None and kept.founded_in is not None:
            return replace(kept, **named)
        told = read_founding(self._rpc, self.network)
        began: Any = {"founded": told.time, "founders": told.founders, "founded_in": told.block}
        return Pinned(**named, **began, council_head=told.council_head)

    def _looked(self) -> Sight:
        """What one look at the node tells; the index catches up when it is behind."""
        try:
            head = self._rpc.call("eth_getBlockByNumber", "latest", False)  # noqa: FBT003  JSON-RPC
            cursor = self.queries.as_of()
            if cursor.final is None or cursor.block_hash != as_bytes(head["hash"]):
                self.follower.sync()
                return self.follower.sight
        except PassavantError as error:
            return Sight(failure=str(error))
        return Sight(as_int(head["number"]), cursor.final, time.time())

    @cached_property
    def outbox(self) -> "StoreOutbox":
        """The outbox of the store."""
        from ledger.index.outbox import StoreOutbox

        return StoreOutbox(self.store)

    @cached_property
    def follower(self) -> "Follower":
        """What follows the chain in this process."""
        from ledger.client.following import Follower
        from ledger.client.prooftaking import ProofTaker

        proofs = ProofTaker(self._follower_rpc, self.store, self.network)
        return Follower(self._source(self._follower_rpc), self.store, self.network, proofs, self.destroy_erased)

    @cached_property
    def submitter(self) -> "Submitter | None":
        """What sends; None when this client has no relay key."""
        if self.settings.relay is None:
            return None
        from ledger.chain.groups import EMBEDDED
        from ledger.chain.signers import open_local_signer
        from ledger.chain.submitter import Submitter, SubmitterSettings

        embedded = SubmitterSettings(miner="evm_mine", limits=EMBEDDED)
        settings = embedded if self.settings.mine else SubmitterSettings()
        relay = open_local_signer(self.settings.relay)
        return Submitter(self._submitter_rpc, self.network, self.outbox, relay, settings, self._observed)

    @cached_property
    def _rpc(self) -> Rpc:
        return Rpc(self.settings.rpc, attempts=1, timeout=_STALE)

    @cached_property
    def _follower_rpc(self) -> Rpc:
        return Rpc(self.settings.rpc)

    @cached_property
    def _submitter_rpc(self) -> Rpc:
        return Rpc(self.settings.rpc)

    @cached_property
    def _checking_rpc(self) -> Rpc:
        return Rpc(self.settings.rpc, attempts=1, timeout=_STALE)

    @cached_property
    def _intake(self) -> "Intake":
        from ledger.client.intake import Intake

        return Intake(self.domains, self.outbox, self.key_owners, self._catch_up, self.recognition.outside)

    def _catch_up(self) -> None:
        """Follow the chain up to its head, unless that was done just now, or can't be done inside a group."""
        sight = self.follower.sight
        if not self.store.is_grouping and (sight.failure or time.time() - sight.seen_at > _JUST_NOW):
            self.follower.sync()

    def _source(self, rpc: Rpc) -> "LogSource":
        from ledger.chain.logs import LogSource

        return LogSource(rpc, self.network)

    def _accepted(self) -> None:
        self._step("accepted")
        if self._threads and self.submitter:
            self.submitter.wake()

    def _observed(self, step: Any) -> None:
        self._step(step)
        if step == "settled" and self._threads:
            self.follower.wake()

"""The submitter: brings the outbox's records to the chain, in groups, once each, whatever fails on the way.

One cycle (`Submitter.pump`):

1. Take the relay's lease; without it, do nothing.
2. Look: the chain's newest block and the relay's nonce. A nonce below that of transactions believed mined means that
   the chain came back shorter: they are prepared again, the same bytes, and an alarm is logged. Where blocks are not
   final at once, a change of history makes it ask again for everything that is not final.
3. Settle what is under way by its receipts: mined, or abandoned when it reverted or its nonce was used by another. A
   receipt that is not there proves nothing.
4. Send again what may have been lost, in the order of nonces. While anything is under way, nothing new is built.
5. Simulate what waits as one group. Refusals and expired records are kept as such and taken out.
6. Build, sign and **keep** the transaction, then send it, let the network mine, and settle as in 3.

Why nothing is lost: a record leaves WAITING only for a kept transaction, which ends as mined, or gives its records
back. Why nothing is recorded twice: the contract takes a digest once; what it already has is looked up and settled.
"""

import logging
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from ledger.chain.abi import record_call
from ledger.chain.errors import BadAnswer, NodeError, TransactionRefused
from ledger.chain.finality import Finality
from ledger.chain.flights import Flights, Foreign
from ledger.chain.groups import GroupFailed, Limits, Simulation, first_group, provisional
from ledger.chain.network import Network
from ledger.chain.rpc import Rpc, as_int, hexed
from ledger.chain.sending import Answer
from ledger.chain.settings import MINERS, SubmitterSettings
from ledger.chain.steps import Observer, silent
from ledger.chain.transactions import DigestSigner, Transaction, sign_transaction
from ledger.domain.codes import Outcome
from ledger.domain.outbox import Outbox, OutboxRecord, OutboxTransaction
from ledger.domain.wire import Digest

__all__ = ["Counters", "Submitter", "SubmitterSettings"]

_log: Final = logging.getLogger(__name__)
_LARGEST_SCALE: Final = 8
_SALT: Final = 1_000


class Relay(DigestSigner, Protocol):
    """The relay's key. It has no authority: it pays and orders, and can neither alter nor forge a record."""


@dataclass
class Counters:
    """What happened since the start, for metrics: of records up to `already`, of transactions from there on."""

    cycles: int = 0
    simulated: int = 0
    refused: int = 0
    lost: int = 0
    already: int = 0
    prepared: int = 0
    sent: int = 0
    replaced: int = 0
    mined: int = 0
    records_mined: int = 0
    reverted: int = 0
    abandoned: int = 0
    shortened: int = 0
    failures: int = 0
    last_failure: str = field(default="", repr=False)


class Submitter:
    """The one serial writer of a relay key.

    Not safe to share between threads: one thread runs `run` or calls `pump`; `wake` may be called from any.

    Args:
        rpc: a connection of its own.
        network: where to; checked by the caller.
        outbox: the store.
        relay: the relay's local key.
        settings: see `SubmitterSettings`.
        step: observes the named steps of `ledger.chain.steps`; for fault tests.
    """

    def __init__(
        self,
        rpc: Rpc,
        network: Network,
        outbox: Outbox,
        relay: Relay,
        settings: SubmitterSettings | None = None,
        step: Observer = silent,
    ) -> None:
        self.settings = settings or SubmitterSettings()
        self.counters = Counters()
        self._rpc = rpc
        self._network = network
        self._outbox = outbox
        self._relay = relay
        self._step = step
        self._holder = secrets.token_hex(8)
        self._mine = MINERS[self.settings.miner]
        self._finality = Finality.parse(network.finality)
        self._simulation = Simulation(rpc, network, relay.address, self.settings.simulate_at)
        self._flights = Flights(rpc, outbox, relay.address, self.counters, step, self.settings.grace)
        self._foreign = Foreign(rpc, outbox, network)
        self._most = self.settings.limits.records
        self._scale = 1
        self._woken = threading.Event()
        self._seen: tuple[str, str] | None = None

    def wake(self) -> None:
        """Say that records wait, so that `run` need not find out by itself."""
        self._woken.set()

    def run(self, stop: threading.Event) -> None:
        """Pump until `stop` is set; failures are logged and counted, and pumping goes on after a pause.

        Setting `stop` ends the loop after the current cycle; call `wake` too when it should not finish its pause.
        """
        failures = 0
        while not stop.is_set():
            self._woken.clear()
            try:
                busy = self.pump()
            except Exception as error:  # noqa: BLE001  whatever it is, the other records must not wait for ever
                failures += 1
                self._note(error)
                stop.wait(min(self.settings.backoff * 2 ** min(failures - 1, 10), 60.0))
                continue
            failures = 0
            self._pause(busy=busy)
        self.release()

    def pump(self) -> bool:
        """One cycle. True when something moved or is under way, so that another cycle is worth while.

        Raises:
            ChainError: the node failed; everything kept is still true, and the next cycle goes on from there.
        """
        if not self._outbox.lease(self._relay.address, self._holder, self.settings.lease):
            return False
        self.counters.cycles += 1
        nonce = self._look()
        flying = self._flights.settle(nonce)
        if flying:
            return self._push(flying)
        return self._launch(nonce)

    def release(self) -> None:
        """Give the relay's lease back, for a process that ends without `run`."""
        self._outbox.release(self._relay.address, self._holder)

    def _look(self) -> int:
        """The relay's nonce in the chain, after taking back what the chain has no more."""
        seen = self._seen[0] if self._seen else "latest"
        calls = [("eth_getBlockByNumber", ("latest", False)), ("eth_getBlockByNumber", (seen, False))]
        answers = self._rpc.batch([*calls, ("eth_getTransactionCount", (hexed(self._relay.address), "latest"))])
        head, again, count = (_told(answer) for answer in answers)
        moved = self._seen != _place(again) if self._seen else self._finality.may_roll_back
        self._seen = _place(head)
        if self._seen is None:
            raise BadAnswer("eth_getBlockByNumber", "the node has no newest block")
        height, nonce = as_int(self._seen[0]), as_int(count)
        lost = self._flights.recover(nonce) + self._foreign.recover(height)
        if moved:
            lost += self._look_again(height)
        if lost:
            self.counters.shortened += 1
            _log.error(
                "the chain came back shorter, or without blocks that it had: %d transactions are sent again", lost
            )
        return nonce

    def _look_again(self, height: int) -> int:
        """After a change of history, or at the start: hold everything that is not final against the chain."""
        if self._finality.at_inclusion:  # one node, whose nonce has told all of ours
            self._foreign.recover(-1)
            return 0
        final = self._finality.final(self._rpc, height)
        self._foreign.recover(final)
        relay = hexed(self._relay.address)
        return self._flights.recheck(as_int(self._rpc.call("eth_getTransactionCount", relay, hex(final))))

    def _push(self, flying: Sequence[OutboxTransaction]) -> bool:
        """Keep what is under way moving; True, because it still is, or its records wait again."""
        for transaction in self._flights.overdue(flying, self.settings.resend_after):
            self._send(transaction)
        for transaction in self._flights.stuck(flying, self.settings.replace_after):
            self._replace(transaction)
        self._mine(self._rpc)
        self._flights.settle(self._nonce())
        return True

    def _launch(self, nonce: int) -> bool:
        """Build and send one transaction of what waits; whether more waits."""
        waiting = self._outbox.waiting(self.settings.limits.records)
        if not waiting:
            return False
        group, gas = first_group(waiting[: self._most], self.settings.limits, self._scale)
        ready, taken_out = self._simulated(group, gas)
        self._step("simulated")
        if ready:
            if taken_out:
                gas = first_group(ready, self.settings.limits, self._scale)[1]
            self._send(self._prepared(ready, max(self._outbox.next_nonce(self._relay.address), nonce), gas))
            self._mine(self._rpc)
            self._flights.settle(self._nonce())
        return bool(ready) or bool(taken_out)

    def _simulated(self, group: list[OutboxRecord], gas: int) -> tuple[list[OutboxRecord], int]:
        """Those of the group that the chain would record now, and how many of the others are kept as what they are."""
        try:
            outcomes = self._simulation.outcomes(group, gas)
        except GroupFailed as error:
            self._shrink(len(group), str(error))
            self._refuse([(digest, Outcome.MALFORMED, True) for digest in error.culprits])
            return [], len(error.culprits)
        except NodeError as error:
            self._shrink(len(group), str(error))
            raise
        self._most = min(2 * self._most, self.settings.limits.records)
        self.counters.simulated += len(group)
        told = list(zip(group, outcomes, strict=True))
        return [record for record, outcome in told if outcome is Outcome.RECORDED], self._take_out(told)

    def _take_out(self, told: Sequence[tuple[OutboxRecord, Outcome]]) -> int:
        lost = [record.digest for record, outcome in told if outcome is Outcome.EXPIRED]
        already = [record.digest for record, outcome in told if outcome is Outcome.ALREADY_RECORDED]
        elsewhere = {Outcome.RECORDED, Outcome.EXPIRED, Outcome.ALREADY_RECORDED}
        refused = [(r.digest, o, provisional(o, self._finality)) for r, o in told if o not in elsewhere]
        if lost:
            _log.warning("%d records are lost: their deadline passed before they were recorded", len(lost))
            self._outbox.lose(lost)
            self.counters.lost += len(lost)
        settled = self._foreign.settle(already) if already else 0
        self.counters.already += settled
        self._refuse(refused)
        return len(lost) + settled + len(refused)

    def _refuse(self, refused: Sequence[tuple[Digest, Outcome, bool]]) -> None:
        if refused:
            self._outbox.refuse(refused)
            self.counters.refused += len(refused)

    def _prepared(self, group: Sequence[OutboxRecord], nonce: int, gas: int) -> OutboxTransaction:
        """Sign and keep a transaction. The salt makes its hash new, should an abandoned one have carried the same."""
        call = record_call(group)
        gas += secrets.randbelow(_SALT)
        unsigned = Transaction(
            self._network.chain_id,
            nonce,
            self._network.consignments,
            call,
            gas,
            self._flights.fees or self.settings.fees,
        )
        signed = sign_transaction(unsigned, self._relay)
        digests = tuple(record.digest for record in group)
        kept = OutboxTransaction(signed.hash, self._relay.address, nonce, signed.raw, digests)
        self._outbox.prepare(kept)
        self.counters.prepared += 1
        self._step("prepared")
        return kept

    def _send(self, transaction: OutboxTransaction) -> None:
        answer, said = self._flights.send(transaction)
        self._step("sent")
        if answer is Answer.REFUSED:
            if "gas" in said.lower():
                self._shrink(len(transaction.digests), said)
            raise TransactionRefused(transaction.nonce, said)

    def _replace(self, old: OutboxTransaction) -> None:
        """Offer more for the same records under the same nonce: only one of the two can ever be mined."""
        fees = (self._flights.fees or self.settings.fees).raised(self.settings.raise_by)
        if not self.settings.fees.price or fees.price > self.settings.highest_price:
            return
        records = [record for digest in old.digests if (record := self._outbox.get(digest))]
        gas = first_group(records, Limits(len(records), 2**63, 2**63), self._scale)[1]
        self._flights.replaced(old, fees)
        self._send(self._prepared(records, old.nonce, gas))
        self.counters.replaced += 1

    def _nonce(self) -> int:
        return as_int(self._rpc.call("eth_getTransactionCount", hexed(self._relay.address), "latest"))

    def _shrink(self, count: int, why: str) -> None:
        """Smaller groups until one goes through; and more gas for each record, when gas was the matter."""
        self._most = max(count // 2, 1)
        if "gas" in why.lower():
            self._scale = min(2 * self._scale, _LARGEST_SCALE)

    def _note(self, error: Exception) -> None:
        self.counters.failures += 1
        self.counters.last_failure = f"{type(error).__name__}: {error}"
        _log.warning("the submitter goes on after a failure: %s", self.counters.last_failure)

    def _pause(self, *, busy: bool) -> None:
        if not busy:
            self._rest()
        elif self._flights.under_way:
            time.sleep(self.settings.poll)

    def _rest(self) -> None:
        """Until woken, or something waits that another process has put into the outbox, but no longer than `idle`."""
        until = time.monotonic() + self.settings.idle
        while (left := until - time.monotonic()) > 0:
            if self._woken.wait(min(left, self.settings.glance)) or self._outbox.waiting(1):
                return


def _told(answer: object) -> Any:
    if isinstance(answer, NodeError):
        raise answer
    return answer


def _place(block: Any) -> tuple[str, str] | None:
    """Number and hash of a block, as the node writes them."""
    return (block["number"], block["hash"]) if isinstance(block, dict) else None

"""Gas per operation, from the receipts of a real chain: all in, with the transaction's own 21,000 and its calldata."""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.measures import Broken
from benchmarks.world import LIFE, Author, Founded, opened
from ledger.chain.abi import record_call
from ledger.chain.rpc import Rpc, as_int, hexed
from ledger.chain.signers import LocalSigner
from ledger.chain.transactions import Transaction, sign_transaction
from ledger.client import Entry
from ledger.devnet import Devnet
from ledger.domain import heads
from ledger.domain.codes import ControlMethod, ControlOutcome, DecisionKind, HoldAction, Reason, RecordType
from ledger.domain.outbox import OutboxRecord
from ledger.domain.records import AmendmentRequest, Control, Decision, Declaration, Hold
from ledger.domain.signing import SigningDomains
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Head, encode

FRANCE = 250
GROUP = 100
EAS_ATTEST = 202_900
EAS_MULTI_ATTEST = 168_592
OFFERED = 2_000_000
PATIENCE = 30.0


def measure(founded: Founded) -> dict[str, int]:
    """Gas per record by operation."""
    with founded.network("gas") as devnet, opened(devnet) as client:
        return _Bench(devnet, client.domains).table()


@dataclass(frozen=True)
class _Lodged:
    id: DeclarationId
    settled: Head
    key: LocalSigner


class _Bench:
    def __init__(self, devnet: Devnet, domains: SigningDomains) -> None:
        self._domains = domains
        self._rpc = Rpc(devnet.home.rpc)
        self._chain = as_int(self._rpc.call("eth_chainId"))
        self._sender = LocalSigner(secrets.token_bytes(32))
        self._platform = Author(devnet.home, "platform", domains)
        self._customs = Author(devnet.home, "customs-fr", domains)
        self._agency = Author(devnet.home, "safety-fr", domains)

    def table(self) -> dict[str, int]:
        self._lodge(1)
        operations: dict[str, Callable[[_Lodged], Entry]] = {
            "joining a consignment": self._joining,
            "amendment request": self._request,
            "control": self._control,
            "agency's hold": self._hold,
            "decision (release)": self._release,
        }
        found = {"opening a consignment": self._spent([self._opening()[0]])}
        found[f"opening, in a group of {GROUP}"] = self._spent([self._opening()[0] for _ in range(GROUP)])
        for name, make in operations.items():
            alone, *many = self._lodge(1 + GROUP)
            found[name] = self._spent([make(alone)])
            found[f"{name}, in a group of {GROUP}"] = self._spent([make(one) for one in many])
        return found

    def _lodge(self, count: int) -> list[_Lodged]:
        made = [self._opening() for _ in range(count)]
        self._spent([entry for entry, _ in made])
        return [lodged for _, lodged in made]

    def _opening(self) -> tuple[Entry, _Lodged]:
        key = LocalSigner(secrets.token_bytes(32))
        record = self._platform.declaration(FRANCE, key.address)
        id_ = DeclarationId(self._domains.digest(record))
        return self._platform.entry(record), _Lodged(id_, heads.opened(id_), key)

    def _joining(self, opener: _Lodged) -> Entry:
        opening = self._platform.declaration(FRANCE)
        fields = {
            name: getattr(opening, name) for name in Declaration.__slots__ if name not in {"consignment", "join_key"}
        }
        record = Declaration(consignment=ConsignmentId(opener.id), **fields)
        return self._platform.entry(record, opener.key.sign(self._domains.of(record), record))

    def _request(self, one: _Lodged) -> Entry:
        record = AmendmentRequest(
            declaration=one.id,
            prev=one.settled,
            declarant=self._platform.organisation,
            commitment=secrets.token_bytes(32),
            schema=b"\5" * 32,
            deadline=_now() + LIFE,
        )
        return self._platform.entry(record)

    def _release(self, one: _Lodged) -> Entry:
        record = Decision(
            declaration=one.id,
            prev=one.settled,
            administration=FRANCE,
            kind=DecisionKind.RELEASE,
            effective_at=_now(),
            deadline=_now() + LIFE,
        )
        return self._customs.entry(record)

    def _control(self, one: _Lodged) -> Entry:
        record = Control(
            declaration=one.id,
            prev=one.settled,
            administration=FRANCE,
            version=1,
            method=ControlMethod.PHYSICAL,
            outcome=ControlOutcome.NONE_FOUND,
            risk=1,
            evidence=secrets.token_bytes(32),
            effective_at=_now(),
            valid_until=_now() + LIFE,
            deadline=_now() + LIFE,
        )
        return self._customs.entry(record)

    def _hold(self, one: _Lodged) -> Entry:
        record = Hold(
            declaration=one.id,
            prev=Head(ZERO),
            agency=self._agency.organisation,
            action=HoldAction.SET,
            reason=Reason.COMPLIANCE,
            deadline=_now() + LIFE,
        )
        return self._agency.entry(record)

    def _spent(self, entries: Sequence[Entry]) -> int:
        """Gas per record of one transaction; every entry must be recorded."""
        receipt = self._receipt(record_call([self._travelling(entry) for entry in entries]), len(entries))
        if as_int(receipt["status"]) != 1 or len(receipt["logs"]) != len(entries) or _refusals(receipt["logs"]):
            raise Broken("a record that was to be measured was refused")
        return round(as_int(receipt["gasUsed"]) / len(entries))

    def _receipt(self, data: bytes, count: int) -> dict[str, list[dict[str, list[str]]]]:
        nonce = as_int(self._rpc.call("eth_getTransactionCount", hexed(self._sender.address), "latest"))
        to = self._domains.consignments.contract
        signed = sign_transaction(Transaction(self._chain, nonce, to, data, OFFERED * count), self._sender)
        self._rpc.call("eth_sendRawTransaction", hexed(signed.raw))
        self._rpc.call("evm_mine")
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if found := self._rpc.call("eth_getTransactionReceipt", hexed(signed.hash)):
                return dict(found)
        raise Broken("there is no receipt")

    def _travelling(self, entry: Entry) -> OutboxRecord:
        kind = RecordType(entry.record.record_type)
        digest = self._domains.digest(entry.record)
        return OutboxRecord(digest, kind, encode(entry.record), entry.signature, entry.proof, entry.record.deadline)


def _refusals(logs: Sequence[dict[str, list[str]]]) -> int:
    from ledger.chain.decoding import REFUSED_TOPIC

    return sum(log["topics"][0] == REFUSED_TOPIC for log in logs)


def _now() -> int:
    return int(time.time())

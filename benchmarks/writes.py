"""From a signature to a final record: the client, and beside it what one writes at first with web3.py."""

import time
from collections.abc import Sequence
from typing import Any, cast

from eth_account import Account
from web3 import HTTPProvider, Web3
from web3.contract import Contract
from web3.middleware import SignAndSendRawMiddlewareBuilder

from benchmarks.measures import Broken, Comparison, rate
from benchmarks.world import Author, Founded, opened
from ledger.chain.abi import abi_of
from ledger.client import Client, Entry, RecordProgress
from ledger.devnet import Devnet
from ledger.domain.wire import encode

ADMINISTRATION = 826
RECORDS = 2_000
BATCH = 500
ALONE = 40
WARM_UP = 200
PATIENCE = 120.0


def measure(founded: Founded, rounds: int) -> Comparison:
    """Declarations a second, from signing to final in the index; both ways in turn, on one chain."""
    with founded.network("writes") as devnet, opened(devnet) as client:
        author = Author(devnet.home, "platform", client.domains)
        loop = Loop(devnet, author)
        client.start()
        through_client(client, author, WARM_UP)
        loop.run(3)
        theirs, ours = [], []
        for _ in range(rounds):
            theirs.append(rate(ALONE, lambda: loop.run(ALONE)))
            ours.append(rate(RECORDS, lambda: through_client(client, author, RECORDS)))
        client.stop(PATIENCE)
    return Comparison("signed declarations from client to final", ours, theirs, "web3.py transact and wait")


def through_client(client: Client, author: Author, count: int) -> None:
    """Sign, submit in batches, and wait until the last one is final."""
    digests: list[bytes] = []
    for _ in range(0, count, BATCH):
        entries = author.openings(ADMINISTRATION, min(BATCH, count - len(digests)))
        digests += [submission.digest for submission in client.submit(entries)]
    wait_until_final(client, digests)


def wait_until_final(client: Client, digests: Sequence[bytes]) -> None:
    """They are recorded in their order, so the last one tells; that all are is checked too.

    Raises:
        Broken: one was not recorded.
    """
    until = time.monotonic() + PATIENCE
    while client.record(digests[-1]).progress is not RecordProgress.FINAL:
        if time.monotonic() > until:
            raise Broken("a record is not final after two minutes")
        time.sleep(0.005)
    if lost := sum(one.progress is not RecordProgress.FINAL for one in client.records(digests)):
        raise Broken(f"{lost} of {len(digests)} records are not final")


class Loop:
    """The same records by web3.py: one transaction a record, each waited for. The node mines each at once."""

    def __init__(self, devnet: Devnet, author: Author) -> None:
        self._author = author
        self._web3 = Web3(HTTPProvider(devnet.home.rpc))
        self._account = Account.create()
        self._web3.middleware_onion.inject(cast("Any", SignAndSendRawMiddlewareBuilder.build(self._account)), layer=0)
        self._ask("anvil_setBalance", self._account.address, hex(10**24))
        self._contract = self._at(author.domains.consignments.contract)

    def run(self, count: int) -> None:
        """Record so many declarations, one after the other."""
        self._ask("evm_setAutomine", True)  # noqa: FBT003 - JSON-RPC
        try:
            for _ in range(count):
                self._record(self._author.entry(self._author.declaration(ADMINISTRATION)))
        finally:
            self._ask("evm_setAutomine", False)  # noqa: FBT003 - JSON-RPC

    def _record(self, entry: Entry) -> None:
        travelling = (int(entry.record.record_type), encode(entry.record), entry.signature, entry.proof)
        sent = self._contract.functions.record([travelling]).transact({"from": self._account.address})
        receipt = self._web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.005)
        if receipt["status"] != 1:
            raise Broken("a transaction by web3.py failed")

    def _at(self, address: bytes) -> Contract:
        abi = list(abi_of("Consignments"))
        return self._web3.eth.contract(address=Web3.to_checksum_address(address), abi=cast("Any", abi))

    def _ask(self, method: str, *parameters: object) -> None:
        answer = self._web3.provider.make_request(cast("Any", method), list(parameters))
        if "error" in answer:
            raise Broken(f"{method}: {answer['error']}")

"""A real anvil with the real contracts, and participants whose keys the tests hold."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property

from eth_abi.abi import encode as abi_encode

from ledger.chain.abi import Entry, artifact, entry_of, record_call
from ledger.chain.network import Network, code_hash
from ledger.chain.rpc import Rpc, as_bytes, as_int, hexed
from ledger.chain.signers import LocalSigner
from ledger.chain.transactions import Fees, Transaction, sign_transaction
from ledger.domain.codes import OrganisationKind, OrganisationStatus, Purpose
from ledger.domain.outbox import OutboxRecord
from ledger.domain.records import Declaration, OperatorStatus, Record
from ledger.domain.signing import SignedRecord, made_by
from ledger.domain.wire import ZERO, Head, encode

OPERATOR = 70_000
ADMINISTRATION = 1
DAY = 86_400


class Anvil:
    """A node process in ``--no-mining`` mode, on a port of its own; without fees unless told otherwise."""

    def __init__(self, *options: str, fees: bool = False):
        program = os.environ.get("ANVIL") or shutil.which("anvil") or ".venv/bin/anvil"
        free = [] if fees else ["--gas-price", "0", "--base-fee", "0"]
        self.mined_by_hand = "--block-time" not in options
        mode = ["--no-mining"] if self.mined_by_hand else []
        command = [program, "--port", "0", *mode, "--hardfork", "cancun", "--no-request-size-limit"]
        command += ["--gas-limit", "1000000000", "--accounts", "1", *free, *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self.process.stdout
        line = next(line for line in self.process.stdout if "Listening on" in line)
        self.port = int(line.rpartition(":")[2])
        self.url = f"http://127.0.0.1:{self.port}"

    def rpc(self) -> Rpc:
        return Rpc(self.url)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@dataclass
class Ledger:
    """A deployed network with one administration and one operator."""

    rpc: Rpc
    network: Network
    operator: LocalSigner
    customs: LocalSigner
    manager: LocalSigner

    @cached_property
    def domains(self):
        return self.network.domains

    def now(self) -> int:
        return int(time.time())

    def declaration(self, **changes) -> Declaration:
        values = {
            "join_key": secrets.token_bytes(20),
            "declarant": OPERATOR,
            "administration": ADMINISTRATION,
            "leg": 1,
            "regime": 1,
            "stage": 2,
            "commitment": secrets.token_bytes(32),
            "schema": b"\5" * 32,
            "effective_at": self.now(),
            "deadline": self.now() + 3600,
        }
        return Declaration(**{**values, **changes})

    def outgoing(self, record: Record, signer: LocalSigner | None = None, proof: bytes = b"") -> OutboxRecord:
        signer = signer or self.operator
        signature = signer.sign(self.domains.of(record), record)
        digest = self.domains.digest(record)
        return OutboxRecord(digest, record.record_type, encode(record), signature, proof, record.deadline)


def transact(rpc: Rpc, signer: LocalSigner, chain_id: int, to: bytes, data: bytes, *, mine: bool = True):
    """Send one transaction, mine, and give its receipt."""
    nonce = as_int(rpc.call("eth_getTransactionCount", hexed(signer.address), "latest"))
    price = as_int(rpc.call("eth_gasPrice"))
    signed = sign_transaction(Transaction(chain_id, nonce, to, data, 15_000_000, Fees(2 * price)), signer)
    rpc.call("eth_sendRawTransaction", hexed(signed.raw))
    if mine:
        rpc.call("evm_mine")
    receipt = wait_for(lambda: rpc.call("eth_getTransactionReceipt", hexed(signed.hash)))
    assert receipt["status"] == "0x1", receipt
    return receipt


def wait_for(question, seconds: float = 30):
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)
    return answer


def deploy(anvil: Anvil, finality: str = "embedded") -> Ledger:
    """Deploy both contracts and admit an operator with a declaring key."""
    rpc = anvil.rpc()
    mine = anvil.mined_by_hand
    deployer, manager, second, customs, operator = (LocalSigner(secrets.token_bytes(32)) for _ in range(5))
    chain_id = as_int(rpc.call("eth_chainId"))
    rpc.call("anvil_setBalance", hexed(deployer.address), hex(10**24))
    network_id = secrets.token_bytes(32)
    founders = [(ADMINISTRATION, b"GB", manager.address, second.address)]
    arguments = abi_encode(["bytes32", "bool", "(uint16,bytes2,address,address)[]"], [network_id, True, founders])

    def create(name: str, arguments: bytes) -> bytes:
        data = as_bytes(artifact(name)["bytecode"]) + arguments
        return as_bytes(transact(rpc, deployer, chain_id, b"", data, mine=mine)["contractAddress"])

    participants = create("Participants", arguments)
    consignments = create("Consignments", abi_encode(["address", "address"], [participants, bytes(20)]))
    network = Network(
        name="test",
        chain_id=chain_id,
        genesis_hash=as_bytes(rpc.call("eth_getBlockByNumber", "0x0", False)["hash"]),  # noqa: FBT003
        network_id=network_id,
        consignments=consignments,
        participants=participants,
        consignments_code=code_hash(rpc, consignments),
        participants_code=code_hash(rpc, participants),
        recognitions_code=code_hash(rpc, made_by(consignments)),
        start_block=0,
        finality=finality,
    )
    made = Ledger(rpc, network, operator, customs, manager)
    _admit(made, deployer, mine=mine)
    return made


def _admit(ledger: Ledger, deployer: LocalSigner, *, mine: bool) -> None:
    admission = OperatorStatus(
        administration=ADMINISTRATION,
        org_head=Head(ZERO),
        organisation=OPERATOR,
        kind=OrganisationKind.OPERATOR,
        status=OrganisationStatus.ACTIVE,
        key=ledger.operator.address,
        purposes=Purpose.DECLARE,
        not_before=0,
        not_after=ledger.now() + 300 * DAY,
        deadline=ledger.now() + 3600,
    )
    domain = ledger.domains.of(admission)
    proof = ledger.operator.sign(domain, admission)
    entry = entry_of(SignedRecord(admission, ledger.manager.sign(domain, admission), proof))
    relay_entries(ledger, deployer, [entry], mine=mine)
    time.sleep(1.1)  # an admission takes effect one second after its block


def relay_entries(ledger: Ledger, sender: LocalSigner, entries: list[Entry], *, mine: bool = True):
    network = ledger.network
    return transact(ledger.rpc, sender, network.chain_id, network.consignments, record_call(entries), mine=mine)


@contextlib.contextmanager
def running(*options: str, **more):
    anvil = Anvil(*options, **more)
    try:
        yield anvil
    finally:
        anvil.kill()

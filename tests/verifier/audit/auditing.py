"""What the audit's tests share: a node of a test's own as the auditor knows it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.chain.signers import open_local_signer
from ledger.home import Home
from passavant_verifier.audit.auditing import Plan, Result, audit
from passavant_verifier.audit.calls import Calls
from passavant_verifier.audit.chain import ChainReader
from passavant_verifier.audit.findings import Divergence, Findings
from passavant_verifier.audit.network import Network
from passavant_verifier.audit.replay import Replay, Watcher
from passavant_verifier.audit.rpc import Node, hexed, number, raw
from passavant_verifier.audit.storage import check_storage
from passavant_verifier.keccak import keccak256
from passavant_verifier.webs import recognitions_of
from tests.model.chain import Chain
from tests.model.world import World


@dataclass
class Played:
    """A chain with a history, and everybody's keys."""

    url: str
    network: Network
    chain: Chain
    world: World


@dataclass
class Told:
    """The demo's network. `secret`: a key of the auditor's, `network`: the descriptor as the auditor reads it."""

    home: Path
    rpc: str
    gateway: str
    network: Network
    secret: bytes

    @classmethod
    def of(cls, home: Path) -> "Told":
        opened = Home.load(home)
        signer = open_local_signer(opened.identity("auditor").signer)
        network = Network.load(home / "network.json")
        assert opened.gateway
        return cls(home, opened.rpc, opened.gateway, network, signer._key.secret)


def network_at(node: Node, network_id: bytes, consignments: bytes, participants: bytes) -> Network:
    """The descriptor of a network as it stands, for a test that made it."""
    contracts = (consignments, participants, recognitions_of(consignments))
    codes = [keccak256(raw(node.call("eth_getCode", hexed(one), "latest"))) for one in contracts]
    return Network(
        name="test",
        chain_id=number(node.call("eth_chainId")),
        genesis_hash=raw(node.call("eth_getBlockByNumber", "0x0", False)["hash"]),  # noqa: FBT003
        network_id=network_id,
        consignments=consignments,
        participants=participants,
        consignments_code=codes[0],
        participants_code=codes[1],
        recognitions_code=codes[2],
        finality="instant",
    )


def replayed(node: Node, network: Network, *watchers: Watcher) -> tuple[Replay, Findings]:
    """The whole chain, folded, and its storage compared."""
    findings = Findings()
    replay = Replay(network, findings, list(watchers), Calls(node, frozenset(network.codes)))
    reader = ChainReader(node, findings, (network.first_block, network.genesis_hash))
    for block in reader.read(reader.head()):
        replay.take(block)
    assert replay.last
    check_storage(node, network, replay.last, replay.ledger, findings)
    return replay, findings


def audited(network: Network, *urls: str, **plan: Any) -> tuple[Result, Findings]:
    """An audit of the nodes at these addresses."""
    findings = Findings()
    nodes = [Node(url, timeout=20, pause=0.001) for url in urls]
    result = audit(Plan(network, nodes, **plan), findings, lambda *_: None)
    for node in nodes:
        node.close()
    return result, findings


def first(findings: Findings) -> Divergence:
    """The first divergence, which there must be."""
    assert findings.exit_code == 1, findings.unknown
    return findings.divergences[0]

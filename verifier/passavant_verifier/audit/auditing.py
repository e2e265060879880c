"""An audit from end to end.

result = audit(Plan(network, nodes=[Node(url)]), Findings(), progress)
result.checkpoint        # to be signed, when nothing diverges and nothing is unknown
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from passavant_verifier.audit.annexes import Annex, AnnexMonitor, File
from passavant_verifier.audit.calls import Calls
from passavant_verifier.audit.chain import ChainReader
from passavant_verifier.audit.checkpoints import (
    Milestone,
    check_checkpoint,
    check_fold,
    milestone,
    new_checkpoint,
    signed_by,
)
from passavant_verifier.audit.comparison import Comparison
from passavant_verifier.audit.findings import DivergedError, Findings, UnknowableError
from passavant_verifier.audit.gateway import Gateway, SessionKey, address_of
from passavant_verifier.audit.identity import IdentityMonitor
from passavant_verifier.audit.network import Network, check_network
from passavant_verifier.audit.replay import Replay
from passavant_verifier.audit.rpc import Node
from passavant_verifier.audit.steps import Step
from passavant_verifier.audit.storage import NoStateError, check_storage
from passavant_verifier.audit.testimony import History
from passavant_verifier.audit.views import compare_nodes
from passavant_verifier.notes import Checkpoint, Note, VerifierKey

Progress = Callable[[str, int, int], None]
_ATTEMPTS: Final = 5
_TICK: Final = 50
"""Blocks after which progress is told."""


@dataclass(frozen=True)
class Plan:
    """What to audit.

    Attributes:
        nodes: the first is read; the others are held against it.
        gateways: each is held against the chain.
        checkpoint: an earlier one, and the verifier keys whose signatures on it are looked at.
        session: private key, 32 bytes, that opens sessions at gateways; None: they are asked what everybody may ask.
        own: the verifier key of who audits, as far as it signs.
        mine: addresses of my keys; `known`: digests of the records that I made.
        annexes: of arrangements, by hash; None: they are not looked at.
        disclosures: what is opened of declarations, to hold against annexes.
        pause: seconds after which a gateway that differs is asked again: the chain may have gone on.
        sample: how many declarations to ask a gateway about; None: all.
    """

    network: Network
    nodes: Sequence[Node]
    gateways: Sequence[Gateway] = ()
    checkpoint: Note | None = None
    keys: Sequence[VerifierKey] = ()
    own: VerifierKey | None = None
    mine: Sequence[bytes] = ()
    known: Sequence[bytes] = ()
    session: bytes | None = None
    sample: int | None = None
    annexes: Mapping[bytes, Annex] | None = None
    disclosures: Sequence[File] = ()
    pause: float = 0.5


@dataclass
class Result:
    """How far an audit came.

    Attributes:
        checkpoint: of the chain as read; None when something diverges or is unknown.
        vouched: who of the known keys signed the earlier checkpoint.
        sampled: how many declarations the gateways were asked about.
    """

    replay: Replay
    checkpoint: Checkpoint | None = None
    vouched: frozenset[VerifierKey] = frozenset()
    sampled: int = 0


@dataclass
class Audit:
    """One audit under way; `run` takes it through all steps."""

    plan: Plan
    findings: Findings
    progress: Progress
    replay: Replay = field(init=False)
    reader: ChainReader = field(init=False)
    history: History = field(default_factory=History)
    reached: Milestone | None = None

    def __post_init__(self) -> None:
        """Set up the replay with whoever watches it."""
        network = self.plan.network
        self.replay = Replay(network, self.findings)
        first = (network.first_block, network.genesis_hash)
        self.replay.calls = Calls(self.plan.nodes[0], frozenset(network.codes))
        self.reader = ChainReader(self.plan.nodes[0], self.findings, first)
        if self.plan.gateways:
            self.replay.watchers.append(self.history)
        if self.plan.mine:
            self.replay.watchers.append(IdentityMonitor(self.plan.mine, self.plan.known, self.findings))
        if self.plan.annexes is not None:
            monitor = AnnexMonitor(self.plan.annexes, self.replay.ledger, self.findings)
            monitor.disclose(self.plan.disclosures)
            self.replay.watchers.append(monitor)

    def run(self) -> Result:
        """All steps; what is found stands in the findings."""
        result = Result(self.replay)
        try:
            check_network(self.plan.nodes[0], self.plan.network, self.findings)
            self.read_on()
            self.compare_gateways(result)
            roots = self._storage()
            self._checkpoint(result)
            self._nodes()
        except DivergedError as error:
            self.findings.diverges(error.divergence)
        except UnknowableError as error:
            self.findings.not_known(error.step, str(error))
        else:
            if self.findings.exit_code == 0:
                result.checkpoint = new_checkpoint(self.plan.network, self.replay, roots)
        return result

    def read_on(self) -> None:
        """Read what the chain has got since the last time.

        Raises:
            DivergedError, UnknowableError: see `passavant_verifier.audit.steps`.
        """
        until, said = self.reader.head(), self.plan.checkpoint
        for block in self.reader.read(until):
            self.replay.take(block)
            if said is not None and block.number == said.checkpoint.height:
                self.reached = milestone(self.replay, block)
            if block.number % _TICK == 0 or block.number == until:
                self.progress("blocks", block.number, until)
        if self.replay.last is None:
            begin = self.plan.network.first_block
            raise UnknowableError(Step.HEADERS, f"{self.plan.nodes[0].name} has no block {begin}")

    def _storage(self) -> dict[bytes, bytes]:
        """Step 15, as of the last block: engines keep recent state only, so a chain that moves is followed."""
        for _ in range(_ATTEMPTS):
            self.read_on()
            if self.replay.last is None:
                raise AssertionError
            try:
                return self._check_storage()
            except NoStateError as error:
                last = error
        raise last

    def _check_storage(self) -> dict[bytes, bytes]:
        if self.replay.last is None:
            raise AssertionError
        node, network = self.plan.nodes[0], self.plan.network
        return check_storage(node, network, self.replay.last, self.replay.ledger, self.findings)

    def _checkpoint(self, result: Result) -> None:
        note = self.plan.checkpoint
        if note is None:
            return
        result.vouched = signed_by(note, self.plan.keys, self.findings)
        before = self.findings.counts["divergences"]
        check_checkpoint(note.checkpoint, self.reached, self.replay.leaves, self.findings)
        if self.reached is None or self.findings.counts["divergences"] > before:
            return
        if self.plan.own in result.vouched:
            # What I signed, I had found in order; and its block's hash is still the chain's.
            self.findings.passed(Step.CHECKPOINT)
            return
        check_fold(self.plan.nodes[0], self.plan.network, note.checkpoint, self.reached, self.findings)

    def _nodes(self) -> None:
        if self.replay.last is None:
            raise AssertionError
        for node in self.plan.nodes[1:]:
            compare_nodes(self.plan.nodes[0], node, self.plan.network, self.replay.last.number, self.findings)

    def compare_gateways(self, result: Result) -> None:
        """Steps 17 to 21, for each gateway."""
        ids = self._sampled()
        result.sampled = len(ids) if self.plan.gateways else 0
        for gateway in self.plan.gateways:
            comparison = Comparison(gateway, self.replay, self.history, self.findings, self.read_on, self.progress)
            comparison.pause = self.plan.pause
            try:
                comparison.participants()
                if self.plan.session is not None:
                    gateway.key = self._session_key(self.plan.session)
                    comparison.freshness(ids)
                    comparison.feed()
                    comparison.declarations(ids)
            except UnknowableError as error:
                self.findings.not_known(error.step, str(error))

    def _session_key(self, secret: bytes) -> SessionKey:
        """The key that opens sessions, for the organisation whose key it is on the chain."""
        address = address_of(secret)
        key = self.replay.ledger.participants.keys.get(address)
        if key is None:
            raise UnknowableError(Step.FEED, f"the session key 0x{address.hex()} is no participant's")
        return SessionKey(key.organisation, secret, self.plan.network.chain_id)

    def _sampled(self) -> list[bytes]:
        ids = list(self.replay.ledger.consignments.declarations)
        sample = self.plan.sample
        if sample is None or sample >= len(ids):
            return ids
        return random.SystemRandom().sample(ids, sample)


def audit(plan: Plan, findings: Findings, progress: Progress) -> Result:
    """Audit, and keep what is found."""
    return Audit(plan, findings, progress).run()

"""The fold of a chain: every event judged by the law, the ledger log grown, what is worth a look noted (steps 4 to 14).

replay = Replay(network, findings)
for block in reader.read(until):
    replay.take(block)
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from passavant_verifier.audit.calls import Calls, NotProvenError
from passavant_verifier.audit.chain import Block
from passavant_verifier.audit.execution import Log
from passavant_verifier.audit.findings import DivergedError, Divergence, Findings, Place
from passavant_verifier.audit.network import Network
from passavant_verifier.audit.remarks import remark
from passavant_verifier.audit.steps import RECORD_STEPS, STEP_OF, Step
from passavant_verifier.codes import Outcome
from passavant_verifier.events import Event, Founding, LogError, Recorded, Refused, decode_log
from passavant_verifier.keccak import keccak256
from passavant_verifier.law.entry import Entry
from passavant_verifier.law.ledger import BrokenLawError, Ledger
from passavant_verifier.log import leaf_hash
from passavant_verifier.records import ZERO


@dataclass(frozen=True, slots=True)
class Seen:
    """An event of the chain as a gateway would tell it.

    Attributes:
        before: the head of what it is about, before it; `after` it.
    """

    block: Block
    log: int
    event: Recorded | Refused
    entry: Entry
    before: bytes
    after: bytes


Watcher = Callable[[Seen], None]


@dataclass
class Replay:
    """What a chain comes to.

    Attributes:
        calls: finds the proofs of refused entries; None: they are not looked for.
        leaves: leaf hashes of the ledger log: one for each block with an event of the contracts.
        watchers: who is told of every event.
        events: how many there were.
    """

    network: Network
    findings: Findings
    watchers: list[Watcher] = field(default_factory=list)
    calls: Calls | None = None
    leaves: list[bytes] = field(default_factory=list)
    events: int = 0
    last: Block | None = None
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        """Start before the contracts' deployment."""
        network = self.network
        self.ledger = Ledger.of_network(
            network.chain_id, network.network_id, network.consignments, network.participants
        )

    def take(self, block: Block) -> None:
        """Take in the next block.

        Raises:
            DivergedError: one of its events can't be.
        """
        own = [log for log in block.logs if log.address in self.network.codes]
        for log in own:
            self._take(block, log)
        if own:
            self.leaves.append(leaf_hash(block.hash))
        self.last = block

    def _take(self, block: Block, log: Log) -> None:
        event = self._decoded(block, log)
        before = self._head(event)
        try:
            entry = self.ledger.apply(log.address, event, block.time)
        except BrokenLawError as broken:
            raise DivergedError(self._divergence(block, log, event, broken)) from None
        self.events += 1
        for step in _STEPS_OF[type(event)]:
            self.findings.passed(step)
        if entry is not None and isinstance(event, Refused) and entry.doubts and self.calls is not None:
            self._settle(self.calls, block, log, entry, event)
        if entry is not None and not isinstance(event, Founding):
            seen = Seen(block, log.index, event, entry, before, self._head(event))
            remark(self.ledger, seen, self.findings)
            for watcher in self.watchers:
                watcher(seen)

    def _settle(self, calls: Calls, block: Block, log: Log, entry: Entry, event: Refused) -> None:
        """Judge a refusal by the proof that its entry was sent with, where only that could tell.

        Raises:
            DivergedError: it was not to be refused, or for another reason.
        """
        place = Place(block.number, log.index, event.digest, event.record.form.name)
        try:
            proof = calls.proof(block, log, event)
        except NotProvenError as error:
            self.findings.counts["refusals believed"] += 1
            self.findings.note("refusal believed", place, f"what it was sent with can't be known: {error}")
            return
        told = self.ledger.judged(entry, proof)
        if event.outcome != told:
            rule = "a refusal is for the reason for which the rules refuse"
            said = f"a refusal as {Outcome(event.outcome).name}"
            raise DivergedError(Divergence(Step.REFUSALS, place, rule, told.name, said))
        self.findings.counts["refusals judged by their call"] += 1

    @staticmethod
    def _decoded(block: Block, log: Log) -> Event:
        try:
            return decode_log(log.topics, log.data)
        except LogError as error:
            place = Place(block.number, log.index, what=f"contract 0x{log.address.hex()}")
            rule = "every log of the contracts is one of their events"
            raise DivergedError(Divergence(Step.EVENTS, place, rule, "an event", str(error))) from None

    @staticmethod
    def _divergence(block: Block, log: Log, event: Event, broken: BrokenLawError) -> Divergence:
        digest = None if isinstance(event, Founding) else event.digest
        name = "Founding" if isinstance(event, Founding) else event.record.form.name
        step = Step.IDENTITY if broken.outcome is None else STEP_OF.get(broken.outcome, Step.REFUSALS)
        rule = "the event says what the record says" if broken.outcome is None else _RULES.format(broken.outcome.name)
        if isinstance(event, Refused) and step is not Step.SIGNATURE and step is not Step.IDENTITY:
            step, rule = Step.REFUSALS, "a refusal is for the reason for which the rules refuse"
        return Divergence(step, Place(block.number, log.index, digest, name), rule, broken.expected, broken.found)

    def _head(self, event: Event) -> bytes:
        """The head of what an event is about: a declaration's public head, an organisation's, the council's."""
        if isinstance(event, Founding):
            return ZERO
        record = event.record
        people = self.ledger.participants
        if record.form.of_participants:
            if record.form.name == "Admission":
                return people.council
            name = "organisation" if "organisation" in record.form.places else "administration"
            return ZERO if record.form.name == "Grant" else people.head(record.number(name))
        if "declaration" not in record.form.places and record.form.name != "Declaration":
            return ZERO  # of the records of recognition, only a recognition is about a declaration
        identity = event.digest if record.form.name == "Declaration" else record.word("declaration")
        known = self.ledger.consignments.declarations.get(identity)
        if known is None:
            return ZERO
        request = self.ledger.consignments.requests.get(identity, ZERO)
        return keccak256(known.settled, request, self.ledger.consignments.holds_on(identity).head)


_STEPS_OF: Final = {
    Recorded: RECORD_STEPS,
    Refused: (Step.EVENTS, Step.IDENTITY, Step.SIGNATURE, Step.REFUSALS),
    Founding: (Step.EVENTS,),
}
_RULES: Final = "no rule refuses a recorded entry: {}"

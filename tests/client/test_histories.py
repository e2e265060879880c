"""The benefit report and simulations over a real chain: what the store says is what the chain's events alone say."""

import time
from typing import Any

import pytest

from ledger.chain.logs import LogSource
from ledger.chain.rpc import Rpc
from ledger.chain.signers import open_signer
from ledger.client import Entry, NotEntitled, RecordProgress
from ledger.desk import ControlOptions, LodgementOptions, Written
from ledger.desk.simulating import simulated
from ledger.domain.benefits import Interval, benefits
from ledger.domain.codes import ControlMethod, ControlOutcome, DecisionKind, Reason, Risk, Verdict
from ledger.domain.events import Recorded
from ledger.domain.keccak import keccak256
from ledger.domain.proposals import Annex, Period, Proposal
from ledger.domain.records import Arrangement, Control, Decision, Recognition
from ledger.domain.wire import ZERO, Digest, Head, decode, encode
from ledger.index.network import pinned
from tests.client.letters import PLATFORM_EORI, Case, message
from tests.client.networks import AUDITOR, FR, GB, PATIENCE, PLATFORM, Team

ALWAYS = Period(0, 1 << 40)
NOTHING_DONE = ControlOutcome.NOT_CARRIED_OUT
SCOPE: dict[str, Any] = {"procedures": 0x1FF, "methods": 15, "risks": 15}


class Partners:
    """GB and FR with an arrangement, and a consignment that GB exports and FR imports."""

    def __init__(self, team: Team) -> None:
        self.team, self.client = team, team.client
        self.gb, self.fr = team.desk("customs-gb"), team.desk("customs-fr")
        platform = team.desk("platform")
        export = message(Case("export", "GB", PLATFORM_EORI).declaration())
        opened = team.recorded(platform.declare(export))
        joining = message(Case(declarant=PLATFORM_EORI).declaration())
        joined = team.recorded(platform.declare(joining, LodgementOptions(ticket=opened.ticket)))
        self.exported, self.imported = opened.declaration, joined.declaration

    def agree(self) -> None:
        """A further version of the arrangement, in force in a moment."""
        rows = self.rows("SELECT latest FROM arrangement_lines WHERE first = ? AND second = ?", FR, GB)
        self.start = int(time.time()) + 2
        record = Arrangement(
            first=FR,
            second=GB,
            predecessor=Digest(rows[0][0] if rows else ZERO),
            valid_from=self.start,
            valid_until=self.start + 86_400,
            deadline=self.start + 600,
            **SCOPE,
        )
        fr, gb = (self.managing(name) for name in ("customs-fr", "customs-gb"))
        domain = self.client.domains.of(record)
        self.agreed = self.submit(Entry(record, fr.sign(domain, record), gb.sign(domain, record)))
        while time.time() <= self.start + 1:
            time.sleep(0.05)

    def managing(self, name: str) -> Any:
        return open_signer(self.team.devnet.home.identity(name).managers[0])

    def rows(self, sql: str, *values: object) -> Any:
        with self.client.store.reading() as session:
            return session.rows(sql, *values)

    def submit(self, entry: Entry) -> Digest:
        [taken] = self.client.submit([entry])
        [told] = self.client.wait([taken.digest], PATIENCE)
        assert told.progress is RecordProgress.FINAL, told
        return taken.digest

    def control(self, desk: Any, declaration: Any, **given: Any) -> Digest:
        values = {"method": ControlMethod.PHYSICAL, "outcome": ControlOutcome.NONE_FOUND, "risk": Risk.SECURITY}
        written: Written = desk.control(declaration, ControlOptions(**values | given))
        return self.team.recorded(written).digest

    def recognise(self, control: Digest, **given: Any) -> Digest:
        values: dict[str, Any] = {"verdict": Verdict.FULL, "risk": Risk.SECURITY, "arrangement": self.agreed}
        body = self.rows("SELECT body FROM events WHERE digest = ? AND outcome = 0", control)[0][0]
        record = Recognition(
            declaration=self.imported,
            parent=control,
            administration=FR,
            version=1,
            effective_at=int(time.time()),
            deadline=int(time.time()) + 600,
            **values | given,
        )
        proof = encode(decode(Control, body)) + self.client.timeline_proof(self.exported, control)
        return self.submit(self.signed(record, proof))

    def rely(self, recognition: Digest) -> None:
        state = self.client.state(self.imported)
        assert state is not None
        record = Decision(
            declaration=self.imported,
            prev=Head(state.settled),
            administration=FR,
            kind=DecisionKind.LIFT_CONTROL,
            reliance=keccak256(recognition),
            effective_at=int(time.time()),
            deadline=int(time.time()) + 600,
        )
        self.submit(self.signed(record, recognition))

    def signed(self, record: Any, proof: bytes) -> Entry:
        return Entry(record, self.fr.identity.signer.sign(self.client.domains.of(record), record), proof)


@pytest.fixture
def partners(team) -> Partners:
    return Partners(team)


def by_chain_alone(client, period: Period, interval: Interval | None) -> Any:
    """The report from the chain's own events, all of them, without the store's."""
    batches = LogSource(Rpc(client.settings.rpc), client.network).batches(None)
    recorded = [event for batch in batches for event in batch.events if isinstance(event, Recorded)]
    network = pinned(client.store)
    assert network is not None
    return benefits(network.founding(), recorded, period, interval)


def test_the_report_is_what_the_chains_events_alone_say(partners):
    client = partners.client
    before = {(one.administration, one.partner): one for one in client.benefits(AUDITOR, ALWAYS)}.get((FR, GB))
    partners.agree()
    control = partners.control(partners.gb, partners.exported, effective_at=partners.start + 1)
    relied = partners.recognise(control)
    partners.recognise(control, verdict=Verdict.DECLINED, reason=Reason.RISK, arrangement=Digest(ZERO))
    partners.rely(relied)
    partners.control(partners.gb, partners.exported, outcome=NOTHING_DONE, supersedes=control)
    for viewer in (AUDITOR, FR, GB):
        for interval in (None, *Interval):
            told = client.benefits(viewer, ALWAYS, interval)
            assert told
            assert told == by_chain_alone(client, ALWAYS, interval)
    [one] = client.benefits(FR, ALWAYS)
    counted = (one.recognised, one.declined["RISK"], one.withdrawn, one.waived)
    known = (before.recognised, before.declined["RISK"], before.withdrawn, before.waived) if before else (0,) * 4
    assert counted == tuple(number + 1 for number in known)
    with pytest.raises(NotEntitled):
        client.benefits(PLATFORM, ALWAYS)


def test_a_simulation_is_for_its_parties_and_for_auditors(partners):
    partners.control(partners.gb, partners.exported)
    waived = partners.control(partners.fr, partners.imported)
    proposal = Proposal(Arrangement(first=FR, second=GB, valid_from=0, valid_until=1, deadline=0, **SCOPE))
    own = {one.digest: one for one in simulated(partners.fr, proposal, ALWAYS)}
    assert own[waived].is_waived
    assert {one.administration for one in own.values()} == {FR}
    auditor = partners.team.desk("auditor")
    assert {one.administration for one in simulated(auditor, proposal, ALWAYS)} == {FR, GB}
    limited = Proposal(proposal.arrangement, Annex(modes=frozenset({4})))
    by_fr = {one.digest: one for one in simulated(partners.fr, limited, ALWAYS)}
    assert by_fr[waived].is_waived
    seen = {one.digest: one.effect.name for one in simulated(auditor, limited, ALWAYS)}
    assert seen[waived] == "UNJUDGED"
    with partners.client.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM goods_private")
    without_keys = partners.team.desk("customs-fr", encryption=())
    assert {one.digest: one.effect.name for one in simulated(without_keys, limited, ALWAYS)}[waived] == "UNJUDGED"
    with pytest.raises(NotEntitled):
        simulated(partners.team.desk("platform"), proposal, ALWAYS)
    assert partners.client.histories.administrations() == {"FR": FR, "GB": GB}
    assert partners.client.histories.counted(PLATFORM) == frozenset()

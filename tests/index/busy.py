"""One chain with every kind of record, spread over blocks."""

from ledger.domain import records
from ledger.domain.codes import AdmissionAction, DecisionKind, HoldAction, KeyAction, Outcome, Stage
from tests.index.streams import AGENCY, AGENT, CN, GB, NONE, PLATFORM, Chain, address, hashed, peopled

K = DecisionKind
DAY = 86_400


def busy() -> Chain:
    """Every kind of record, spread over blocks."""
    chain = peopled()
    one, two = chain.declare(), chain.declare(stage=Stage.PRE_LODGED, declarant=PLATFORM, agent=AGENT)
    chain.block()
    three = chain.declare(consignment=one, administration=CN, leg=1, regime=9)
    chain.hold(one, HoldAction.SET)
    chain.present(two)
    chain.setting(GB, 90 * DAY)
    chain.block()
    chain.decide(two, K.ACCEPT, request=chain.declarations[two].request)
    chain.amend(one)
    chain.hold(one, HoldAction.SET, AGENCY + 100)
    chain.key(PLATFORM, address("k1"))
    chain.block()
    chain.decide(one, K.GRANT, request=chain.declarations[one].request)
    chain.decide(one, K.REQUIRE_DOCUMENTS, limit_at=chain.time + DAY)
    chain.hold(one, HoldAction.LIFT)
    chain.control(three)
    chain.key(PLATFORM, address("k1"), KeyAction.SHORTEN, not_after=chain.time + DAY)
    chain.block()
    chain.decide(one, K.RELEASE, scope=hashed(b"scope"), reason=7, evidence=hashed(b"e"))
    wrong = chain.decide(two, K.REFUSE)
    chain.refuse(records.Hold(declaration=two, prev=NONE, agency=AGENCY, action=9, deadline=1), Outcome.MALFORMED)
    chain.council(392, AdmissionAction.ADMIT, b"JP", first_key=address("jp1"), second_key=address("jp2"))
    chain.block()
    chain.decide(two, K.RELEASE, supersedes=wrong)
    chain.council(CN, AdmissionAction.SUSPEND)
    chain.decide(three, K.AMEND, commitment=hashed(b"own"), touched_risks=1)
    chain.decide(three, K.SECURE)
    chain.block()
    chain.cancel(three)
    chain.erase(one, 1)
    chain.publish(PLATFORM, b"\x55" * 1_184)
    chain.publish(GB)
    chain.declare(consignment=one)
    chain.block()
    chain.block()
    return chain


BUSY = busy()

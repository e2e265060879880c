from dataclasses import replace

import pytest

from ledger.cli import answers
from ledger.domain.codes import Debt, DecisionKind, Leg, Outcome, Reason, Regime, Reliance
from ledger.index.answers import Answer, AsOf, Candidate, Decided, Deliver, HoldShown, Item, Part, StatusAnswer
from ledger.index.history import Entry

ID = b"\xab" * 32
FRESH = AsOf(block=7, block_hash=ID, time=60, final=7, node_head=7, lag=0, reachable=True)
RELEASED = Decided(
    digest=ID, kind=DecisionKind.RELEASE, administration=250, office=6, effective_at=60, reason=Reason.UNSPECIFIED
)
ABOUT = StatusAnswer(
    answer=Answer.RELEASED,
    as_of=FRESH,
    deliver=Deliver.YES,
    declaration=ID,
    country="FR",
    leg=Leg.IMPORT,
    regime=Regime.HOME_USE,
    version=2,
    released_by=RELEASED,
    decided_by=RELEASED,
    debt=Debt.NONE,
    final=True,
)


def name(number):
    return {250: "Douane"}.get(number, f"organisation {number}")


def status(**more):
    return answers.status(replace(ABOUT, **more), name)


def test_released():
    assert status() == (
        "Released for home use — deliver.\n"
        "  declaration  0xababababab… (import FR, version 2)\n"
        "  released     1970-01-01 00:01:00 UTC, release, by Douane, office 6\n"
        "  as of        block 7, 1970-01-01 00:01:00 UTC, final"
    )


def test_released_for_another_procedure():
    assert status(regime=Regime.WAREHOUSING, deliver=Deliver.NO).startswith(
        "Released for warehousing — do not deliver."
    )


def test_under_a_condition():
    later = replace(RELEASED, kind=DecisionKind.CONDITIONALLY_RELEASE, reason=Reason.FISCAL)
    told = status(
        answer=Answer.CONDITIONALLY_RELEASED,
        deliver=Deliver.AS_STATED,
        decided_by=later,
        deadline=120,
        deadline_passed=True,
        debt=Debt.SECURED,
        cleared=True,
        overridden=True,
    )
    assert told.startswith("Released under a condition — deliver under the condition stated.")
    assert "decided      1970-01-01 00:01:00 UTC, conditionally release (fiscal), by Douane, office 6" in told
    assert "until        1970-01-01 00:02:00 UTC, passed" in told
    assert "cleared      all formalities are done" in told
    assert "override     released although an agency's hold is open" in told
    assert "debt         secured" in told


@pytest.mark.parametrize(
    ("reliance", "broken", "told"),
    [
        (Reliance.STANDS, False, "another administration's control, which stands"),
        (Reliance.WITHDRAWN, False, "withdrawn: a control on which this rests no longer stands"),
        (Reliance.WITHDRAWN, True, "withdrawn: a seal was found broken here"),
    ],
)
def test_on_what_it_rests(reliance, broken, told):
    assert f"reliance     {told}" in status(answer=Answer.RELEASED, reliance=reliance, seal_broken=broken)


def test_held():
    hold = HoldShown(
        action="DOCUMENTS",
        by=250,
        office=6,
        since=60,
        reason=Reason.RISK,
        deadline=120,
        deadline_passed=True,
        blocking=True,
    )
    other = replace(hold, action="PAYMENT", office=0, reason=Reason.UNSPECIFIED, deadline=None, blocking=False)
    told = status(answer=Answer.HELD, deliver=Deliver.NO, holds=(hold, replace(other, deadline_passed=False)))
    assert told.startswith("Held — do not deliver.")
    assert (
        "documents (risk), by Douane, office 6, since 1970-01-01 00:01:00 UTC, until 1970-01-01 00:02:00 UTC, passed\n"
        in told
    )
    assert "payment, by Douane, since 1970-01-01 00:01:00 UTC (does not stand in the way)" in told


def test_parts():
    refused = replace(RELEASED, kind=DecisionKind.REFUSE)
    parts = (
        Part(refused, ID, (Item(2, None),)),
        Part(refused, ID, (Item(1, None), Item(3, "5"))),
        Part(refused, ID, None),
    )
    told = status(answer=Answer.PARTLY_RELEASED, deliver=Deliver.THOSE_ONLY, parts=parts)
    assert "refuse: goods item 2\n" in told
    assert "refuse: goods items 1, 3 (5)\n" in told
    assert "refuse: some goods items (which ones is not in this store)" in told


def test_several():
    one = Candidate(ID, "FR", Leg.IMPORT, Answer.HELD, Deliver.NO, 60)
    told = answers.status(
        StatusAnswer(answer=Answer.AMBIGUOUS, as_of=FRESH, candidates=(one, replace(one, country=""))), name
    )
    assert "FR       import  held    1970-01-01 00:01:00 UTC  0xabab" in told
    assert "-        import  held" in told


@pytest.mark.parametrize("answer", list(Answer))
def test_every_answer_has_words(answer):
    told = answers.status(StatusAnswer(answer=answer, as_of=FRESH), name)
    assert "_" not in told.splitlines()[0]


def test_how_fresh():
    assert answers.as_of(replace(FRESH, lag=3)) == "block 7, 1970-01-01 00:01:00 UTC, 3 blocks behind"
    gone = answers.as_of(replace(FRESH, reachable=False))
    assert gone == "block 7, 1970-01-01 00:01:00 UTC: the last that is known, the node does not answer"
    assert answers.as_of(replace(FRESH, block=None)) == "nothing has been read from the chain yet"


def entry(**more):
    return Entry(**{"what": "RECORDED", "type": "Decision", "by": 250, "time": 60, **more})


@pytest.mark.parametrize(
    ("seen", "deed"),
    [
        (entry(type="Declaration", fields={"leg": "EXPORT", "regime": "OUTRIGHT_EXPORT", "stage": "ARRIVED"}),
         "lodged a declaration: export, outright export, arrived"),
        (entry(type="Declaration", fields={"leg": "IMPORT", "regime": "HOME_USE", "stage": "REPORTED"}),
         "lodged a declaration: import, reported"),
        (entry(type="AmendmentRequest"), "asked for an amendment"),
        (entry(type="InvalidationRequest"), "asked for invalidation"),
        (entry(type="PresentationNotice"), "presented the goods"),
        (entry(fields={"kind": "RELEASE", "reason": "UNSPECIFIED", "scope": bytes(32)}), "decided: release"),
        (entry(fields={"kind": "REFUSE", "reason": "RISK", "scope": ID}),
         "decided: refuse, because of risk, for some goods items only"),
        (entry(type="Control", fields={"version": 2, "method": "PHYSICAL", "outcome": "NONE_FOUND", "risk": ["IPR"]}),
         "controlled version 2: physical, none found (ipr)"),
        (entry(type="Control", fields={"version": 2, "risk": 99}), "controlled version 2: ,  ()"),
        (entry(type="Hold", fields={"action": "SET", "reason": "COMPLIANCE"}), "set a hold, because of compliance"),
        (entry(type="Hold", fields={"action": "LIFT"}), "lifted its hold"),
        (
            entry(type="Erasure", fields={"version": 2, "cause": "RETENTION_ENDED"}),
            "erased the content of version 2: retention ended",
        ),
        (entry(type="OperatorStatus"), "recorded: operator status"),
        (entry(what="EVIDENCE", type="notice 09"), "handed in as evidence, off the chain: notice 09"),
        (entry(what="REFUSED", outcome=Outcome.STALE_HEAD, fields={"kind": "RELEASE"}),
         "tried: decided: release; refused: stale head"),
        (entry(what="REFUSED", fields={"kind": "RELEASE"}), "tried: decided: release; refused: no reason"),
    ],
)  # fmt: skip
def test_deeds(seen, deed):
    assert answers.deed(seen) == deed


def test_a_timeline():
    seen = entry(
        fields={"kind": "RELEASE"},
        office=6,
        key=b"\x01" * 20,
        disputed=True,
        effective_at=3_660,
        block=7,
        transaction=ID,
        digest=ID,
        head_before=bytes(32),
        head_after=ID,
        remarks=("LATE",),
    )
    key = "01" * 20
    assert answers.timeline([seen, entry(what="REFUSED", head_after=ID)], FRESH, name) == (
        "1970-01-01 00:01:00 UTC  Douane, office 6 decided: release\n"
        "    takes effect  1970-01-01 01:01:00 UTC\n"
        f"    signed with   key 0x{key} (reported as compromised)\n"
        "    recorded in   block 7, transaction 0xababababab…\n"
        f"    record        0x{ID.hex()}\n"
        "    head          none -> 0xababababab…\n"
        "    remark        late\n"
        "1970-01-01 00:01:00 UTC  Douane tried: decided: ; refused: no reason\n"
        "As of block 7, 1970-01-01 00:01:00 UTC."
    )
    later = replace(seen, head_before=ID, key=None, transaction=None, digest=None, effective_at=61)
    assert "head    0xababababab… -> 0xababababab…" in answers.timeline([later], FRESH, name)

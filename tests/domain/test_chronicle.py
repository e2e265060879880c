"""The fold of events alone comes to what the ledger knows that took the entries."""

from dataclasses import replace

import pytest
from hypothesis import given

from ledger.domain.chronicle import AsRecorded, Chronicle
from ledger.domain.codes import DecisionKind, OrganisationKind, OrganisationStatus, SuspensionAction
from ledger.domain.state import BrokenTimeline
from tests.domain import builders as b
from tests.domain.annals import Annals, Case
from tests.domain.test_benefits import relies
from tests.domain.test_simulation import HISTORIES, OFTEN, played


def folded(annals: Annals) -> Chronicle:
    chronicle = Chronicle(annals.founders)
    for event in annals.events:
        chronicle.take(event)
    return chronicle


def test_all_that_recognition_rests_on_is_folded():
    case = Case()
    control = case.controls(b.A, 0)
    relied = case.recognises(b.B, control, 1)
    relies(case, 2, relied, kind=DecisionKind.LIFT_CONTROL)
    case.annals.take(case.suspension(b.A, SuspensionAction.SUSPEND), b.manages(b.A))
    case.annals.take(case.aeo(), b.declares(b.A))
    case.controls(b.A, 3, against=control, outcome=4)
    told, known = folded(case.annals).ledger, case.annals.ledger
    for name in ("nodes", "reliances", "versions", "lines", "grants"):
        assert getattr(told.recognitions, name) == getattr(known.recognitions, name)
    assert told.reliance(case.imported) is known.reliance(case.imported)


@given(HISTORIES)
@OFTEN
def test_a_random_history_folds_to_what_the_ledger_knows(steps):
    annals = played(steps).annals
    told = folded(annals).ledger
    assert told.declarations == annals.ledger.declarations
    assert told.consignments == annals.ledger.consignments
    assert told.superseded == annals.ledger.superseded
    assert told.participants == annals.ledger.participants


def test_a_missing_event_is_noticed():
    case = Case()
    case.controls(b.A, 0)
    case.controls(b.A, 1)
    del case.annals.events[-2]
    with pytest.raises(BrokenTimeline):
        folded(case.annals)


def test_participants_as_of_one_moment_whatever_is_asked():
    made = b.participants()
    gone = replace(made.organisations[b.A], next_status=OrganisationStatus.SUCCEEDED, status_from=b.NOW, successor=b.C)
    made.organisations[b.A] = replace(gone, status=OrganisationStatus.ACTIVE)
    before, after = AsRecorded.of(made, b.NOW - 1), AsRecorded.of(made, b.NOW)
    assert [one.competent_for(b.A, 0) for one in (before, after)] == [b.A, b.C]
    assert [one.competent(b.A, b.C, 1 << 39) for one in (before, after)] == [False, True]
    assert [one.is_active(b.A, OrganisationKind.ADMINISTRATION, 0) for one in (before, after)] == [True, False]

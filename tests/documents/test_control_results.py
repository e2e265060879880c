"""The EU's control result codes: what they may mean, and back."""

from itertools import product

import pytest

from ledger.documents.control_results import (
    NAMES,
    READINGS,
    AmbiguousResult,
    EuResult,
    control_results,
    read_result,
    results_of,
    statement,
)
from ledger.domain.codes import ControlMethod, ControlOutcome, SealState

DOCUMENTS, SCAN, EXAMINATION, ANALYSIS = (
    ControlMethod.DOCUMENTARY,
    ControlMethod.NON_INTRUSIVE,
    ControlMethod.PHYSICAL,
    ControlMethod.LABORATORY,
)
GOOD, MINOR, MAJOR, NOTHING = ControlOutcome
EVERY = list(product(ControlMethod, ControlOutcome, SealState))


def test_every_code_has_a_name_and_readings():
    assert list(READINGS) == list(NAMES) == list(EuResult)
    assert [one.code for one in control_results() if one.ambiguous] == [EuResult.A1, EuResult.A2]


@pytest.mark.parametrize(
    ("code", "method", "outcome", "seals"),
    [
        ("A3", DOCUMENTS, NOTHING, SealState.NOT_APPLICABLE),
        ("A4", EXAMINATION, MINOR, SealState.NOT_APPLICABLE),
        ("A5", EXAMINATION, MINOR, SealState.BROKEN),
        ("B1", EXAMINATION, MAJOR, SealState.NOT_APPLICABLE),
    ],
)
def test_a_code_that_means_one_thing_fills_all(code, method, outcome, seals):
    read = read_result(EuResult(code))
    assert (read.method, read.outcome, read.seal_state) == (method, outcome, seals)


@pytest.mark.parametrize("code", ["A1", "A2"])
def test_a_code_that_may_mean_several_things_is_never_guessed(code):
    with pytest.raises(AmbiguousResult) as caught:
        read_result(EuResult(code))
    for one in READINGS[EuResult(code)]:
        assert one.says in str(caught.value)
    assert "say by method and outcome" in str(caught.value)


def test_what_an_officer_says_tells_which_reading():
    assert read_result(EuResult.A1, SCAN).method is SCAN
    assert read_result(EuResult.A1, DOCUMENTS, GOOD).outcome is GOOD
    assert read_result(EuResult.A2, DOCUMENTS, GOOD).outcome is GOOD
    assert read_result(EuResult.A2, outcome=NOTHING).method is DOCUMENTS
    assert read_result(EuResult.A2, EXAMINATION, NOTHING).method is EXAMINATION
    assert read_result(EuResult.B1, SCAN).method is SCAN
    assert read_result(EuResult.A5, outcome=GOOD).outcome is GOOD
    assert read_result(EuResult.A1, EXAMINATION, seal_state=SealState.INTACT).seal_state is SealState.INTACT


@pytest.mark.parametrize("method", [DOCUMENTS, EXAMINATION])
def test_of_a2_the_outcome_has_to_be_said(method):
    with pytest.raises(AmbiguousResult):
        read_result(EuResult.A2, method)


def test_what_a_code_does_not_mean_is_refused():
    for code, said in (("A2", (EXAMINATION, GOOD)), ("A3", (None, GOOD)), ("A1", (EXAMINATION, MAJOR))):
        with pytest.raises(AmbiguousResult, match="does not mean this") as caught:
            read_result(EuResult(code), *said)
        assert READINGS[EuResult(code)][0].says in str(caught.value)
    with pytest.raises(AmbiguousResult):
        read_result(EuResult.A5, seal_state=SealState.INTACT)


def test_nothing_done_is_never_satisfactory_for_others():
    assert results_of(EXAMINATION, NOTHING) == (EuResult.A2, EuResult.A3)
    assert {read_result(EuResult.A3).outcome, read_result(EuResult.A2, outcome=NOTHING).outcome} == {NOTHING}


def test_which_codes_a_control_is_reported_by():
    assert results_of(DOCUMENTS, GOOD) == (EuResult.A1, EuResult.A2)
    assert results_of(ANALYSIS, GOOD, SealState.REPLACED) == (EuResult.A1,)
    assert results_of(SCAN, GOOD, SealState.BROKEN) == (EuResult.A5,)
    assert results_of(SCAN, MINOR, SealState.BROKEN) == (EuResult.A4, EuResult.A5)
    assert results_of(EXAMINATION, MAJOR, SealState.BROKEN) == (EuResult.B1,)


@pytest.mark.parametrize(("method", "outcome", "seals"), EVERY)
def test_every_control_has_a_code_that_reads_back_as_it(method, outcome, seals):
    codes = results_of(method, outcome, seals)
    assert codes
    for code in codes:
        read = read_result(code, method, outcome, seals)
        assert (read.method, read.outcome, read.seal_state) == (method, outcome, seals)


def test_the_code_is_kept_as_a_clearance_would_say_it():
    assert statement(EuResult.A2) == {
        "AdditionalInformation[1]/StatementCode[1]": "A2",
        "AdditionalInformation[1]/StatementTypeCode[1]": "AFB",
    }

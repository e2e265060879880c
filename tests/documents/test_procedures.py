"""Leg, stage and regime from type and procedure codes."""

import pytest

from ledger.documents.procedures import leg_of, regime_of, stage_of
from ledger.domain.codes import Leg, Regime, Stage


@pytest.mark.parametrize(
    ("letters", "stage"),
    [("ABCJR", Stage.ARRIVED), ("DEFK", Stage.PRE_LODGED), ("XYZUVWQ", Stage.SUPPLEMENTARY), ("GHLMNOPST", None)],
)
def test_the_last_letter_is_the_stage(letters, stage):
    assert {stage_of(f"IM{letter}") for letter in letters} == {stage}


def test_transit_states_its_stage_behind_its_kind():
    assert (stage_of("T1"), stage_of("T1D"), stage_of("TIR")) == (Stage.ARRIVED, Stage.PRE_LODGED, Stage.ARRIVED)


@pytest.mark.parametrize(
    ("type_code", "procedures", "leg"),
    [
        ("IMA", [], Leg.IMPORT),
        ("EXD", [], Leg.EXPORT),
        ("T2F", [], Leg.TRANSIT),
        ("COA", ["1000"], Leg.EXPORT),
        ("COA", ["4000"], Leg.IMPORT),
        ("COA", [], Leg.IMPORT),
        ("XXA", [], None),
    ],
)
def test_the_first_letters_are_the_leg(type_code, procedures, leg):
    assert leg_of(type_code, procedures) == leg


@pytest.mark.parametrize(
    ("leg", "procedures", "regime"),
    [
        (Leg.IMPORT, [], Regime.HOME_USE),
        (Leg.EXPORT, [], Regime.OUTRIGHT_EXPORT),
        (Leg.TRANSIT, [], Regime.TRANSIT),
        (Leg.IMPORT, ["4000"], Regime.HOME_USE),
        (Leg.IMPORT, ["0100"], Regime.HOME_USE),
        (Leg.IMPORT, ["0700"], Regime.WAREHOUSING),
        (Leg.IMPORT, ["4071", "7100"], Regime.WAREHOUSING),
        (Leg.IMPORT, ["5100"], Regime.INWARD_PROCESSING),
        (Leg.IMPORT, ["5300"], Regime.TEMPORARY_ADMISSION),
        (Leg.IMPORT, ["6123"], Regime.RE_IMPORT),
        (Leg.IMPORT, ["6121", "4000"], Regime.RE_IMPORT),
        (Leg.IMPORT, ["0007"], Regime.TRANSIT),
        (Leg.EXPORT, ["0007"], Regime.OUTRIGHT_EXPORT),
        (Leg.EXPORT, ["1040"], Regime.OUTRIGHT_EXPORT),
        (Leg.EXPORT, ["2100"], Regime.OUTWARD_PROCESSING),
        (Leg.EXPORT, ["2300"], Regime.OUTRIGHT_EXPORT),
        (Leg.EXPORT, ["3171"], Regime.RE_EXPORT),
        (Leg.TRANSIT, ["8000"], Regime.TRANSIT),
    ],
)
def test_the_most_restrictive_item_decides(leg, procedures, regime):
    assert regime_of(leg, procedures) == regime

"""From type code and procedure codes to the coarse classes of a declaration: leg, stage, regime.

The four-digit code stays in the payload; what stands on the chain is *released for what*. Sources: Union Customs
Code annex B (D.E. 1/1, 1/2, 1/10) and its British use; WCOIDs D013, 166, 161.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from ledger.domain.codes import Leg, Regime, Stage

_TRANSIT_PREFIX: Final = "T"
_LEGS: Final[Mapping[str, Leg]] = MappingProxyType({"IM": Leg.IMPORT, "EX": Leg.EXPORT})
_SPECIAL_TERRITORY: Final = "CO"  # in or out of a special fiscal territory: the procedure says which
_LEAVING: Final = frozenset("123")

# last letter of the type code: how the declaration stands when lodged. J and K are clearance requests without a
# procedure, Q is the periodic total of supplementary declarations, R is retrospective.
_STAGES: Final[Mapping[str, Stage]] = MappingProxyType(
    dict.fromkeys("ABCJR", Stage.ARRIVED)
    | dict.fromkeys("DEFK", Stage.PRE_LODGED)
    | dict.fromkeys("XYZUVWQ", Stage.SUPPLEMENTARY)
)

# requested procedure: the exceptions, then the rule by its first digit
_REGIMES: Final[Mapping[str, Regime]] = MappingProxyType(
    {
        "07": Regime.WAREHOUSING,  # free circulation, with the goods placed in a tax warehouse
        "11": Regime.INWARD_PROCESSING,  # processed products leave before their materials enter
        "23": Regime.OUTRIGHT_EXPORT,  # to come back unaltered; nothing is processed
        "53": Regime.TEMPORARY_ADMISSION,
        "68": Regime.WAREHOUSING,  # re-import, with the goods placed in a tax warehouse
        "95": Regime.WAREHOUSING,
        "96": Regime.WAREHOUSING,
        "0": Regime.HOME_USE,
        "1": Regime.OUTRIGHT_EXPORT,
        "2": Regime.OUTWARD_PROCESSING,
        "3": Regime.RE_EXPORT,
        "4": Regime.HOME_USE,
        "5": Regime.INWARD_PROCESSING,
        "6": Regime.RE_IMPORT,
        "7": Regime.WAREHOUSING,
        "8": Regime.TRANSIT,
        "9": Regime.INWARD_PROCESSING,
    }
)
# "00": no procedure is requested, as in clearance requests: on import the goods move on under control and are not
# for home use
_NO_PROCEDURE: Final = "00"
_BY_LEG: Final[Mapping[Leg, Regime]] = MappingProxyType(
    {Leg.IMPORT: Regime.HOME_USE, Leg.EXPORT: Regime.OUTRIGHT_EXPORT, Leg.TRANSIT: Regime.TRANSIT}
)
_WITHOUT_PROCEDURE: Final[Mapping[Leg, Regime]] = MappingProxyType(
    {Leg.IMPORT: Regime.TRANSIT, Leg.EXPORT: Regime.OUTRIGHT_EXPORT, Leg.TRANSIT: Regime.TRANSIT}
)
# The most restrictive regime of the items is that of the declaration: a platform must not deliver all of it because
# one item is for home use. First in this list wins.
_RESTRICTIVENESS: Final = (
    Regime.TRANSIT,
    Regime.WAREHOUSING,
    Regime.TEMPORARY_ADMISSION,
    Regime.INWARD_PROCESSING,
    Regime.OUTWARD_PROCESSING,
    Regime.RE_EXPORT,
    Regime.RE_IMPORT,
    Regime.OUTRIGHT_EXPORT,
    Regime.HOME_USE,
)


def stage_of(type_code: str) -> Stage | None:
    """The stage that a type code such as ``IMD`` states, or None when its last letter is unknown."""
    if type_code.startswith(_TRANSIT_PREFIX):
        return _STAGES.get(type_code[2:], Stage.ARRIVED)
    return _STAGES.get(type_code[2:])


def leg_of(type_code: str, procedures: Iterable[str]) -> Leg | None:
    """The leg that a type code states, with the procedures deciding for CO; None when the code is unknown."""
    if type_code.startswith(_TRANSIT_PREFIX):
        return Leg.TRANSIT
    if type_code.startswith(_SPECIAL_TERRITORY):
        return Leg.EXPORT if next(iter(procedures), "4")[0] in _LEAVING else Leg.IMPORT
    return _LEGS.get(type_code[:2])


def regime_of(leg: Leg, procedures: Iterable[str]) -> Regime:
    """The regime of a declaration: the most restrictive one of its items' procedures, the leg's when it has none."""
    found = {_regime(leg, procedure) for procedure in procedures}
    return next((regime for regime in _RESTRICTIVENESS if regime in found), _BY_LEG[leg])


def _regime(leg: Leg, procedure: str) -> Regime:
    requested = procedure[:2]
    if requested == _NO_PROCEDURE:
        return _WITHOUT_PROCEDURE[leg]
    return _REGIMES.get(requested) or _REGIMES.get(requested[:1]) or _BY_LEG[leg]

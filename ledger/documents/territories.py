"""Countries and customs territories with their dates: ISO 3166-1 and what customs use beside it.

ISO 3166-1 comes from pycountry; the table below holds the codes that country lists lack, and those that ended, each
with the dates between which a declaration may carry it. A code list has a version, and `version` says which.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

_BREXIT: Final = date(2021, 1, 1)


@dataclass(frozen=True, slots=True)
class Territory:
    """A customs territory that is no country of ISO 3166-1 today.

    Attributes:
        name: in English.
        start, end: first and last day on which the code may be declared; None is open.
        why: source, and what it stands for.
    """

    name: str
    start: date | None = None
    end: date | None = None
    why: str = ""


TERRITORIES: Final[Mapping[str, Territory]] = MappingProxyType(
    {
        "XI": Territory("Northern Ireland", _BREXIT, None, "Protocol on Ireland/Northern Ireland, Windsor Framework"),
        "XK": Territory("Kosovo", date(2005, 6, 1), None, "user-assigned in ISO 3166-1; EU geonomenclature"),
        "XC": Territory("Ceuta", date(1999, 1, 1), None, "EU geonomenclature"),
        "XL": Territory("Melilla", date(1999, 1, 1), None, "EU geonomenclature"),
        "XS": Territory("Serbia", date(2005, 6, 1), None, "EU geonomenclature"),
        "EU": Territory("European Union", date(1993, 11, 1), None, "exceptionally reserved; origin of Union goods"),
        "ZG": Territory("German continental shelf", None, None, "British tariff"),
        "QP": Territory("High seas", date(2005, 1, 1), None, "EU geonomenclature"),
        "QR": Territory("Stores and provisions, intra-Union", date(2001, 1, 1), None, "EU geonomenclature"),
        "QS": Territory("Stores and provisions, third countries", date(2001, 1, 1), None, "EU geonomenclature"),
        "QU": Territory("Countries not specified", date(1999, 1, 1), None, "EU geonomenclature"),
        "QV": Territory("Countries not specified, intra-Union", date(1999, 1, 1), None, "EU geonomenclature"),
        "QW": Territory("Countries not specified, third countries", date(1999, 1, 1), None, "EU geonomenclature"),
        "AN": Territory("Netherlands Antilles", None, date(2010, 12, 15), "ISO 3166-3 ANHH"),
        "CS": Territory("Serbia and Montenegro", None, date(2006, 9, 26), "ISO 3166-3 CSXX"),
        "YU": Territory("Yugoslavia", None, date(2003, 7, 23), "ISO 3166-3 YUCS"),
        "TP": Territory("East Timor", None, date(2002, 5, 20), "ISO 3166-3 TPTL"),
        "ZR": Territory("Zaire", None, date(1997, 7, 14), "ISO 3166-3 ZRCD"),
    }
)


@cache
def version() -> str:
    """Which lists these are, for the record."""
    from importlib.metadata import version as installed

    return f"pycountry {installed('pycountry')} (ISO 3166-1, ISO 4217); UN/LOCODE 2023-1; customs territories 1"


@cache
def _iso_countries() -> frozenset[str]:
    import pycountry

    return frozenset(country.alpha_2 for country in pycountry.countries)


@cache
def currencies() -> frozenset[str]:
    """The alphabetic codes of ISO 4217."""
    import pycountry

    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


def is_country(code: str, on: date | None = None) -> bool:
    """Whether a declaration of that day may name this country or customs territory; without a day, of any day."""
    territory = TERRITORIES.get(code)
    if territory is None:
        return code in _iso_countries()
    begun = on is None or territory.start is None or on >= territory.start
    ended = on is not None and territory.end is not None and on > territory.end
    return begun and not ended


@lru_cache(maxsize=4096)
def is_location(code: str) -> bool:
    """Whether `code` is a UN/LOCODE: country and three characters.

    Asks the library's database itself, read-only: the library opens it for writing and creates tables in it.
    """
    import sqlite3
    from pathlib import Path

    from pyunlocode import DB_PATH

    with closing(sqlite3.connect(f"{Path(DB_PATH).as_uri()}?mode=ro", uri=True)) as connection:
        query = "SELECT 1 FROM location WHERE country_code = ? AND location_code = ?"
        return connection.execute(query, (code[:2], code[2:])).fetchone() is not None

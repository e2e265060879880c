"""Checks the values of a message: code lists, lengths, check digits, dates. One table says what each finding weighs.

A violation is an error, or a warning where real customs accept it (`TOLERATED` says which, and why). Findings never
repeat the value itself: they may be logged, and values are confidential.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final, NamedTuple

from ledger.documents import dates, elements, territories
from ledger.documents.references import looks_like_eori, looks_like_s10, parse_ducr, parse_mrn, parse_s10
from ledger.documents.tree import Document, Element, walk


@unique
class Severity(StrEnum):
    """Whether a message with this finding may be recorded."""

    ERROR = "error"
    WARNING = "warning"


@unique
class Rule(StrEnum):
    """What is checked."""

    COUNTRY = "country"
    TERRITORY = "territory"
    CURRENCY = "currency"
    LOCATION = "location"
    COMMODITY = "commodity"
    POSTAL_ITEM = "postal-item"
    MRN = "mrn"
    QUOTED_MRN = "quoted-mrn"
    DUCR = "ducr"
    EORI = "eori"
    IOSS = "ioss"
    CONTAINER = "container"
    DATE = "date"
    DATE_FORMAT = "date-format"
    FORMAT = "format"
    PADDING = "padding"
    UNKNOWN = "unknown-element"


# What real customs accept, seen in their own examples and notices: a warning each, with the reason
TOLERATED: Final[Mapping[Rule, str]] = MappingProxyType(
    {
        Rule.TERRITORY: "national lists add codes in Q, X and Z, such as shelves and free zones",
        Rule.LOCATION: "national location codes stand where UN/LOCODEs belong",
        Rule.QUOTED_MRN: "numbers of other systems and item numbers stand where MRNs belong",
        Rule.DUCR: "traders' references of other forms are accepted",
        Rule.EORI: "some administrations use national numbers",
        Rule.IOSS: "the register decides, not the form",
        Rule.CONTAINER: "vehicles and swap bodies stand there too",
        Rule.DATE_FORMAT: "dates come without formatCode, or with one that the text doesn't have",
        Rule.PADDING: "values come padded; what is compared is trimmed, what is committed to is exact",
        Rule.UNKNOWN: "national schemas add elements",
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One value that breaks a rule.

    Attributes:
        severity: error, or warning where real customs accept it.
        rule: which rule.
        reason: what is wrong, without the value.
        hint: what to do.
        file, line: where, as far as known.
        element: canonical path.
        wcoid: of the element, or None.
    """

    severity: Severity
    rule: Rule
    reason: str
    hint: str
    file: str | None
    line: int | None
    element: str
    wcoid: str | None

    def __str__(self) -> str:
        """Where: severity: what (element, WCOID). What to do."""
        where = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        about = self.element + (f", WCOID {self.wcoid}" if self.wcoid else "")
        return f"{where}: {self.severity}: {self.reason} ({about}). {self.hint}"


class _Problem(NamedTuple):
    rule: Rule
    reason: str
    hint: str


# a check gets the trimmed value, the element that holds the leaf, and the day of the message when known
_Check = Callable[[str, Element, date | None], _Problem | None]

_HS = re.compile(r"\d{6}(\d\d){0,2}")
_TARIC = re.compile(r"\d{2}")
_DECIMAL = re.compile(r"-?(\d+)(?:\.(\d+))?")
_FORM = re.compile(r"(an|a|n)(\.\.)?(\d+)(?:,(\d+))?")
_NATIONAL = re.compile(r"[QXZ][A-Z]")
_LENGTH_OF_LOCODE: Final = 5
_LENGTH_OF_MRN: Final = 18
_POSTAL: Final = "750"
_PLACES: Final = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")


def validate(document: Document) -> list[Finding]:
    """What is wrong with the values of a message, in document order; an empty list when nothing is."""
    day = _day(document)
    found = list(_of_tree(document, document.root, day))
    if document.header is not None:
        found = [*_of_tree(document, document.header, day), *found]
    return found


def _day(document: Document) -> date | None:
    """The day on which codes must hold: of acceptance or issue, when the message says one."""
    for name in ("AcceptanceDateTime", "IssueDateTime"):
        element = document.root.find(f"{name}/DateTimeString")
        if element is not None:
            try:
                return dates.instant(element.text).date()
            except ValueError:
                return None
    return None


def _of_tree(document: Document, root: Element, day: date | None) -> Iterator[Finding]:
    owners: dict[str, Element] = {}
    for path, element in walk(root):
        owners[path] = element
        owner = owners.get(path.rpartition("/")[0])
        for problem in _problems(path, element, owner, day):
            severity = Severity.WARNING if problem.rule in TOLERATED else Severity.ERROR
            wcoid = elements.wcoid(path)
            file = document.source or None
            yield Finding(severity, problem.rule, problem.reason, problem.hint, file, element.line, path, wcoid)


def _problems(path: str, element: Element, owner: Element | None, day: date | None) -> Iterator[_Problem]:
    currency = element.attribute("currencyID")
    if currency is not None and currency not in territories.currencies():
        yield _Problem(Rule.CURRENCY, "no currency of ISO 4217", "Use its three-letter code, such as EUR")
    if element.children or owner is None:
        return
    value = element.text.strip()
    if value != element.text:
        yield _Problem(Rule.PADDING, "white space around the value", "Remove it")
    if not value:
        return
    known = elements.classes().get(owner.name)
    if known is not None and element.name not in known.fields and element.name not in elements.classes():
        yield _Problem(Rule.UNKNOWN, "an element that the WCO model does not have here", "Check its name")
    yield from _form(path, value)
    check = CHECKS.get(f"{owner.name}/{element.name}") or CHECKS.get(element.name)
    problem = check(value, owner, day) if check else None
    if problem:
        yield problem


def _form(path: str, value: str) -> Iterator[_Problem]:
    """The format of the model: a letters, n digits, an both; length, and decimals of a number."""
    match = _FORM.fullmatch(elements.form(path) or "")
    if not match:
        return
    kind, upto, length, decimals = match[1], match[2], int(match[3]), int(match[4] or 0)
    if kind == "n":
        number = _DECIMAL.fullmatch(value)
        if not number:
            yield _Problem(Rule.FORMAT, "no number", "Write digits, with a point before decimals")
        elif (
            len(number[1].lstrip("0") + (number[2] or "").rstrip("0")) > length
            or len((number[2] or "").rstrip("0")) > decimals
        ):
            yield _Problem(Rule.FORMAT, f"more than {length} digits, {decimals} of them decimals", "Round it")
    elif len(value) > length or (not upto and len(value) != length):
        amount = f"at most {length}" if upto else f"exactly {length}"
        yield _Problem(Rule.FORMAT, f"not {amount} characters", "Use the code or text as the model has it")
    elif kind == "a" and not value.isalpha():
        yield _Problem(Rule.FORMAT, "not letters only", "Use the code as the model has it")


def _country(value: str, _owner: Element, day: date | None) -> _Problem | None:
    if territories.is_country(value, day):
        return None
    hint = "Use the two letters of ISO 3166-1, or XI, XK or EU where customs have them"
    rule = Rule.TERRITORY if value not in territories.TERRITORIES and _NATIONAL.fullmatch(value) else Rule.COUNTRY
    return _Problem(rule, "no country or customs territory at that date", hint)


def _currency(value: str, _owner: Element, _day: date | None) -> _Problem | None:
    if value in territories.currencies():
        return None
    return _Problem(Rule.CURRENCY, "no currency of ISO 4217", "Use its three-letter code, such as EUR")


def _location(value: str, _owner: Element, _day: date | None) -> _Problem | None:
    code = value[:_LENGTH_OF_LOCODE]
    if _PLACES.fullmatch(code) and territories.is_location(code):
        return None
    return _Problem(Rule.LOCATION, "no place of UN/LOCODE", "Use country and three characters, such as FRLYS")


def _commodity(value: str, owner: Element, _day: date | None) -> _Problem | None:
    kind = owner.value("IdentificationTypeCode")
    if kind in {"TSP", "HS", "SRZ", None} and not _HS.fullmatch(value):
        return _Problem(Rule.COMMODITY, "no commodity code", "Write 6 digits of the HS, or 8 or 10 with extension")
    if kind == "TRC" and not _TARIC.fullmatch(value):
        return _Problem(Rule.COMMODITY, "no TARIC subdivision", "Write its two digits")
    return None


def _previous(value: str, owner: Element, _day: date | None) -> _Problem | None:
    code = owner.value("TypeCode")
    if code == "DCR" and not parse_ducr(value):
        hint = "Write year digit, EORI, - and reference, at most 35 characters"
        return _Problem(Rule.DUCR, "not the form of a DUCR", hint)
    if code in {"MRN", "830"}:
        mrn = parse_mrn(value[:_LENGTH_OF_MRN])
        if mrn is None or not mrn.valid:
            return _Problem(Rule.QUOTED_MRN, "no MRN, or its check digit is wrong", "Compare it with the notice")
    return _postal(value) if code == _POSTAL else None


def _additional(value: str, owner: Element, _day: date | None) -> _Problem | None:
    return _postal(value) if owner.value("TypeCode") == _POSTAL else None


def _postal(value: str) -> _Problem | None:
    if looks_like_s10(value) and not parse_s10(value):
        return _Problem(Rule.POSTAL_ITEM, "the check digit of the postal item is wrong", "Compare it with the label")
    return None


def _mrn(value: str, _owner: Element, _day: date | None) -> _Problem | None:
    mrn = parse_mrn(value)
    if mrn is None or mrn.valid:  # other issuers have other forms: office, year, serial
        return None
    return _Problem(Rule.MRN, "the check digit of the MRN is wrong", "Compare it with the notice of acceptance")


def _eori(value: str, _owner: Element, _day: date | None) -> _Problem | None:
    if looks_like_eori(value):
        return None
    return _Problem(Rule.EORI, "not the form of an EORI number", "Write the country and up to 15 characters")


def _collector(value: str, owner: Element, _day: date | None) -> _Problem | None:
    from stdnum.eu import oss

    if owner.value("RoleCode") != "FR5" or oss.is_valid(value):
        return None
    return _Problem(Rule.IOSS, "not the form of an IOSS number", "Write IM, country of registration and serial")


def _container(value: str, _owner: Element, _day: date | None) -> _Problem | None:
    from stdnum import iso6346

    if iso6346.is_valid(value):
        return None
    return _Problem(Rule.CONTAINER, "no container number of ISO 6346", "Check its check digit")


def _date(value: str, owner: Element, _day: date | None) -> _Problem | None:
    return _date_text(value, None) if owner.find("DateTimeString") is None else None


def _date_string(value: str, owner: Element, _day: date | None) -> _Problem | None:
    element = owner.find("DateTimeString")
    return _date_text(value, element.attribute("formatCode") if element else None)


def _date_text(value: str, format_code: str | None) -> _Problem | None:
    try:
        dates.instant(value)
    except ValueError:
        return _Problem(Rule.DATE, "no date", "Write it as 20261122093000Z with formatCode 304")
    if format_code not in dates.FORMATS:
        return _Problem(Rule.DATE_FORMAT, "a date without a known formatCode", "Add formatCode 304 or 102")
    try:
        dates.instant(value, format_code)
    except ValueError:
        return _Problem(Rule.DATE_FORMAT, "a date of another format than its formatCode", "Correct one of them")
    return None


_PARTIES: Final = (
    "Agent", "AuthorisationHolder", "Carrier", "Declarant", "Exporter", "Importer", "Submitter",
)  # fmt: skip
_DATES: Final = (
    "AcceptanceDateTime", "CancellationDateTime", "EffectiveDateTime", "ExitDateTime", "IssueDateTime",
    "LimitDateTime", "RejectionDateTime", "ReleaseDateTime",
)  # fmt: skip

# ``Class/Field``, or a field name for every class
CHECKS: Final[Mapping[str, _Check]] = MappingProxyType(
    {
        "CountryCode": _country,
        "ExportCountry/ID": _country,
        "RegistrationNationalityCode": _country,
        "RoutingCountryCode": _country,
        "ResponsibleCountryCode": _country,
        "CurrencyTypeCode": _currency,
        "TradeTerms/LocationID": _location,
        "LoadingLocation/ID": _location,
        "IssueLocationID": _location,
        "Classification/ID": _commodity,
        "PreviousDocument/ID": _previous,
        "AdditionalDocument/ID": _additional,
        "Declaration/ID": _mrn,
        "DomesticDutyTaxParty/ID": _collector,
        "TransportEquipment/ID": _container,
        "DateTimeString": _date_string,
    }
    | {f"{party}/ID": _eori for party in _PARTIES}
    | dict.fromkeys(_DATES, _date)
)

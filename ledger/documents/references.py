"""References of consignments and declarations: their forms, check digits, and where a declaration carries them.

A reference resolves to 0..n declarations. None of them is secret: all have low entropy, so none goes on the chain.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

_S10 = re.compile(r"([A-Z]{2})(\d{8})(\d)([A-Z]{2})")
_S10_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
_MRN = re.compile(r"(\d{2})([A-Z]{2})([A-Z0-9]{13})(\d)")
_DUCR = re.compile(r"(\d)([A-Z]{2}[A-Z0-9]{3,15})-([A-Z0-9()/-]{1,19})")
_EORI = re.compile(r"[A-Z]{2}[A-Z0-9]{1,15}")
_LENGTH_OF_UCR: Final = 35

# Issuers whose MRNs carry the check digit of ISO 6346 (EU: Implementing Regulation 2015/2447, annex B, title II, 2/1).
# GB and XI use the same 18 characters with a last digit of their own, so nothing can be checked there.
_WITH_CHECK_DIGIT = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK CH NO IS LI TR MK RS UA GE MD"
)
MRN_WITH_CHECK_DIGIT: Final = frozenset(_WITH_CHECK_DIGIT.split())
# ISO 6346 values: letters from 10, leaving out multiples of 11
_VALUES: Final = {str(digit): digit for digit in range(10)} | dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True)
)


@unique
class ReferenceKind(StrEnum):
    """What a reference is."""

    LRN = "LRN"
    MRN = "MRN"
    UCR = "UCR"
    DUCR = "DUCR"
    DUCR_PART = "DUCR_PART"
    MUCR = "MUCR"
    PREVIOUS_MRN = "PREVIOUS_MRN"
    TRANSPORT = "TRANSPORT"
    HAWB = "HAWB"
    MAWB = "MAWB"
    S10 = "S10"
    INVOICE = "INVOICE"
    ORDER = "ORDER"
    PREVIOUS = "PREVIOUS"


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as a message carries it.

    Attributes:
        kind: what it is.
        value: without padding, as written.
        code: the document type code that said so (WCOID D019 or D006 with its category D031), or empty.
        path: canonical path of the leaf that holds it.
    """

    kind: ReferenceKind
    value: str
    code: str
    path: str


# PreviousDocument/TypeCode (WCOID D019) and AdditionalDocument category + type (D031, D006): UN/EDIFACT 1001 codes,
# the three-letter ones are British
PREVIOUS_KINDS: Final[Mapping[str, ReferenceKind]] = MappingProxyType(
    {
        "DCR": ReferenceKind.DUCR,
        "DCS": ReferenceKind.DUCR_PART,
        "MCR": ReferenceKind.MUCR,
        "MRN": ReferenceKind.PREVIOUS_MRN,
        "SDE": ReferenceKind.PREVIOUS_MRN,
        "830": ReferenceKind.PREVIOUS_MRN,
        "UCR": ReferenceKind.UCR,
        "703": ReferenceKind.HAWB,
        "740": ReferenceKind.HAWB,
        "741": ReferenceKind.MAWB,
        "704": ReferenceKind.TRANSPORT,
        "705": ReferenceKind.TRANSPORT,
        "714": ReferenceKind.TRANSPORT,
        "720": ReferenceKind.TRANSPORT,
        "722": ReferenceKind.TRANSPORT,
        "730": ReferenceKind.TRANSPORT,
        "750": ReferenceKind.TRANSPORT,
        "760": ReferenceKind.TRANSPORT,
        "787": ReferenceKind.TRANSPORT,
        "380": ReferenceKind.INVOICE,
        "220": ReferenceKind.ORDER,
    }
)
ADDITIONAL_KINDS: Final[Mapping[str, ReferenceKind]] = MappingProxyType(
    {
        f"N{code}": kind
        for code, kind in PREVIOUS_KINDS.items()
        if code.isdigit() and kind is not ReferenceKind.PREVIOUS_MRN
    }
    | {"N935": ReferenceKind.INVOICE, "N325": ReferenceKind.INVOICE, "N830": ReferenceKind.PREVIOUS_MRN}
)


@dataclass(frozen=True, slots=True)
class S10:
    """A postal item identifier (UPU standard S10). Reused after twelve months: never a permanent key."""

    service: str
    serial: str
    country: str

    def __str__(self) -> str:
        """The 13 characters."""
        return f"{self.service}{self.serial}{s10_check_digit(self.serial)}{self.country}"


def s10_check_digit(serial: str) -> int:
    """Check digit of eight digits (UPU S10: weights 8 6 4 2 3 5 9 7, 11 - S mod 11, 10 becomes 0 and 11 becomes 5)."""
    total = sum(weight * int(digit) for weight, digit in zip(_S10_WEIGHTS, serial, strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)


def parse_s10(text: str) -> S10 | None:
    """The postal item identifier in `text`, spaces and case aside, or None when it is none or its digit is wrong."""
    match = _S10.fullmatch(re.sub(r"\s", "", text).upper())
    if not match or s10_check_digit(match[2]) != int(match[3]):
        return None
    return S10(match[1], match[2], match[4])


def looks_like_s10(text: str) -> bool:
    """Whether `text` has the form of a postal item identifier, whatever its check digit."""
    return _S10.fullmatch(text.strip()) is not None


@dataclass(frozen=True, slots=True)
class Mrn:
    """A movement reference number of 18 characters: year, country of issue, 13 characters, last digit (WCOID D014)."""

    year: int
    country: str
    serial: str
    check: int

    @property
    def checked(self) -> bool:
        """Whether the issuer's last digit is a check digit that can be verified."""
        return self.country in MRN_WITH_CHECK_DIGIT

    @property
    def valid(self) -> bool:
        """Whether the last digit is right; True for issuers whose last digit says nothing."""
        return not self.checked or mrn_check_digit(str(self)[:-1]) == self.check

    def __str__(self) -> str:
        """The 18 characters."""
        return f"{self.year:02}{self.country}{self.serial}{self.check}"


def mrn_check_digit(text: str) -> int:
    """Check digit of the first 17 characters of an MRN (ISO 6346: values times powers of two, mod 11, 10 becomes 0)."""
    return sum(_VALUES[character] << position for position, character in enumerate(text)) % 11 % 10


def parse_mrn(text: str) -> Mrn | None:
    """The MRN in `text` when it has the form of the EU and the UK, else None; see `Mrn.valid` for its last digit."""
    match = _MRN.fullmatch(text.strip())
    return Mrn(int(match[1]), match[2], match[3], int(match[4])) if match else None


@dataclass(frozen=True, slots=True)
class Ducr:
    """A declaration UCR (UK form): year digit, trader's EORI, `-`, trader's reference; 35 characters at most."""

    year: int
    eori: str
    reference: str

    def __str__(self) -> str:
        """As declared."""
        return f"{self.year}{self.eori}-{self.reference}"


def parse_ducr(text: str) -> Ducr | None:
    """The DUCR in `text`, or None when it has another form."""
    match = _DUCR.fullmatch(text.strip())
    if not match or len(match[0]) > _LENGTH_OF_UCR:
        return None
    return Ducr(int(match[1]), match[2], match[3])


def looks_like_eori(text: str) -> bool:
    """Whether `text` has the form of an EORI number: country and up to 15 letters and digits."""
    return _EORI.fullmatch(text.strip()) is not None

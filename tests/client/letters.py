"""Messages of one's own: every test has declarations that no other one has."""

import itertools
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ledger.documents import read
from ledger.documents.references import S10

MESSAGES = Path(__file__).parents[1] / "messages"
PLATFORM_EORI, EXPRESS_EORI, STRANGER_EORI = "GB990000001000", "FR90000000100017", "FR99999999900099"

_numbers = itertools.count(1)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"

_NOTICE = """<MetaData><ResponsibleCountryCode>{country}</ResponsibleCountryCode><Response>
<FunctionCode>{code}</FunctionCode><FunctionalReferenceID>{reference}</FunctionalReferenceID>
<IssueDateTime><DateTimeString formatCode="304">{issued}</DateTimeString></IssueDateTime>{head}
<Declaration>{lrn}{mrn}{inner}</Declaration>{tail}</Response></MetaData>"""


def _serial(number: int) -> str:
    """Letters that stand for a number: numbers in the templates stay recognisable."""
    return "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(4))


@dataclass
class Case:
    """One declaration with what is said about it: unique numbers, and messages that carry them.

    Attributes:
        template: ``import``, ``export``, ... of ``tests/messages``.
        declarant: identifier of its declarant; "" leaves the declarant out.
        lrn, mrn, item: its numbers; the item is its postal one (S10).
    """

    template: str = "import"
    country: str = "FR"
    declarant: str = STRANGER_EORI
    lrn: str = field(default_factory=lambda: f"LRN-{_serial(next(_numbers))}")
    day: str = "20251014"

    def __post_init__(self) -> None:
        self.own = f"{_serial(next(_numbers))}"
        self.mrn = f"25{self.country}00{self.own}XXXXXX4"
        serial = f"{next(_numbers):08}"
        self.item = str(S10("LX", serial, "GB"))
        self._notices = itertools.count(1)

    def declaration(self, **replaced: str) -> bytes:
        """The original; `replaced`: text (with _ for what Python can't name) to put in place of another."""
        text = self._of(self.template)
        return _replace(text, replaced).encode()

    def request(self, name: str, lrn: str | None = None, **replaced: str) -> bytes:
        """A request of ``tests/messages`` about this declaration, such as ``import-cor``."""
        text = self._of(name)
        own = lrn or f"REQ-{self.own}-{next(self._notices)}"
        return _replace(re.sub(r"TLM251006-(COR|INV|GPR)-\d+", own, text), replaced).encode()

    def like(self, name: str, **replaced: str) -> bytes:
        """A notice of ``tests/messages`` about this declaration, such as ``import-07-amended``."""
        text = re.sub(r"a31c5e20d4f84b6c9be0715508ad\w+", self._reference(), self._of(name))
        return _replace(text, replaced).encode()

    def notice(self, code: str, at: str = "0900", **more: str | None) -> bytes:
        """A notice with a function code, at an hour and minute of the day; `more`: status, lrn, mrn, head, tail, ..."""
        given = {"lrn": self.lrn, "mrn": self.mrn, "country": self.country, **more}
        status = given.get("status")
        head = (f"<Status><NameCode>{status}</NameCode></Status>" if status else "") + (given.get("head") or "")
        return _NOTICE.format(
            country=given["country"],
            code=code,
            reference=given.get("reference") or self._reference(),
            issued=f"{given.get('day') or self.day}{at}00Z",
            head=head,
            lrn=f"<FunctionalReferenceID>{given['lrn']}</FunctionalReferenceID>" if given["lrn"] else "",
            mrn=f"<ID>{given['mrn']}</ID>" if given["mrn"] else "",
            inner=given.get("inner") or "",
            tail=given.get("tail") or "",
        ).encode()

    def _reference(self) -> str:
        return f"notice-{self.own}-{next(self._notices)}"

    def _of(self, name: str) -> str:
        text = (MESSAGES / f"{name}.xml").read_text(encoding="utf-8")
        text = re.sub(r"TLM251006-(IM|EX)-\d+", self.lrn, text)
        text = re.sub(r"25(GB|FR)[0-9A-Z]{14}", self.mrn, text)
        text = text.replace("LX473124829GB", self.item).replace("TLM251006A", self.own)
        if not self.declarant:
            return re.sub(r"<Declarant>.*?</Declarant>", "", text, flags=re.DOTALL)
        return text.replace(PLATFORM_EORI, self.declarant)


def _replace(text: str, replaced: dict[str, str]) -> str:
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def message(data: bytes) -> Any:
    """The one message of a text, of whichever kind."""
    [found] = read(data, "letter.xml")
    return found


def folder(path: Path, *messages: bytes) -> Path:
    """A folder with messages, in this order."""
    path.mkdir(parents=True, exist_ok=True)
    first = len(list(path.iterdir()))
    for number, data in enumerate(messages, first):
        (path / f"{number:03}.xml").write_bytes(data)
    return path

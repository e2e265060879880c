"""Annexes of arrangements (step 24): whether recognitions keep to what the contract can't see.

The chain holds an annex's hash: keccak256 of its JSON, names and lists in ascending order, without what is empty, no
white space, UTF-8; zeros for none. An annex that is written otherwise is found by the hash of what is written, too.
Of the annex that an arrangement names, and of that in force when the record was taken, this looks at the programme of
the AEO grant on which a recognition rests, and at HS chapters and modes of transport, as far as disclosures open them,
of the version for which it was made.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from passavant_verifier.audit.findings import Divergence, Findings, Place
from passavant_verifier.audit.replay import Seen
from passavant_verifier.audit.steps import Step
from passavant_verifier.canonical import parse_json
from passavant_verifier.codes import RecordType, Verdict
from passavant_verifier.commitments import CommitmentError, root_of_fields, schema_id
from passavant_verifier.disclosure_form import Disclosed, read_disclosure
from passavant_verifier.errors import UnreadableError
from passavant_verifier.events import Refused
from passavant_verifier.keccak import keccak256
from passavant_verifier.law.ledger import Ledger
from passavant_verifier.records import ZERO, Record

_CODE: Final = re.compile(r"Declaration/.*/Commodity\[1\]/Classification\[\d+\]/ID\[1\]")
_MODE: Final = re.compile(r"Declaration/(?:.*/)?BorderTransportMeans\[1\]/ModeCode\[1\]")
_HS_DIGITS: Final = 6
_LISTS: Final = {"hsChapters": str, "modes": int, "aeoProgrammes": str}
_RULE: Final = "a recognition keeps to the annex of its arrangement"


class Judgement(StrEnum):
    """What an annex says of a recognition; of several annexes, or kinds of limits, the last of these counts."""

    UNLIMITED = "not limited"
    WITHIN = "within"
    NOT_JUDGED = "not judged"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Annex:
    """What of an arrangement's scope the chain does not see; empty: no limit.

    Attributes:
        chapters: HS chapters, two digits each.
        modes: modes of transport at the border, as declarations have them.
        programmes: AEO programmes, keccak256 of each name.
    """

    chapters: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset()
    programmes: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class File:
    """A disclosure, and the file that it came in."""

    name: str
    disclosed: Disclosed


def annex_hash(content: object) -> bytes:
    """What an arrangement's record says of an annex, given as JSON's values."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return keccak256(text.encode())


def read_annexes(folder: Path) -> dict[bytes, Annex]:
    """The annexes in a folder's ``*.json``, by hash; of an arrangement's draft or plan, its annex.

    Raises:
        UnreadableError: a file can't be read, or is none.
    """
    found: dict[bytes, Annex] = {}
    for name, raw in _files(folder):
        content = parse_json(raw, name)
        inner: Any = content.get("annex", content) if isinstance(content, dict) else content
        annex = _annex(inner, name)
        try:
            found |= {annex_hash(one): annex for one in (inner, _canonical(inner))}
        except UnicodeEncodeError:
            raise UnreadableError(name, "a text in it is none") from None
    return found


def read_disclosures(folder: Path) -> list[File]:
    """The disclosures in a folder's ``*.json``.

    Raises:
        UnreadableError: a file can't be read, or is none.
    """
    return [File(name, read_disclosure(raw)) for name, raw in _files(folder)]


@dataclass
class AnnexMonitor:
    """Watches a replay for arrangements, AEO grants and recognitions.

    Attributes:
        known: annexes by hash.
        disclosures: by declaration and version.
        named: by arrangement, the hash of its annex.
        programmes: by grant, the hash of its programme's name.
    """

    known: Mapping[bytes, Annex]
    ledger: Ledger
    findings: Findings
    disclosures: dict[tuple[bytes, int], list[File]] = field(default_factory=dict)
    named: dict[bytes, bytes] = field(default_factory=dict)
    programmes: dict[bytes, bytes] = field(default_factory=dict)
    refuted: set[str] = field(default_factory=set)

    def disclose(self, files: Iterable[File]) -> None:
        """Take disclosures into account."""
        for file in files:
            place = (file.disclosed.declaration, file.disclosed.version)
            self.disclosures.setdefault(place, []).append(file)

    def __call__(self, seen: Seen) -> None:
        """Take note of a recorded event."""
        record = seen.entry.record
        if isinstance(seen.event, Refused):
            return
        if record.code is RecordType.ARRANGEMENT:
            self._arranged(seen)
        elif record.code is RecordType.AEO_STATUS and record.word("grant") == ZERO:
            self.programmes[seen.entry.digest] = record.word("programme")
        elif record.code is RecordType.RECOGNITION and record.number("verdict") != Verdict.DECLINED:
            self._recognised(seen)

    def _arranged(self, seen: Seen) -> None:
        annex = self.named[seen.entry.digest] = seen.entry.record.word("annex")
        if annex == ZERO:
            self.findings.counts["arrangement's annex: none"] += 1
        elif annex in self.known:
            self.findings.counts["arrangement's annex: known"] += 1
        else:
            self.findings.counts["arrangement's annex: missing"] += 1
            place = Place(seen.block.number, seen.log, seen.entry.digest, "Arrangement")
            self.findings.note("annex missing", place, f"no file has the annex 0x{annex.hex()}")

    def _recognised(self, seen: Seen) -> None:
        record = seen.entry.record
        judged = [(self._judge(record, annex, seen), annex) for annex in sorted(self._annexes(record, seen.block.time))]
        told = max((told for (told, _), _ in judged), key=list(Judgement).index)
        self.findings.counts[f"recognition's annex: {told}"] += 1
        if told is not Judgement.NOT_JUDGED:
            self.findings.passed(Step.ANNEX)
        if told is Judgement.OUTSIDE:
            (_, found), annex = next(one for one in judged if one[0][0] is told)
            place = Place(seen.block.number, seen.log, seen.entry.digest, record.form.name)
            self.findings.diverges(Divergence(Step.ANNEX, place, _RULE, f"what 0x{annex.hex()} covers", found))

    def _annexes(self, record: Record, time: int) -> set[bytes]:
        """Of the version that is named, and of the line's version of then: as with the scope on the chain."""
        known, digest = self.ledger.recognitions, record.word("arrangement")
        current = known.line(known.version(digest).word).latest
        while known.version(current).word.valid_from > time:
            current = known.version(current).predecessor
        return {self.named[digest], self.named[current]}

    def _judge(self, record: Record, name: bytes, seen: Seen) -> tuple[Judgement, str]:
        """What an annex says of a recognition, and what of it is outside."""
        if name == ZERO:
            return Judgement.UNLIMITED, ""
        annex = self.known.get(name)
        if annex is None:
            return Judgement.NOT_JUDGED, ""
        programme = self.programmes.get(record.word("aeo"))
        if annex.programmes and programme is not None and programme not in annex.programmes:
            return Judgement.OUTSIDE, f"the AEO programme 0x{programme.hex()}"
        return self._goods(annex, list(self._opened(record, seen)))

    @staticmethod
    def _goods(annex: Annex, fields: list[tuple[str, str]]) -> tuple[Judgement, str]:
        chapters = {value[:2] for path, value in fields if _CODE.fullmatch(path) and _is_commodity(value)}
        modes = {value.lstrip("0") for path, value in fields if _MODE.fullmatch(path)}
        both = ((annex.chapters, chapters, "an HS chapter"), (annex.modes, modes, "a mode of transport"))
        limits = [one for one in both if one[0]]
        outside = next((what for allowed, told, what in limits if told - allowed), None)
        if outside is not None:
            return Judgement.OUTSIDE, f"{outside} that it does not list, as disclosed"
        return (Judgement.WITHIN if all(told for _, told, _ in limits) else Judgement.NOT_JUDGED), ""

    def _opened(self, record: Record, seen: Seen) -> Iterator[tuple[str, str]]:
        """The fields that are disclosed of the version for which something was recognised."""
        for file in self.disclosures.get((record.word("declaration"), record.number("version")), ()):
            if self._proven(file, seen):
                yield from ((one.path, one.value) for one in file.disclosed.fields)

    def _proven(self, file: File, seen: Seen) -> bool:
        """Whether its fields lead to the commitment that the chain has for this version."""
        disclosed = file.disclosed
        commitment = self.ledger.consignments.declarations[disclosed.declaration].commitments[disclosed.version - 1]
        try:
            size, siblings = disclosed.proof or (0, ())
            if root_of_fields(schema_id(disclosed.schema), disclosed.fields, size, siblings) == commitment:
                return True
        except CommitmentError:
            pass
        if file.name not in self.refuted:
            self.refuted.add(file.name)
            place = Place(seen.block.number, digest=disclosed.declaration, what=file.name)
            self.findings.note("disclosure refuted", place, "its fields are not those of the version that it names")
        return False


def _is_commodity(value: str) -> bool:
    """Fewer digits are national additions to a commodity code."""
    return value.isascii() and value.isdigit() and len(value) >= _HS_DIGITS


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    try:
        for path in sorted(folder.iterdir()):
            if path.suffix == ".json":
                yield str(path), path.read_bytes()
    except OSError as error:
        raise UnreadableError(str(folder), f"can't be read: {error.strerror or error}") from None


def _canonical(content: Mapping[str, Any]) -> dict[str, Any]:
    """The one form that is signed: lists ascending, and nothing that limits nothing."""
    said = {name: sorted(content.get(name, [])) for name in _LISTS}
    profile = content.get("disclosureProfile", "")
    return {name: value for name, value in {**said, "disclosureProfile": profile}.items() if value}


def _annex(content: Any, where: str) -> Annex:
    if not isinstance(content, dict):
        raise UnreadableError(where, "an annex is a JSON object")
    listed = {name: content.get(name, []) for name in _LISTS}
    for name, values in listed.items():
        if not isinstance(values, list) or any(type(one) is not _LISTS[name] for one in values):
            raise UnreadableError(where, f"{name} takes a list of {'numbers' if name == 'modes' else 'texts'}")
    return Annex(
        frozenset(listed["hsChapters"]),
        frozenset(map(str, listed["modes"])),
        frozenset(keccak256(one.encode()) for one in listed["aeoProgrammes"]),
    )

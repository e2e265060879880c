"""Opening to partners the fields that an arrangement agreed on, of the versions that were controlled under it.

What is owed, `ledger.domain.entitlement` says; the agreed profile stands in the annex of the arrangement's version.
Each opening is a grant bound to one version and profile, with the fields sealed for the partner's newest key: doing it
once more does nothing, and whatever stopped in between is taken up by the next run. What was withdrawn stays so.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Final

from ledger.client import PayloadRefused, SealingError
from ledger.desk.bench import Bench
from ledger.desk.disclosing import Choice
from ledger.desk.field_sets import FieldSets, fields_hash
from ledger.desk.options import ContentMissing, DeskError
from ledger.documents.arrangements import goods_of
from ledger.documents.profiles import agreed
from ledger.domain.annexes import AnnexVerdict, goods_verdict
from ledger.domain.codes import OrganisationKind
from ledger.domain.proposals import Annex
from ledger.domain.wire import ZERO, DeclarationId
from ledger.errors import DocumentError
from ledger.index.history import VersionShown
from ledger.index.shared import Owed
from ledger.sealing import Payload

LASTING: Final = 10 * 365 * 86_400
"""Seconds for which fields are opened: what was opened stays until it is withdrawn, or its reader has no use for it."""


@unique
class Fate(StrEnum):
    """What became of a controlled version."""

    OPENED = "OPENED"
    ALREADY_OPEN = "ALREADY_OPEN"
    WITHDRAWN = "WITHDRAWN"
    PAUSED = "PAUSED"
    NO_PROFILE = "NO_PROFILE"
    UNKNOWN_ANNEX = "UNKNOWN_ANNEX"
    OUTSIDE_ANNEX = "OUTSIDE_ANNEX"
    NO_KEY = "NO_KEY"
    NOT_READABLE = "NOT_READABLE"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a run came to: how many controlled versions had which fate."""

    fates: Mapping[Fate, int] = field(default_factory=dict)

    def of(self, fate: Fate) -> int:
        """How many had this fate."""
        return self.fates.get(fate, 0)


class Opener:
    """Opens for one administration."""

    def __init__(self, bench: Bench) -> None:
        """Open at a bench."""
        self._bench = bench
        self._client = bench.client
        self._me = bench.identity.organisation

    def open(self, partner: int, *, dry: bool = False) -> Opened:
        """Open to a partner what it may read and can't yet; `dry` only counts.

        Raises:
            DeskError: this participant is no administration, or has no arrangement with the partner.
        """
        if self._bench.identity.kind is not OrganisationKind.ADMINISTRATION:
            raise DeskError("only an administration opens fields under an arrangement")
        if not self._client.shares.agreed(self._me, partner):
            raise DeskError(f"there is no arrangement between administrations {self._me} and {partner}")
        return self._each(self._client.shares.owed(self._me, partner), partner, dry=dry)

    def after(self, declaration: DeclarationId) -> Opened:
        """Open one declaration's controlled versions to every partner that may read them: when a control is new."""
        done = Counter[Fate]()
        for partner in self._client.shares.partners(declaration, self._me):
            owed = self._client.shares.owed_of(declaration, self._me, partner)
            done.update(self._each(owed, partner, dry=False).fates)
        return Opened(done)

    def _each(self, owed: Iterable[Owed], partner: int, *, dry: bool) -> Opened:
        return Opened(Counter(self._fate(one, partner, dry=dry) for one in owed))

    def _fate(self, owed: Owed, partner: int, *, dry: bool) -> Fate:
        annex = Annex() if owed.annex == ZERO else self._client.recognition.annex(owed.annex)
        if annex is None:
            return Fate.UNKNOWN_ANNEX
        try:
            profile = agreed(annex.profile)
        except DocumentError:
            return Fate.UNKNOWN_ANNEX
        if profile is None:
            return Fate.NO_PROFILE
        choice = Choice(patterns=profile.fields, profile=profile, to=partner, version=owed.version)
        return self._settled(owed, partner, choice) or self._opened(owed, partner, choice, annex, dry=dry)

    def _settled(self, owed: Owed, partner: int, choice: Choice) -> Fate | None:
        """What there is nothing to do about: it is open, or was, or must wait."""
        place = (self._me, partner, fields_hash(choice))
        kept = self._client.grants(owed.declaration, self._me) or ()
        mine = [one for one in kept if (one.grant.grantor, one.grant.reader, one.grant.fields) == place]
        if mine and not any(map(self._client.rights.holds, mine)):
            return Fate.WITHDRAWN
        if mine and FieldSets(self._bench).kept(owed.declaration, self._version(owed), partner, choice):
            return Fate.ALREADY_OPEN
        return None if owed.opens else Fate.PAUSED

    def _opened(self, owed: Owed, partner: int, choice: Choice, annex: Annex, *, dry: bool) -> Fate:
        if self._bench.sealer.key_of(partner) is None:
            return Fate.NO_KEY
        try:
            payload = self._bench.payload(owed.declaration, owed.version)[1]
        except (ContentMissing, SealingError, PayloadRefused):
            return Fate.NOT_READABLE
        if not _within(annex, payload):
            return Fate.OUTSIDE_ANNEX
        if not dry:
            FieldSets(self._bench).grant(owed.declaration, partner, choice, LASTING)
        return Fate.OPENED

    def _version(self, owed: Owed) -> VersionShown:
        return next(one for one in self._client.versions(owed.declaration) if one.number == owed.version)


def _within(annex: Annex, payload: Payload) -> bool:
    """Whether the goods are known to lie within an annex: what can't be told is not opened."""
    told = goods_verdict([annex], goods_of(dict(payload.fields)))
    return told in {AnnexVerdict.NONE, AnnexVerdict.WITHIN}

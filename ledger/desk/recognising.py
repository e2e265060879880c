"""Recognising at a desk: which arrangement and which proof a recognition takes, and who is an authorised operator."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from ledger.client import Client, Entry
from ledger.desk.options import DeskError, Identity, RecognitionOptions, UnknownReference, Written
from ledger.domain.aeo import programme_hash
from ledger.domain.annexes import AnnexVerdict
from ledger.domain.codes import AeoStanding, OrganisationKind, Outcome, Risk, Verdict
from ledger.domain.keccak import keccak256
from ledger.domain.recognition import MAX_RELIED
from ledger.domain.records import AeoStatus, Recognition, RecognitionRecord
from ledger.domain.wire import ZERO, DeclarationId, Digest
from ledger.index.candidates import RecognitionCandidate
from ledger.sealing import PayloadRefused, SealingError

DEADLINE: Final = 7 * 24 * 3600 - 300
_INSTEAD: Final = "The arrangement waives no control of them: decline it, or control the goods."
_WHAT_TO_DO: Final = (
    "`passavant arrangements` tells which annexes are known, and `passavant fetch` gets content from another gateway. "
    "Whoever has looked at annex and goods may say so: --unjudged"
)


def reliance(relies: Sequence[Digest]) -> bytes:
    """What a decision says of the recognitions that follow it: the hash of their digests, or zeros.

    Raises:
        DeskError: they are too many, or one is named twice.
    """
    if len(relies) > MAX_RELIED or len(set(relies)) < len(relies):
        raise DeskError(f"a decision relies on {MAX_RELIED} recognitions at most, each named once")
    return keccak256(*relies) if relies else ZERO


class Recogniser:
    """Recognises for one administration."""

    def __init__(
        self,
        client: Client,
        identity: Identity,
        opening: Callable[[DeclarationId, int], object],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Write through a client; `opening` a version's content notes its goods; `clock` gives seconds (UTC)."""
        self._client = client
        self._identity = identity
        self._opening = opening
        self._clock = clock

    def recognise(self, declaration: DeclarationId, parent: Digest, options: RecognitionOptions) -> Written:
        """Recognise a control, or another's recognition of one, for a declaration of this administration's own.

        The arrangement and the proof come from the index. The ledger judges; what it would refuse is sent all the same.
        What it does not see is judged here: the annex of the arrangement.

        Raises:
            UnknownReference: nothing of that id concerns the declaration's consignment.
            DeskError: there is no arrangement with its author, or none of it is usable; or it lies outside the annex;
                or nobody can tell here, and the options do not take that upon themselves.
        """
        found = self._client.recognition.candidate(declaration, parent, self._identity.organisation)
        state = self._client.state(declaration)
        if found is None or state is None:
            raise UnknownReference(
                f"0x{parent.hex()} is no control of another administration, or recognition of one, in a consignment "
                "of this administration's. `passavant controls` lists them"
            )
        declines = options.verdict is Verdict.DECLINED
        record = Recognition(
            declaration=declaration,
            parent=parent,
            supersedes=options.supersedes or Digest(ZERO),
            arrangement=Digest(ZERO) if declines else _agreed(found),
            aeo=options.aeo or Digest(ZERO),
            administration=self._identity.organisation,
            office=self._identity.office,
            version=state.version.number,
            verdict=options.verdict,
            risk=_risk(found, options),
            reason=options.reason,
            effective_at=int(self._clock()) if options.effective_at is None else options.effective_at,
            deadline=self._deadline(),
        )
        self._check_annex(record, unjudged=options.unjudged)
        return Written(self._submit(record, self._client.recognition.proof(parent)), declaration)

    def _check_annex(self, record: Recognition, *, unjudged: bool) -> None:
        """Judge the goods by the annex, by opening the content where they are not known here."""
        judged = self._client.recognition.judged(record)
        missing = ""
        if judged.verdict is AnnexVerdict.NOT_JUDGED:
            try:
                self._opening(DeclarationId(record.declaration), record.version)
            except (DeskError, SealingError, PayloadRefused) as error:
                missing = f" {error}"
            judged = self._client.recognition.judged(record)
        if judged.verdict is AnnexVerdict.OUTSIDE:
            raise DeskError(f"{judged.reason} {_INSTEAD}")
        if judged.verdict is AnnexVerdict.NOT_JUDGED and not unjudged:
            raise DeskError(f"{judged.reason}{missing} {_WHAT_TO_DO}")

    def grant_aeo(self, operator: int, programme: str, valid_for: int) -> Digest:
        """Grant an operator AEO status from now on, for some seconds. The programme's name is kept here, to tell it."""
        now = int(self._clock())
        self._client.recognition.keep_programme(programme)
        record = AeoStatus(
            administration=self._administration(),
            operator=operator,
            status=AeoStanding.GRANTED,
            programme=programme_hash(programme),
            valid_from=now,
            valid_until=now + valid_for,
            deadline=self._deadline(),
        )
        return self._submit(record)

    def end_aeo(self, operator: int, standing: AeoStanding, since: int | None = None) -> Digest:
        """Suspend or withdraw an operator's latest grant, from a moment on (now when None).

        Raises:
            DeskError: it has none.
        """
        grants = self._client.recognition.grants(operator)
        if not grants:
            raise DeskError(f"operator {operator} was never granted AEO status")
        record = AeoStatus(
            administration=self._administration(),
            operator=operator,
            grant=list(grants)[-1],
            status=standing,
            valid_from=int(self._clock()) if since is None else since,
            deadline=self._deadline(),
        )
        return self._submit(record)

    def _administration(self) -> int:
        if self._identity.kind is not OrganisationKind.ADMINISTRATION:
            raise DeskError("only an operator's home administration says that it is an authorised economic operator")
        return self._identity.organisation

    def _submit(self, record: RecognitionRecord, proof: bytes = b"") -> Digest:
        signature = self._identity.signer.sign(self._client.domains.of(record), record)
        [taken] = self._client.submit([Entry(record, signature, proof)])
        if taken.refused is Outcome.NOT_AUTHENTIC:
            raise DeskError(f"the ledger knows no key 0x{self._identity.signer.address.hex()} of this participant")
        if taken.outside:  # what was noted of the goods a moment ago, by another process
            raise DeskError(f"{taken.outside} {_INSTEAD}")
        return taken.digest

    def _deadline(self) -> int:
        return int(self._clock()) + DEADLINE


def _agreed(found: RecognitionCandidate) -> Digest:
    if found.arrangement is None:
        raise DeskError(f"there is no arrangement with administration {found.administration}, which made this control")
    return found.arrangement


def _risk(found: RecognitionCandidate, options: RecognitionOptions) -> Risk:
    """The areas named; else the usable ones for a partial recognition, and all for others."""
    if options.risk is not None:
        return options.risk
    if options.verdict is not Verdict.PARTIAL:
        return found.risk
    if not found.usable:
        raise DeskError(f"none of its risk areas is usable: {found.reason}")
    return found.usable

"""Making an arrangement of two administrations: one drafts and signs, the other checks and signs, either sends it."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from ledger.chain.signers import Signer
from ledger.client import Client, Entry, FieldError
from ledger.desk.options import DeskError
from ledger.documents.arrangements import read_annex
from ledger.documents.profiles import agreed
from ledger.domain.codes import Outcome, Reason, SuspensionAction
from ledger.domain.plain import from_plain, to_plain
from ledger.domain.proposals import Annex, Proposal
from ledger.domain.records import Arrangement, ArrangementSuspension
from ledger.domain.wire import ZERO, Digest
from ledger.errors import DocumentError

DEADLINE: Final = 7 * 24 * 3600 - 300
_TYPE: Final = "passavant/arrangement/v1"
_SIGNATURE: Final = 65


@dataclass(frozen=True, slots=True)
class Draft:
    """An arrangement on its way between two administrations.

    Attributes:
        record: what both sign.
        annex: what stands behind its hash.
        signatures: by administration, 65 bytes each.
    """

    record: Arrangement
    annex: Annex = field(default_factory=Annex)
    signatures: Mapping[int, bytes] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[int, ...]:
        """The parties that have not signed yet."""
        return tuple(one for one in (self.record.first, self.record.second) if one not in self.signatures)

    def to_json(self) -> str:
        """The draft as a file's text."""
        signatures = {str(one): f"0x{signature.hex()}" for one, signature in self.signatures.items()}
        said = {"type": _TYPE, "record": to_plain(self.record), "annex": self.annex.plain(), "signatures": signatures}
        return json.dumps(said, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Draft | None":
        """The draft of a file's text; None when it is something else, such as a plan that nobody signed.

        Raises:
            DeskError: it calls itself one, and can't be right.
        """
        try:
            given = json.loads(text)
        except ValueError:
            return None
        if not isinstance(given, dict) or given.get("type") != _TYPE:
            return None
        try:
            record = from_plain("Arrangement", given["record"])
            signatures = {int(one): bytes.fromhex(said[2:]) for one, said in given["signatures"].items()}
            annex = read_annex(given["annex"])
        except (FieldError, DocumentError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DeskError(f"this draft of an arrangement is damaged: {error}") from None
        if not isinstance(record, Arrangement) or record.annex != annex.digest():
            raise DeskError("the annex of this draft is not the one that its record names: somebody changed it")
        if any(len(one) != _SIGNATURE for one in signatures.values()):
            raise DeskError("this draft of an arrangement is damaged: a signature has 65 bytes")
        return cls(record, annex, signatures)


class Arranger:
    """Makes and suspends arrangements for one administration, under its managing key."""

    def __init__(
        self, client: Client, administration: int, manager: Signer, clock: Callable[[], float] = time.time
    ) -> None:
        """Write through a client; `clock` gives seconds (UTC)."""
        self.client = client
        self._administration = administration
        self._manager = manager
        self._clock = clock

    def draft(self, proposal: Proposal, begins_in: int) -> Draft:
        """The next version between two administrations, unsigned.

        It begins as planned, or, if that is over or was left open, in `begins_in` seconds.
        """
        now, planned = int(self._clock()), proposal.arrangement
        record = replace(
            planned,
            predecessor=self.client.recognition.line(planned.first, planned.second).latest,
            annex=proposal.annex.digest(),
            valid_from=planned.valid_from if planned.valid_from > now else now + begins_in,
            deadline=now + DEADLINE,
        )
        if record.valid_until <= record.valid_from:
            raise DeskError("the arrangement would end before it begins")
        return Draft(record, proposal.annex)

    def sign(self, draft: Draft) -> Draft:
        """The draft with this administration's signature; what it says of its annex is kept here.

        Raises:
            DeskError: this administration is no party.
            DocumentError: the annex names a disclosure profile that is not known here.
        """
        if self._administration not in (draft.record.first, draft.record.second):
            raise DeskError(
                f"the arrangement is between administrations {draft.record.first} and {draft.record.second}, "
                f"and {self._administration} is neither"
            )
        agreed(draft.annex.profile)
        signature = self._manager.sign(self.client.domains.of(draft.record), draft.record)
        self.client.recognition.keep_annex(draft.annex)
        return replace(draft, signatures={**draft.signatures, self._administration: signature})

    def submit(self, draft: Draft) -> Digest:
        """Send a draft that both have signed."""
        record = draft.record
        return self._submit(Entry(record, draft.signatures[record.first], draft.signatures[record.second]))

    def suspend(self, partner: int, action: SuspensionAction, reason: Reason) -> Digest:
        """Suspend new recognitions under the arrangement with a partner, or let them resume.

        Raises:
            DeskError: there is no arrangement.
        """
        line = self.client.recognition.line(self._administration, partner)
        if line.latest == ZERO:
            raise DeskError(f"there is no arrangement between administrations {self._administration} and {partner}")
        record = ArrangementSuspension(
            administration=self._administration,
            arrangement=line.latest,
            prev=line.head,
            action=action,
            reason=reason,
            deadline=int(self._clock()) + DEADLINE,
        )
        return self._submit(Entry(record, self._manager.sign(self.client.domains.of(record), record)))

    def _submit(self, entry: Entry) -> Digest:
        [taken] = self.client.submit([entry])
        if taken.refused is Outcome.NOT_AUTHENTIC:
            raise DeskError("the ledger knows no such managing key of the administration that signed first")
        return taken.digest

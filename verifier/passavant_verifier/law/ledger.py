"""The whole state, and what an event makes of it.

    ledger = Ledger.of_network(chain_id, network_id, consignments, participants)
    ledger.apply(contract, event, time)     # raises BrokenLawError
    ledger.consignments.storage()

Every event is judged as if it were presented again: who signed, with which key, at which time, by which rule.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from passavant_verifier.codes import Outcome, RecordType
from passavant_verifier.errors import VerifierError
from passavant_verifier.events import Event, Founding, Recorded, Refused
from passavant_verifier.law import arranging, council, keyring, lodgement, membership, recognising, rulings
from passavant_verifier.law.consignments import Consignments
from passavant_verifier.law.entry import Entry, RefusedError
from passavant_verifier.law.participants import LARGEST_ADMINISTRATION, Participants
from passavant_verifier.law.recognising import Law
from passavant_verifier.law.recognitions import Recognitions
from passavant_verifier.records import WORD, Domain, Form, Record, signer_of
from passavant_verifier.webs import recognitions_of

_T = RecordType
_PARTICIPANTS: Final[Mapping[RecordType, Callable[[Participants, Entry], None]]] = {
    _T.ADMISSION: council.admission,
    _T.OPERATOR_STATUS: membership.operator_status,
    _T.KEY_AUTHORISATION: keyring.key_authorisation,
    _T.ADMINISTRATION_SETTING: membership.administration_setting,
    _T.GRANT: membership.grant,
    _T.ENCRYPTION_KEY: keyring.encryption_key,
}
_CONSIGNMENTS: Final[Mapping[RecordType, Callable[[Consignments, Participants, Entry], None]]] = {
    _T.DECLARATION: lodgement.declaration,
    _T.AMENDMENT_REQUEST: lodgement.request,
    _T.INVALIDATION_REQUEST: lodgement.request,
    _T.PRESENTATION_NOTICE: lodgement.request,
    _T.CONTROL: rulings.control,
    _T.HOLD: rulings.hold,
    _T.ERASURE: rulings.erasure,
}


_RECOGNITIONS: Final[Mapping[RecordType, Callable[[Law, Entry], None]]] = {
    _T.DECISION: rulings.decision,
    _T.RECOGNITION: recognising.recognition,
    _T.ARRANGEMENT: arranging.arrangement,
    _T.ARRANGEMENT_SUSPENSION: arranging.suspension,
    _T.AEO_STATUS: arranging.aeo_status,
    _T.ASSISTANCE: arranging.assistance,
}
"""What looks at all three contracts: Recognitions' own, and decisions, which may rely on them."""


class BrokenLawError(VerifierError):
    """An event that the contracts, as docs/records.md describes them, could not have emitted.

    Attributes:
        outcome: the rule that refuses a recorded entry, or that should have refused a refused one; None: the event is
            no event of these contracts, whatever it records.
        expected: what the rules say.
        found: what the event says.
    """

    def __init__(self, outcome: Outcome | None, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.outcome = outcome
        self.expected = expected
        self.found = found


@dataclass
class Ledger:
    """The three contracts' state, their addresses and their signing domains."""

    consignments_domain: Domain
    participants_domain: Domain
    recognitions_domain: Domain
    participants: Participants
    consignments: Consignments = field(default_factory=Consignments)
    recognitions: Recognitions = field(default_factory=Recognitions)
    is_founded: bool = False

    @classmethod
    def of_network(cls, chain_id: int, network_id: bytes, consignments: bytes, participants: bytes) -> "Ledger":
        """The state before the contracts' deployment."""
        return cls(
            Domain(network_id, chain_id, consignments),
            Domain(network_id, chain_id, participants),
            Domain(network_id, chain_id, recognitions_of(consignments)),
            Participants(chain_id),
        )

    @property
    def law(self) -> Law:
        """The state as the rules of recognition look at it."""
        return Law(self.consignments, self.participants, self.recognitions)

    def domain_of(self, form: Form) -> Domain:
        """The signing domain of the contract that takes records of this form."""
        if form.of_recognitions:
            return self.recognitions_domain
        return self.participants_domain if form.of_participants else self.consignments_domain

    def is_withdrawn(self, declaration: bytes) -> bool:
        """True when a recognition on which a declaration relied last no longer stands."""
        return recognising.is_withdrawn(self.law, declaration)

    def apply(self, contract: bytes, event: Event, time: int) -> Entry | None:
        """Judge an event of the block of that time and take it in; the entry that it records or refuses.

        Raises:
            BrokenLawError: it can't have happened.
        """
        if isinstance(event, Founding):
            self._found(contract, event, time)
            return None
        self.is_founded = True
        entry = self._entry(contract, event, time)
        if isinstance(event, Recorded):
            self._record(event, entry)
        else:
            self._refuse(event, entry)
        return entry

    def _found(self, contract: bytes, event: Founding, time: int) -> None:
        of_participants = contract == self.participants_domain.contract
        if self.is_founded or not of_participants or not self.participants.found(event, time):
            raise BrokenLawError(None, "a founder of the constructor", "another")

    def _entry(self, contract: bytes, event: Recorded | Refused, time: int) -> Entry:
        """The entry as it was presented: its digest and signer are computed, not believed."""
        record = event.record
        domain = self.domain_of(record.form)
        if contract != domain.contract:
            raise BrokenLawError(None, f"a {record.form.name} of 0x{domain.contract.hex()}", f"0x{contract.hex()}")
        digest = domain.digest(record)
        if digest != event.digest:
            raise BrokenLawError(None, f"the digest 0x{digest.hex()}", f"0x{event.digest.hex()}")
        signer = signer_of(digest, event.signature)
        author = self._author(record, signer)
        proof = event.proof if isinstance(event, Recorded) else None
        return Entry(record, digest, signer or b"", author, time, proof)

    def _author(self, record: Record, signer: bytes | None) -> int:
        """The author organisation that the record names, whose key signed.

        Raises:
            BrokenLawError: NOT_AUTHENTIC.
        """
        named = author_of(record)
        if named is None:
            raise BrokenLawError(Outcome.MALFORMED, "an author", "none")
        key = self.participants.keys.get(signer or b"")
        owner = key.organisation if key else 0
        council_speaks = record.code is RecordType.ADMISSION and 0 < owner <= LARGEST_ADMINISTRATION
        if owner == 0 or (owner != named and not council_speaks):
            whose = f"a key of {owner}" if owner else "a key of nobody" if signer else "no signature"
            wanted = f"a signature by a registered key of {named}" if named else "one by an administration's key"
            raise BrokenLawError(Outcome.NOT_AUTHENTIC, wanted, whose)
        return owner

    def _record(self, event: Recorded, entry: Entry) -> None:
        try:
            self._judge(entry)
        except RefusedError as refusal:
            raise BrokenLawError(refusal.outcome, refusal.outcome.name, "RECORDED") from None
        second, third = self._subjects(entry)
        if (event.second, event.third) != (second, third):
            found = f"0x{event.second.hex()}, 0x{event.third.hex()}"
            raise BrokenLawError(None, f"the topics 0x{second.hex()}, 0x{third.hex()}", found)

    def _refuse(self, event: Refused, entry: Entry) -> None:
        """A refusal is right when the rules come to its outcome, or only the unknown proof could tell."""
        outcome = self._outcome(entry)
        possible = {outcome, *entry.doubts} - {Outcome.RECORDED, Outcome.ALREADY_RECORDED, Outcome.NOT_AUTHENTIC}
        if event.outcome not in possible:
            raise BrokenLawError(outcome, outcome.name, f"a refusal as {_name(event.outcome)}")
        if (event.author, event.subject) != (entry.author, _subject(entry)):
            found = f"{event.author}, 0x{event.subject.hex()}"
            raise BrokenLawError(None, f"the topics {entry.author}, 0x{_subject(entry).hex()}", found)

    def judged(self, entry: Entry, proof: bytes) -> Outcome:
        """What the rules say of a refused entry that was sent with this proof; RECORDED: they took it in."""
        try:
            self._judge(replace(entry, proof=proof, doubts=set()))
        except RefusedError as refusal:
            return refusal.outcome
        return Outcome.RECORDED

    def _outcome(self, entry: Entry) -> Outcome:
        try:
            self._judge(entry)
        except RefusedError as refusal:
            return refusal.outcome
        raise AssertionError  # an entry without its proof is never taken in

    def _judge(self, entry: Entry) -> None:
        code = entry.record.code
        if entry.record.form.of_participants:
            _PARTICIPANTS[code](self.participants, entry)
        elif code in _RECOGNITIONS:
            _RECOGNITIONS[code](self.law, entry)
        else:
            _CONSIGNMENTS[code](self.consignments, self.participants, entry)

    def _subjects(self, entry: Entry) -> tuple[bytes, bytes]:
        """The second and third topic of a recorded entry's event."""
        record = entry.record
        if record.code is RecordType.DECLARATION:
            consignment = record.word("consignment")
            return consignment if any(consignment) else entry.digest, record.word("declarant")
        third = _THIRD.get(record.code)
        author = entry.author.to_bytes(WORD, "big")
        return _subject(entry), record.word(third) if third else author


_THIRD: Final = {
    _T.KEY_AUTHORISATION: "key",
    _T.GRANT: "agent",
    _T.ENCRYPTION_KEY: "version",
    _T.ARRANGEMENT: "second",
}
_SUBJECTS: Final = {
    _T.OPERATOR_STATUS: "organisation",
    _T.ARRANGEMENT_SUSPENSION: "arrangement",
    _T.AEO_STATUS: "operator",
    _T.ASSISTANCE: "consignment",
}
"""The field that is the second topic; of other types the first field is."""
_AUTHORS: Final = {
    _T.DECISION: ("administration",),
    _T.CONTROL: ("administration",),
    _T.HOLD: ("agency",),
    _T.ERASURE: ("administration", "agent", "declarant"),
    _T.DECLARATION: ("agent", "declarant", "administration"),
    _T.OPERATOR_STATUS: ("administration",),
    _T.ADMINISTRATION_SETTING: ("administration",),
    _T.KEY_AUTHORISATION: ("organisation",),
    _T.ENCRYPTION_KEY: ("organisation",),
    _T.GRANT: ("declarant",),
    _T.RECOGNITION: ("administration",),
    _T.ARRANGEMENT: ("first",),
    _T.ARRANGEMENT_SUSPENSION: ("administration",),
    _T.AEO_STATUS: ("administration",),
    _T.ASSISTANCE: ("administration",),
}
"""The fields that may name the author, the first that is not 0 does."""


def author_of(record: Record) -> int | None:
    """The organisation that a record names as its author; 0: any administration; None: nobody."""
    if record.code is RecordType.ADMISSION:
        return 0
    for name in _AUTHORS.get(record.code, ("agent", "declarant")):
        if identity := record.number(name):
            bits = 16 if name in {"administration", "first"} else 32
            return None if identity >> bits else identity
    return None


def _subject(entry: Entry) -> bytes:
    """Of what a record speaks: the declaration or consignment, the organisation, the arrangement."""
    record = entry.record
    if name := _SUBJECTS.get(record.code):
        return record.word(name)
    first = record.body[:WORD]
    return entry.digest if record.code is RecordType.DECLARATION and not any(first) else first


def _name(outcome: int) -> str:
    return Outcome(outcome).name if outcome in set(Outcome) else str(outcome)

"""Mutual assistance at a desk: one administration asks another about a consignment, and is answered or refused.

What is asked and answered goes sealed to the two; the chain has its commitment, and the hash of the legal basis.
"""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ledger.client.forgetting import forget_assistance
from ledger.desk.bench import DEADLINE, Bench
from ledger.desk.options import ContentMissing, DeskError, UnknownReference
from ledger.desk.sealing import Content
from ledger.domain.codes import AssistanceAction, AssistanceKind, OrganisationKind, Reason
from ledger.domain.commitment import schema_id
from ledger.domain.keccak import keccak256
from ledger.domain.records import Assistance
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest
from ledger.sealing import Payload, PayloadRefused, Subject

if TYPE_CHECKING:
    from ledger.index.assistance import AssistanceShown

ASSISTANCE_SCHEMA: Final = "passavant/assistance/v1"
_ELSEWHERE: Final = "`passavant fetch 0x{request} --from URL` gets it from the other administration's gateway"
_TEXTS: Final = {"Subject[1]": "subject", "LegalBasis[1]": "legal_basis", "Text[1]": "text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one administration writes to another: the content of a request of assistance, or of its answer.

    Attributes:
        text: what is asked, or answered.
        subject: one line.
        legal_basis: on what a request rests; empty in an answer.
        attachments: files, each a name and its bytes.
    """

    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    legal_basis: str = field(default="", repr=False)
    attachments: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    @property
    def basis_hash(self) -> bytes:
        """What the chain has of the legal basis: keccak-256 of the text, or zeros for none."""
        return keccak256(self.legal_basis.encode()) if self.legal_basis else ZERO

    def payload(self) -> Payload:
        """As a payload, under a fresh seed."""
        fields = {path: getattr(self, name) for path, name in _TEXTS.items() if getattr(self, name)}
        for number, (name, content) in enumerate(self.attachments, 1):
            fields[f"Attachment[{number}]/Name[1]"] = name
            fields[f"Attachment[{number}]/Content[1]"] = base64.b64encode(content).decode()
        return Payload(ASSISTANCE_SCHEMA, secrets.token_bytes(32), tuple(fields.items()))

    @classmethod
    def of(cls, payload: Payload) -> "Letter":
        """The letter that a payload holds.

        Raises:
            PayloadRefused: it holds none.
        """
        fields = dict(payload.fields)
        texts = {name: fields.pop(path, "") for path, name in _TEXTS.items()}
        attachments: list[tuple[str, bytes]] = []
        for number in range(1, len(fields) // 2 + 1):
            try:
                name = fields.pop(f"Attachment[{number}]/Name[1]")
                content = base64.b64decode(fields.pop(f"Attachment[{number}]/Content[1]"), validate=True)
            except (KeyError, ValueError):
                raise PayloadRefused(
                    f"attachment {number} of {ASSISTANCE_SCHEMA} has a name, and content in base64"
                ) from None
            attachments.append((name, content))
        if fields:
            raise PayloadRefused(f"{ASSISTANCE_SCHEMA} does not have {min(fields)}")
        return cls(attachments=tuple(attachments), **texts)


@dataclass(frozen=True, slots=True)
class AssistanceWritten:
    """A record of assistance that is now in the outbox.

    Attributes:
        digest: of this record.
        request: of the request that it belongs to; itself for a request.
        unread: who shall read its content, but has no key to encrypt it to.
        late: seconds after it was due that it is answered; 0: in time.
    """

    digest: Digest
    request: Digest
    unread: tuple[int, ...] = ()
    late: int = 0


@dataclass(frozen=True, slots=True)
class AssistanceThread:
    """A request of assistance with its contents, held against the chain.

    Attributes:
        shown: what the chain has of it.
        question, answer: None when there is none, or it can't be had.
        missing: why something can't be had, by ``question`` and ``answer``.
    """

    shown: "AssistanceShown"
    question: Letter | None
    answer: Letter | None
    missing: Mapping[str, str]


class Assistant:
    """Asks and answers for one administration."""

    def __init__(self, bench: Bench) -> None:
        """Work at a bench."""
        self._bench = bench
        self._client = bench.client
        self._me = bench.identity.organisation

    # --- writing ------------------------------------------------------------------------------------------------------

    def request(
        self, consignment: ConsignmentId, addressee: int, kind: AssistanceKind, letter: Letter, due_in: int
    ) -> AssistanceWritten:
        """Ask another administration about a consignment, to be answered within so many seconds.

        Raises:
            DeskError: this participant may not ask, or there is nobody such to be asked.
        """
        self._check_addressee(addressee)
        if due_in <= 0 or not letter.legal_basis or not letter.text:
            raise DeskError("a request of assistance has a question, a legal basis, and a time to answer it in")
        payload = letter.payload()
        now = self._bench.moment()
        record = Assistance(
            administration=self._me,
            addressee=addressee,
            consignment=consignment,
            action=AssistanceAction.REQUEST,
            kind=kind,
            legal_basis=letter.basis_hash,
            commitment=payload.root,
            due_at=now + due_in,
            deadline=self._bench.moment() + DEADLINE,
        )
        digest = self._client.domains.digest(record)
        return self._write(record, digest, Content(payload, payload.root, (addressee,)))

    def answer(self, request: Digest, letter: Letter) -> AssistanceWritten:
        """Answer a request that this administration was asked.

        Raises:
            UnknownReference: there is no such request for it.
            DeskError: it is another's to answer, or was answered.
        """
        if not letter.text:
            raise DeskError("an answer says something")
        payload = letter.payload()
        shown = self._mine_to_answer(request)
        record = self._reply(shown, AssistanceAction.ANSWER, commitment=payload.root)
        readers = (self._client.competent(shown.administration),)
        return self._write(record, request, Content(payload, payload.root, readers), shown.late)

    def refuse(self, request: Digest, reason: Reason) -> AssistanceWritten:
        """Refuse a request that this administration was asked, with a coarse reason; raises as `answer`."""
        if not reason:
            raise DeskError("a refusal has a reason")
        shown = self._mine_to_answer(request)
        return self._write(self._reply(shown, AssistanceAction.REFUSAL, reason=reason), request, None, shown.late)

    def _reply(
        self,
        shown: "AssistanceShown",
        action: AssistanceAction,
        commitment: bytes = ZERO,
        reason: Reason = Reason.UNSPECIFIED,
    ) -> Assistance:
        return Assistance(
            administration=self._me,
            addressee=shown.administration,
            consignment=ConsignmentId(shown.consignment),
            request=Digest(shown.id),
            action=action,
            kind=shown.kind,
            legal_basis=shown.legal_basis,
            commitment=commitment,
            reason=reason,
            deadline=self._bench.moment() + DEADLINE,
        )

    def _write(self, record: Assistance, request: Digest, content: Content | None, late: int = 0) -> AssistanceWritten:
        """Keep what it says, sealed for the two, and hand it over."""
        digest = self._client.domains.digest(record)
        with self._client.batch():
            unread = self._bench.sealer.keep(DeclarationId(request), content) if content else []
            self._bench.submit(record)
        return AssistanceWritten(digest, request, tuple(unread), late)

    def _check_addressee(self, addressee: int) -> None:
        if self._bench.identity.kind is not OrganisationKind.ADMINISTRATION:
            raise DeskError("only administrations ask each other for assistance")
        known = self._client.participant(addressee)
        if known is None or known.kind is not OrganisationKind.ADMINISTRATION or addressee == self._me:
            raise DeskError(f"organisation {addressee} is no other administration that could be asked")
        heir = self._client.competent(addressee)
        if heir != addressee:
            raise DeskError(f"administration {addressee} was taken over by {heir}: ask that one")

    def _mine_to_answer(self, request: Digest) -> "AssistanceShown":
        shown = self._shown(request)
        if shown.sent:
            raise DeskError(f"this administration asked that itself: administration {shown.addressee} answers it")
        if shown.reply is not None:
            raise DeskError(f"it was {shown.state.lower()} before, by 0x{shown.reply.id.hex()}: that stands")
        return shown

    # --- reading ------------------------------------------------------------------------------------------------------

    def open(self, request: Digest) -> AssistanceThread:
        """A request with what was asked and answered, each held against the chain.

        Raises:
            UnknownReference: there is no such request for this administration.
            SealingError, PayloadRefused: what is here is not to be believed, and why.
        """
        shown = self._shown(request)
        missing: dict[str, str] = {}
        commitments = {"question": shown.commitment, "answer": shown.reply.commitment if shown.reply else None}
        letters = {name: self._letter(shown, name, one, missing) for name, one in commitments.items() if one}
        question = letters["question"]
        if question is not None and question.basis_hash != shown.legal_basis:
            raise PayloadRefused("the legal basis that the question names is not the one that was signed for")
        return AssistanceThread(shown, question, letters.get("answer"), missing)

    def forget(self, request: Digest) -> int:
        """Destroy this administration's keys to what was asked and answered, here; to how many contents.

        The chain's part stays, and so does what the other administration has.

        Raises:
            UnknownReference: there is no such request for this administration.
            DeskError: it is open.
        """
        if self._shown(request).reply is None:
            raise DeskError("it is not answered yet: what is asked can be forgotten once it was answered or refused")
        return forget_assistance(self._client, request, self._me)

    def _letter(self, shown: "AssistanceShown", name: str, commitment: bytes, missing: dict[str, str]) -> Letter | None:
        try:
            subject = Subject(shown.id, commitment, schema_id(ASSISTANCE_SCHEMA))
            return Letter.of(self._bench.sealer.open(subject))
        except ContentMissing as error:
            here = bool(self._client.sealed_payloads.behind(commitment))
            missing[name] = str(error) if here else f"{error}. {_ELSEWHERE.format(request=shown.id.hex())}"
            return None

    def _shown(self, request: Digest) -> "AssistanceShown":
        shown = self._client.assistance.one(request, self._me)
        if shown is None:
            raise UnknownReference(
                f"0x{request.hex()} is no request of assistance that this administration asked or was asked. "
                "`passavant assist list` lists them"
            )
        return shown

"""The typed messages: what `read` gives, with every key that later steps need as a field of its own.

Values are as written, without padding; times are instants in UTC. Everything else stays in `Message.document`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ledger.documents.references import Reference
from ledger.documents.tree import Document, Element
from ledger.domain.codes import Leg, Regime, Representation, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Any message.

    Attributes:
        document: the message as it was received.
        country: jurisdiction (ISO 3166-1 alpha-2): the header's `ResponsibleCountryCode`, else that of an office,
            else of the MRN, else None.
    """

    document: Document
    country: str | None = None

    @property
    def fields(self) -> dict[str, str]:
        """Every leaf, canonical path to exact value: what a commitment covers."""
        return self.document.fields


@dataclass(frozen=True, slots=True)
class Party:
    """A trader in a role (WCO parties): identifier (mostly an EORI), name, country; each None when not declared."""

    id: str | None = None
    name: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class GoodsItem:
    """A goods item (68A).

    Attributes:
        number: `SequenceNumeric` (006), 1 to 999.
        commodity: codes of the classification joined (145): HS and its national extension, digits only.
        description: of the goods (137).
        origin: first country of origin (063).
        procedure: requested and previous procedure (166, 161), such as ``4000``; empty when not declared.
        gross_mass: kilograms, exact text (126).
        net_mass: kilograms, exact text (128).
        tariff_quantity: supplementary units, exact text (130).
        packages: number of packages of the first packaging, exact text (144).
    """

    number: int
    commodity: str = ""
    description: str | None = None
    origin: str | None = None
    procedure: str = ""
    gross_mass: str | None = None
    net_mass: str | None = None
    tariff_quantity: str | None = None
    packages: str | None = None

    @property
    def quantity(self) -> str | None:
        """The quantity that a decision over items names: supplementary units, else packages."""
        return self.tariff_quantity or self.packages


@dataclass(frozen=True, slots=True, kw_only=True)
class LodgedDeclaration(Message):
    """An original declaration (FunctionCode 9, WCOID 017).

    Attributes:
        lrn: the declarant's own number (D026), unique for this declarant only.
        mrn: number given by customs (D014); mostly unknown yet.
        type_code: such as ``IMD`` (D013).
        leg, regime, stage: coarse classes of it, see `ledger.documents.procedures`.
        procedures: four-digit procedures of the goods items, in order, repeats left out.
        parties: by WCO role: Declarant, Agent, Exporter, Importer, Consignor, Consignee, Seller, Buyer, Carrier.
        representation: how the agent acts, or None when there is none.
        references: all that may be asked for later, typed.
        items: goods items, in order.
        collectors: (role, number) of who pays VAT (55B), such as (``FR5``, IOSS number).
        issued_at: when it was issued (D011); many senders leave it out.
        accepted_at: acceptance that the declarant states (023), as supplementary declarations do.
    """

    lrn: str
    mrn: str | None = None
    type_code: str
    leg: Leg
    regime: Regime
    stage: Stage
    procedures: tuple[str, ...] = ()
    parties: Mapping[str, Party] = field(default_factory=dict)
    representation: Representation | None = None
    references: tuple[Reference, ...] = ()
    items: tuple[GoodsItem, ...] = ()
    collectors: tuple[tuple[str, str], ...] = ()
    issued_at: datetime | None = None
    accepted_at: datetime | None = None

    @property
    def declarant(self) -> Party:
        """Who declares; empty when the message names nobody."""
        return self.parties.get("Declarant", Party())

    @property
    def agent(self) -> Party | None:
        """Who acts for the declarant; an agent without an id is the declarant (domain rule)."""
        agent = self.parties.get("Agent")
        if agent is None or agent.id:
            return agent
        return Party(self.declarant.id, agent.name or self.declarant.name, agent.country or self.declarant.country)

    @property
    def ioss(self) -> str | None:
        """The IOSS number (role FR5), one per consignment."""
        return next((number for role, number in self.collectors if role == "FR5"), None)


@dataclass(frozen=True, slots=True)
class PointerStep:
    """One step of a pointer (97A): class tag (375), sequence number (006) or None, tag of the field (381) or None."""

    section: str
    sequence: int | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One `Amendment` (06A): where, the code of the reason (099) and its text (225 of the pointing 03A)."""

    pointer: tuple[PointerStep, ...]
    reason_code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMessage(Message):
    """What a declarant asks for after lodgement (FunctionCode 13).

    Attributes:
        lrn: the request's own number (D026); senders also repeat the declaration's.
        mrn: the declaration that it is about (D014), or None.
        submitter: who asks: Submitter (R059), else Agent, else Declarant; None when not said.
    """

    lrn: str | None = None
    mrn: str | None = None
    submitter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentRequestMessage(RequestMessage):
    """A request to amend (TypeCode COR): what is pointed at changes to what the fragment says."""

    changes: tuple[Change, ...]

    @property
    def fragment(self) -> Element:
        """The declaration with the new values, and context around them."""
        return self.document.root


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidationRequestMessage(RequestMessage):
    """A request to invalidate (TypeCode INV), with the reason's code (099) and text (225)."""

    reason_code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationMessage(RequestMessage):
    """Goods made available to customs (TypeCode GPR)."""


@dataclass(frozen=True, slots=True)
class NoticeError:
    """An `Error` of a notice (53A): code (377), text, and what it points at. Only a 03 rejects because of it."""

    code: str
    description: str | None = None
    pointer: tuple[PointerStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax line of a notice (50A): goods item (0: the declaration), type (113), amounts as exact text, currency."""

    item: int
    type_code: str
    assessed: str | None
    payable: str | None
    currency: str | None


# Of notices with the same instant, the one with the lower rank happened first (domain rule 2)
TIE_RANK: Final[Mapping[str, int]] = {
    code: rank
    for rank, codes in enumerate(
        (("02",), ("11",), ("01",), ("13",), ("05", "06", "14", "15"), ("07",), ("08",), ("09",), ("16",), ("10",))
    )
    for code in codes
}
_LAST_RANK = len(TIE_RANK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Message):
    """What customs tell the declarant (`Response`, 07B).

    Attributes:
        function_code: two digits (017), such as ``09``.
        reference: the notice's own number (D026): a second notice with the same one is a repeat.
        issued_at: when it was issued (D029).
        mrn, lrn: of the declaration (D014, D026); the LRN may be that of the request which the notice answers.
        version: `VersionID` of the declaration (383), or None.
        status_code: `Status/NameCode` (379).
        effective_at, released_at: of the status (380, 277).
        limit_at: until when something must be done (264).
        accepted_at, rejected_at, cancelled_at: of the declaration (023, 374, 373).
        control_result: EU code such as ``A2`` (226 with type AFB); map it at the edge, see domain.md.
        exit_office: where the goods left (225 with type CEX).
        texts: free texts for the declarant (225).
        errors: a warning each, except in a 03.
        changes: what customs changed (07), to the values of `changed`.
        changed: the second `Declaration`, or None.
        taxes: tax lines (13, 14, 15).
    """

    function_code: str
    reference: str
    issued_at: datetime
    mrn: str | None = None
    lrn: str | None = None
    version: int | None = None
    status_code: str | None = None
    effective_at: datetime | None = None
    released_at: datetime | None = None
    limit_at: datetime | None = None
    accepted_at: datetime | None = None
    rejected_at: datetime | None = None
    cancelled_at: datetime | None = None
    control_result: str | None = None
    exit_office: str | None = None
    texts: tuple[str, ...] = ()
    errors: tuple[NoticeError, ...] = ()
    changes: tuple[Change, ...] = ()
    changed: Element | None = None
    taxes: tuple[Tax, ...] = ()

    @property
    def order(self) -> tuple[datetime, int, str]:
        """Sorting by this puts notices in the order in which they happened."""
        return self.issued_at, TIE_RANK.get(self.function_code, _LAST_RANK), self.reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement(Message):
    """An event of a carrier or port about a UCR or MUCR: kept as evidence, never a decision.

    Attributes:
        name: of the message, such as ``inventoryLinkingMovementRequest``.
        code: what happened: EAL arrival, EDL departure, EAA anticipated arrival, EAC association, CST shut, ...
        references: UCR, MUCR and, in import messages, the MRN (`entryNumber`) that it names.
        location: of the goods.
        occurred_at: arrival or departure, when said.
    """

    name: str
    code: str | None = None
    references: tuple[Reference, ...] = ()
    location: str | None = None
    occurred_at: datetime | None = None

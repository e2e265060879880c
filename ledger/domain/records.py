"""The records: EIP-712 structs that participants sign (``docs/records.md`` is the manual of each field).

Field names are the wire names in Python spelling (``effective_at`` for ``effectiveAt``). Times are seconds since the
epoch (UTC); ids, digests, heads and commitments are 32 raw bytes, 0 for none; addresses 20 raw bytes.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from ledger.domain.codes import RecordType
from ledger.domain.wire import (
    U8,
    U16,
    U32,
    U40,
    U64,
    ZERO,
    Address,
    Bytes2,
    Bytes32,
    ConsignmentId,
    DeclarationId,
    Digest,
    Head,
)

NO_ADDRESS: Final = bytes(20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """Lodges a declaration; opens a consignment (``consignment`` 0) or joins one."""

    record_type: ClassVar[RecordType] = RecordType.DECLARATION

    consignment: ConsignmentId = ConsignmentId(ZERO)
    join_key: Address = NO_ADDRESS
    declarant: U32
    agent: U32 = 0
    administration: U16
    leg: U8
    regime: U8
    stage: U8
    link: DeclarationId = DeclarationId(ZERO)
    link_kind: U8 = 0
    commitment: Bytes32
    schema: Bytes32
    effective_at: U40
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentRequest:
    """Asks customs for a new version."""

    record_type: ClassVar[RecordType] = RecordType.AMENDMENT_REQUEST

    declaration: DeclarationId
    prev: Head
    declarant: U32
    agent: U32 = 0
    commitment: Bytes32
    schema: Bytes32
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidationRequest:
    """Asks customs to cancel the declaration."""

    record_type: ClassVar[RecordType] = RecordType.INVALIDATION_REQUEST

    declaration: DeclarationId
    prev: Head
    declarant: U32
    agent: U32 = 0
    reason: U32
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationNotice:
    """Says that the goods are available to customs."""

    record_type: ClassVar[RecordType] = RecordType.PRESENTATION_NOTICE

    declaration: DeclarationId
    prev: Head
    declarant: U32
    agent: U32 = 0
    effective_at: U40
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the competent administration decided; moves the settled head."""

    record_type: ClassVar[RecordType] = RecordType.DECISION

    declaration: DeclarationId
    prev: Head
    request: Digest = Digest(ZERO)
    supersedes: Digest = Digest(ZERO)
    administration: U16
    office: U32 = 0
    kind: U8
    reason: U32 = 0
    scope: Bytes32 = ZERO
    commitment: Bytes32 = ZERO
    touched_risks: U8 = 0
    reliance: Bytes32 = ZERO
    evidence: Bytes32 = ZERO
    effective_at: U40
    limit_at: U40 = 0
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control and its result, over one version of the declaration; moves the settled head."""

    record_type: ClassVar[RecordType] = RecordType.CONTROL

    declaration: DeclarationId
    prev: Head
    supersedes: Digest = Digest(ZERO)
    administration: U16
    office: U32 = 0
    version: U16
    method: U8
    outcome: U8
    risk: U8
    standard: Bytes32 = ZERO
    seals: Bytes32 = ZERO
    seal_state: U8 = 0
    evidence: Bytes32 = ZERO
    effective_at: U40
    valid_until: U40
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Another government agency sets or lifts its own hold; moves the hold head."""

    record_type: ClassVar[RecordType] = RecordType.HOLD

    declaration: DeclarationId
    prev: Head
    agency: U32
    action: U8
    reason: U32 = 0
    evidence: Bytes32 = ZERO
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """How far an administration relies, for a declaration of its own, on a control or on another recognition."""

    record_type: ClassVar[RecordType] = RecordType.RECOGNITION

    declaration: DeclarationId
    parent: Digest
    supersedes: Digest = Digest(ZERO)
    arrangement: Digest = Digest(ZERO)
    aeo: Digest = Digest(ZERO)
    administration: U16
    office: U32 = 0
    version: U16
    verdict: U8
    risk: U8
    reason: U32 = 0
    scope: Bytes32 = ZERO
    evidence: Bytes32 = ZERO
    effective_at: U40
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Says that a version's content was erased; by the administration when it is named, else by the declarant."""

    record_type: ClassVar[RecordType] = RecordType.ERASURE

    declaration: DeclarationId
    version: U16
    commitment: Bytes32
    declarant: U32 = 0
    agent: U32 = 0
    administration: U16 = 0
    cause: U8
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The council admits, suspends, reinstates or expels an administration; or one succeeds another."""

    record_type: ClassVar[RecordType] = RecordType.ADMISSION

    administration: U16
    country: Bytes2
    action: U8
    council_head: Head
    predecessor: U16 = 0
    first_key: Address = NO_ADDRESS
    second_key: Address = NO_ADDRESS
    effective_at: U40
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorStatus:
    """An administration admits an operator, agency or auditor, gives it a further key, or changes its status."""

    record_type: ClassVar[RecordType] = RecordType.OPERATOR_STATUS

    administration: U16
    org_head: Head
    organisation: U32
    kind: U8
    status: U8
    key: Address = NO_ADDRESS
    purposes: U8 = 0
    not_before: U40 = 0
    not_after: U40 = 0
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAuthorisation:
    """A managing key authorises, shortens, vetoes or reports a key of its own organisation."""

    record_type: ClassVar[RecordType] = RecordType.KEY_AUTHORISATION

    organisation: U32
    org_head: Head
    key: Address
    action: U8
    purposes: U8 = 0
    office: U32 = 0
    not_before: U40 = 0
    not_after: U40 = 0
    compromised_since: U40 = 0
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministrationSetting:
    """How far back the administration's records may take effect, in seconds."""

    record_type: ClassVar[RecordType] = RecordType.ADMINISTRATION_SETTING

    administration: U16
    org_head: Head
    backdating: U32
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A declarant's mandate to an agent; ``valid_until`` in the past withdraws it."""

    record_type: ClassVar[RecordType] = RecordType.GRANT

    declarant: U32
    agent: U32
    serial: U64
    representation: U8
    administration: U16 = 0
    legs: U8
    valid_from: U40
    valid_until: U40
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionKey:
    """A managing key publishes the key to which others encrypt for its organisation from then on.

    `key` is the raw X25519 public key; `hybrid` the hash of the ML-KEM-768 key that travels as the entry's proof.
    """

    record_type: ClassVar[RecordType] = RecordType.ENCRYPTION_KEY

    organisation: U32
    org_head: Head
    version: U32
    suite: U8
    key: Bytes32
    hybrid: Bytes32 = ZERO
    not_before: U40
    not_after: U40
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """A version of the arrangement between two administrations; ``procedures`` and ``methods``: bit (code - 1)."""

    record_type: ClassVar[RecordType] = RecordType.ARRANGEMENT

    first: U16
    second: U16
    predecessor: Digest = Digest(ZERO)
    procedures: U16
    methods: U8
    risks: U8
    standard: Bytes32 = ZERO
    annex: Bytes32 = ZERO
    valid_from: U40
    valid_until: U40
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangementSuspension:
    """A party suspends new recognitions under an arrangement, or lets them resume."""

    record_type: ClassVar[RecordType] = RecordType.ARRANGEMENT_SUSPENSION

    administration: U16
    arrangement: Digest
    prev: Head
    action: U8
    reason: U32 = 0
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class AeoStatus:
    """The home administration grants an operator AEO status, or ends a grant from ``valid_from`` on."""

    record_type: ClassVar[RecordType] = RecordType.AEO_STATUS

    administration: U16
    operator: U32
    grant: Digest = Digest(ZERO)
    status: U8
    programme: Bytes32 = ZERO
    evidence: Bytes32 = ZERO
    valid_from: U40
    valid_until: U40 = 0
    deadline: U40


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistance:
    """A request of mutual administrative assistance about a consignment, its answer or its refusal."""

    record_type: ClassVar[RecordType] = RecordType.ASSISTANCE

    administration: U16
    addressee: U16
    consignment: ConsignmentId
    request: Digest = Digest(ZERO)
    action: U8
    kind: U8
    legal_basis: Bytes32 = ZERO
    commitment: Bytes32 = ZERO
    reason: U32 = 0
    due_at: U40 = 0
    deadline: U40


Request = AmendmentRequest | InvalidationRequest | PresentationNotice
ConsignmentRecord = Declaration | Request | Decision | Control | Hold | Erasure
ParticipantRecord = Admission | OperatorStatus | KeyAuthorisation | AdministrationSetting | Grant | EncryptionKey
RecognitionRecord = Recognition | Arrangement | ArrangementSuspension | AeoStatus | Assistance
Record = ConsignmentRecord | ParticipantRecord | RecognitionRecord

RECORDS: Final[dict[RecordType, type[Record]]] = {
    struct.record_type: struct
    for struct in (
        Declaration,
        AmendmentRequest,
        InvalidationRequest,
        PresentationNotice,
        Decision,
        Control,
        Hold,
        Recognition,
        Erasure,
        Admission,
        OperatorStatus,
        KeyAuthorisation,
        AdministrationSetting,
        Grant,
        EncryptionKey,
        Arrangement,
        ArrangementSuspension,
        AeoStatus,
        Assistance,
    )
}


def author_of(record: Record) -> int:
    """The organisation whose key must sign; 0 for an Admission, whose author is the council."""
    if isinstance(record, Declaration):
        return record.agent or record.declarant or record.administration
    if isinstance(record, AmendmentRequest | InvalidationRequest | PresentationNotice):
        return record.agent or record.declarant
    if isinstance(record, Erasure):
        return record.administration or record.agent or record.declarant
    if isinstance(record, Hold):
        return record.agency
    if isinstance(record, KeyAuthorisation | EncryptionKey):
        return record.organisation
    if isinstance(record, Grant):
        return record.declarant
    if isinstance(record, Arrangement):
        return record.first
    return 0 if isinstance(record, Admission) else record.administration

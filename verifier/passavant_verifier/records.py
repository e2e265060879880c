"""The records of docs/records.md: their forms as data, how they are signed, and the events that carry them.

    form = FORMS[RecordType.DECISION]
    record = Record(form, body)
    digest = domain.digest(record)
    signer_of(digest, signature)        # 20 bytes, or None

A body is 32 bytes a field. `Record.fits` says whether every word fits its field's type; nothing here knows a rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import and_
from typing import Final

from coincurve import PublicKey

from passavant_verifier.codes import RecordType
from passavant_verifier.keccak import keccak256

WORD: Final = 32
ZERO: Final = bytes(WORD)
FIRST_OF_PARTICIPANTS: Final = 16
"""Record types from here on are the contract Participants'; but for those of `OF_RECOGNITIONS`."""
OF_RECOGNITIONS: Final = frozenset(
    {
        RecordType.RECOGNITION,
        RecordType.ARRANGEMENT,
        RecordType.ARRANGEMENT_SUSPENSION,
        RecordType.AEO_STATUS,
        RecordType.ASSISTANCE,
    }
)
"""Record types of the contract Recognitions."""

_TYPES: Final = {
    RecordType.DECLARATION: "Declaration(bytes32 consignment,address joinKey,uint32 declarant,uint32 agent,"
    "uint16 administration,uint8 leg,uint8 regime,uint8 stage,bytes32 link,uint8 linkKind,bytes32 commitment,"
    "bytes32 schema,uint40 effectiveAt,uint40 deadline)",
    RecordType.AMENDMENT_REQUEST: "AmendmentRequest(bytes32 declaration,bytes32 prev,uint32 declarant,uint32 agent,"
    "bytes32 commitment,bytes32 schema,uint40 deadline)",
    RecordType.INVALIDATION_REQUEST: "InvalidationRequest(bytes32 declaration,bytes32 prev,uint32 declarant,"
    "uint32 agent,uint32 reason,uint40 deadline)",
    RecordType.PRESENTATION_NOTICE: "PresentationNotice(bytes32 declaration,bytes32 prev,uint32 declarant,"
    "uint32 agent,uint40 effectiveAt,uint40 deadline)",
    RecordType.DECISION: "Decision(bytes32 declaration,bytes32 prev,bytes32 request,bytes32 supersedes,"
    "uint16 administration,uint32 office,uint8 kind,uint32 reason,bytes32 scope,bytes32 commitment,"
    "uint8 touchedRisks,bytes32 reliance,bytes32 evidence,uint40 effectiveAt,uint40 limitAt,uint40 deadline)",
    RecordType.CONTROL: "Control(bytes32 declaration,bytes32 prev,bytes32 supersedes,uint16 administration,"
    "uint32 office,uint16 version,uint8 method,uint8 outcome,uint8 risk,bytes32 standard,bytes32 seals,"
    "uint8 sealState,bytes32 evidence,uint40 effectiveAt,uint40 validUntil,uint40 deadline)",
    RecordType.HOLD: "Hold(bytes32 declaration,bytes32 prev,uint32 agency,uint8 action,uint32 reason,"
    "bytes32 evidence,uint40 deadline)",
    RecordType.ERASURE: "Erasure(bytes32 declaration,uint16 version,bytes32 commitment,uint32 declarant,uint32 agent,"
    "uint16 administration,uint8 cause,uint40 deadline)",
    RecordType.RECOGNITION: "Recognition(bytes32 declaration,bytes32 parent,bytes32 supersedes,bytes32 arrangement,"
    "bytes32 aeo,uint16 administration,uint32 office,uint16 version,uint8 verdict,uint8 risk,"
    "uint32 reason,bytes32 scope,bytes32 evidence,uint40 effectiveAt,uint40 deadline)",
    RecordType.ADMISSION: "Admission(uint16 administration,bytes2 country,uint8 action,bytes32 councilHead,"
    "uint16 predecessor,address firstKey,address secondKey,uint40 effectiveAt,uint40 deadline)",
    RecordType.OPERATOR_STATUS: "OperatorStatus(uint16 administration,bytes32 orgHead,uint32 organisation,uint8 kind,"
    "uint8 status,address key,uint8 purposes,uint40 notBefore,uint40 notAfter,uint40 deadline)",
    RecordType.KEY_AUTHORISATION: "KeyAuthorisation(uint32 organisation,bytes32 orgHead,address key,uint8 action,"
    "uint8 purposes,uint32 office,uint40 notBefore,uint40 notAfter,uint40 compromisedSince,uint40 deadline)",
    RecordType.ADMINISTRATION_SETTING: "AdministrationSetting(uint16 administration,bytes32 orgHead,"
    "uint32 backdating,uint40 deadline)",
    RecordType.GRANT: "Grant(uint32 declarant,uint32 agent,uint64 serial,uint8 representation,uint16 administration,"
    "uint8 legs,uint40 validFrom,uint40 validUntil,uint40 deadline)",
    RecordType.ENCRYPTION_KEY: "EncryptionKey(uint32 organisation,bytes32 orgHead,uint32 version,uint8 suite,"
    "bytes32 key,bytes32 hybrid,uint40 notBefore,uint40 notAfter,uint40 deadline)",
    RecordType.ARRANGEMENT: "Arrangement(uint16 first,uint16 second,bytes32 predecessor,uint16 procedures,"
    "uint8 methods,uint8 risks,bytes32 standard,bytes32 annex,uint40 validFrom,"
    "uint40 validUntil,uint40 deadline)",
    RecordType.ARRANGEMENT_SUSPENSION: "ArrangementSuspension(uint16 administration,bytes32 arrangement,bytes32 prev,"
    "uint8 action,"
    "uint32 reason,uint40 deadline)",
    RecordType.AEO_STATUS: "AeoStatus(uint16 administration,uint32 operator,bytes32 grant,uint8 status,"
    "bytes32 programme,bytes32 evidence,uint40 validFrom,uint40 validUntil,uint40 deadline)",
    RecordType.ASSISTANCE: "Assistance(uint16 administration,uint16 addressee,bytes32 consignment,bytes32 request,"
    "uint8 action,uint8 kind,bytes32 legalBasis,bytes32 commitment,uint32 reason,uint40 dueAt,"
    "uint40 deadline)",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: name, static Solidity type, size in bytes, and whether its word is padded on the left."""

    name: str
    type: str
    size: int
    numeric: bool

    @property
    def unused(self) -> int:
        """The bits of a word that no value of this type has."""
        bits = 8 * self.size
        return (1 << 256) - (1 << bits) if self.numeric else (1 << 256 - bits) - 1

    def fits(self, word: int) -> bool:
        """True when the word of 256 bits is a value of this type."""
        return word & self.unused == 0


@dataclass(frozen=True)
class Form:
    """A record type as data: its code, name, fields in wire order and EIP-712 type string."""

    code: RecordType
    name: str
    fields: tuple[Field, ...]
    type_string: str

    @property
    def of_participants(self) -> bool:
        """True when the contract Participants takes it."""
        return self.code >= FIRST_OF_PARTICIPANTS and not self.of_recognitions

    @property
    def of_recognitions(self) -> bool:
        """True when the contract Recognitions takes it; Consignments takes what neither does."""
        return self.code in OF_RECOGNITIONS

    @property
    def size(self) -> int:
        """Length of a body in bytes."""
        return WORD * len(self.fields)

    @cached_property
    def type_hash(self) -> bytes:
        """EIP-712's hash of the type string, 32 bytes."""
        return keccak256(self.type_string.encode())

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Index of each field by its name."""
        return {field.name: place for place, field in enumerate(self.fields)}

    @cached_property
    def unused(self) -> tuple[int, ...]:
        """For each field in order, the bits of its word that no value has."""
        return tuple(field.unused for field in self.fields)

    def encode(self, **values: int | bytes) -> bytes:
        """The body with these values; a field that is not named is 0.

        Raises:
            ValueError: a name is unknown, or a value does not fit.
        """
        if unknown := values.keys() - self.places.keys():
            raise ValueError(f"{self.name} has no field {', '.join(sorted(unknown))}")
        return b"".join(_word(field, values.get(field.name, 0)) for field in self.fields)


class Record:
    """A body of a form, read word by word. The words may be anything: ask `fits` first where they come from afar."""

    __slots__ = ("_places", "_words", "body", "form")

    def __init__(self, form: Form, body: bytes) -> None:
        """Cut the body into words.

        Raises:
            ValueError: it is not as long as the form says.
        """
        if len(body) != form.size:
            raise ValueError(f"a body of {form.name} has {form.size} bytes, not {len(body)}")
        self.form = form
        self.body = body
        self._places = form.places
        self._words = [int.from_bytes(body[at : at + WORD]) for at in range(0, len(body), WORD)]

    @property
    def code(self) -> RecordType:
        """The record's type."""
        return self.form.code

    def fits(self) -> bool:
        """True when every word is a value of its field's type."""
        return not any(map(and_, self._words, self.form.unused))

    def number(self, name: str) -> int:
        """A field's word as a number, all 256 bits of it."""
        return self._words[self._places[name]]

    def word(self, name: str) -> bytes:
        """A field's word, 32 bytes."""
        at = WORD * self._places[name]
        return self.body[at : at + WORD]

    def address(self, name: str) -> bytes:
        """The last 20 bytes of a field's word."""
        return self.word(name)[12:]


@dataclass(frozen=True)
class Domain:
    """The EIP-712 domain of one contract of one network."""

    network_id: bytes
    chain_id: int
    contract: bytes

    @cached_property
    def separator(self) -> bytes:
        """EIP-712's domain separator, 32 bytes."""
        name = f"Passavant 0x{self.network_id.hex()}".encode()
        contract = self.contract.rjust(WORD, b"\0")
        return keccak256(
            _DOMAIN_TYPE_HASH, keccak256(name), keccak256(b"1"), self.chain_id.to_bytes(WORD, "big"), contract
        )

    def digest(self, record: Record) -> bytes:
        """The record's identity, 32 bytes."""
        return keccak256(b"\x19\x01", self.separator, keccak256(record.form.type_hash, record.body))


_DOMAIN_TYPE_HASH: Final = keccak256(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_GREATEST_S: Final = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_SIGNATURE: Final = 65
_V: Final = (27, 28)


def signer_of(digest: bytes, signature: bytes) -> bytes | None:
    """The address, 20 bytes, whose key signed; None: no signature r ‖ s ‖ v with low s and v 27 or 28."""
    if len(signature) != _SIGNATURE or signature[64] not in _V:
        return None
    if int.from_bytes(signature[32:64]) > _GREATEST_S:
        return None
    try:
        key = PublicKey.from_signature_and_message(signature[:64] + bytes([signature[64] - 27]), digest, hasher=None)
    except Exception:  # noqa: BLE001  coincurve raises several for what is no signature
        return None
    return keccak256(key.format(compressed=False)[1:])[12:]


def _word(field: Field, value: int | bytes) -> bytes:
    if isinstance(value, bytes):
        if len(value) != field.size:
            raise ValueError(f"{field.name} takes {field.size} bytes, not {len(value)}")
        return value.rjust(WORD, b"\0") if field.numeric else value.ljust(WORD, b"\0")
    if not 0 <= value < 1 << 8 * WORD or not field.fits(value):
        raise ValueError(f"{field.name}: {value} is no {field.type}")
    return value.to_bytes(WORD, "big")


def _field(text: str) -> Field:
    kind, _, name = text.partition(" ")
    if kind == "address":
        return Field(name, kind, 20, numeric=True)
    numeric = kind.startswith("uint")
    size = int(kind.removeprefix("uint")) // 8 if numeric else int(kind.removeprefix("bytes"))
    return Field(name, kind, size, numeric=numeric)


def _form(code: RecordType, type_string: str) -> Form:
    name, _, rest = type_string.partition("(")
    return Form(code, name, tuple(_field(text) for text in rest[:-1].split(",")), type_string)


FORMS: Final[Mapping[int, Form]] = {code: _form(code, text) for code, text in _TYPES.items()}
"""Every record type that the contracts take, by its code."""

"""What a request may carry: strict models that take nothing they don't know.

The fields of a record are checked by the ledger itself (`ledger.client`), which names the field that is wrong.
"""

from datetime import date
from typing import Annotated, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    RootModel,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from api.problems import Kind, ProblemError
from api.wire import Hex, Hex32, Hex65
from ledger.documents.arrangements import read_annex
from ledger.domain.proposals import Annex

M = TypeVar("M", bound=BaseModel)
JSON = "application/json"
NDJSON = "application/x-ndjson"
SHOWN = 20
"""Errors of one body that are told at most."""

RecordName = Literal[
    "Declaration",
    "AmendmentRequest",
    "InvalidationRequest",
    "PresentationNotice",
    "Decision",
    "Control",
    "Hold",
    "Recognition",
    "Erasure",
    "Admission",
    "OperatorStatus",
    "KeyAuthorisation",
    "AdministrationSetting",
    "Grant",
    "EncryptionKey",
    "Arrangement",
    "ArrangementSuspension",
    "AeoStatus",
    "Assistance",
]
ReferenceName = Literal["UCR", "DUCR", "MUCR", "MRN", "LRN", "HAWB", "S10", "TRACKING", "ORDER", "IOSS", "INVOICE"]
TEXT = r"^[^\x00-\x1f\x7f]*[A-Za-z0-9][^\x00-\x1f\x7f]*$"
"""One line with a letter or digit in it."""
COUNTRY = r"^[A-Z]{2}$"
BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
"""RFC 4648, 4, padded."""
LONGEST = 200
Text = Annotated[str, StringConstraints(max_length=LONGEST, pattern=TEXT)]
LINE = r"^[^\x00-\x1f\x7f]*$"
Country = Annotated[str, StringConstraints(pattern=COUNTRY)]
Chapter = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|[1-9][0-9])$")]
AnnexText = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, pattern=LINE)]
ItemNumber = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,2}$")]


def whole(value: object) -> object:
    """A whole number, also when it was written as 1.0: to JSON these are one number (RFC 8259, 6)."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT else value


EXACT = 2**53
"""Up to here a number that was written with a fraction is exact."""
Whole = BeforeValidator(whole)
Mode = Annotated[int, Field(ge=1, le=9), Whole]
Unique = Field(json_schema_extra={"uniqueItems": True})
OrganisationId = Annotated[int, Field(ge=1, le=2**32 - 1), Whole]


class Model(BaseModel):
    """Strict, closed, and spelled in camel case."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, alias_generator=to_camel)


class Challenged(Model):
    """Who wants to open a session."""

    model_config = ConfigDict(json_schema_extra={"example": {"organisation": 65536}})

    organisation: OrganisationId


class Answered(Model):
    """A met challenge: the members of the signed `Session`, but for the gateway's name, and the signature."""

    nonce: Hex32
    organisation: OrganisationId
    deadline: Annotated[int, Field(ge=0, lt=2**40, description="Seconds (UTC), as in the signed struct."), Whole]
    signature: Hex65


class Unsigned(Model):
    """A record before it is signed: the type's name and its fields, named and written as in its EIP-712 struct."""

    type: RecordName
    record: dict[str, JsonValue]

    @property
    def fields(self) -> dict[str, object]:
        """The record's fields, numbers as whole as they are."""
        return {name: whole(value) for name, value in self.record.items()}


class Signed(Unsigned):
    """A signed record; `proof` only for the types that need one."""

    signature: Hex65
    proof: Annotated[str, StringConstraints(pattern=Hex, max_length=200_000)] = "0x"


class WrapIn(Model):
    """The content key for one reader: HPKE's encapsulated key and ciphertext, by suite 80 or 1,168 bytes in base64."""

    recipient: OrganisationId
    key_version: Annotated[int, Field(ge=1, le=2**32 - 1), Whole]
    suite: Annotated[Literal[1, 2], Whole]
    wrap: Annotated[str, StringConstraints(pattern=BASE64, max_length=2_000)]


class SealedIn(Model):
    """A ciphertext in base64, what it belongs to, and its wraps. `replaces`: the content hash whose place it takes.

    With `reader` and `fields` it holds chosen fields for one reader, whose grant names them.
    """

    declaration: Hex32
    schema_id: Annotated[Hex32, Field(alias="schema")]
    ciphertext: Annotated[str, StringConstraints(pattern=BASE64)]
    wraps: Annotated[list[WrapIn], Field(min_length=1, max_length=64)]
    replaces: Hex32 | None = None
    reader: OrganisationId | None = None
    fields: Hex32 = f"0x{'00' * 32}"


class WrapsIn(Model):
    """More readers for the ciphertext with a content hash."""

    content_hash: Hex32
    wraps: Annotated[list[WrapIn], Field(min_length=1, max_length=64)]


class GrantIn(Model):
    """The members of a `ReadGrant`; one that is over (`validUntil`) with a higher serial is its withdrawal."""

    declaration: Hex32
    grantor: OrganisationId
    reader: OrganisationId
    fields: Hex32 = f"0x{'00' * 32}"
    serial: Annotated[int, Field(ge=1, lt=EXACT), Whole]
    valid_until: Annotated[int, Field(ge=0, lt=2**40, description="Seconds (UTC), as in the signed struct."), Whole]


class SignedGrantIn(GrantIn):
    """A `ReadGrant` with the grantor's signature."""

    signature: Hex65


class ScopeIn(Model):
    """The goods items of a decision: item number to quantity; null for the whole item."""

    scope: Annotated[
        dict[ItemNumber, str | None], Field(min_length=1, json_schema_extra={"additionalProperties": False})
    ]


class PayloadIn(RootModel[SealedIn | ScopeIn]):
    """What is behind a commitment: a payload, sealed by its author, or the goods items of a decision, in plain."""


class ReferenceIn(Model):
    """A reference with its type; `scope` only for an LRN: whose it is."""

    type: ReferenceName
    value: Text
    scope: Annotated[str, StringConstraints(max_length=200)] = ""


class ReferencesIn(Model):
    """References of one declaration, for the private index."""

    references: Annotated[list[ReferenceIn], Field(min_length=1, max_length=1000)]


class ReaderIn(Model):
    """Lets another participant read the status of what goes under a transport reference."""

    reference: ReferenceIn
    reader: OrganisationId


class CheckpointIn(Model):
    """A signed checkpoint of the ledger log (a C2SP signed note)."""

    note: Annotated[str, StringConstraints(min_length=1, max_length=16_384)]


class AnnexIn(Model):
    """The annex of an arrangement, in any order; what it leaves out it does not limit."""

    hs_chapters: Annotated[list[Chapter], Unique, Field(max_length=99)] = []
    modes: Annotated[list[Mode], Unique, Field(max_length=9)] = []
    aeo_programmes: Annotated[list[AnnexText], Unique, Field(max_length=100)] = []
    disclosure_profile: Annotated[str, StringConstraints(max_length=LONGEST, pattern=LINE)] = ""

    @property
    def annex(self) -> Annex:
        """The same as the ledger has it."""
        return read_annex(self.model_dump(by_alias=True))


class QueryIn(Model):
    """One question: is it released? In which country, about when (a day)?"""

    reference: Text
    type: ReferenceName | None = None
    country: Annotated[Country | None, Field(alias="for")] = None
    around: date | None = None


class QueriesIn(Model):
    """Many questions at once."""

    queries: Annotated[list[QueryIn], Field(min_length=1, max_length=10_000)]


def decoded(model: type[M], raw: bytes) -> M:
    """The model of a body.

    Raises:
        ProblemError: no JSON (MALFORMED_JSON), or it does not fit (INVALID, with a pointer to each place).
    """
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise _refusal(error) from None


def media_type(request: Request) -> str:
    """The media type of a request's body, without parameters."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


async def body_of(request: Request, model: type[M]) -> M:
    """The model of a request's JSON body; raises as `decoded`."""
    if media_type(request) != JSON:
        raise ProblemError(Kind.WRONG_MEDIA_TYPE)
    return decoded(model, await request.body())


def _refusal(error: ValidationError) -> ProblemError:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return ProblemError(Kind.MALFORMED_JSON)
    pointers = [{"pointer": _pointer(one["loc"]), "detail": one["msg"]} for one in found[:SHOWN]]
    return ProblemError(Kind.INVALID, f"{len(found)} errors" if len(found) > 1 else "", pointers)


def _pointer(location: tuple[int | str, ...]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)

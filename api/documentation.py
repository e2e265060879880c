"""The OpenAPI document: made from the same models that read requests and write answers.

Requests are pydantic models, answers msgspec structs, and a record's fields come from the structs that are signed;
here all of them become components, and each route says which of them it takes and gives.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, RootModel
from pydantic.json_schema import models_json_schema

from api import answers, schemas
from api.problems import MEDIA_TYPE as PROBLEM
from api.problems import Kind
from api.views_schema import Components
from ledger.domain.records import RECORDS, Record
from ledger.domain.wire import Wire, camel, layout

JSON: Final = "application/json"
Responses = dict[int | str, dict[str, Any]]
_REF: Final = "#/components/schemas/{name}"
_EVERYWHERE: Final = (Kind.NOT_ACCEPTABLE, Kind.TOO_MANY_REQUESTS, Kind.INTERNAL, Kind.STORE_UNAVAILABLE)
_WITH_BODY: Final = (Kind.MALFORMED_JSON, Kind.TOO_LARGE, Kind.WRONG_MEDIA_TYPE, Kind.INVALID)

_components: Final = Components()

SESSION: Final[list[dict[str, list[str]]]] = [{"session": []}]
"""A session is needed."""
OPTIONAL_SESSION: Final[list[dict[str, list[str]]]] = [{}, {"session": []}]
"""Without a session the answer is what nobody in particular may see."""
NO_SESSION: Final[list[dict[str, list[str]]]] = []


def ref(name: str) -> dict[str, str]:
    """A reference to a component."""
    return {"$ref": _REF.format(name=name)}


def header(name: str, description: str) -> dict[str, Any]:
    """An optional header that a route looks at."""
    return {"name": name, "in": "header", "required": False, "description": description, "schema": {"type": "string"}}


IF_NONE_MATCH: Final = header("If-None-Match", "ETag of an earlier answer: 304 when nothing has changed since.")


def takes(model: type[BaseModel], security: list[dict[str, list[str]]], **more: Any) -> dict[str, Any]:
    """A route's ``openapi_extra``: a JSON body, and whether it wants a session."""
    body = {"required": True, "content": {JSON: {"schema": ref(model.__name__)}}}
    return {"requestBody": body, "security": security, **more}


def gives(status: int, answer: type[msgspec.Struct], *kinds: Kind, body: bool = False) -> Responses:
    """A route's ``responses``: what it answers when all is well, and its problems."""
    good = {"description": (answer.__doc__ or "").split("\n")[0], "content": {JSON: {"schema": ref(answer.__name__)}}}
    return {status: good, **problems(*kinds, *(_WITH_BODY if body else ()))}


def one_of(responses: Responses, *shapes: type[msgspec.Struct]) -> Responses:
    """The same responses, where what is answered when all is well has one of several shapes."""
    good = responses[min(responses, key=int)]
    good["content"][JSON]["schema"] = {"oneOf": [ref(shape.__name__) for shape in shapes]}
    return responses


def gives_view(
    status: int, view: type, *kinds: Kind, body: bool = False, many: str = "", paged: bool = False
) -> Responses:
    """As `gives`, for a view of the ledger's own; or for many of them under a name, perhaps in pages."""
    schema = _components.of(view)
    if many:
        members = {many: {"type": "array", "items": schema}}
        members |= {"next": {"type": ["string", "null"]}} if paged else {}
        schema = {"type": "object", "properties": members, "required": list(members)}
    good = {"description": (view.__doc__ or "").split("\n")[0], "content": {JSON: {"schema": schema}}}
    return {status: good, **problems(*kinds, *(_WITH_BODY if body else ()))}


def conditional(responses: Responses) -> Responses:
    """The same responses, and 304."""
    headers = {"ETag": {"schema": {"type": "string"}, "description": "Changes when the answer does."}}
    responses[200]["headers"] = headers
    return {**responses, 304: {"description": "Nothing that the answer depends on has changed.", "headers": headers}}


def problems(*kinds: Kind) -> Responses:
    """Problems by status; those that any route may answer are always among them."""
    found: dict[int | str, list[Kind]] = {}
    for kind in (*kinds, *_EVERYWHERE):
        found.setdefault(kind.status, []).append(kind)
    return {
        status: {
            "description": "; ".join(f"`{kind.type}`: {kind.title}" for kind in some),
            "content": {PROBLEM: {"schema": ref("Problem")}},
        }
        for status, some in found.items()
    }


def openapi(app: FastAPI) -> dict[str, Any]:
    """The whole document."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
    )
    components = document.setdefault("components", {})
    components["schemas"] = {**_components.schemas, **_answers(), **_requests(), **_records()}
    components["securitySchemes"] = {
        "session": {"type": "http", "scheme": "bearer", "description": "The token that `POST /v1/sessions` gives."}
    }
    return document


def _answers() -> Mapping[str, Any]:
    _, components = msgspec.json.schema_components(answers.ALL, ref_template=_REF)
    return components


def _requests() -> Mapping[str, Any]:
    models = [
        (one, "validation")
        for one in vars(schemas).values()
        if isinstance(one, type) and issubclass(one, BaseModel) and one not in _WRITTEN_HERE
    ]
    _, definitions = models_json_schema(models, ref_template=_REF.replace("{name}", "{model}"))  # type: ignore[arg-type]
    found: dict[str, Any] = definitions["$defs"]
    return found


_WRITTEN_HERE: Final = (BaseModel, RootModel, schemas.Model, schemas.Unsigned, schemas.Signed)


def _records() -> dict[str, Any]:
    """Each record's fields; and signed and unsigned records as one of them, told apart by ``type``."""
    found: dict[str, Any] = {f"{struct.__name__}Fields": fields_schema(struct) for struct in RECORDS.values()}
    signed = schemas.Signed.model_json_schema()["properties"]
    for name, more in (("Unsigned", ()), ("Signed", ("signature", "proof"))):
        extra = {one: signed[one] for one in more}
        required = [one for one in ("type", "record", *more) if one != "proof"]
        found[name] = {"oneOf": [_variant(struct.__name__, extra, required) for struct in RECORDS.values()]}
    return found


def _variant(name: str, more: Mapping[str, Any], required: Iterable[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"type": {"const": name}, "record": ref(f"{name}Fields"), **more},
        "required": list(required),
        "additionalProperties": False,
    }


def fields_schema(struct: type[Record]) -> dict[str, Any]:
    """The JSON Schema of a record's fields, from their wire types."""
    fields = {camel(name): _field(wire) for name, wire in layout(struct)}
    return {
        "type": "object",
        "description": f"{struct.__doc__} Codes may also go by their names.",
        "properties": fields,
        "required": [camel(field.name) for field in dataclasses.fields(struct) if field.default is dataclasses.MISSING],
        "additionalProperties": False,
    }


def _field(wire: Wire) -> dict[str, Any]:
    if wire.name.startswith("uint"):
        return {"type": "integer", "minimum": 0, "maximum": (1 << 8 * wire.size) - 1}
    return {"type": "string", "pattern": f"^0x[0-9a-fA-F]{{{2 * wire.size}}}$"}

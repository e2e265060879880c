"""Nothing is answered that the OpenAPI document does not say, and the document is one that tools can read."""

import re
from typing import get_args

import pytest

from api.documentation import fields_schema
from api.problems import ERRORS, Kind
from api.schemas import RecordName, ReferenceName
from ledger.client import ReferenceType
from ledger.domain.records import RECORDS, Grant


@pytest.fixture
def document(web):
    return web.get("/openapi.json").json()


def refs(part):
    if isinstance(part, dict):
        yield from ([part["$ref"]] if "$ref" in part else [])
        for one in part.values():
            yield from refs(one)
    elif isinstance(part, list):
        for one in part:
            yield from refs(one)


def operations(document):
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_every_reference_leads_somewhere(document):
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(refs(document)) <= known


def test_every_operation_says_what_it_needs_and_gives(document):
    for operation in operations(document):
        assert operation["summary"]
        assert "security" in operation
        statuses = set(operation["responses"])
        assert statuses & {"200", "201", "202"}
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= statuses
        if operation["security"] == [{"session": []}]:
            assert "401" in statuses


def test_path_parameters_are_declared(document):
    for path, operations_ in document["paths"].items():
        names = set(re.findall(r"{(\w+)}", path))
        for operation in operations_.values():
            declared = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
            assert declared == names


def test_problems_are_stable():
    assert Kind.STALE_HEAD.type == "urn:passavant:problem:stale-head"
    assert len({kind.type for kind in Kind}) == len(list(Kind))
    assert set(ERRORS.values()) <= set(Kind)


def test_names_are_those_of_the_ledger():
    assert set(get_args(RecordName)) == {struct.__name__ for struct in RECORDS.values()}
    assert set(get_args(ReferenceName)) == {one.name for one in ReferenceType}


def test_fields_have_their_exact_ranges():
    fields = fields_schema(Grant)["properties"]
    assert fields["serial"] == {"type": "integer", "minimum": 0, "maximum": 2**64 - 1}
    assert len(fields) == 9
    assert "administration" not in fields_schema(Grant)["required"]

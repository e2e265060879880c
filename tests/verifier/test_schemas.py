"""The JSON Schemas that come with the package say what the code says."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

import passavant_verifier
from passavant_verifier.canonical import to_json
from passavant_verifier.contents import FORMATS, JSON_FORMAT
from passavant_verifier.headers import FORKS
from tests.verifier.receipt_worlds import World
from tests.verifier.sealing_headers import validators
from tests.verifier.test_trust import BY_SEALS, BY_WITNESSES

FOLDER = Path(passavant_verifier.__file__).parent / "schemas"


def schema(name):
    text = (FOLDER / name).read_text()
    return json.loads(text), jsonschema_rs.validator_for(json.loads(text))


@pytest.mark.parametrize(
    "world",
    [World(), World(compact=True), World(steps=[(bytes(32), b"\1" * 32)]), World(validators=validators(4))],
)
def test_receipts_are_as_their_schema_says(world):
    plain = json.loads(to_json(world.content()))
    _, validator = schema("receipt-1.json")
    validator.validate(plain)
    for name in plain:
        assert not validator.is_valid({key: value for key, value in plain.items() if key != name})
        assert not validator.is_valid({**plain, name: 7})
    assert not validator.is_valid({**plain, "more": 1})


def test_the_schema_has_the_fields_of_every_fork():
    told, _ = schema("receipt-1.json")
    assert list(told["$defs"]["header"]["properties"]) == list(FORKS["Prague"])
    assert told["properties"]["format"]["const"] == JSON_FORMAT
    assert JSON_FORMAT in FORMATS


@pytest.mark.parametrize("trust", [BY_WITNESSES, BY_SEALS])
def test_trust_files_are_as_their_schema_says(trust):
    _, validator = schema("trust-1.json")
    validator.validate(trust)
    for name in trust:
        assert not validator.is_valid({key: value for key, value in trust.items() if key != name})
    assert not validator.is_valid({**BY_WITNESSES, **BY_SEALS})

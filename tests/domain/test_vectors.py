import json

import pytest

from tests.vectors.make import HERE, VECTORS


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_are_what_the_code_says(name):
    assert json.loads((HERE / f"{name}.json").read_text()) == json.loads(json.dumps(VECTORS[name]()))

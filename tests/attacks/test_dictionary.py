"""The attack itself, on a small scale: it finds what is not salted, and nothing that is."""

import secrets

from ledger.domain.commitment import commit, schema_id
from tests.attacks.dictionary import attack, s10_of

SCHEMA = schema_id("tests/parcel")
KNOWN = {f"Declaration/Field[{number}]": str(number) for number in range(70)}
GUESSES = {"Declaration/A[1]": ["GB", "CN", "FR"], "Declaration/Field[30]/B[1]": ["1", "2", "3", "4"], "Z": ["x", "y"]}
TRUE = {"Declaration/A[1]": "CN", "Declaration/Field[30]/B[1]": "4", "Z": "y"}


def test_what_is_not_salted_is_found():
    root = commit(SCHEMA, {**KNOWN, **TRUE}, bytes(32)).root
    assert attack(root, SCHEMA, KNOWN, GUESSES, bytes(32)) == TRUE


def test_what_is_salted_is_found_by_who_has_the_seed_only():
    seed = secrets.token_bytes(32)
    root = commit(SCHEMA, {**KNOWN, **TRUE}, seed).root
    assert attack(root, SCHEMA, KNOWN, GUESSES, bytes(32)) is None
    assert attack(root, SCHEMA, KNOWN, GUESSES, seed) == TRUE


def test_a_guess_that_is_not_among_them_is_not_found():
    root = commit(SCHEMA, {**KNOWN, **TRUE, "Z": "z"}, bytes(32)).root
    assert attack(root, SCHEMA, KNOWN, GUESSES, bytes(32)) is None


def test_identifiers_have_their_check_digits():
    found = s10_of("LX47", "GB")
    assert len(set(found)) == 10**6
    assert "LX473124829GB" in found
    assert "RA470000006GB" not in found

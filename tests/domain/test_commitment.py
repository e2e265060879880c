"""Salted commitments.

Invariants: a proof opens exactly the field it was made for; no other value, path, salt, schema or position fits;
the root tells neither how many fields there are nor what they hold; the same fields in any order give the same root;
every malformed proof is refused, none raises.
"""

import doctest
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import commitment
from ledger.domain.commitment import (
    DOMAIN,
    Opened,
    commit,
    salt_of,
    schema_id,
    scope_of,
    scope_root,
    verify,
    verify_all,
    verify_scope,
    verify_scope_all,
)
from ledger.domain.keccak import keccak256
from ledger.domain.merkle import MultiProof, Proof
from ledger.errors import CommitmentError
from tests.vectors.make_commitments import FILE, vectors

SCHEMA = schema_id("wco-dm/3.6/declaration")
SEED = bytes(range(32))

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
paths = texts.filter(lambda text: text != "" and text[0] != "\0")
fields = st.dictionaries(paths, texts, max_size=90)
seeds = st.binary(min_size=32, max_size=32)
scopes = st.dictionaries(st.integers(1, 999), st.none() | texts, min_size=1, max_size=40)


def test_the_vectors_are_what_the_code_says():
    assert json.loads(FILE.read_text()) == json.loads(json.dumps(vectors()))


def test_the_module_s_example_runs():
    assert doctest.testmod(commitment).failed == 0


@given(fields, seeds)
def test_every_field_opens(held, seed):
    made = commit(SCHEMA, held, seed)
    for path, value in held.items():
        assert verify(made.root, SCHEMA, path, value, made.salt(path), made.proof(path))


@given(fields.filter(bool), seeds, st.data())
def test_nothing_else_opens(held, seed, data):
    made = commit(SCHEMA, held, seed)
    path = data.draw(st.sampled_from(sorted(held)))
    salt, proof, value = made.salt(path), made.proof(path), held[path]
    assert not verify(made.root, SCHEMA, path, value + "x", salt, proof)
    assert not verify(made.root, SCHEMA, path + "x", value, salt, proof)
    assert not verify(made.root, schema_id("another"), path, value, salt, proof)
    assert not verify(made.root, SCHEMA, path, value, bytes(32), proof)
    assert not verify(bytes(32), SCHEMA, path, value, salt, proof)
    assert not verify(made.root, SCHEMA, path, value, salt, replace(proof, index=proof.index ^ 1))
    assert not verify(made.root, SCHEMA, path, value, salt, replace(proof, siblings=proof.siblings[::-1]))


def _opened(made, held, chosen):
    return [Opened(path, held[path], made.salt(path)) for path in sorted(chosen, key=str.encode)]


@given(fields.filter(bool), seeds, st.data())
def test_chosen_fields_open_together_and_nothing_else_does(held, seed, data):
    made = commit(SCHEMA, held, seed)
    chosen = data.draw(st.sets(st.sampled_from(sorted(held)), min_size=1))
    proof, opened = made.multiproof(chosen), _opened(made, held, chosen)
    assert verify_all(made.root, SCHEMA, opened, proof)
    assert not verify_all(bytes(32), SCHEMA, opened, proof)
    assert not verify_all(made.root, schema_id("another"), opened, proof)
    assert not verify_all(made.root, SCHEMA, opened[:-1], proof)
    for place, one in enumerate(opened):
        for other in (replace(one, value=one.value + "x"), replace(one, salt=bytes(32))):
            assert not verify_all(made.root, SCHEMA, [*opened[:place], other, *opened[place + 1 :]], proof)


def test_disclosed_fields_stand_in_the_order_of_their_paths():
    held = {"a": "1", "b": "2"}
    made = commit(SCHEMA, held, SEED)
    proof, opened = made.multiproof(held), _opened(made, held, held)
    assert not verify_all(made.root, SCHEMA, opened[::-1], replace(proof, indices=proof.indices[::-1]))
    assert not verify_all(made.root, SCHEMA, [opened[0], opened[0]], proof)
    assert not verify_all(made.root, SCHEMA, [replace(opened[0], value="\ud800"), opened[1]], proof)


def test_a_disclosure_opens_something_that_is_held():
    made = commit(SCHEMA, {"a": "1"}, SEED)
    with pytest.raises(CommitmentError, match="one field at least"):
        made.multiproof([])
    with pytest.raises(CommitmentError, match="no field with this path: b"):
        made.multiproof(["a", "b"])
    assert not verify_all(made.root, SCHEMA, [], MultiProof((), 64, ()))


@given(fields, st.dictionaries(paths, texts, max_size=8), seeds)
def test_absent_fields_do_not_show_by_the_form_of_a_disclosure(held, optional, seed):
    """What is disclosed of two declarations with and without optional fields has the same form: size, and as many
    siblings as its place in the tree asks for; padding leaves look like any others."""
    more = {"~": "shown", **held, **optional}
    without, with_all = ({"~": "shown"} | held, more)
    if (len(without) > 64) == (len(with_all) > 64):
        proofs = [commit(SCHEMA, one, seed).multiproof(["~"]) for one in (without, with_all)]
        assert proofs[0].size == proofs[1].size
        assert len(proofs[0].siblings) == len(proofs[1].siblings)


@given(fields, seeds, st.randoms())
def test_order_says_nothing(held, seed, random):
    pairs = list(held.items())
    random.shuffle(pairs)
    assert commit(SCHEMA, pairs, seed).root == commit(SCHEMA, held, seed).root


@pytest.mark.parametrize(("count", "size"), [(0, 64), (1, 64), (64, 64), (65, 128), (129, 256)])
def test_the_padded_size_hides_the_number_of_fields(count, size):
    made = commit(SCHEMA, {f"Field[{n}]": "" for n in range(count)}, SEED)
    assert made.size == size


def test_the_format_byte_by_byte():
    """Written out once more, from `docs/commitments.md` and not from the code."""

    def part(content):
        return len(content).to_bytes(4, "big") + content

    path, value = b"Declaration/ID[1]", "26GB é".encode()
    salt = hmac.digest(SEED, path, "sha256")
    level = [keccak256(b"\x00" + b"".join(map(part, (DOMAIN, SCHEMA, path, salt, value))))]
    level += [hmac.digest(SEED, b"\x00" + n.to_bytes(4, "big"), "sha256") for n in range(1, 64)]
    while len(level) > 1:
        level = [keccak256(b"\x01" + level[n] + level[n + 1]) for n in range(0, len(level), 2)]
    root = keccak256(b"\x02" + (64).to_bytes(4, "big") + level[0])
    assert commit(SCHEMA, {path.decode(): value.decode()}, SEED).root == root


def test_another_seed_changes_every_leaf():
    other = commit(SCHEMA, {"a": "1"}, bytes(32))
    made = commit(SCHEMA, {"a": "1"}, SEED)
    assert made.root != other.root
    assert set(made.proof("a").siblings).isdisjoint(other.proof("a").siblings)


@pytest.mark.parametrize("path", ["", "\0", "\0\0\0\0\1"])
def test_a_path_that_could_be_a_padding_leaf_is_refused(path):
    with pytest.raises(CommitmentError, match="neither empty nor starts with NUL"):
        commit(SCHEMA, {path: "1"}, SEED)


def test_a_path_comes_only_once():
    with pytest.raises(CommitmentError, match="only once: a"):
        commit(SCHEMA, [("a", "1"), ("b", "1"), ("a", "2")], SEED)


@pytest.mark.parametrize(("path", "value"), [("\ud800", ""), ("a", "\udfff")])
def test_half_a_surrogate_pair_is_no_text(path, value):
    with pytest.raises(CommitmentError, match="surrogate"):
        commit(SCHEMA, {path: value}, SEED)
    made = commit(SCHEMA, {"a": ""}, SEED)
    assert not verify(made.root, SCHEMA, path, value, made.salt("a"), made.proof("a"))


@pytest.mark.parametrize(("schema", "seed"), [(b"", SEED), (SCHEMA, SEED[1:]), (SCHEMA, SEED + b"\0")])
def test_schema_and_seed_are_32_bytes(schema, seed):
    with pytest.raises(CommitmentError, match="32 bytes"):
        commit(schema, {}, seed)


def test_what_is_not_held_has_neither_proof_nor_salt():
    made = commit(SCHEMA, {"a": "1"}, SEED)
    with pytest.raises(CommitmentError, match="no field with this path: b"):
        made.proof("b")
    with pytest.raises(CommitmentError, match="no field with this path: b"):
        made.salt("b")


def test_the_seed_stays_out_of_logs():
    assert SEED.hex() not in repr(commit(SCHEMA, {}, SEED))
    assert repr(SEED) not in repr(commit(SCHEMA, {}, SEED))


def _malformed(proof: Proof) -> Iterator[Proof]:
    yield replace(proof, siblings=proof.siblings[:-1])
    yield replace(proof, siblings=(*proof.siblings, bytes(32)))
    yield replace(proof, siblings=(proof.siblings[0][:-1], *proof.siblings[1:]))
    yield replace(proof, index=-1)
    yield replace(proof, index=proof.size)
    yield replace(proof, size=proof.size * 2)
    yield replace(proof, size=proof.size - 1)
    yield replace(proof, size=0)
    yield replace(proof, size=1 << 40, siblings=proof.siblings * 6)
    yield Proof(0, 32, proof.siblings[:5])
    yield Proof(0, 1, ())


def test_malformed_proofs_are_refused_and_do_not_raise():
    made = commit(SCHEMA, {"a": "1"}, SEED)
    for proof in _malformed(made.proof("a")):
        assert not verify(made.root, SCHEMA, "a", "1", salt_of(SEED, "a"), proof)


@given(scopes)
def test_every_item_of_a_scope_opens(items):
    scope = scope_of(items)
    assert scope.root == scope_root(dict(reversed(items.items())))
    for item, quantity in items.items():
        assert verify_scope(scope.root, item, quantity, scope.proof(item))
        assert not verify_scope(scope.root, item, (quantity or "") + "1", scope.proof(item))


@given(scopes, st.data())
def test_chosen_items_of_a_scope_open_together(items, data):
    scope = scope_of(items)
    chosen = sorted(data.draw(st.sets(st.sampled_from(sorted(items)), min_size=1)))
    opened, proof = [(item, items[item]) for item in chosen], scope.multiproof(chosen)
    assert verify_scope_all(scope.root, opened, proof)
    assert not verify_scope_all(scope.root, [*opened[:-1], (chosen[-1], (items[chosen[-1]] or "") + "1")], proof)
    if len(chosen) > 1:
        assert not verify_scope_all(scope.root, opened[::-1], replace(proof, indices=proof.indices[::-1]))
    assert not verify_scope_all(scope.root, opened[:-1], proof)


def test_items_outside_the_scope_do_not_open():
    scope = scope_of({1: "2", 3: None})
    with pytest.raises(CommitmentError, match="one goods item at least"):
        scope.multiproof([])
    with pytest.raises(CommitmentError, match="no such goods item: 2"):
        scope.multiproof([1, 2])


@given(scopes, st.integers(1, 999), st.data())
def test_no_item_claims_the_place_of_another(items, stranger, data):
    scope = scope_of(items)
    item = data.draw(st.sampled_from(sorted(items)))
    if stranger != item:
        assert not verify_scope(scope.root, stranger, items[item], scope.proof(item))


def test_a_whole_item_is_not_an_item_with_an_empty_quantity():
    assert scope_root({1: None}) != scope_root({1: ""})
    assert not verify_scope(scope_root({1: None}), 1, "", scope_of({1: None}).proof(1))


def test_the_number_of_items_is_bound():
    assert len({scope_root(dict.fromkeys(range(1, size))) for size in range(2, 9)}) == 7


@pytest.mark.parametrize("items", [{}, {0: None}, {1000: None}, {1: None, -1: None}])
def test_items_have_numbers_from_1_to_999(items):
    with pytest.raises(CommitmentError, match="from 1 to 999"):
        scope_root(items)


def test_half_a_surrogate_pair_is_no_quantity():
    with pytest.raises(CommitmentError, match="surrogate"):
        scope_root({1: "\ud800"})
    assert not verify_scope(scope_root({1: ""}), 1, "\ud800", scope_of({1: ""}).proof(1))


def test_an_item_outside_the_scope_has_no_proof():
    scope = scope_of({1: "2", 3: None, 4: ""})
    with pytest.raises(CommitmentError, match="no such goods item: 2"):
        scope.proof(2)
    assert not verify_scope(scope.root, 1000, None, scope.proof(1))
    for proof in _malformed(scope.proof(1)):
        assert not verify_scope(scope.root, 1, "2", proof)

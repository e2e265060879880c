import pytest
from hypothesis import given
from hypothesis import strategies as st
from trie.exceptions import BadTrieProof
from trie.hexary import HexaryTrie

from passavant_verifier.keccak import keccak256
from passavant_verifier.mpt import EMPTY_ROOT, Pool, ProofError, proof_of, root_of, secure_root
from passavant_verifier.rlp import decode, encode

keys = st.one_of(st.binary(min_size=1, max_size=4), st.integers(0, 30).map(lambda n: keccak256(bytes([n]))))
maps = st.dictionaries(keys, st.binary(min_size=1, max_size=60), max_size=24)


def reference(entries):
    trie = HexaryTrie({})
    for key, value in entries.items():
        trie[key] = value
    return trie


@given(maps)
def test_the_root_of_a_map_is_the_trie_packages(entries):
    assert root_of(entries) == reference(entries).root_hash


@given(maps, keys)
def test_proves_what_the_trie_package_has_from_its_proof(entries, key):
    trie = reference(entries)
    proof = [encode(list(node)) for node in trie.get_proof(key)]
    listed = proof[:1] + [node for node in proof[1:] if len(node) >= 32]  # the others stand inside their parents
    pool = Pool.of(listed if entries else [])
    assert pool.lookup(trie.root_hash, key) == entries.get(key)
    assert pool.unused == 0


@given(maps.filter(bool), st.data())
def test_own_proofs_satisfy_the_trie_package_and_need_every_node(entries, data):
    key = data.draw(st.one_of(keys, st.sampled_from(sorted(entries))))
    proof = proof_of(entries, key)
    root = root_of(entries)
    found = HexaryTrie.get_from_proof(root, key, [decode(node) for node in proof])
    assert (found or None) == entries.get(key) == Pool.of(proof).lookup(root, key)
    for missing in range(len(proof)):
        pool = Pool.of(proof[:missing] + proof[missing + 1 :])
        with pytest.raises(ProofError, match="missing"):
            pool.lookup(root, key)
        with pytest.raises(BadTrieProof):
            HexaryTrie.get_from_proof(root, key, [decode(node) for node in proof[:missing] + proof[missing + 1 :]])


def test_an_empty_trie_has_no_values_and_needs_no_nodes():
    assert root_of({}) == EMPTY_ROOT
    assert Pool.of([]).lookup(EMPTY_ROOT, b"key") is None
    assert proof_of({}, b"key") == []


def test_a_trie_holds_no_empty_values():
    with pytest.raises(ValueError, match="empty"):
        root_of({b"a": b""})


def test_secure_tries_go_by_the_keys_hashes():
    assert secure_root({b"a": b"1"}) == root_of({keccak256(b"a"): b"1"})
    pool = Pool.of(proof_of({keccak256(b"a"): b"1"}, keccak256(b"a")))
    assert pool.lookup_secure(secure_root({b"a": b"1"}), b"a") == b"1"


def test_an_extension_leads_somewhere_further_on():
    leaf = encode([b"\x20\x61", b"a value that is long enough to be referred to by its hash"])
    extension = encode([b"\x00", keccak256(leaf)])
    pool = Pool.of([leaf, extension])
    assert pool.lookup(keccak256(leaf), b"\x61")
    with pytest.raises(ProofError, match="without a path"):
        pool.lookup(keccak256(extension), b"\x61")


def test_flipping_a_bit_of_a_node_proves_nothing():
    entries = {keccak256(bytes([n])): bytes([n]) * 40 for n in range(1, 40)}
    key, root = keccak256(b"\7"), root_of(entries)
    proof = proof_of(entries, key)
    for place, node in enumerate(proof):
        for at in range(len(node)):
            wrong = node[:at] + bytes([node[at] ^ 1]) + node[at + 1 :]
            with pytest.raises(ProofError):
                Pool.of([*proof[:place], wrong, *proof[place + 1 :]]).lookup(root, key)


@pytest.mark.parametrize(
    "node",
    [
        b"\x83abc",
        encode([b"a"]),
        encode([b"", b"value"]),
        encode([b"\x40", b"value"]),
        encode([b"\x05", b"value"]),
        encode([[], b"value"]),
        encode([b"\x00", b"child"]),
        encode([b"\x16", b""]),
        encode([b"\x00\x61", b"too short for a hash"]),
        encode([b"\x20\x61", []]),
        encode([b""] * 16 + [[]]),
        encode([b"\x20\x61", b"value", b"more"]),
        encode([b"\x25\x61", b"value"]),
    ],
)
def test_refuses_what_is_no_node(node):
    pool = Pool.of([node])
    with pytest.raises(ProofError):
        pool.lookup(keccak256(node), b"" if len(node) == 18 else b"\x61")

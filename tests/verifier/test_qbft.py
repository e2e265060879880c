import pytest

from passavant_verifier.keccak import keccak256
from passavant_verifier.qbft import ExtraData, SealError, ValidatorSets, block_hash, check_seals, quorum, seal_hash
from passavant_verifier.rlp import decode_list, encode
from tests.verifier.sealing_headers import extra_data, plain_header, sealed, validators

KEYS = validators(4)
SETS = ValidatorSets(frozenset(KEYS))


@pytest.mark.parametrize(("count", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4), (7, 5), (100, 67)])
def test_the_quorum_is_two_thirds_rounded_up(count, needed):
    assert quorum(count) == needed


@pytest.mark.parametrize("vote", [(), (b"\5" * 20, b"\xff"), (b"\5" * 20, b"")])
@pytest.mark.parametrize("round_", [0, 3, 300])
def test_seals_of_a_quorum_vouch_for_a_header_whatever_vote_and_round(vote, round_):
    signers = list(KEYS.values())[:3]
    header = sealed(plain_header(), KEYS, of=signers, vote=vote, round_=round_)
    assert check_seals(header, SETS) == frozenset(list(KEYS)[:3])


def test_what_is_sealed_has_the_round_and_no_seals_and_what_others_refer_to_has_neither():
    header = sealed(plain_header(), KEYS, round_=3)
    extra = decode_list(header.data("extraData"))
    assert seal_hash(header) == keccak256(header.with_extra(encode([*extra[:3], b"\3", []])).rlp)
    assert block_hash(header) == keccak256(header.with_extra(encode([*extra[:3], b"", []])).rlp)
    assert len({header.hash, seal_hash(header), block_hash(header)}) == 3


def test_less_than_a_quorum_does_not_vouch():
    with pytest.raises(SealError, match="2 of 4"):
        check_seals(sealed(plain_header(), KEYS, of=list(KEYS.values())[:2]), SETS)


def test_two_seals_of_one_are_refused():
    keys = list(KEYS.values())
    with pytest.raises(SealError, match="twice"):
        check_seals(sealed(plain_header(), KEYS, of=[*keys[:3], keys[0]]), SETS)


def test_a_seal_of_somebody_else_is_refused():
    strangers = list(validators(1, b"stranger").values())
    with pytest.raises(SealError, match="no validator"):
        check_seals(sealed(plain_header(), KEYS, of=[*KEYS.values(), *strangers]), SETS)


def test_the_headers_own_validators_prove_nothing():
    own = validators(4, b"self-appointed")
    with pytest.raises(SealError, match="other validators"):
        check_seals(sealed(plain_header(), own), SETS)
    with pytest.raises(SealError, match="other validators"):
        check_seals(sealed(plain_header(), KEYS, foreign=[*KEYS, next(iter(KEYS))]), SETS)


def test_the_set_changes_with_the_transitions_of_the_trust_file():
    later = validators(7, b"later")
    sets = ValidatorSets(frozenset(KEYS), ((100, frozenset(later)), (200, frozenset(KEYS))))
    for number, keys in ((0, KEYS), (99, KEYS), (100, later), (199, later), (200, KEYS)):
        header = sealed(plain_header(number), keys)
        assert check_seals(header, sets) == frozenset(keys)
        with pytest.raises(SealError, match="other validators"):
            check_seals(sealed(plain_header(number), later if keys is KEYS else KEYS), sets)


def test_every_byte_of_a_sealed_header_is_covered():
    header = sealed(plain_header(), KEYS, of=list(KEYS.values())[:3], vote=(b"\5" * 20, b"\xff"), round_=2)
    for name, value in header.fields.items():
        if isinstance(value, int):
            changed = [value + 1]
        else:
            changed = [value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :] for at in range(len(value))]
        for other in changed:
            with pytest.raises(SealError):
                check_seals(type(header)({**header.fields, name: other}), SETS)


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        (b"", "can't be read"),
        (b"\x83abc", "can't be read"),
        (encode([b"a"]), "1 items"),
        (encode([b"a", [], [], b"", []]), "wrong size"),
        (encode([bytes(32), [b"a"], [], b"", []]), "wrong size"),
        (encode([bytes(32), b"", [], b"", []]), "a string"),
        (encode([bytes(32), [], [], b"\0\1", []]), "leading zero"),
        (encode([bytes(32), [], [], b"", [bytes(64)]]), "65 bytes"),
        (encode([bytes(32), [], [], b"", [bytes(64) + b"\x1b"]]), "65 bytes"),
    ],
)
def test_refuses_extra_data_of_another_form(extra, problem):
    with pytest.raises(SealError, match=problem):
        ExtraData.read(extra)


def test_a_seal_that_is_no_signature_is_nobodys():
    header = plain_header().with_extra(extra_data(KEYS, seals=[bytes(65)]))
    with pytest.raises(SealError, match="no validator"):
        check_seals(header, SETS)

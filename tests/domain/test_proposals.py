import json

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.keccak import keccak256
from ledger.domain.proposals import Annex, Goods, Period
from ledger.domain.wire import ZERO

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
ANNEXES = st.builds(
    Annex,
    chapters=st.frozensets(st.sampled_from(["01", "09", "10", "61", "99"])),
    modes=st.frozensets(st.integers(1, 9)),
    programmes=st.lists(TEXTS, max_size=3, unique=True).map(tuple),
    profile=st.one_of(st.just(""), TEXTS),
)


def same(one, other):
    """Whether two annexes say the same: in which order programmes stand says nothing."""
    return (one.chapters, one.modes, set(one.programmes), one.profile) == (
        other.chapters,
        other.modes,
        set(other.programmes),
        other.profile,
    )


def test_an_annex_covers_goods_that_all_lie_within_it_or_leaves_it_open():
    annex = Annex(chapters=frozenset({"61"}))
    assert annex.covers(Goods(frozenset({"61"}), frozenset())) is True
    assert annex.covers(Goods(frozenset({"85", ""}), frozenset())) is False
    assert annex.covers(Goods(frozenset({"61", ""}), frozenset())) is None
    assert annex.covers(Goods(frozenset(), frozenset())) is None
    assert Annex(modes=frozenset({4})).covers(Goods(frozenset({"61"}), frozenset())) is None
    assert Annex(modes=frozenset({4})).covers(Goods(frozenset({"61"}), frozenset({5}))) is False


def test_a_period_holds_its_start_and_not_its_end():
    assert [Period(3, 5).holds(moment) for moment in (2, 3, 4, 5)] == [False, True, True, False]


@given(ANNEXES)
def test_the_canonical_text_of_an_annex_says_all_of_it_and_is_its_own_canonical_text(annex):
    read = Annex.of_plain(json.loads(annex.canonical()))
    assert same(read, annex)
    assert (read.canonical(), read.digest()) == (annex.canonical(), annex.digest())


@given(ANNEXES, ANNEXES)
def test_annexes_have_the_same_hash_exactly_when_they_say_the_same(one, other):
    assert (one.digest() == other.digest()) is same(one, other)
    turned = Annex(one.chapters, one.modes, one.programmes[::-1], one.profile)
    assert turned.digest() == one.digest()


def test_the_canonical_text_has_sorted_names_ascending_lists_no_spaces_and_nothing_empty():
    annex = Annex(frozenset({"62", "61"}), frozenset({5, 4}), ("UK AEOS", '\u00c4EO "S"\n'), "")
    text = '{"aeoProgrammes":["UK AEOS","\u00c4EO \\"S\\"\\n"],"hsChapters":["61","62"],"modes":[4,5]}'
    assert (annex.canonical(), annex.digest()) == (text, keccak256(text.encode()))
    assert (Annex().canonical(), Annex().digest()) == ("{}", ZERO)

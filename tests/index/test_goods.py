"""The keyed index of goods."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.proposals import Annex, Goods
from ledger.index.goods import GoodsIndex
from ledger.index.references import References
from ledger.index.store import Store

DECLARATION, COMMITMENT = b"\x01" * 32, b"\x02" * 32
PLACE = (DECLARATION, COMMITMENT)
GOODS = Goods(frozenset({"61", "85"}), frozenset({4}))
CHAPTERS = st.frozensets(st.sampled_from(["", "00", "01", "61", "62", "99"]))
MODES = st.frozensets(st.sampled_from([0, 1, 4, 5, 9, 10, 777]))


@pytest.fixture(scope="module")
def goods(tmp_path_factory):
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('goods') / 'store.sqlite'}")
    yield GoodsIndex(store, References(store)), store
    store.close()


def load(goods, *places):
    index, store = goods
    with store.reading() as session:
        return dict(index.load(session, places))


def test_what_was_noted_of_a_version_is_told_of_that_version_alone(goods):
    goods[0].note(DECLARATION, COMMITMENT, GOODS)
    goods[0].note(DECLARATION, COMMITMENT, GOODS)
    goods[0].note(DECLARATION, b"\x03" * 32, Goods(frozenset({"62"}), frozenset()))
    assert load(goods, PLACE, (DECLARATION, b"\x09" * 32)) == {PLACE: GOODS}


def test_neither_chapters_nor_modes_stand_in_the_store(goods):
    index, store = goods
    with store.reading() as session:
        tokens = {row[0] for row in session.rows("SELECT token FROM goods_private WHERE commitment = ?", COMMITMENT)}
    assert tokens == {index.chapter("61"), index.chapter("85"), index.mode(4)}
    assert all(len(one) == 32 for one in tokens)


def test_another_key_gives_other_tokens(goods, tmp_path):
    other = GoodsIndex(goods[1], References(goods[1], tmp_path / "other.key"))
    assert other.chapter("61") != goods[0].chapter("61")
    with goods[1].reading() as session:
        assert other.load(session, [PLACE]) == {PLACE: Goods(frozenset(), frozenset())}


@given(chapters=CHAPTERS, modes=MODES, limits=st.frozensets(st.sampled_from(["01", "61"])), by=st.booleans())
def test_an_annex_judges_what_is_kept_as_it_judges_the_goods_themselves(goods, chapters, modes, limits, by):
    told = Goods(chapters, modes)
    place = (b"\x04" * 32, repr((sorted(chapters), sorted(modes))).encode())
    goods[0].note(*place, told)
    kept = load(goods, place).get(place, Goods(frozenset(), frozenset()))
    annex = Annex(chapters=limits, modes=frozenset({4, 5}) if by else frozenset())
    assert annex.covers(kept) is annex.covers(told)

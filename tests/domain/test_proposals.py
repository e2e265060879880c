from ledger.domain.proposals import Annex, Goods, Period


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

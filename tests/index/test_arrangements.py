"""Arrangements as they are shown, and to whom."""

from itertools import pairwise

import pytest

from ledger.domain.codes import ControlMethod, Regime, Risk, SuspensionAction
from ledger.domain.proposals import Annex
from ledger.domain.records import ArrangementSuspension
from ledger.domain.wire import ZERO
from ledger.index.annexes import keep_annex
from ledger.index.arrangements import load_shown
from ledger.index.errors import CursorError
from ledger.index.queries import Queries
from ledger.index.recognitions import load_lines
from tests.index.streams import AGENCY, AUDITOR, CN, GB, PLATFORM
from tests.index.test_recognitions import SOON, Web
from tests.index.worlds import World

ANNEX = Annex(frozenset({"62", "61"}), frozenset({4}), ("UK AEOS",), "arrangement")


@pytest.fixture
def web(world: World) -> Web:
    return Web(world)


def shown(web, viewer=GB, partner=None, after=None, limit=100):
    web.world.index()
    queries = Queries(web.world.store, clock=lambda: float(web.chain.time))
    with web.world.store.reading() as session:
        return load_shown(session, queries.access(session, viewer), partner, after, limit)


def test_versions_are_told_with_scope_validity_and_annex(web):
    start = web.chain.time + 100
    scope = {"procedures": 0b11, "methods": 0b100, "risks": int(Risk.IPR), "standard": b"\x07" * 31 + b"\x02"}
    second = web.arrange(web.agreed, annex=ANNEX.digest(), valid_from=start, **scope)
    one, two = shown(web).items
    assert (one.arrangement, one.predecessor, one.annex, one.annex_content) == (web.agreed, None, None, None)
    assert (one.in_force, one.valid_until, two.in_force) == (True, start, False)
    assert (two.arrangement, two.predecessor, two.valid_from) == (second, web.agreed, start)
    assert (two.procedures, two.methods) == ((Regime.HOME_USE, Regime.WAREHOUSING), (ControlMethod.PHYSICAL,))
    assert (two.risks, two.standard, two.level) == (Risk.IPR, b"\x07" * 31 + b"\x00", 2)
    assert (one.standard, two.annex, two.annex_content) == (None, ANNEX.digest(), None)
    with web.world.store.writing() as connection:
        keep_annex(connection, ANNEX)
        keep_annex(connection, ANNEX)
        keep_annex(connection, Annex())
    content = shown(web).items[1].annex_content
    assert (content.hs_chapters, content.modes) == (("61", "62"), (4,))
    assert (content.aeo_programmes, content.disclosure_profile) == (("UK AEOS",), "arrangement")


def test_who_suspends_is_told_of_the_latest_version(web):
    second = web.arrange(web.agreed, valid_from=web.chain.time + 100)
    web.world.index()
    with web.world.store.reading() as session:
        [(_, line)] = load_lines(session, {(CN, GB)})
    web.record(
        ArrangementSuspension(
            administration=CN,
            arrangement=second,
            prev=line.head,
            action=SuspensionAction.SUSPEND,
            reason=1,
            deadline=web.chain.time + SOON,
        )
    )
    assert [one.suspended_by for one in shown(web).items] == [(), (CN,)]


def test_parties_and_auditors_see_them_and_a_partner_narrows(web):
    for viewer in (GB, CN, AUDITOR):
        assert [one.arrangement for one in shown(web, viewer).items] == [web.agreed], viewer
    assert shown(web, PLATFORM).items == ()
    assert [one.arrangement for one in shown(web, GB, CN).items] == [web.agreed]
    assert shown(web, GB, AGENCY).items == ()


def test_pages_follow_one_another(web):
    digests = [web.agreed]
    for number in range(1, 4):
        digests.append(web.arrange(digests[-1], valid_from=web.chain.time + 100 * number))
        web.chain.block()
    found, cursor = [], None
    for _ in digests:
        page = shown(web, after=cursor, limit=1)
        found += [one.arrangement for one in page.items]
        cursor = page.next
    assert (found, cursor) == (digests, None)
    assert all(two.predecessor == one.arrangement for one, two in pairwise(shown(web).items))
    with pytest.raises(CursorError):
        shown(web, after="AAAA")
    assert shown(web).items[0].predecessor != ZERO

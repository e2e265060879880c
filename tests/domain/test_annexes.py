"""What the annex of an arrangement says of a recognition."""

import pytest

from ledger.domain.aeo import programme_hash
from ledger.domain.annexes import (
    ANNEX_MISSING,
    GOODS_MISSING,
    OUTSIDE_GOODS,
    OUTSIDE_PROGRAMME,
    Annexed,
    AnnexVerdict,
    Judged,
    annex_hashes,
    goods_verdict,
    judged,
)
from ledger.domain.codes import AeoStanding, Verdict
from ledger.domain.proposals import Annex, Goods
from ledger.domain.recognition import Recognitions
from ledger.domain.records import AeoStatus, Arrangement, Recognition
from ledger.domain.wire import ZERO, DeclarationId, Digest

V = AnnexVerdict
LIMITED = Annex(chapters=frozenset({"61"}))
PROGRAMMES = Annex(programmes=("EU AEOS",))
KNITTED, SHIRTS, UNTOLD = (Goods(frozenset({one}), frozenset()) for one in ("61", "62", ""))
NO, YES = programme_hash("UK AEOS"), programme_hash("EU AEOS")


@pytest.mark.parametrize(
    ("annexes", "goods", "verdict"),
    [
        ([], KNITTED, V.NONE),
        ([Annex(), PROGRAMMES], None, V.NONE),
        ([LIMITED], KNITTED, V.WITHIN),
        ([LIMITED, Annex()], KNITTED, V.WITHIN),
        ([LIMITED], SHIRTS, V.OUTSIDE),
        ([LIMITED], UNTOLD, V.NOT_JUDGED),
        ([LIMITED], None, V.NOT_JUDGED),
        ([None], KNITTED, V.NOT_JUDGED),
        ([None, LIMITED], KNITTED, V.NOT_JUDGED),
        ([None, LIMITED], SHIRTS, V.OUTSIDE),
    ],
)
def test_the_strictest_annex_decides(annexes, goods, verdict):
    assert goods_verdict(annexes, goods) is verdict
    assert judged(annexes, goods).verdict is verdict


@pytest.mark.parametrize(
    ("annexes", "goods", "programme", "found"),
    [
        ([LIMITED], SHIRTS, None, Judged(V.OUTSIDE, OUTSIDE_GOODS)),
        ([LIMITED], None, None, Judged(V.NOT_JUDGED, GOODS_MISSING)),
        ([None], None, NO, Judged(V.NOT_JUDGED, ANNEX_MISSING)),
        ([PROGRAMMES], None, NO, Judged(V.OUTSIDE, OUTSIDE_PROGRAMME)),
        ([None, PROGRAMMES], None, NO, Judged(V.OUTSIDE, OUTSIDE_PROGRAMME)),
        ([PROGRAMMES], None, YES, Judged(V.NONE)),
        ([LIMITED, PROGRAMMES], KNITTED, YES, Judged(V.WITHIN)),
    ],
)
def test_the_reason_is_told_in_words_and_programmes_count(annexes, goods, programme, found):
    assert judged(annexes, goods, programme) == found


def arrangement(annex: Annex, start: int, predecessor: bytes = ZERO) -> Arrangement:
    return Arrangement(
        first=250,
        second=826,
        predecessor=Digest(predecessor),
        procedures=1,
        methods=1,
        risks=1,
        annex=annex.digest(),
        valid_from=start,
        valid_until=1_000,
        deadline=0,
    )


def recognition(arrangement: bytes, verdict: Verdict = Verdict.FULL, aeo: bytes = ZERO) -> Recognition:
    return Recognition(
        declaration=DeclarationId(b"\x0d" * 32),
        parent=Digest(b"\x0c" * 32),
        arrangement=Digest(arrangement),
        aeo=Digest(aeo),
        administration=250,
        version=1,
        verdict=verdict,
        risk=1,
        effective_at=20,
        deadline=20,
    )


@pytest.fixture
def known():
    """A first version that limits nothing, and a second one, from 100 on, for chapter 61 and EU AEOS alone."""
    known = Recognitions()
    one, two = Digest(b"\x01" * 32), Digest(b"\x02" * 32)
    known.arrange(arrangement(Annex(), 10), one)
    known.arrange(arrangement(Annex(frozenset({"61"}), programmes=("EU AEOS",)), 100, one), two)
    grant = AeoStatus(
        administration=826,
        operator=65_536,
        status=AeoStanding.GRANTED,
        programme=NO,
        valid_from=0,
        valid_until=1_000,
        deadline=0,
    )
    known.aeo(grant, Digest(b"\x0a" * 32))
    return known


def test_the_version_that_is_named_and_the_one_in_force_count(known):
    second = known.versions[Digest(b"\x02" * 32)].record.annex
    assert annex_hashes(known, Digest(b"\x01" * 32), 50) == {ZERO}
    assert annex_hashes(known, Digest(b"\x01" * 32), 100) == {ZERO, second}
    assert annex_hashes(known, Digest(b"\x02" * 32), 100) == {second}
    assert annex_hashes(known, Digest(b"\x0f" * 32), 100) == frozenset()


def test_a_recognition_is_judged_by_its_declarations_goods_in_the_version_named(known):
    record, at = recognition(b"\x01" * 32), b"\x0e" * 32
    second = Annex(frozenset({"61"}), programmes=("EU AEOS",))
    all_known = Annexed({second.digest(): second}, {(record.declaration, at): SHIRTS})
    assert all_known.judge(known, record, at, 50).verdict is V.NONE
    assert all_known.judge(known, record, at, 100).verdict is V.OUTSIDE
    assert all_known.judge(known, record, b"\x0f" * 32, 100).reason == GOODS_MISSING
    assert Annexed({}, {}).judge(known, record, at, 100).reason == ANNEX_MISSING
    declined = recognition(b"\x01" * 32, Verdict.DECLINED)
    assert all_known.judge(known, declined, at, 100).verdict is V.NONE


def test_a_grant_of_another_programme_is_outside(known):
    record, at = recognition(b"\x02" * 32, aeo=b"\x0a" * 32), b"\x0e" * 32
    second = Annex(frozenset({"61"}), programmes=("EU AEOS",))
    annexed = Annexed({second.digest(): second}, {(record.declaration, at): KNITTED})
    assert annexed.judge(known, record, at, 100) == Judged(V.OUTSIDE, OUTSIDE_PROGRAMME)
    unknown = recognition(b"\x02" * 32, aeo=b"\x0b" * 32)
    assert annexed.judge(known, unknown, at, 100) == Judged(V.WITHIN)

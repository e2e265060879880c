"""What recorded erasures tell to destroy is destroyed: all of it, nothing else, and for good."""

import pytest

from ledger.domain.codes import DecisionKind
from ledger.domain.proposals import Goods
from ledger.index.due import due, has_remnants
from ledger.index.erasing import Erasing
from ledger.index.errors import StoreError
from ledger.index.evidence import Evidence, EvidenceItem
from ledger.index.goods import GoodsIndex
from ledger.index.grants import AccessLog
from ledger.index.sealed import Custody, SealedPayloads
from ledger.sealing import Subject, seal, wrap_for
from tests.index.streams import CARRIER, GB, PLATFORM, hashed
from tests.index.test_sealed import KEYS

K = DecisionKind


class Blobs:
    """Ciphertexts in another place than the database, which may fail."""

    elsewhere = True

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}
        self.fails = False

    def put(self, content_hash: bytes, content: bytes) -> None:
        self.kept[content_hash] = content

    def get(self, content_hash: bytes) -> bytes | None:
        return self.kept.get(content_hash)

    def delete(self, content_hash: bytes) -> None:
        if self.fails:
            raise StoreError("the place does not answer")
        self.kept.pop(content_hash, None)

    def close(self) -> None:
        pass


@pytest.fixture
def blobs():
    return Blobs()


@pytest.fixture
def payloads(store, blobs):
    return SealedPayloads(store, blobs)


@pytest.fixture
def erasing(store, payloads):
    return Erasing(store, payloads)


@pytest.fixture
def keep(payloads):
    def put(declaration, commitment, custody=None):
        sealed, key = seal(Subject(declaration, commitment, hashed(b"schema")), b"content")
        wraps = [wrap_for(KEYS[one].public, sealed, key) for one in (PLATFORM, GB)]
        payloads.place(sealed)
        payloads.put(sealed, custody or Custody(PLATFORM), wraps)
        return sealed.content_hash

    return put


def left(payloads, *hashes):
    return [one for one in hashes if payloads.ciphertext(one) or payloads.wraps(one)]


def test_a_versions_payloads_field_sets_and_wraps_go_and_nothing_elses(world, payloads, erasing, keep):
    chain = world.chain
    one, two = chain.declare(), chain.declare()
    chain.block()
    first, other = chain.declarations[one].version.commitment, chain.declarations[two].version.commitment
    chain.decide(one, K.AMEND, commitment=hashed(b"second"))
    world.index()
    gone = [keep(one, first), keep(one, first, Custody(GB)), keep(one, first, Custody(PLATFORM, CARRIER, hashed(b"f")))]
    stays = [keep(one, hashed(b"second")), keep(two, other), keep(two, first, Custody(CARRIER))]
    assert due(world.store) == erasing.sweep() == []
    chain.erase(one, 1, commitment=first)
    world.index()
    [done] = erasing.sweep()
    assert (done.declaration, done.version, done.commitment) == (one, 1, first)
    assert left(payloads, *gone, *stays) == stays
    assert [kept.content_hash for kept in payloads.of_declaration(one)] == stays[:1]
    assert [entry.act for entry in AccessLog(world.store).of_declaration(one)] == ["ERASED"]
    assert erasing.sweep() == []
    shown = world.queries.declaration(one, PLATFORM).versions
    assert [version.erased_here_at is not None for version in shown] == [True, False]


def test_what_was_told_of_a_versions_goods_goes_with_it_and_nothing_elses(world, erasing):
    chain, told = world.chain, Goods(frozenset({"61"}), frozenset({5}))
    one = chain.declare()
    first = chain.declarations[one].version.commitment
    chain.decide(one, K.AMEND, commitment=hashed(b"second"))
    world.index()
    goods = GoodsIndex(world.store, world.references)
    places = [(one, first), (one, hashed(b"second")), (hashed(b"another"), first)]
    for place in places:
        goods.note(*place, told)
    chain.erase(one, 1, commitment=first)
    world.index()
    erasing.sweep()
    with world.store.reading() as session:
        assert goods.load(session, places) == dict.fromkeys(places[1:], told)


def test_copying_a_commitment_and_erasing_the_copy_erases_nothing_of_others(world, payloads, erasing, keep):
    chain = world.chain
    one = chain.declare()
    copied = chain.declarations[one].version.commitment
    mine = chain.declare(commitment=copied, declarant=CARRIER)
    stays = keep(one, copied)
    chain.erase(mine, 1)
    world.index()
    assert len(erasing.sweep()) == 1
    assert left(payloads, stays) == [stays]


def test_what_stood_behind_rulings_and_refused_requests_goes_with_its_version(world, payloads, erasing, keep):
    chain = world.chain
    one = chain.declare()
    first = chain.declarations[one].version.commitment
    chain.decide(one, K.ACCEPT, evidence=hashed(b"behind the acceptance"))
    chain.control(one, evidence=hashed(b"behind the control"))
    refused = chain.amend(one, commitment=hashed(b"refused"))
    chain.decide(one, K.REFUSE_REQUEST, request=refused)
    granted = chain.amend(one, commitment=hashed(b"second"))
    chain.decide(one, K.GRANT, request=granted)
    chain.decide(one, K.RELEASE, evidence=hashed(b"behind the release"))
    chain.control(one, version=2, evidence=hashed(b"behind another control"))
    chain.amend(one, commitment=hashed(b"waiting"))
    world.index()
    about_first = [first, *map(hashed, (b"behind the acceptance", b"behind the control", b"refused"))]
    about_second = [*map(hashed, (b"second", b"behind the release", b"behind another control"))]
    gone = [keep(one, commitment) for commitment in about_first]
    later = [keep(one, commitment) for commitment in about_second]
    waiting = keep(one, hashed(b"waiting"))
    chain.erase(one, 1, commitment=first)
    world.index()
    erasing.sweep()
    assert left(payloads, *gone, *later, waiting) == [*later, waiting]
    chain.erase(one, 2)
    world.index()
    erasing.sweep()
    assert left(payloads, *later, waiting) == [waiting]


def test_messages_go_that_were_received_while_the_version_came_or_was_in_force(world, erasing, store):
    chain = world.chain
    one = chain.declare()
    began = chain.block(100).time
    chain.decide(one, K.AMEND, commitment=hashed(b"second"))
    second = chain.block(100).time
    chain.decide(one, K.AMEND, commitment=hashed(b"third"))
    third = chain.block(100).time
    evidence = Evidence(store)
    for name, received, declaration in (
        ("before", began - 50, one),
        ("in force", began + 50, one),
        ("for the second", second - 1, one),
        ("for the third", third - 1, one),
        ("last", third + 50, one),
        ("another's", began + 50, hashed(b"another")),
    ):
        values = {"hash": hashed(name.encode()), "kind": name, "content": name.encode()}
        evidence.add(
            EvidenceItem(organisation=GB, received=received, effective=received, declaration=declaration, **values)
        )
    chain.erase(one, 2, commitment=hashed(b"second"))
    world.index()
    erasing.sweep()
    assert [item.kind for item in evidence.of_declaration(one)] == ["before", "last"]
    assert [item.kind for item in evidence.of_declaration(hashed(b"another"))] == ["another's"]


def test_a_place_that_fails_is_tried_again_and_nothing_is_called_done(world, blobs, payloads, erasing, keep):
    one = world.chain.declare()
    kept = keep(one, world.chain.declarations[one].version.commitment)
    world.chain.erase(one)
    world.index()
    blobs.fails = True
    with pytest.raises(StoreError, match="does not answer"):
        erasing.sweep()
    assert world.queries.declaration(one, PLATFORM).versions[0].erased_here_at is None
    assert left(payloads, kept) == [kept]
    blobs.fails = False
    assert len(erasing.sweep()) == 1
    assert left(payloads, kept) == []


def test_what_comes_after_the_erasure_goes_too(world, payloads, erasing, keep):
    one = world.chain.declare()
    world.chain.erase(one)
    world.index()
    erasing.sweep()
    late = keep(one, world.chain.declarations[one].version.commitment)
    assert len(erasing.sweep()) == 1
    assert left(payloads, late) == []


def test_a_rollback_brings_nothing_back_and_the_index_says_so(world, payloads, erasing, keep):
    one = world.chain.declare()
    world.chain.block()
    kept = keep(one, world.chain.declarations[one].version.commitment)
    world.chain.erase(one)
    world.index()
    erasing.sweep()
    world.indexer.rollback(len(world.chain.blocks) - 2)
    [version] = world.queries.declaration(one, PLATFORM).versions
    assert version.erased is None
    assert version.erased_here_at
    assert left(payloads, kept) == []
    assert erasing.sweep() == []


def test_the_files_are_scrubbed_and_again_when_somebody_reads_meanwhile(world, erasing, keep, store):
    one = world.chain.declare()
    keep(one, world.chain.declarations[one].version.commitment)
    world.chain.erase(one)
    world.index()
    with store.reading() as session:
        session.rows("SELECT count(*) FROM events")
        erasing.sweep()
        assert has_remnants(store) is store.is_sqlite
    erasing.sweep()
    assert not has_remnants(store)

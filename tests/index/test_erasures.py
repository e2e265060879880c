"""What the index tells of erased versions: erased is another thing than not here."""

from ledger.domain.codes import DecisionKind, ErasureCause
from ledger.index.lookup import StatusQuery
from ledger.index.replaying import replay
from tests.index.streams import GB, PLATFORM, hashed, public
from tests.index.test_replaying import stream
from tests.index.worlds import ORDER

QUERY = StatusQuery(reference=ORDER.value, type=ORDER.type)


def test_a_version_shows_when_why_and_by_whom_it_was_erased(world):
    chain = world.chain
    one = chain.declare()
    world.name(one)
    chain.block()
    chain.decide(one, DecisionKind.AMEND, commitment=hashed(b"second"))
    digest = chain.erase(one, 2, commitment=hashed(b"second"), declarant=0, administration=GB, cause=3)
    block = chain.block()
    world.index()
    first, second = world.queries.declaration(one, PLATFORM).versions
    assert first.erased is None
    assert (second.erased.cause, second.erased.author, second.erased.digest) == (ErasureCause.ORDERED, GB, digest)
    assert second.erased.time == block.time


def test_an_erasure_moves_no_head_but_another_answer_has_another_etag(world):
    chain = world.chain
    one = chain.declare()
    world.index()
    before = world.queries.declaration(one, PLATFORM)
    chain.erase(one)
    world.index()
    after = world.queries.declaration(one, PLATFORM)
    assert (after.public_head, after.settled_head) == (before.public_head, before.settled_head)
    assert after.etag != before.etag


def test_the_timeline_has_it_with_version_author_and_cause(world):
    chain = world.chain
    one = chain.declare()
    world.name(one)
    chain.erase(one)
    world.index()
    entry = world.queries.provenance(QUERY, PLATFORM)[-1]
    assert (entry.type, entry.by, entry.fields["version"], entry.fields["cause"]) == (
        "Erasure",
        PLATFORM,
        1,
        "REQUESTED",
    )
    assert entry.head_before == entry.head_after == public(chain, one)
    assert entry.remarks == ()


def test_an_erasure_of_other_content_than_the_versions_is_remarked(world):
    chain = world.chain
    one, two = chain.declare(), chain.declare()
    world.name(one)
    chain.erase(one, commitment=hashed(b"something else"))
    world.index()
    chain.erase(two, commitment=hashed(b"something else"))
    world.name(two)
    world.index()
    remarks = [entry.remarks for entry in world.queries.provenance(QUERY, PLATFORM) if entry.type == "Erasure"]
    assert remarks == [("ERASES_OTHER_CONTENT",)] * 2


def test_taken_back_it_is_not_erased_and_a_replay_agrees(world):
    chain = world.chain
    one = chain.declare()
    chain.block()
    chain.erase(one)
    world.index()
    assert replay(world.store, stream(chain)).differences == []
    world.indexer.rollback(len(chain.blocks) - 2)
    assert world.queries.declaration(one, PLATFORM).versions[0].erased is None
    world.index()
    assert world.queries.declaration(one, PLATFORM).versions[0].erased is not None

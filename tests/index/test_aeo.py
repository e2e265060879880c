"""AEO status out of the store: whose events are read, who sees the evidence, by which index."""

from typing import Any

import pytest

from ledger.client.recognition import RecognitionReading
from ledger.client.types import NotEntitled
from ledger.domain.aeo import AeoState, programme_hash
from ledger.domain.codes import AeoStanding
from ledger.domain.proposals import Annex
from ledger.domain.records import AeoStatus
from ledger.domain.wire import Digest
from ledger.index.aeo import COMMON, load_agreed
from ledger.index.errors import StoreError
from ledger.index.freshness import Freshness
from ledger.index.tables import meta
from tests.index.streams import AGENT, AUDITOR, CARRIER, CN, GB, PLATFORM
from tests.index.test_recognitions import Web
from tests.index.worlds import World

EVIDENCE = b"\x0e" * 32


class Reader:
    """The client's side, over a world's store."""

    def __init__(self, world: World) -> None:
        self.store, self.queries = world.store, world.queries

    def freshness(self) -> Freshness:
        return Freshness()


@pytest.fixture
def web(world: World) -> Web:
    return Web(world)


@pytest.fixture
def reading(world: World) -> RecognitionReading:
    client: Any = Reader(world)
    return RecognitionReading(client)


def grant(web: Web, operator: int = PLATFORM, **values: Any) -> Digest:
    start = web.chain.time
    filled: dict[str, Any] = {
        "administration": GB,
        "operator": operator,
        "status": AeoStanding.GRANTED,
        "programme": programme_hash("UK AEOS"),
        "evidence": EVIDENCE,
        "valid_from": start,
        "valid_until": start + 10_000,
        "deadline": start + 600,
    }
    return web.record(AeoStatus(**filled | values))


def withdraw(web: Web, granted: Digest, since: int) -> Digest:
    ended: dict[str, Any] = {
        "status": AeoStanding.WITHDRAWN,
        "programme": bytes(32),
        "valid_from": since,
        "valid_until": 0,
    }
    return grant(web, grant=granted, **ended)


def test_it_is_folded_from_the_operators_own_records(web, reading):
    granted = grant(web)
    grant(web, AGENT)
    web.chain.block()
    known = web.chain.time
    web.chain.block()
    ended = withdraw(web, granted, web.chain.time - 1)
    web.world.index()
    told = reading.aeo(PLATFORM, CARRIER)
    assert told is not None
    [one] = told.grants
    assert (told.authorised, one.grant, one.state, one.partners) == (False, granted, AeoState.WITHDRAWN, ())
    assert one.end is not None
    assert (one.end.digest, told.holds_at, told.known_at) == (ended, web.chain.time, web.chain.time)
    before = reading.aeo(PLATFORM, CARRIER, known_at=known)
    assert before is not None
    assert (before.authorised, before.grants[0].end) == (True, None)
    assert [(each.administration, each.arrangement) for each in before.grants[0].partners] == [(CN, web.agreed)]


def test_evidence_is_for_the_home_administration(web, reading):
    withdraw(web, grant(web), web.chain.time)
    web.world.index()
    for viewer, said in ((GB, EVIDENCE), (CN, None), (PLATFORM, None), (AUDITOR, None)):
        told = reading.aeo(PLATFORM, viewer)
        assert told is not None
        [one] = told.grants
        assert one.end is not None
        assert (one.evidence, one.end.evidence) == (said, said)


def test_it_is_told_to_participants_about_operators(web, reading):
    web.world.index()
    told = reading.aeo(PLATFORM, GB, at=5)
    assert told is not None
    assert (told.grants, told.authorised, told.holds_at) == ((), False, 5)
    for nobody in (GB, AUDITOR, 999):
        assert reading.aeo(nobody, GB) is None
    with pytest.raises(NotEntitled):
        reading.aeo(PLATFORM, None)


def test_names_of_programmes_that_were_granted_here_are_told(web, reading):
    grant(web)
    web.world.index()
    assert reading.aeo(PLATFORM, GB).grants[0].programme_name is None
    reading.keep_programme("UK AEOS")
    reading.keep_programme("UK AEOS")
    assert reading.aeo(PLATFORM, GB).grants[0].programme_name == "UK AEOS"


def test_partners_recognise_what_their_annex_names_as_far_as_it_is_known_here(web, reading):
    annex = Annex(programmes=("UK AEOC", "CN AEO"))
    web.arrange(web.agreed, annex=annex.digest(), valid_from=web.chain.time + 1)
    web.chain.block()
    grant(web)
    grant(web, programme=programme_hash("UK AEOC"))
    web.world.index()

    def told() -> list[tuple[str | None, bool | None]]:
        return [(one.programme_name, one.partners[0].recognises) for one in reading.aeo(PLATFORM, GB).grants]

    assert told() == [(None, None), (None, None)]
    reading.keep_annex(annex)
    assert told() == [(None, False), ("UK AEOC", True)]


def test_a_store_of_no_network_has_no_history(web, reading, world):
    web.world.index()
    with world.store.writing() as connection:
        connection.execute(meta.delete())
    with pytest.raises(StoreError, match="not pinned"):
        reading.aeo(PLATFORM, GB)


def test_the_events_are_found_by_their_index(web, store):
    grant(web)
    for _ in range(3):
        web.chain.declare()
    web.world.index()
    with store.reading() as session:
        assert [event.record.record_type for event in load_agreed(session, PLATFORM)] == [22, 24]
        if store.is_sqlite:
            plan = session.rows(f"EXPLAIN QUERY PLAN SELECT digest FROM events WHERE outcome = 0 AND {COMMON}")
            assert "events_common" in str(plan)


@pytest.mark.parametrize("moments", [(0, 0), (1 << 39, 1 << 39)])
def test_any_moment_may_be_asked_about(web, reading, moments):
    grant(web)
    web.world.index()
    told = reading.aeo(PLATFORM, GB, *moments)
    assert (told.holds_at, told.known_at) == moments
    assert [one.state for one in told.grants] == ([AeoState.EXPIRED] if moments[0] else [])

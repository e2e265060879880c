"""The rules on published encryption keys (the contract `EncryptionKeys`): every outcome is provoked."""

from typing import Any

import pytest

from ledger.domain import heads
from ledger.domain.codes import EncryptionSuite, Outcome
from ledger.domain.keccak import keccak256
from ledger.domain.participants import FOREVER
from ledger.domain.records import EncryptionKey
from tests.domain import builders as b
from tests.domain.builders import Court, declares, manages
from tests.domain.test_rules import becomes

MLKEM = b"\x55" * 1_184


@pytest.fixture
def court() -> Court:
    return Court()


def key(court: Court, organisation: int = b.OPERATOR, **values: Any) -> EncryptionKey:
    known = court.ledger.participants
    filled: dict[str, Any] = {
        "org_head": known.organisations[organisation].head,
        "version": 1 + len(known.encryption_keys),
        "suite": EncryptionSuite.HYBRID,
        "key": b.SOMETHING,
        "hybrid": keccak256(MLKEM),
        "not_before": b.NOW,
        "not_after": FOREVER,
        "deadline": b.NOW + 60,
    }
    return EncryptionKey(organisation=organisation, **filled | values)


def refuses(court: Court, record: EncryptionKey, outcome: Outcome, proof: bytes = MLKEM) -> None:
    court.refuses(record, manages(record.organisation), outcome, proof=proof)


def test_a_key_is_published_and_moves_the_organisations_head(court):
    record = key(court)
    digest = court.take(record, manages(b.OPERATOR), proof=MLKEM)
    published = court.ledger.participants.encryption_keys[b.OPERATOR, 1]
    assert (published.not_before, published.not_after) == (b.NOW + 1, FOREVER)
    assert (published.suite, published.key, published.hybrid) == (record.suite, record.key, record.hybrid)
    assert published.digest == digest
    assert court.ledger.participants.organisations[b.OPERATOR].head == heads.organisation(record.org_head, digest)
    court.refuses(record, manages(b.OPERATOR), Outcome.ALREADY_RECORDED, proof=MLKEM)


def test_suite_1_has_no_hybrid_part_and_its_proof_says_nothing(court):
    record = key(court, suite=EncryptionSuite.X25519, hybrid=bytes(32))
    court.take(record, manages(b.OPERATOR), proof=b"anything")


def test_versions_go_up_one_by_one_per_organisation(court):
    refuses(court, key(court, version=2), Outcome.UNKNOWN_VERSION)
    court.take(key(court), manages(b.OPERATOR), proof=MLKEM)
    refuses(court, key(court, version=1), Outcome.UNKNOWN_VERSION)
    court.take(key(court, b.AUDITOR, version=1), manages(b.AUDITOR), proof=MLKEM)
    court.take(key(court, version=2), manages(b.OPERATOR), proof=MLKEM)


def test_it_extends_the_organisations_head(court):
    refuses(court, key(court, org_head=b.Head(b.SOMETHING)), Outcome.STALE_HEAD)


def test_the_proof_is_the_part_that_the_record_names(court):
    refuses(court, key(court), Outcome.ENCRYPTION_KEY_INVALID, b"")
    refuses(court, key(court), Outcome.ENCRYPTION_KEY_INVALID, MLKEM[:-1] + b"\0")
    refuses(court, key(court, hybrid=keccak256(b"short")), Outcome.ENCRYPTION_KEY_INVALID, b"short")


def test_the_window_starts_a_second_after_the_block(court):
    refuses(court, key(court, not_after=b.NOW + 1), Outcome.WINDOW_INVALID)
    refuses(court, key(court, not_before=b.NOW + 9, not_after=b.NOW + 9), Outcome.WINDOW_INVALID)
    court.take(key(court, not_after=b.NOW + 2), manages(b.OPERATOR), proof=MLKEM)


@pytest.mark.parametrize(
    "change",
    [{"version": 0}, {"key": bytes(32)}, {"suite": 0}, {"suite": 3}, {"suite": 1}, {"hybrid": bytes(32)}],
)
def test_what_makes_no_sense_is_malformed(court, change):
    refuses(court, key(court, **change), Outcome.MALFORMED)


def test_only_a_managing_key_of_who_may_act(court):
    court.refuses(key(court), declares(b.OPERATOR), Outcome.KEY_PURPOSE, proof=MLKEM)
    becomes(court, b.OPERATOR, b.SUSPENDED)
    refuses(court, key(court), Outcome.ORGANISATION_NOT_ACTIVE)
    becomes(court, b.A, b.SUSPENDED)
    court.take(key(court, b.A), manages(b.A), proof=MLKEM)
    becomes(court, b.A, b.EXPELLED)
    refuses(court, key(court, b.A), Outcome.ORGANISATION_NOT_ACTIVE)

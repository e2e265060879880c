"""Read grants by their serials, and the access log."""

from dataclasses import replace

import pytest

from ledger.domain.grants import ReadGrant
from ledger.index.errors import StaleGrant
from ledger.index.grants import AccessEntry, AccessLog, KeptGrant, ReadGrants
from tests.index.streams import CARRIER, GB, PLATFORM, hashed

GRANT = ReadGrant(declaration=hashed(b"one"), grantor=PLATFORM, reader=CARRIER, serial=2**63 + 5, valid_until=9)


def test_a_higher_serial_takes_the_place(store):
    grants = ReadGrants(store)
    grants.put(GRANT, b"s" * 65)
    grants.put(GRANT, b"s" * 65)  # once more changes nothing
    later = replace(GRANT, serial=GRANT.serial + 1, valid_until=0)
    grants.put(later, b"t" * 65)
    assert grants.of_declaration(GRANT.declaration) == [KeptGrant(later, b"t" * 65)]
    for stale in (GRANT, replace(later, valid_until=1)):
        with pytest.raises(StaleGrant, match=f"not higher than {later.serial}"):
            grants.put(stale, b"s" * 65)


def test_grants_of_others_and_of_fields_stand_beside_it(store):
    grants = ReadGrants(store)
    for one in (GRANT, replace(GRANT, grantor=GB), replace(GRANT, reader=GB), replace(GRANT, fields=hashed(b"f"))):
        grants.put(replace(one, serial=1), b"s" * 65)
    assert len(grants.of_declaration(GRANT.declaration)) == 4
    assert grants.of_declaration(hashed(b"two")) == []


def test_who_read_what_is_noted_in_order(store):
    log = AccessLog(store)
    log.add(hashed(b"one"), hashed(b"c"), hashed(b"h"), CARRIER, "READ")
    log.add(hashed(b"two"), hashed(b"c"), hashed(b"h"), CARRIER, "READ")
    log.add(hashed(b"one"), hashed(b"c"), hashed(b"i"), GB, "REPLACED")
    found = log.of_declaration(hashed(b"one"))
    assert [(one.reader, one.act) for one in found] == [(CARRIER, "READ"), (GB, "REPLACED")]
    assert isinstance(found[0], AccessEntry)
    assert found[0].noted_at > 0

"""Forgetting what was asked and answered in mutual assistance, once the file is closed."""

from typing import TYPE_CHECKING, Final

from ledger.index.due import REMNANTS

if TYPE_CHECKING:
    from ledger.client.confidential import Confidential

_ACT: Final = "FORGOTTEN"


def forget_assistance(client: "Confidential", request: bytes, by: int) -> int:
    """Destroy an administration's own keys, in this store, to what is sealed for a request of assistance.

    What nobody has a key to any more goes whole; the other's keys stay. To how many contents `by` had one.
    """
    from ledger.index.grants import AccessLog
    from ledger.index.sql import upsert
    from ledger.index.tables import meta

    payloads = client.sealed_payloads
    kept = payloads.of_declaration(request)
    own = [one for one in kept if any(wrap.recipient == by for wrap in payloads.wraps(one.content_hash))]
    with client.store.together():
        payloads.drop_wraps(request, by)
        over = [one.content_hash for one in kept if not payloads.wraps(one.content_hash)]
        payloads.forget(over)
        for one in own:
            AccessLog(client.store).add(request, one.subject.commitment, one.content_hash, by, _ACT)
        with client.store.writing() as connection:
            upsert(connection, meta, [{"key": REMNANTS, "value": ""}])
    client.store.afterwards(lambda: payloads.clear(over))
    client.destroy_erased()
    return len(own)

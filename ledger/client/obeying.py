"""Obeying erasures: what the index says was erased is destroyed, but for what the law wants kept for longer.

A participant's client refuses to erase before the retention ends, unless it is an administration's order; the chain
can't know. So a declarant who signs by other means could wipe what customs need against it. Every store therefore holds
such an erasure against its own retention periods, keeps the content until they are over, and sounds an alarm.
"""

from typing import TYPE_CHECKING

from ledger.domain.values import MAX_ADMINISTRATION
from ledger.domain.wire import DeclarationId
from ledger.index.alarms import Alarms
from ledger.index.due import Due, due, has_remnants

if TYPE_CHECKING:
    from ledger.client.confidential import Confidential


def obey(client: "Confidential") -> bool:
    """Destroy in a client's store what was erased.

    Whether that is done; else the files could not be scrubbed, as somebody reads them now: do it again.

    Raises:
        StoreError: a place can't be written now.
        RetentionError: the file of retention periods can't be used.
    """
    found = due(client.store)
    postponed = [one for one in found if _is_early(client, one)]
    if len(found) > len(postponed) or has_remnants(client.store):
        from ledger.index.erasing import Erasing

        Erasing(client.store, client.sealed_payloads).sweep(*postponed)
    return not has_remnants(client.store)


def _is_early(client: "Confidential", one: Due) -> bool:
    if one.author <= MAX_ADMINISTRATION:
        return False
    lines = client.retained_of(DeclarationId(one.declaration), None)
    kept = next(line for line in lines if line.version == one.version)
    if kept.due:
        return False
    what = f"version {one.version} of 0x{one.declaration.hex()} was erased by {one.author} before its retention ends"
    Alarms(client.store).sound("erasure", f"{what} ({kept.why}); it is kept until then")
    return True

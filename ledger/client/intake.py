"""The door: which entries go into the outbox. What is wrong at any time is refused here; the chain says the rest."""

import time
from collections.abc import Callable, Sequence

from ledger.chain.errors import SignatureError
from ledger.chain.signers import recover
from ledger.client.types import Entry, Submission
from ledger.domain import values
from ledger.domain.codes import Outcome
from ledger.domain.outbox import OutboxRecord
from ledger.domain.records import ConsignmentRecord, Recognition, Record, author_of
from ledger.domain.signing import SigningDomains, digest_of
from ledger.domain.wire import Digest, encode
from ledger.index.outbox import StoreOutbox

KeyOwners = Callable[[Sequence[bytes]], dict[bytes, int]]
"""The organisations of registered keys, by address."""
Outside = Callable[[Recognition], str]
"""Why a recognition lies outside the annex of its arrangement, in words; empty when it does not, or nobody can tell."""


class Intake:
    """Takes entries in."""

    def __init__(
        self,
        domains: SigningDomains,
        outbox: StoreOutbox,
        owners: KeyOwners,
        catch_up: Callable[[], None],
        outside: Outside,
    ) -> None:
        """Check against the keys that `owners` knows after `catch_up`, and against annexes; keep in an outbox."""
        self._domains = domains
        self._outbox = outbox
        self._owners = owners
        self._catch_up = catch_up
        self._outside = outside

    def take(self, entries: Sequence[Entry]) -> list[Submission]:
        """Put entries into the outbox, in one database transaction; each once, by digest.

        An entry that is not signed by a key of its author's leaves no trace, and nobody learns from one what its
        declaration's goods are; nor does a recognition outside the annex of its arrangement. One that can never be
        recorded is kept as refused, so that its author finds the reason.

        Raises:
            WireError: a value does not fit its type.
            ChainError: a key is not known here, and whether it is registered can't be found out now.
        """
        bodies = [encode(entry.record) for entry in entries]
        digests = [self._digest(entry.record, body) for entry, body in zip(entries, bodies, strict=True)]
        signers = [_signer(digest, entry.signature) for digest, entry in zip(digests, entries, strict=True)]
        owners = self._known([signer for signer in signers if signer])
        authentic = [
            _is_author(entry.record, owners.get(signer or b"")) for entry, signer in zip(entries, signers, strict=True)
        ]
        outside = [
            self._outside(entry.record) if own and isinstance(entry.record, Recognition) else ""
            for entry, own in zip(entries, authentic, strict=True)
        ]
        kept = [
            _outbox_record(entry, body, digest)
            for entry, body, digest, own, why in zip(entries, bodies, digests, authentic, outside, strict=True)
            if own and not why
        ]
        new = dict(zip((record.digest for record in kept), self._outbox.put(kept), strict=True)) if kept else {}
        refused = self._refuse(entries, digests, new)
        return [
            Submission(digest, new.get(digest, False), refused.get(digest), why)
            if own
            else Submission(digest, new=False, refused=Outcome.NOT_AUTHENTIC)
            for digest, own, why in zip(digests, authentic, outside, strict=True)
        ]

    def _known(self, signers: Sequence[bytes]) -> dict[bytes, int]:
        """Whose keys these are; the index may not have seen yet that one was registered."""
        owners = self._owners(signers)
        if owners.keys() >= set(signers):
            return owners
        self._catch_up()
        return self._owners(signers)

    def _digest(self, record: Record, body: bytes) -> Digest:
        return digest_of(self._domains.of(record), type(record), body)

    def _refuse(
        self, entries: Sequence[Entry], digests: Sequence[Digest], new: dict[Digest, bool]
    ) -> dict[Digest, Outcome]:
        """Refuse those that are new here and can't be recorded at any time."""
        now = int(time.time())
        refused: dict[Digest, Outcome] = {}
        for entry, digest in zip(entries, digests, strict=True):
            if new.get(digest):
                outcome = _checked(entry.record, now)
                if outcome is not Outcome.RECORDED:
                    refused[digest] = outcome
        if refused:
            self._outbox.refuse([(digest, outcome, False) for digest, outcome in refused.items()])
        return refused


def _checked(record: Record, now: int) -> Outcome:
    if isinstance(record, ConsignmentRecord):
        return values.check(record) or values.check_deadline(record.deadline, now)
    return values.check_deadline(record.deadline, now)


def _is_author(record: Record, owner: int | None) -> bool:
    """Whether a key's owner may speak for the author; the council (0) speaks through any administration."""
    return owner is not None and author_of(record) in {0, owner}


def _signer(digest: Digest, signature: bytes) -> bytes | None:
    try:
        return recover(digest, signature)
    except SignatureError:
        return None


def _outbox_record(entry: Entry, body: bytes, digest: Digest) -> OutboxRecord:
    record = entry.record
    return OutboxRecord(digest, record.record_type, body, entry.signature, entry.proof, record.deadline)

"""An entry before the law: the record, who signed it, when, and how a rule refuses it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from passavant_verifier.codes import Outcome, Purpose
from passavant_verifier.errors import VerifierError
from passavant_verifier.layout import Key
from passavant_verifier.records import Record

LONGEST_DEADLINE: Final = 7 * 86_400


class RefusedError(VerifierError):
    """A rule refuses an entry."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.name)
        self.outcome = outcome


@dataclass(slots=True)
class Entry:
    """A record as it was presented in a block.

    Attributes:
        record: the struct.
        digest: its EIP-712 digest.
        signer: the address whose key signed it.
        author: the organisation that it names as its author; of an Admission, the signer's.
        time: the block's time.
        proof: what proves it; None: unknown, as of a refusal, whose event does not carry it.
        doubts: outcomes of which only the unknown proof could tell whether they apply.
    """

    record: Record
    digest: bytes
    signer: bytes
    author: int
    time: int
    proof: bytes | None
    doubts: set[Outcome] = field(default_factory=set)

    def needs_proof(self, holds: Callable[[bytes], bool], outcome: Outcome) -> None:
        """Refuse unless the proof holds.

        Raises:
            RefusedError: it doesn't.
        """
        if self.proof is None:
            self.doubts.add(outcome)
        elif not holds(self.proof):
            raise RefusedError(outcome)

    def conclude(self) -> None:
        """All rules are met: from here on the state changes. A refusal is judged as far as here and changes nothing.

        Raises:
            RefusedError: RECORDED, for an entry without its proof.
        """
        if self.proof is None:
            raise RefusedError(Outcome.RECORDED)


def need(holds: object, outcome: Outcome) -> None:
    """Refuse with this outcome unless something holds.

    Raises:
        RefusedError: it doesn't.
    """
    if not holds:
        raise RefusedError(outcome)


def check_key(entry: Entry, key: Key, purpose: Purpose) -> None:
    """The deadline, the key's window and its purpose, in that order.

    Raises:
        RefusedError: EXPIRED, DEADLINE_TOO_FAR, KEY_NOT_VALID or KEY_PURPOSE.
    """
    deadline = entry.record.number("deadline")
    need(entry.time <= deadline, Outcome.EXPIRED)
    need(deadline <= entry.time + LONGEST_DEADLINE, Outcome.DEADLINE_TOO_FAR)
    need(key.valid_at(entry.time), Outcome.KEY_NOT_VALID)
    need(key.purposes & int(purpose), Outcome.KEY_PURPOSE)


def check_deciding_key(entry: Entry, key: Key, office: int) -> None:
    """The same of a key that decides for this office: a key of one office decides for no other.

    Raises:
        RefusedError: EXPIRED, DEADLINE_TOO_FAR, KEY_NOT_VALID or KEY_PURPOSE.
    """
    check_key(entry, key, Purpose.DECIDE)
    need(key.office in (0, office), Outcome.KEY_PURPOSE)

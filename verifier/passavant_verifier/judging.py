"""Steps 9 to 11 of a receipt's verification (docs/receipts.md): what the proven words say of issuer, status and age."""

from dataclasses import dataclass
from typing import Final

from passavant_verifier.codes import Flag, OrganisationKind, Purpose, Reliance
from passavant_verifier.contents import Receipt
from passavant_verifier.keccak import keccak256
from passavant_verifier.layout import (
    Key,
    Organisation,
    State,
    hold_head_slot,
    key_slot,
    open_holds_slot,
    organisation_slot,
    request_slot,
    state_slot,
    superseded_slot,
)
from passavant_verifier.lifecycle import TABLE
from passavant_verifier.proving import Anchors, BrokenProofError, Signed, Storage
from passavant_verifier.records import WORD
from passavant_verifier.reliance import why_withdrawn
from passavant_verifier.standing import RELEASED, Standing, standing_of
from passavant_verifier.verdict import VALID, Part, invalid, stale, unknown

LATEST_EFFECT: Final = 5 * 60
"""How far ahead of its block a decision's legal moment may lie, in seconds."""
LONGEST_DEADLINE: Final = 7 * 86_400
CLOCK_TOLERANCE: Final = 5 * 60

_SUCCEEDED: Final = 4
_LONGEST_LINE: Final = 64


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that the status of a declaration depends on, as block M's state has it.

    Attributes:
        settled: the settled head, 32 bytes.
        state: the state word.
        request: digest of the pending request, 32 bytes; zero: none.
        holds: head of the agencies' holds, 32 bytes.
        open_holds: how many are open.
        superseded: whether the decision was.
        key: the registration of the decision's signer.
        line: the declaration's administration and its successors by M's time, the competent one last.
        reliance: whether it relies on recognitions, and whether they stand.
        withdrawal: why not; empty while they do.
    """

    settled: bytes
    state: State
    request: bytes
    holds: bytes
    open_holds: int
    superseded: bool
    key: Key
    line: tuple[tuple[int, Organisation], ...]
    reliance: Reliance
    withdrawal: str

    @property
    def public_head(self) -> bytes:
        """What the gateway shows as the declaration's head: it changes whenever anything is recorded on it."""
        return keccak256(self.settled, self.request, self.holds)


def show(storage: Storage, signed: Signed, settled: bytes, time: int) -> Shown:
    """Look up every slot that steps 9 and 10 need.

    Raises:
        BrokenProofError: one is not proven.
    """
    declaration = signed.record.word("declaration")
    ask = storage.of_consignments
    state = State.unpack(ask(state_slot(declaration), 10, "the state word"))
    withdrawal = why_withdrawn(storage, declaration) if state.relies else ""
    if state.relies and state.seal_broken:
        withdrawal = withdrawal or "its own administration found a seal broken"
    relies = Reliance.WITHDRAWN if withdrawal else Reliance.STANDS
    return Shown(
        settled=settled,
        state=state,
        request=ask(request_slot(declaration), 10, "the pending request").to_bytes(WORD, "big"),
        holds=ask(hold_head_slot(declaration), 10, "the head of holds").to_bytes(WORD, "big"),
        open_holds=ask(open_holds_slot(declaration), 10, "the open holds"),
        superseded=ask(superseded_slot(signed.digest), 10, "the decision's supersession") != 0,
        key=Key.unpack(storage.of_participants(key_slot(signed.signer), 9, "the signer's key")),
        line=_line(storage, state.administration, time),
        reliance=relies if state.relies else Reliance.NONE,
        withdrawal=withdrawal,
    )


def _line(storage: Storage, administration: int, time: int) -> tuple[tuple[int, Organisation], ...]:
    line: list[tuple[int, Organisation]] = []
    while administration and len(line) < _LONGEST_LINE:
        word = storage.of_participants(organisation_slot(administration), 9, f"administration {administration}")
        one = Organisation.unpack(word)
        line.append((administration, one))
        administration = one.successor if one.status_at(time) == _SUCCEEDED else 0
    return tuple(line)


def check_issuer(receipt: Receipt, signed: Signed, shown: Shown) -> Part:
    """Step 9: the signer's key could decide for the competent administration when the decision was recorded."""
    record, key = signed.record, shown.key
    administration, office = record.number("administration"), record.number("office")
    line = dict(shown.line)
    if key.organisation == 0 or key.organisation != administration:
        return invalid(f"the key that signed is not registered for administration {administration}")
    if administration not in line or line[administration].kind != OrganisationKind.ADMINISTRATION:
        return invalid(f"administration {administration} is not competent for this declaration")
    if not key.purposes & Purpose.DECIDE or key.office not in (0, office):
        return invalid(f"the key that signed may not decide for office {office}")
    earliest, latest = recorded_between(receipt, signed)
    if earliest > latest:
        return invalid("the decision cannot have been recorded by then: its times do not fit the blocks")
    if max(earliest, key.not_before) > min(latest, key.not_after - 1):
        return invalid("the key that signed was not valid when the decision was recorded")
    if 0 < key.compromised_since <= latest:
        return unknown("the key that signed was reported as compromised from before then: the decision is disputed")
    return VALID


def recorded_between(receipt: Receipt, signed: Signed) -> tuple[int, int]:
    """Between which times the decision was recorded: block N's twice; without N, what its own fields and M leave."""
    time = receipt.blocks[0].header.time
    if receipt.event is not None:
        return time, time
    effective, deadline = signed.record.number("effectiveAt"), signed.record.number("deadline")
    return max(effective - LATEST_EFFECT, deadline - LONGEST_DEADLINE, 0), min(deadline, time)


def read_standing(shown: Shown, time: int) -> Standing:
    """What the state word means under the competent administration's authority at that time.

    Raises:
        BrokenProofError: no state word of these contracts looks so.
    """
    authority = shown.line[-1][1].status_at(time) if shown.line else 0
    held = bool(shown.state.flags & Flag.AGENCY)
    try:
        standing = standing_of(shown.state, authority)
    except ValueError as error:
        raise BrokenProofError(10, f"the state word can't be read: {error}", "status") from None
    if held != (shown.open_holds > 0):
        raise BrokenProofError(10, "the state word and the open holds disagree", "status")
    return standing


def check_status(receipt: Receipt, signed: Signed, shown: Shown, standing: Standing) -> Part:
    """Step 10: as of block M the decision stands, and the status is what it brought about."""
    if shown.superseded:
        return stale("the decision was superseded by a later one")
    if shown.withdrawal:
        return stale(f"{standing.answer.lower().replace('_', ' ')}, reliance withdrawn: {shown.withdrawal}")
    if standing.answer == "AUTHORITY_WITHDRAWN":
        return unknown("the administration's authority was withdrawn")
    row = TABLE[signed.kind]
    if row.releases:
        return _check_release(receipt, signed, standing)
    held = row.target is None and row.sets and shown.state.flags & row.sets == row.sets
    if receipt.steps and standing.status != row.target and not held:
        return stale(f"later decisions followed; the status is {standing.answer}")
    return VALID


def _check_release(receipt: Receipt, signed: Signed, standing: Standing) -> Part:
    if standing.answer not in RELEASED:
        return stale(f"it was released then; as of block M the status is {standing.answer}")
    partly = standing.answer == "PARTLY_RELEASED"
    if partly and receipt.steps and not any(signed.record.word("scope")):
        return unknown("part of the goods is withheld, and later decisions followed: which part can't be told")
    return VALID


def check_freshness(receipt: Receipt, anchors: Anchors, now: int, max_age: int | None) -> Part:
    """Step 11: what is known is not older than was asked for."""
    _, time = anchors.known_until(receipt.state_block.header)
    if time > now + CLOCK_TOLERANCE:
        return unknown("the blocks lie ahead of this machine's clock")
    if max_age is not None and now - time > max_age:
        return stale(f"what is known is {now - time} seconds old, and at most {max_age} were asked for")
    return VALID

"""Groups of records: how many go into one transaction, what the chain would say to them, which refusals may change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.chain.abi import entry_size, nothing_recorded, record_call, record_outcomes
from ledger.chain.errors import ChainError, NodeError
from ledger.chain.finality import Finality
from ledger.chain.network import Network
from ledger.chain.rpc import Rpc, as_bytes, hexed
from ledger.domain.codes import Outcome, RecordType
from ledger.domain.outbox import OutboxRecord
from ledger.domain.wire import WORD, ZERO, Digest

BASE_GAS: Final = 60_000
_GAS_PER_BYTE: Final = 30  # calldata (16), hashing, copying and logging (8) of each byte
_GAS_OF_OPENER: Final = 70_000
_GAS: Final = {
    RecordType.DECLARATION: 110_000,
    RecordType.AMENDMENT_REQUEST: 70_000,
    RecordType.INVALIDATION_REQUEST: 70_000,
    RecordType.PRESENTATION_NOTICE: 70_000,
    RecordType.DECISION: 60_000,
    RecordType.CONTROL: 60_000,
    RecordType.HOLD: 120_000,
}
_GAS_OF_OTHERS: Final = 600_000
_GAS_OF_RELIANCE: Final = 200_000  # of each recognition on which a decision relies: a walk
_MOST_RELIED: Final = 4
_RELIANCE: Final = slice(11 * WORD, 12 * WORD)
"""Where a decision's body names what it relies on."""

_FOR_EVER: Final = frozenset(
    {
        Outcome.MALFORMED,
        Outcome.UNKNOWN_RECORD_TYPE,
        Outcome.EXPIRED,
        Outcome.ALREADY_SUPERSEDED,
        Outcome.SUPERSEDES_NOT_PROVEN,
        Outcome.JOIN_NOT_PROVEN,
        Outcome.POSSESSION_NOT_PROVEN,
        Outcome.LIMIT_INVALID,
        Outcome.KEY_PURPOSE,
        Outcome.NOTICE_TOO_SHORT,
        Outcome.SERIAL_NOT_INCREASING,
        Outcome.CONTROL_NOT_CARRIED_OUT,
        Outcome.DISCREPANCY_FOUND,
        Outcome.CONTROL_EXPIRED,
        Outcome.RISK_TOUCHED,
        Outcome.PARENT_BROKEN,
        Outcome.TOO_DEEP,
        Outcome.OTHER_CONSIGNMENT,
        Outcome.RELIANCE_NOT_PROVEN,
        Outcome.ALREADY_ANSWERED,
    }
)
_MAY_COME_TRUE: Final = frozenset(
    {
        Outcome.NOT_AUTHENTIC,
        Outcome.DEADLINE_TOO_FAR,
        Outcome.KEY_NOT_VALID,
        Outcome.ORGANISATION_NOT_ACTIVE,
        Outcome.NOT_COMPETENT,
        Outcome.UNKNOWN_DECLARATION,
        Outcome.REQUEST_NOT_NAMED,
        Outcome.OVERRIDE_NEEDED,
        Outcome.EFFECTIVE_TOO_EARLY,
        Outcome.EFFECTIVE_TOO_LATE,
        Outcome.UNKNOWN_CONSIGNMENT,
        Outcome.UNKNOWN_LINK,
        Outcome.MANDATE_MISSING,
        Outcome.UNKNOWN_ORGANISATION,
        Outcome.WINDOW_INVALID,
        Outcome.UNKNOWN_ARRANGEMENT,
        Outcome.ARRANGEMENT_NOT_IN_FORCE,
        Outcome.ARRANGEMENT_SUSPENDED,
        Outcome.OUT_OF_SCOPE,
        Outcome.BELOW_STANDARD,
        Outcome.PARENT_NOT_PROVEN,
        Outcome.AEO_NOT_VALID,
        Outcome.RELIANCE_INVALID,
        Outcome.UNKNOWN_REQUEST,
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one transaction: records, gas, and bytes of calldata (geth's pool takes 128 kB in all)."""

    records: int = 400
    gas: int = 16_000_000
    size: int = 120_000


STANDARD: Final = Limits()
EMBEDDED: Final = Limits(records=1_000, gas=1_000_000_000, size=4_000_000)
"""For an anvil of one's own: no pool to fit into, and each block costs more the more was ever stored."""


def gas_bound(record: OutboxRecord) -> int:
    """Gas that a record will surely not exceed: what a transaction must offer, not what it costs."""
    return _cost(record)[0]


def _cost(record: OutboxRecord) -> tuple[int, int]:
    """Gas and bytes of calldata to count with."""
    fixed = _GAS.get(record.record_type, _GAS_OF_OTHERS)
    if record.record_type is RecordType.DECLARATION and record.body.startswith(ZERO):
        fixed = _GAS_OF_OPENER  # its first field, the consignment that it joins, is 0
    if record.record_type is RecordType.DECISION and any(record.body[_RELIANCE]):
        fixed += _MOST_RELIED * _GAS_OF_RELIANCE
    size = entry_size(record)
    return fixed + _GAS_PER_BYTE * size, size


def first_group(records: Sequence[OutboxRecord], limits: Limits, scale: int = 1) -> tuple[list[OutboxRecord], int]:
    """The longest prefix within the limits, of one record at least, and the gas to offer for it.

    Args:
        records: in the order in which they came.
        limits: bounds of one transaction.
        scale: multiplies each gas bound; more than 1 after a group ran out of gas.
    """
    group: list[OutboxRecord] = []
    gas, size = BASE_GAS, 0
    for record in records[: limits.records]:
        more_gas, more_size = _cost(record)
        if group and (gas + scale * more_gas > limits.gas or size + more_size > limits.size):
            break
        group.append(record)
        gas, size = gas + scale * more_gas, size + more_size
    return group, gas


def provisional(outcome: Outcome, finality: Finality) -> bool:
    """Whether a refusal may not be the last word while the record's deadline lasts.

    Some never change. Some depend on what may still be recorded, on authority or on the time. The rest speak of a head
    that has moved on or will never again be as it was: the last word once the state that refused them is final.
    """
    if outcome in _FOR_EVER:
        return False
    return outcome in _MAY_COME_TRUE or not finality.at_inclusion


@dataclass(eq=False)
class GroupFailed(ChainError):  # noqa: N818  what the group did
    """A simulated group failed as a whole; `culprits` are the records that fail alone as well, maybe none."""

    culprits: tuple[Digest, ...]

    def __str__(self) -> str:
        """How many are to blame."""
        return f"a simulated group failed, and {len(self.culprits)} of its records fail alone"


class Simulation:
    """Asks the node what a call of ``record`` would do, without sending it.

    At the pending block, because its time is now: that of the latest one is as old as the network was idle, and would
    refuse records for being too far ahead.
    """

    def __init__(self, rpc: Rpc, network: Network, relay: bytes, at: str = "pending") -> None:
        self._rpc = rpc
        self._to = hexed(network.consignments)
        self._from = hexed(relay)
        self._at = at

    def outcomes(self, group: Sequence[OutboxRecord], gas: int) -> list[Outcome]:
        """One outcome per record of a group.

        Raises:
            GroupFailed: the call failed for another reason than that it records nothing.
            NodeError: the node failed, rather than the call.
            NodeUnreachable: nothing is known.
        """
        try:
            return record_outcomes(as_bytes(self._rpc.call("eth_call", self._call(group, gas), self._at)))
        except NodeError as error:
            data = error.revert_data
            if data is None:
                raise
        nothing = nothing_recorded(data)
        if nothing and len(group) == 1:
            return [nothing.outcome]
        alone = self._each_alone(group, gas) if len(group) > 1 else [None]
        known = [outcome for outcome in alone if outcome is not None]
        if nothing and len(known) == len(group):
            return known  # no record changed anything, so each does alone what it did in the group
        raise GroupFailed(tuple(one.digest for one, said in zip(group, alone, strict=True) if said is None))

    def _each_alone(self, group: Sequence[OutboxRecord], gas: int) -> list[Outcome | None]:
        calls = [("eth_call", (self._call([record], gas), self._at)) for record in group]
        return [_alone(answer) for answer in self._rpc.batch(calls)]

    def _call(self, group: Sequence[OutboxRecord], gas: int) -> dict[str, str]:
        return {"from": self._from, "to": self._to, "gas": hex(gas), "data": hexed(record_call(group))}


def _alone(answer: object) -> Outcome | None:
    if not isinstance(answer, NodeError):
        return record_outcomes(as_bytes(answer))[0]
    data = answer.revert_data
    if data is None:
        raise answer
    nothing = nothing_recorded(data)
    return nothing.outcome if nothing else None

"""Verifies a release receipt, offline, against a trust file.

    verdict = verify_receipt(raw, read_trust(trust_raw, "trust.json"), now=int(time.time()))
    verdict.parts["status"]           # valid, invalid, stale or unknown, with a reason

The steps are those of docs/receipts.md:

1. Form: within the limits, canonical, of a known version (`contents`).
2. Network: equals the trust file's.
3. Headers: each hashes as its fork says; they ascend.
4. Anchors: each block is vouched for, by a checkpoint's witnesses or by its validators' seals.
5. Accounts: the contracts stand in block M's state with the pinned code; the checkpoint folds their storage.
6. Signature: the decision is well formed, and signed.
7. Event: it stands in block N as the receipt says (left out in the compact form).
8. History: folding the steps onto it ends in the settled head.
9. Issuer: the signer's key could decide for the competent administration then.
10. Status: the decision stands as of block M.
11. Freshness: what is known is not older than was asked for.
12. Nothing left over: every node was needed.

Steps 2 to 8 and 12 are in `proving`, 9 to 11 in `judging`, the sentences in `telling`.
"""

from dataclasses import dataclass
from typing import Final

from passavant_verifier.contents import Receipt, read_receipt
from passavant_verifier.errors import UnreadableError
from passavant_verifier.judging import (
    Shown,
    check_freshness,
    check_issuer,
    check_status,
    read_standing,
    show,
)
from passavant_verifier.mpt import Pool
from passavant_verifier.proving import (
    Anchors,
    BrokenProofError,
    Signed,
    Storage,
    check_accounts,
    check_anchors,
    check_event,
    check_headers,
    check_history,
    check_network,
    check_nothing_left,
    check_signature,
)
from passavant_verifier.standing import Standing
from passavant_verifier.telling import facts_of, statements_of
from passavant_verifier.trust import Trust
from passavant_verifier.verdict import PARTS, Part, Verdict, invalid, rested, unknown

KIND: Final = "receipt"


@dataclass(frozen=True, slots=True)
class Proven:
    """A receipt of which steps 2 to 8 and 12 hold."""

    receipt: Receipt
    trust: Trust | None
    anchors: Anchors
    storage: Storage
    signed: Signed
    shown: Shown
    standing: Standing


def verify_receipt(raw: bytes, trust: Trust | None, *, now: int, max_age: int | None = None) -> Verdict:
    """The verdict on a receipt's bytes.

    Args:
        raw: the file.
        trust: whom its holder believes; None: nobody, and integrity is unknown at best.
        now: this machine's time, in seconds (UTC).
        max_age: how old what is known may be, in seconds; None: as old as it is.
    """
    try:
        receipt = read_receipt(raw)
    except UnreadableError as error:
        return _failed("integrity", f"step 1: {error}")
    try:
        proven = _prove(receipt, trust)
    except BrokenProofError as error:
        return _failed(error.part, error.reason)
    return _judge(proven, now, max_age)


def prove(raw: bytes, trust: Trust | None) -> Proven:
    """What a receipt proves, for who builds on it; not judged yet.

    Raises:
        UnreadableError: it is no receipt.
        BrokenProofError: a step does not hold.
    """
    return _prove(read_receipt(raw), trust)


def _prove(receipt: Receipt, trust: Trust | None) -> Proven:
    """Steps 2 to 8 and 12, and reading what steps 9 and 10 need.

    Raises:
        BrokenProofError: one does not hold.
    """
    pool = Pool.of(receipt.nodes)
    if trust is not None:
        check_network(receipt, trust)
    check_headers(receipt)
    anchors = check_anchors(receipt, trust)
    storage = check_accounts(receipt, trust, pool, anchors)
    signed = check_signature(receipt)
    check_event(receipt, signed, pool)
    settled = check_history(receipt, signed, storage)
    time = receipt.state_block.header.time
    shown = show(storage, signed, settled, time)
    standing = read_standing(shown, time)
    check_nothing_left(pool)
    return Proven(receipt, trust, anchors, storage, signed, shown, standing)


def _judge(proven: Proven, now: int, max_age: int | None) -> Verdict:
    """Steps 9 to 11, and the words."""
    receipt, signed, shown = proven.receipt, proven.signed, proven.shown
    parts = rested(
        {
            "integrity": proven.anchors.part,
            "issuer": check_issuer(receipt, signed, shown),
            "status": check_status(receipt, signed, shown, proven.standing),
            "freshness": check_freshness(receipt, proven.anchors, now, max_age),
        }
    )
    facts = facts_of(receipt, proven.anchors, signed, shown, proven.standing)
    name = proven.trust.name if proven.trust else "a network that nothing is known of"
    return Verdict(KIND, parts, statements_of(parts, facts, name), facts)


def _failed(part: str, reason: str) -> Verdict:
    """The verdict after a step that does not hold: nothing else is known."""
    doubt: dict[str, Part] = dict.fromkeys(PARTS, unknown("nothing is known, because the receipt is not in order"))
    return Verdict(KIND, {**doubt, part: invalid(reason)})

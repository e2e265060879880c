"""What a verdict says to people, and the same as facts for machines."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from passavant_verifier.contents import Receipt
from passavant_verifier.headers import Header
from passavant_verifier.judging import Shown, recorded_between
from passavant_verifier.proving import Anchors, Signed
from passavant_verifier.standing import Standing
from passavant_verifier.verdict import Part, Result

_KNOWN: Final = frozenset({Result.VALID, Result.STALE})
_DELIVER: Final = {
    "YES": "The goods may be handed over for home use.",
    "AS_STATED": "The goods may be handed over under the conditions that the release states.",
    "THOSE_ONLY": "Part of the goods only may be handed over; the receipt does not say which.",
    "NO": "The goods may not be handed over for home use.",
    "UNKNOWN": "Customs opened the declaration itself, and the receipt does not say for which use it was released.",
}


def facts_of(receipt: Receipt, anchors: Anchors, signed: Signed, shown: Shown, standing: Standing) -> dict[str, Any]:
    """What the receipt shows, for machines; the parts of the verdict say what of it to believe."""
    header = receipt.state_block.header
    until, until_time = anchors.known_until(header)
    return {
        "then": _decided(receipt, signed),
        "now": {
            "block": _block(header),
            "until": {"number": until, "time": until_time},
            "laterLedgerBlocks": anchors.later if anchors.checkpoint else None,
            **_standing(shown, standing),
        },
        "network": {"chainId": receipt.network.chain_id, "networkId": _hex(receipt.network.network_id)},
        "vouchedBy": list(anchors.vouchers),
    }


def _decided(receipt: Receipt, signed: Signed) -> dict[str, Any]:
    record = signed.record
    earliest, latest = recorded_between(receipt, signed)
    limit, scope = record.number("limitAt"), record.word("scope")
    return {
        "declaration": _hex(record.word("declaration")),
        "decision": _hex(signed.digest),
        "kind": signed.kind.name,
        "administration": record.number("administration"),
        "office": record.number("office"),
        "signer": _hex(signed.signer),
        "effectiveAt": record.number("effectiveAt"),
        "limitAt": limit or None,
        "scope": _hex(scope) if any(scope) else None,
        "block": _block(receipt.blocks[0].header) if receipt.event else None,
        "recordedBetween": [earliest, latest],
    }


def _standing(shown: Shown, standing: Standing) -> dict[str, Any]:
    return {
        "status": standing.status.name,
        "answer": standing.answer,
        "deliver": standing.deliver,
        "heldBy": [str(flag.name) for flag in standing.blocks],
        "leg": standing.leg.name,
        "regime": standing.regime.name,
        "version": standing.version,
        "pending": standing.pending.name,
        "debt": standing.debt.name,
        "openHolds": shown.open_holds,
        "superseded": shown.superseded,
        "reliance": shown.reliance.name,
        "sealBroken": bool(shown.state.seal_broken),
        "competent": shown.line[-1][0] if shown.line else None,
        "publicHead": _hex(shown.public_head),
    }


def statements_of(parts: Mapping[str, Part], facts: Mapping[str, Any], network: str) -> list[str]:
    """Sentences that the parts bear; none while integrity is not known."""
    if parts["integrity"].result is not Result.VALID:
        return []
    statements = list(_then(facts["then"])) if parts["issuer"].result is Result.VALID else []
    if parts["status"].result in _KNOWN:
        statements += _now(facts["now"])
    vouchers = ", ".join(facts["vouchedBy"])
    return [*statements, f"Vouched for, as blocks of {network}, by {vouchers}."]


def _then(then: Mapping[str, Any]) -> Iterator[str]:
    part = " for part of the goods" if then["scope"] else ""
    office = f", office {then['office']}," if then["office"] else ""
    decided = f"Administration {then['administration']}{office} decided {_words(then['kind'])}{part}"
    yield f"{decided} on declaration {then['declaration']}, with effect from {moment(then['effectiveAt'])}."
    yield f"Its key {then['signer']} could sign that then."
    if then["block"]:
        yield f"Recorded in block {then['block']['number']} of {moment(then['block']['time'])}."
    else:
        yield f"Recorded by {moment(then['recordedBetween'][1])}; the receipt does not show in which block."
    if then["limitAt"]:
        yield f"Limited until {moment(then['limitAt'])}."


def _now(now: Mapping[str, Any]) -> Iterator[str]:
    block, until = now["block"], now["until"]
    since = f"As of block {block['number']} of {moment(block['time'])}"
    if until["number"] > block["number"]:
        since += f", and until block {until['number']} of {moment(until['time'])}, because nothing was recorded between"
    yield f"{since}: {_words(now['answer'])} ({_words(now['leg'])}, {_words(now['regime'])}, version {now['version']})."
    yield _DELIVER[now["deliver"]]
    if now["heldBy"]:
        yield f"Held by: {', '.join(map(_words, now['heldBy']))}."
    if now["reliance"] == "STANDS":
        yield "It relies on controls that other administrations made; what was recognised of them stands."
    if now["sealBroken"]:
        yield "A seal was found broken after the decision that relies on controls of other administrations."
    elif now["reliance"] == "WITHDRAWN":
        yield "It relies on controls that other administrations made, and what was recognised of them was withdrawn."
    if now["pending"] != "NONE":
        yield f"The declarant has asked for {_words(now['pending'])}; customs has not answered."
    if now["laterLedgerBlocks"]:
        yield f"{now['laterLedgerBlocks']} later block(s) of the ledger are known to exist; what they say is not."
    yield "Nothing is known of anything later."


def moment(seconds: int) -> str:
    """A time for people, in UTC."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"second {seconds}"


def _block(header: Header) -> dict[str, Any]:
    return {"number": header.number, "time": header.time}


def _words(name: str) -> str:
    return name.lower().replace("_", " ")


def _hex(value: bytes) -> str:
    return f"0x{value.hex()}"

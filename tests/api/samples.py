"""Records as a client writes them in JSON."""

from typing import Any

ZERO = "0x" + "00" * 32


def declaration(**changes: Any) -> dict[str, Any]:
    return {
        "consignment": ZERO,
        "joinKey": "0x" + "0a" * 20,
        "declarant": 70_000,
        "agent": 0,
        "administration": 1,
        "leg": 3,
        "regime": 1,
        "stage": 2,
        "link": ZERO,
        "linkKind": 0,
        "commitment": "0x" + "01" * 32,
        "schema": "0x" + "02" * 32,
        "effectiveAt": 1_760_000_000,
        "deadline": 1_760_000_600,
        **changes,
    }


def request(**changes: Any) -> dict[str, Any]:
    return {
        "declaration": "0x" + "0d" * 32,
        "prev": "0x" + "0e" * 32,
        "declarant": 70_000,
        "agent": 0,
        "reason": 5,
        "deadline": 1_760_000_600,
        **changes,
    }


def hold(**changes: Any) -> dict[str, Any]:
    return {
        "declaration": "0x" + "0d" * 32,
        "prev": "0x" + "0f" * 32,
        "agency": 80_000,
        "action": 1,
        "reason": 2,
        "evidence": ZERO,
        "deadline": 1_760_000_600,
        **changes,
    }


def signed(type_name: str, record: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": type_name, "record": record, "signature": "0x" + "05" * 65, **more}

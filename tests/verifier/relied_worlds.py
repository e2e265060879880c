"""Receipt worlds whose declaration relies on a recognition of a recognition of a control."""

from typing import Any

from passavant_verifier.layout import after, superseded_slot, touched_slot
from passavant_verifier.webs import AeoWord, ControlWord, NodeWord, control_slot, grant_slot, node_slot, reliance_slot
from tests.verifier.receipt_worlds import DECLARATION, World

CONTROL, NEAR, FAR, GRANT = (bytes([n]) * 32 for n in (1, 2, 3, 4))
EXPORTED, TRANSIT = b"\x0e" * 32, b"\x0f" * 32
ZERO = bytes(32)


def number(digest: bytes) -> int:
    return int.from_bytes(digest)


def web_of(near: dict[str, Any], far: dict[str, Any], grant: dict[str, Any]) -> dict[bytes, int]:
    """FAR, made for the declaration, recognises NEAR, which recognises a control and rests on an AEO grant."""
    web = {reliance_slot(DECLARATION, place): number(FAR) if place == 0 else 0 for place in range(4)}
    nodes = (
        (NEAR, CONTROL, TRANSIT, GRANT, {"depth": 1, **near}),
        (FAR, NEAR, DECLARATION, ZERO, {"depth": 2, **far}),
    )
    for digest, parent, declaration, aeo, word in nodes:
        values = {"administration": 250, "version": 1, "verdict": 1, "risk": 3, "effective_at": 500, **word}
        kept = (number(parent), number(declaration), number(aeo), NodeWord(**values).pack())
        web |= {after(node_slot(digest), place): value for place, value in enumerate(kept)}
    facts = ControlWord(administration=1, version=1, method=1, outcome=1, risk=3, effective_at=400, valid_until=900)
    web |= {control_slot(CONTROL): number(EXPORTED), after(control_slot(CONTROL), 2): facts.pack()}
    return web | {grant_slot(GRANT): AeoWord(administration=1, operator=70_000, valid_until=900, **grant).pack()}


def relying(
    near: dict[str, Any] | None = None, far: dict[str, Any] | None = None, grant: dict[str, Any] | None = None, **given
) -> World:
    touched = {touched_slot(one): 0 for one in (EXPORTED, TRANSIT, DECLARATION)}
    standing = {superseded_slot(CONTROL): 0, **touched, **given.pop("standing", {})}
    web = web_of(near or {}, far or {}, grant or {}) | given.pop("web", {})
    state = {"relies": 1, **given.pop("state", {})}
    return World(state=state, decision={"reliance": b"\x09" * 32}, standing=standing, web=web, **given)

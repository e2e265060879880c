"""What the gateway answers: one struct a shape, written as JSON in camel case.

Bytes are 0x hex, instants RFC 3339 in UTC, codes go by their names.
"""

from typing import Any, Literal

import msgspec


class Answer(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """Base of all answers."""


class ProblemPointer(Answer, frozen=True, omit_defaults=True):
    """Where something is wrong, in the body (RFC 6901) or in a parameter, and what."""

    detail: str
    pointer: str = ""
    parameter: str = ""


class Problem(Answer, frozen=True, omit_defaults=True):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[ProblemPointer] = []


class Challenge(Answer, frozen=True):
    """What to sign for a session."""

    nonce: str
    expires: str
    digest: str
    typed_data: dict[str, Any]


class Token(Answer, frozen=True):
    """A session: send the token as ``Authorization: Bearer``."""

    token: str
    organisation: int
    expires: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme


class ToSign(Answer, frozen=True):
    """What to sign: EIP-712 typed data, and its digest for a device that signs digests."""

    id: str
    digest: str
    typed_data: dict[str, Any]


State = Literal["waiting", "sending", "included", "final", "refused", "lost"]


class Progress(Answer, frozen=True):
    """Where a record stands. A refusal that is provisional may not be the last word."""

    id: str
    type: str
    state: State
    outcome: str | None
    reason: str | None
    provisional: bool
    block: int | None
    block_time: str | None
    transaction: str | None


class Taken(Answer, frozen=True, omit_defaults=True):
    """The result of one record of many: its id and state, or its problem."""

    status: int
    id: str | None = None
    new: bool | None = None
    outcome: str | None = None
    problem: Problem | None = None


class TakenMany(Answer, frozen=True):
    """One result a record, in the order in which they came."""

    results: list[Taken]


class TakenOne(Answer, frozen=True):
    """The record is kept; follow it under its id. `outcome` says why one will never be sent."""

    id: str
    new: bool
    outcome: str | None


class Kept(Answer, frozen=True):
    """It is kept."""

    kept: bool = True


class Ready(Answer, frozen=True):
    """Whether the gateway is ready, and what is in the way."""

    ready: bool
    problems: list[str]


class Alive(Answer, frozen=True):
    """The process lives."""

    alive: bool = True


class EventAnswer(Answer, frozen=True):
    """An event of the feed: all that an auditor needs to check it without trusting this gateway.

    `body`, `signature` and `proof` are as they travelled; `outcome` is RECORDED for a record that the ledger took, and
    the reason for one that it refused. `record` is the body decoded.
    """

    id: str
    type: str
    outcome: str
    author: int
    body: str
    signature: str
    proof: str
    block: int
    block_hash: str
    block_time: str
    transaction: str
    log: int
    head_before: str
    head_after: str
    record: dict[str, Any] | None


class Feed(Answer, frozen=True):
    """A page of the feed in the ledger's order; `next` is the cursor to go on from, also when the page is empty."""

    events: list[EventAnswer]
    next: str | None


class WrapShown(Answer, frozen=True):
    """The content key, wrapped for who asks: base64."""

    key_version: int
    suite: int
    wrap: str


class SealedShown(Answer, frozen=True):
    """A ciphertext (base64), and what it says that it belongs to: hold that against the chain, then open it.

    `fields` is zeros for a whole payload, else the hash of the chosen fields; `wrap` is null when nobody wrapped the
    key for who asks.
    """

    declaration: str
    commitment: str
    schema: str
    fields: str
    owner: int
    content_hash: str
    ciphertext: str
    wrap: WrapShown | None


class SealedAll(Answer, frozen=True):
    """What is sealed for a commitment and who asks may have, best first."""

    sealed: list[SealedShown]


class GrantShown(Answer, frozen=True):
    """A signed `ReadGrant`; `inForce` when its time is not over and its grantor is a party still."""

    declaration: str
    grantor: int
    reader: int
    fields: str
    serial: int
    valid_until: int
    signature: str
    in_force: bool


class Grants(Answer, frozen=True):
    """The read grants of a declaration, newest first, also those that are over."""

    grants: list[GrantShown]


class NetworkShown(Answer, frozen=True):
    """Which network this gateway serves, and the name of its own that a session's challenge has: best its URL."""

    gateway: str
    chain_id: int
    network_id: str
    consignments: str
    participants: str
    recognitions: str


class CheckpointNote(Answer, frozen=True):
    """A checkpoint of the ledger log: the signed note, and what it says."""

    note: str
    origin: str
    size: int
    root: str
    height: int
    block_hash: str
    time: str
    fold: str
    signatures: int


ALL = [
    Alive,
    Challenge,
    CheckpointNote,
    Feed,
    Grants,
    Kept,
    NetworkShown,
    Problem,
    Progress,
    Ready,
    SealedAll,
    TakenMany,
    TakenOne,
    ToSign,
    Token,
]

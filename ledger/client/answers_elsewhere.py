"""What other gateways answer, as far as it is read here: shapes, which `ledger.client.elsewhere` fills."""

import msgspec

from ledger.domain.wire import DeclarationId
from ledger.sealing import MalformedSeal


def unhex(text: str) -> bytes:
    """The bytes of 0x hex.

    Raises:
        MalformedSeal: they are none.
    """
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        raise MalformedSeal("the gateway gave something that is no hex") from None


class Shape(msgspec.Struct, rename="camel", frozen=True):
    """A part of an answer; what it says besides is left aside."""


class NetworkThere(Shape, frozen=True):
    """What a gateway says of itself and its network."""

    gateway: str
    chain_id: int
    network_id: str
    consignments: str
    participants: str


class SessionMessage(Shape, frozen=True):
    """What a challenge asks to sign."""

    gateway: str
    nonce: str
    organisation: int
    deadline: int


class TypedData(Shape, frozen=True):
    """A challenge's typed data."""

    message: SessionMessage


class Challenge(Shape, frozen=True):
    """A challenge."""

    typed_data: TypedData


class Token(Shape, frozen=True):
    """A session's token."""

    token: str


class WrapThere(Shape, frozen=True):
    """The own wrap, base64."""

    key_version: int
    suite: int
    wrap: str


class SealedThere(Shape, frozen=True):
    """A ciphertext (base64), and what it says that it belongs to."""

    declaration: str
    commitment: str
    schema: str
    fields: str
    owner: int
    ciphertext: str
    wrap: WrapThere | None


class SealedAllThere(Shape, frozen=True):
    """What is sealed for a commitment."""

    sealed: list[SealedThere]


class GrantThere(Shape, frozen=True):
    """A signed read grant."""

    declaration: str
    grantor: int
    reader: int
    fields: str
    serial: int
    valid_until: int
    signature: str


class GrantsThere(Shape, frozen=True):
    """Read grants."""

    grants: list[GrantThere]


class ItemThere(Shape, frozen=True):
    """A goods item of a decision, with its quantity as exact text; None: all of it."""

    number: int
    quantity: str | None


class PartThere(Shape, frozen=True):
    """What a decision over some goods items covers; `scope` is the root that the decision names."""

    scope: str
    items: list[ItemThere] | None


class CandidateThere(Shape, frozen=True):
    """One of several that may be meant."""

    declaration: str


class StatusThere(Shape, frozen=True):
    """What a status answer names."""

    declaration: str | None = None
    parts: list[PartThere] = []
    candidates: list[CandidateThere] = []

    @property
    def declarations(self) -> list[DeclarationId]:
        """The ids of what it is about, or may be about."""
        named = [self.declaration] if self.declaration else [one.declaration for one in self.candidates]
        return [DeclarationId(unhex(one)) for one in named]

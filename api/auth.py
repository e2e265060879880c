"""Sessions: a challenge met with a participant's key gives a bearer token of a few minutes.

1. The gateway gives a challenge: 32 random bytes, good once, kept in the store until used.
2. The participant signs a `ledger.domain.sessions.SessionClaim`, which names this gateway.
3. The token is ``version ‖ organisation ‖ expiry ‖ key ‖ HMAC-SHA256``, sealed with this gateway's secret and its name.
   It needs no state; whether the key is still valid is asked at each request.
"""

import base64
import binascii
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from coincurve import PublicKey

from ledger.client import Client, ParticipantAnswer
from ledger.domain.codes import OrganisationKind
from ledger.domain.keccak import keccak256
from ledger.domain.sessions import SessionClaim

_HALF_ORDER: Final = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_FORM: Final = 1
LASTING: Final = 1.0
REMEMBERED: Final = 10_000
_MAC: Final = 32
_BODY: Final = 1 + 4 + 5 + 20


def signer_of(digest: bytes, signature: bytes) -> bytes | None:
    """The 20-byte address that signed a digest, or None: 65 bytes r ‖ s ‖ v, low s (EIP-2), v 27 or 28."""
    if len(signature) != 65 or signature[64] not in (27, 28):  # noqa: PLR2004 - EIP-712's form
        return None
    if int.from_bytes(signature[32:64], "big") > _HALF_ORDER:
        return None
    try:
        key = PublicKey.from_signature_and_message(signature[:64] + bytes([signature[64] - 27]), digest, hasher=None)
    except Exception:  # noqa: BLE001 - coincurve raises bare Exception for a signature without a key
        return None
    return keccak256(key.format(compressed=False)[1:])[12:]


@dataclass(frozen=True, slots=True)
class Session:
    """Whose session it is, by which key (20-byte address), and until when (seconds, UTC)."""

    organisation: int
    key: bytes
    expires: int
    kind: OrganisationKind


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """How this gateway makes sessions: its name, the secret that seals them, and how long things last (seconds)."""

    gateway: str
    secret: bytes
    session_seconds: int
    challenge_seconds: int


@dataclass(frozen=True, slots=True)
class _Known:
    """Whose key an address was as of a block of the node (its height), and when that was asked."""

    head: int | None
    at: float
    participant: ParticipantAnswer | None


class Sessions:
    """Gives challenges, opens sessions and checks tokens."""

    def __init__(self, client: Client, terms: SessionTerms, clock: Callable[[], float]) -> None:
        self._client = client
        self._terms = terms
        self._clock = clock
        self._known: dict[bytes, _Known] = {}
        key = hmac.digest(terms.secret, b"passavant/session/v1\0" + terms.gateway.encode(), "sha256")
        self._keyed = hmac.new(key, digestmod="sha256")

    @property
    def chain_id(self) -> int:
        """The network's chain id."""
        return self._client.network.chain_id

    def challenge(self, organisation: int) -> SessionClaim:
        """A fresh challenge, kept until it is used or has expired."""
        deadline = int(self._clock()) + self._terms.challenge_seconds
        nonce = self._client.new_challenge(organisation, self._terms.challenge_seconds)
        return SessionClaim(self._terms.gateway, nonce, organisation, deadline)

    def open(self, nonce: bytes, organisation: int, deadline: int, signature: bytes) -> tuple[str, Session] | None:
        """The token and session of a met challenge; None whatever was wrong, and the challenge still stands."""
        now = int(self._clock())
        if not now <= deadline <= now + self._terms.challenge_seconds:
            return None
        claim = SessionClaim(self._terms.gateway, nonce, organisation, deadline)
        key = signer_of(claim.digest(self.chain_id), signature)
        participant = self._speaker(key, organisation) if key else None
        if key is None or participant is None or not self._client.use_challenge(nonce, organisation):
            return None
        session = Session(organisation, key, now + self._terms.session_seconds, participant.kind)
        return self._seal(session), session

    def check(self, token: str) -> Session | None:
        """The session of a token, or None: not ours, expired, or its key is no longer valid."""
        sealed = self._unseal(token)
        if sealed is None:
            return None
        organisation, key, expires = sealed
        participant = self._speaker(key, organisation) if self._clock() < expires else None
        return Session(organisation, key, expires, participant.kind) if participant else None

    def _speaker(self, address: bytes, organisation: int) -> ParticipantAnswer | None:
        """The organisation, if this key is its own, its window holds now and nobody reported it."""
        participant = self._participant(address)
        if participant is None or participant.id != organisation:
            return None
        now = self._clock()
        valid = any(key.address == address and key.is_valid(now) for key in participant.keys)
        return participant if valid else None

    def _participant(self, address: bytes) -> ParticipantAnswer | None:
        """Whose key it is. Only a block changes that, so it is asked anew with each block, and each second."""
        head, now = self._client.freshness().node_head, self._clock()
        known = self._known.get(address)
        if known is not None and known.head == head and 0 <= now - known.at < LASTING:
            return known.participant
        participant = self._client.signer_organisation(address)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[address] = _Known(head, now, participant)
        return participant

    def _seal(self, session: Session) -> str:
        expires = session.expires.to_bytes(5, "big")
        body = bytes([_FORM]) + session.organisation.to_bytes(4, "big") + expires + session.key
        return base64.urlsafe_b64encode(body + self._mac(body)).decode().rstrip("=")

    def _mac(self, body: bytes) -> bytes:
        keyed = self._keyed.copy()  # much faster than setting the key up each time
        keyed.update(body)
        return keyed.digest()

    def _unseal(self, token: str) -> tuple[int, bytes, int] | None:
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        body, mac = raw[:_BODY], raw[_BODY:]
        if not hmac.compare_digest(self._mac(body), mac) or body[0] != _FORM:
            return None
        return int.from_bytes(body[1:5], "big"), body[10:], int.from_bytes(body[5:10], "big")

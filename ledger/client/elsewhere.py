"""Another organisation's gateway: opened with a participant's own key, and asked for what that participant may have.

Nothing that it says is believed here: whoever reads holds it against the chain (`ledger.desk.fetching`). No token,
content or reference goes into an error or a log.
"""

import base64
import ipaddress
import logging
import time
from dataclasses import dataclass
from typing import Final, Self, TypeVar
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from ledger.chain.signers import Signer
from ledger.client.answers_elsewhere import (
    Challenge,
    GrantsThere,
    GrantThere,
    NetworkThere,
    SealedAllThere,
    SealedThere,
    SessionMessage,
    StatusThere,
    Token,
    WrapThere,
    unhex,
)
from ledger.client.confidential import SealedForReader
from ledger.domain.grants import ReadGrant
from ledger.domain.sessions import SessionClaim
from ledger.domain.signing import SigningDomains
from ledger.domain.wire import DeclarationId
from ledger.errors import PassavantError
from ledger.index.grants import KeptGrant
from ledger.index.sealed import Custody
from ledger.sealing import MalformedSeal, Sealed, Subject, Suite, Wrap

T = TypeVar("T")

LARGEST: Final = 64 << 20
"""Bytes of the largest answer that is read."""
LONGEST: Final = 15 * 60
"""Seconds ahead that a challenge's deadline may lie: no signature for a session is to count for longer."""
_OK: Final = (200, 201)
_NOT_THERE: Final = 404
_REFUSED: Final = (401, 403)
_BUSY: Final = 429

logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log URLs, which may name references


@dataclass(eq=False)
class GatewayError(PassavantError):
    """Another gateway that can't be asked, or must not be. `hint`: what to do about it, a sentence, or empty."""

    endpoint: str
    reason: str
    hint: str = ""

    def __str__(self) -> str:
        """Which one, what is wrong, what to do."""
        text = f"{self.endpoint}: {self.reason}"
        return f"{text}. {self.hint}" if self.hint else text


class GatewayUnreachable(GatewayError):  # noqa: N818 - the name says what is known: nothing
    """It gives no answer, or none that can be read."""


class OtherGateway(GatewayError):  # noqa: N818 - the name says what it is
    """It is of another network, or another gateway than the one that was meant."""


class SessionRefused(GatewayError):  # noqa: N818 - the name says what happened
    """It opens no session for this participant."""


class Elsewhere:
    """A gateway of somebody else's, for one participant.

        with Elsewhere("https://gateway.example") as gateway:
            gateway.enter(client.domains, 250, signer)
            found = gateway.sealed(commitment)

    Args:
        url: ``https://``; ``http://`` on this machine only, because a token travels with each question.
        name: what the gateway calls itself; its URL, if None.
        timeout: seconds to wait for an answer.

    Raises:
        GatewayError: the URL can't be used.
    """

    def __init__(
        self, url: str, *, name: str | None = None, timeout: float = 30.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.url = _checked(url)
        self.name = name or self.url
        self._reader = 0
        self._http = httpx.Client(base_url=self.url, timeout=timeout, transport=transport, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    # --- who it is, and who asks --------------------------------------------------------------------------------------

    def enter(self, domains: SigningDomains, organisation: int, signer: Signer) -> None:
        """Open a session, once it is sure that the gateway is the one meant, on the network of these domains.

        Raises:
            OtherGateway: it is not, or passes on the challenge of another gateway.
            SessionRefused: it does not know this key.
            GatewayUnreachable: it can't be asked.
            SignerError: the key can't be used.
        """
        self._check(domains, self._asked(NetworkThere, "GET", "/v1/network"))
        given = self._asked(Challenge, "POST", "/v1/sessions/challenges", {"organisation": organisation})
        claim = self._claim(given.typed_data.message, organisation)
        chain_id = domains.consignments.chain_id
        signature = signer.sign_typed(claim.typed_data(chain_id), claim.digest(chain_id))
        answer = {
            "nonce": f"0x{claim.nonce.hex()}",
            "organisation": organisation,
            "deadline": claim.deadline,
            "signature": f"0x{signature.hex()}",
        }
        token = self._asked(Token, "POST", "/v1/sessions", answer).token
        self._http.headers["authorization"] = f"Bearer {token}"
        self._reader = organisation

    def _check(self, domains: SigningDomains, there: NetworkThere) -> None:
        here = domains.consignments
        ours = (here.chain_id, here.network_id, here.contract, domains.participants.contract)
        theirs = (there.chain_id, *map(unhex, (there.network_id, there.consignments, there.participants)))
        if ours != theirs:
            raise OtherGateway(self.url, "this is a gateway of another network", "Name one of the network of this home")
        self._check_name(there.gateway)

    def _check_name(self, name: str) -> None:
        """What is signed for one gateway must not open a session at another, for whoever passed its challenge on."""
        if name.rstrip("/") != self.name.rstrip("/"):
            raise OtherGateway(
                self.url,
                f"it calls itself {name!r}, so nothing was signed for it",
                "Name it by the URL that it calls itself, or, if you know that this is its name, give that by --called",
            )

    def _claim(self, told: SessionMessage, organisation: int) -> SessionClaim:
        """What to sign: put together here, never a digest that was given."""
        self._check_name(told.gateway)
        if told.organisation != organisation or told.deadline > time.time() + LONGEST:
            raise OtherGateway(self.url, "its challenge is for somebody else, or for too long; nothing was signed")
        return SessionClaim(told.gateway, unhex(told.nonce), organisation, told.deadline)

    # --- asking -------------------------------------------------------------------------------------------------------

    def sealed(self, commitment: bytes) -> list[SealedForReader]:
        """What is sealed for a commitment and this participant may have; empty: nothing, or not for it.

        What belongs to what, and whose it is, is as the gateway says.
        """
        found = self._found(SealedAllThere, f"/v1/payloads/0x{commitment.hex()}")
        return [self._for_reader(one) for one in found.sealed] if found else []

    def grants(self, declaration: bytes) -> list[KeptGrant]:
        """The read grants of a declaration that this participant may see; their signatures are not checked."""
        found = self._found(GrantsThere, f"/v1/declarations/0x{declaration.hex()}/grants")
        return [_granted(one) for one in found.grants] if found else []

    def status(self, reference: str, kind: str | None = None) -> StatusThere:
        """What the gateway says of a reference, or of a declaration's id; `kind`: the name of its type."""
        parameters = {"type": kind} if kind else {}
        path = f"/v1/consignments/{quote(reference, safe='')}/status"
        return self._found(StatusThere, path, parameters) or StatusThere()

    def _for_reader(self, one: SealedThere) -> SealedForReader:
        fields = unhex(one.fields)
        subject = Subject(unhex(one.declaration), unhex(one.commitment), unhex(one.schema))
        sealed = Sealed(subject, _unpacked(one.ciphertext))
        wrap = _wrapped(one.wrap, self._reader) if one.wrap else None
        return SealedForReader(sealed, Custody(one.owner, self._reader if any(fields) else 0, fields), wrap)

    # --- over HTTP ----------------------------------------------------------------------------------------------------

    def _found(self, shape: type[T], path: str, parameters: dict[str, str] | None = None) -> T | None:
        """An answer; None where there is none for this participant."""
        status, content = self._exchanged("GET", path, None, parameters)
        return None if status == _NOT_THERE else self._read(shape, status, content)

    def _asked(self, shape: type[T], method: str, path: str, body: object = None) -> T:
        return self._read(shape, *self._exchanged(method, path, body))

    def _read(self, shape: type[T], status: int, content: bytes) -> T:
        if status in _REFUSED:
            raise SessionRefused(
                self.url, "it opens no session for this participant", "Is its key on the chain, and valid?"
            )
        if status == _BUSY:
            raise GatewayUnreachable(self.url, "it is asked too much now", "Ask again in a minute")
        if status not in _OK:
            raise GatewayUnreachable(self.url, f"it answers with status {status}")
        try:
            return msgspec.json.decode(content, type=shape)
        except msgspec.MsgspecError:
            raise GatewayUnreachable(self.url, "what it answers is no answer of a gateway of this version") from None

    def _exchanged(
        self, method: str, path: str, body: object = None, parameters: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        try:
            with self._http.stream(method, path, json=body, params=parameters) as answer:
                content = bytearray()
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > LARGEST:
                        raise GatewayUnreachable(self.url, f"its answer has more than {LARGEST} bytes")
                return answer.status_code, bytes(content)
        except httpx.HTTPError as error:
            said = type(error).__name__
            raise GatewayUnreachable(self.url, f"the gateway does not answer ({said})") from None


def _checked(url: str) -> str:
    split = urlsplit(url)
    if split.scheme not in {"http", "https"} or not split.hostname or split.query or split.fragment or split.username:
        raise GatewayError(_safe(url), "this is no URL of a gateway", "It looks like https://gateway.example")
    if split.scheme == "http" and not _is_this_machine(split.hostname):
        raise GatewayError(_safe(url), "a session's token must not travel over plain http", "Name it by https://")
    return url.rstrip("/")


def _safe(url: str) -> str:
    """A URL without what may be secret in it."""
    split = urlsplit(url)
    return split._replace(netloc=split.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _granted(one: GrantThere) -> KeptGrant:
    grant = ReadGrant(
        declaration=DeclarationId(unhex(one.declaration)),
        grantor=one.grantor,
        reader=one.reader,
        fields=unhex(one.fields),
        serial=one.serial,
        valid_until=one.valid_until,
    )
    return KeptGrant(grant, unhex(one.signature))


def _wrapped(one: WrapThere, reader: int) -> Wrap:
    if one.suite not in set(Suite):
        raise MalformedSeal("the gateway gave a wrapped key of a suite that is not known")
    return Wrap(reader, one.key_version, Suite(one.suite), _unpacked(one.wrap))


def _unpacked(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise MalformedSeal("the gateway gave something that is no base64") from None

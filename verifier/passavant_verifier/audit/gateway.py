"""A gateway as an auditor asks it: over HTTP, with a session of its own key when it has one."""

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from coincurve import PrivateKey

from passavant_verifier.audit.findings import UnknowableError
from passavant_verifier.audit.rpc import Connection, UnreachableError, hexed, parsed, raw
from passavant_verifier.audit.steps import Step
from passavant_verifier.errors import UnreadableError
from passavant_verifier.keccak import keccak256
from passavant_verifier.records import WORD

_OK: Final = 200
_CREATED: Final = 201
_UNAUTHORISED: Final = 401
_NOT_FOUND: Final = 404
_DOMAIN: Final = keccak256(b"EIP712Domain(string name,string version,uint256 chainId)")
_SESSION: Final = keccak256(b"Session(string gateway,bytes32 nonce,uint32 organisation,uint40 deadline)")


@dataclass(frozen=True)
class SessionKey:
    """A participant's key that opens sessions: it signs challenges, never records."""

    organisation: int
    secret: bytes
    chain_id: int

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        """The answer to a challenge. What is signed is worked out here, not taken from the gateway.

        Raises:
            ValueError, KeyError, TypeError: the challenge can't be read, or is for somebody else.
        """
        nonce, deadline = raw(message["nonce"], WORD), int(message["deadline"])
        if message["organisation"] != self.organisation:
            raise ValueError("a challenge for another organisation")
        signature = PrivateKey(self.secret).sign_recoverable(
            session_digest(self.chain_id, str(message["gateway"]), nonce, (self.organisation, deadline)), hasher=None
        )
        return {
            "nonce": hexed(nonce),
            "organisation": self.organisation,
            "deadline": deadline,
            "signature": hexed(signature[:64] + bytes([27 + signature[64]])),
        }


def address_of(secret: bytes) -> bytes:
    """The address of a private key of 32 bytes.

    Raises:
        UnreadableError: it is none.
    """
    try:
        public = PrivateKey(secret).public_key.format(compressed=False)
    except ValueError:
        raise UnreadableError("the session key", "a private key has 64 hex digits") from None
    return keccak256(public[1:])[12:]


def session_digest(chain_id: int, gateway: str, nonce: bytes, claim: tuple[int, int]) -> bytes:
    """EIP-712 digest of ``Session(gateway, nonce, organisation, deadline)``; its domain names no contract."""
    separator = keccak256(_DOMAIN, keccak256(b"Passavant session"), keccak256(b"1"), chain_id.to_bytes(WORD, "big"))
    organisation, deadline = (number.to_bytes(WORD, "big") for number in claim)
    struct = keccak256(_SESSION, keccak256(gateway.encode()), nonce, organisation, deadline)
    return keccak256(b"\x19\x01", separator, struct)


class Gateway:
    """One gateway; every question that it does not answer is something that could not be known."""

    def __init__(self, url: str, timeout: float = 60, pause: float = 0.25) -> None:
        self._connection = Connection(url, timeout, pause)
        self.name = self._connection.name
        self.key: SessionKey | None = None
        self._token = ""

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def get(self, step: Step, path: str, **query: str | int) -> dict[str, Any]:
        """The JSON object at a path; an empty one when the gateway knows of nothing there.

        Raises:
            UnknowableError: there is no answer that can be read.
        """
        where = f"{quote(path)}?{urlencode(query)}" if query else quote(path)
        status, answer = self._ask(step, "GET", where, None)
        if status == _UNAUTHORISED and self.key is not None:
            self._token = ""
            status, answer = self._ask(step, "GET", where, None)
        if status == _NOT_FOUND:
            return {}
        if status != _OK:
            raise UnknowableError(step, f"{self.name} answers {status} to {path}")
        return answer

    def _ask(self, step: Step, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        if self.key is not None and not self._token and not path.startswith("/v1/sessions"):
            self._token = self._log_in(step, self.key)
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            headers["content-type"] = "application/json"
        try:
            status, raw_answer = self._connection.request(method, self._connection.path + path, content, headers)
            answer = parsed(raw_answer)
        except UnreachableError as error:
            raise UnknowableError(step, str(error)) from None
        except ValueError:
            raise UnknowableError(step, f"{self.name} does not answer {path} with JSON") from None
        if not isinstance(answer, dict):
            raise UnknowableError(step, f"{self.name} does not answer {path} with an object")
        return status, answer

    def _log_in(self, step: Step, key: SessionKey) -> str:
        asked = {"organisation": key.organisation}
        status, challenge = self._ask(step, "POST", "/v1/sessions/challenges", asked)
        try:
            answer = key.answer(challenge["typedData"]["message"])
        except (ValueError, KeyError, TypeError, OverflowError):
            raise UnknowableError(step, f"{self.name} gives no challenge ({status})") from None
        status, opened = self._ask(step, "POST", "/v1/sessions", answer)
        token = opened.get("token")
        if status != _CREATED or not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise UnknowableError(step, f"{self.name} opens no session for {key.organisation} ({status})")
        return token

"""A gateway in a process of its own, over a chain of its own, and participants who talk to it over HTTP."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from ledger.chain.signers import LocalSigner, open_local_signer
from ledger.domain.commitment import commit, schema_id
from ledger.home import Home

SCHEMA = "tests/one-field"
SETTLED = ("final", "refused", "lost")


@dataclass
class Participant:
    """Signs at home, and never shows the gateway its key."""

    web: httpx.Client
    organisation: int
    signer: LocalSigner
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Home, name: str, web: httpx.Client) -> "Participant":
        identity = home.identity(name)
        return cls(web, identity.organisation, open_local_signer(identity.signer))

    def sign(self, digest: str) -> str:
        return f"0x{self.signer.sign_digest(bytes.fromhex(digest[2:])).hex()}"

    def log_in(self) -> "Participant":
        challenge = self.web.post("/v1/sessions/challenges", json={"organisation": self.organisation}).json()
        message = challenge["typedData"]["message"]
        body = {name: message[name] for name in ("nonce", "organisation", "deadline")}
        answer = self.web.post("/v1/sessions", json={**body, "signature": self.sign(challenge["digest"])})
        self.headers = {"authorization": f"Bearer {answer.json()['token']}"}
        return self

    def get(self, url: str, **headers: str) -> httpx.Response:
        return self.web.get(url, headers={**self.headers, **headers})

    def signed(self, type_name: str, record: dict[str, Any]) -> dict[str, Any]:
        digest = self.web.post("/v1/prepare", json={"type": type_name, "record": record}).json()["digest"]
        return {"type": type_name, "record": record, "signature": self.sign(digest)}

    def post(self, body: Any, **headers: str) -> httpx.Response:
        return self.web.post("/v1/records", json=body, headers=headers)

    def declaration(self, administration: int = 250) -> dict[str, Any]:
        now = int(time.time())
        made = commit(schema_id(SCHEMA), {"Declaration/ID[1]": "x"}, secrets.token_bytes(32))
        return {
            "joinKey": f"0x{secrets.token_hex(20)}",
            "declarant": self.organisation,
            "administration": administration,
            "leg": "IMPORT",
            "regime": "HOME_USE",
            "stage": "ARRIVED",
            "commitment": f"0x{made.root.hex()}",
            "schema": f"0x{made.schema.hex()}",
            "effectiveAt": now,
            "deadline": now + 3600,
        }

    def decision(self, declaration: str, prev: str, kind: str) -> dict[str, Any]:
        now = int(time.time())
        return {
            "declaration": declaration,
            "prev": prev,
            "administration": self.organisation,
            "kind": kind,
            "effectiveAt": now,
            "deadline": now + 3600,
        }

    def settled(self, location: str) -> dict[str, Any]:
        """Where a record ended; pytest's timeout ends what never does."""
        while True:
            state: dict[str, Any] = self.web.get(location).json()
            if state["state"] in SETTLED:
                return state
            time.sleep(0.02)

"""Settings of the gateway, all from the environment: ``PASSAVANT_`` and the name of the field.

A field that can hold a secret (the database's password, a signer's URI) never shows it in ``repr``.
"""

import secrets
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from ledger.client import ClientSettings

Positive = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """What a gateway needs to know, one variable each."""

    model_config = SettingsConfigDict(env_prefix="PASSAVANT_", frozen=True, extra="ignore", hide_input_in_errors=True)

    # --- the network and the store ---
    network: Path = Field(description="Network descriptor, a JSON file: chain id, genesis, contracts, finality.")
    rpc: str = Field(description="URL of the node's JSON-RPC; its path may carry an access token.", repr=False)
    database: SecretStr = Field(description="sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME.")
    index_key: Path = Field(description="File with the secret of the private reference index; made when missing.")
    blobs: str | None = Field(
        default=None,
        description="Where ciphertexts lie: file:///FOLDER, or s3://BUCKET/PREFIX with AWS_* variables; the database.",
    )
    relay: SecretStr | None = Field(
        default=None, description="Signer URI of the relay key (keystore:, env:, remote:); without it, reads only."
    )
    finality: str | None = Field(default=None, description="instant, tag, depth:N or embedded, over the descriptor's.")
    mine: bool = Field(default=False, description="Ask an anvil that was started with --no-mining to mine.")

    max_lag: Positive = Field(default=20, description="Blocks behind the node from which on the answer is UNKNOWN.")

    retention: Path | None = Field(
        default=None, description="Retention periods, a TOML file; without it those that come with this version."
    )

    # --- sessions ---
    gateway: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        default="passavant", description="This gateway's own name, which participants sign: best its public URL."
    )
    session_key: Path | None = Field(
        default=None,
        description="File with the secret that seals sessions, made when missing; none: one for this process alone.",
    )
    session_seconds: Annotated[int, Field(gt=0, le=900)] = Field(default=900, description="Life of a session.")
    challenge_seconds: Annotated[int, Field(gt=0, le=900)] = Field(default=300, description="Life of a challenge.")

    # --- limits ---
    max_body: Positive = Field(default=4 * 1024 * 1024, description="Largest body of a request, in bytes.")
    max_depth: Positive = Field(default=32, description="Deepest nesting of JSON.")
    rate: Annotated[float, Field(ge=0)] = Field(
        default=1000, description="Requests a second that one client address may make in the long run; 0: no limit."
    )
    burst: Positive = Field(default=2000, description="Requests that one client address may make at once.")

    # --- the process ---
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(default=8000, description="Port to listen on; 0: any.")
    proxies: str = Field(default="", description="Addresses of proxies whose X-Forwarded-For is believed, by comma.")
    threads: Annotated[int, Field(gt=0, le=64)] = Field(default=8, description="Threads for the client's calls.")
    stop_seconds: Annotated[float, Field(gt=0)] = Field(default=30, description="Time to drain and persist at the end.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least level logged.")

    @property
    def reads_inline(self) -> bool:
        """Whether short reads run on the event loop: faster where the database is a file in this machine."""
        return self.database.get_secret_value().startswith("sqlite")

    def client(self) -> ClientSettings:
        """What the ledger's client needs of it."""
        return ClientSettings(
            network=self.network,
            rpc=self.rpc,
            database=self.database.get_secret_value(),
            index_key=self.index_key,
            blobs=self.blobs,
            relay=self.relay.get_secret_value() if self.relay else None,
            finality=self.finality,
            mine=self.mine,
            max_lag=self.max_lag,
            retention=self.retention,
        )


def secret_of(path: Path | None) -> bytes:
    """The 32 bytes kept at `path`, made there (mode 0600) when missing; fresh ones without a path."""
    fresh = secrets.token_bytes(32)
    if path is None:
        return fresh
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return _kept(path)
    path.write_bytes(fresh)
    return fresh


def _kept(path: Path) -> bytes:
    kept = path.read_bytes()
    if len(kept) != 32:  # noqa: PLR2004 - the size that secret_of writes
        raise ValueError(f"{path} does not hold 32 bytes")
    return kept

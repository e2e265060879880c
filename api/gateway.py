"""What the routes work with: one object for one running gateway."""

import time
from dataclasses import dataclass, field

from starlette.requests import Request

from api.asking import Asking
from api.auth import Session, Sessions
from api.logs import Log
from api.metrics import Metrics
from api.problems import Kind, ProblemError
from api.settings import Settings
from api.work import Intake, Work
from ledger.client import Client

_BEARER = "bearer "


@dataclass(frozen=True)
class Gateway:
    """A running gateway: the client and what stands around it."""

    settings: Settings
    client: Client
    work: Work
    intake: Intake
    asking: Asking
    sessions: Sessions
    metrics: Metrics
    log: Log = field(repr=False)

    async def session(self, request: Request) -> Session | None:
        """The session of a request; None when it comes without one.

        Raises:
            ProblemError: SESSION_INVALID.
        """
        header = request.headers.get("authorization")
        if header is None:
            return None
        token = header[len(_BEARER) :] if header.lower().startswith(_BEARER) else ""
        session = await self.work.read(self.sessions.check, token)
        if session is None:
            raise ProblemError(Kind.SESSION_INVALID)
        return session

    async def viewer(self, request: Request) -> int | None:
        """The organisation that asks; None for nobody in particular."""
        session = await self.session(request)
        return session.organisation if session else None

    async def participant(self, request: Request) -> int:
        """The organisation that asks.

        Raises:
            ProblemError: SESSION_NEEDED or SESSION_INVALID.
        """
        session = await self.session(request)
        if session is None:
            raise ProblemError(Kind.SESSION_NEEDED)
        return session.organisation

    async def stop(self) -> None:
        """Keep what was taken, let the submitter drain, close the store."""
        began = time.monotonic()
        await self.intake.close()
        left = max(1.0, self.settings.stop_seconds - (time.monotonic() - began))
        await self.work.run(self.client.stop, left)
        await self.work.run(self.client.close)
        self.work.close()


def gateway_of(request: Request) -> Gateway:
    """The gateway that serves a request."""
    found: Gateway = request.app.state.gateway
    return found

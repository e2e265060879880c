"""The gateway as an ASGI application: ``create_app(Settings())``."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Route

import ledger
from api import logs
from api.asking import Asking
from api.auth import Sessions, SessionTerms
from api.documentation import openapi
from api.edge import Edge, EdgeRules
from api.gateway import Gateway
from api.limits import RateLimiter
from api.metrics import Metrics
from api.problems import Kind, ProblemError, problem_of, respond
from api.routes import (
    aeo,
    assistance,
    benefits,
    checkpoints,
    consignments,
    control_results,
    erasing,
    grants,
    payloads,
    receipts,
    recognition,
    records,
    service,
    sessions,
    worklist,
)
from api.routes import ledger as ledger_routes
from api.settings import Settings, secret_of
from api.work import Intake, Work
from ledger.client import Client
from ledger.domain.outbox import OutboxState
from ledger.errors import PassavantError

_ROUTERS: Final = (
    consignments,
    control_results,
    records,
    sessions,
    payloads,
    grants,
    erasing,
    ledger_routes,
    checkpoints,
    receipts,
    aeo,
    benefits,
    recognition,
    assistance,
    worklist,
    service,
)
_DESCRIPTION: Final = """Consignment records on a permissioned ledger. Compute the commitment → `POST /v1/prepare` →
sign where the key lives → `PUT /v1/payloads/{commitment}` → `POST /v1/records` → follow it under its `Location`."""


def create_app(settings: Settings, client: Client | None = None) -> FastAPI:
    """The application; it opens its client when it starts, unless one is given."""
    app = FastAPI(
        title="Passavant gateway",
        summary="Consignment records, and the release status that they prove.",
        description=_DESCRIPTION,
        version=getattr(ledger, "__version__", "0.1.0"),
        lifespan=partial(_lifespan, settings=settings, client=client),
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    for module in _ROUTERS:  # not included: FastAPI would look through a tree of routers at each request
        app.router.routes.extend(module.router.routes)
    app.add_exception_handler(PassavantError, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.openapi = partial(_openapi, app)  # type: ignore[method-assign]
    limiter = RateLimiter(settings.rate, settings.burst)
    app.state.log = logs.configure(settings.log_level)
    app.state.metrics = Metrics(partial(_client_metrics, app))
    rules = EdgeRules(settings.max_body, settings.max_depth, limiter)
    app.add_middleware(Edge, rules=rules, metrics=app.state.metrics, log=app.state.log)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI, *, settings: Settings, client: Client | None) -> AsyncIterator[None]:
    work = Work(settings.threads, inline=settings.reads_inline)
    if client is None:
        # a node that is away, or another network's, makes the gateway not ready, and /readyz says why
        client = await work.run(_opened, settings, app.state.log)
    terms = SessionTerms(
        settings.gateway, secret_of(settings.session_key), settings.session_seconds, settings.challenge_seconds
    )
    gateway = Gateway(
        settings=settings,
        client=client,
        work=work,
        intake=Intake(client, work, app.state.metrics),
        asking=Asking(client, work),
        sessions=Sessions(client, terms, time.time),
        metrics=app.state.metrics,
        log=app.state.log,
    )
    app.state.gateway = gateway
    await work.run(client.start)
    gateway.log.info("started", gateway=settings.gateway, chain=client.network.chain_id)
    try:
        yield
    finally:
        await gateway.stop()
        gateway.log.info("stopped")


def _client_metrics(app: FastAPI) -> Mapping[str, float]:
    gateway: Gateway = app.state.gateway
    as_of = gateway.client.as_of()
    counts = gateway.client.outbox.counts()
    return {
        "block": as_of.block or 0,
        "lag_blocks": float("nan") if as_of.lag is None else as_of.lag,
        "node_reachable": as_of.reachable,
        "alarms": len(gateway.client.alarms()),
        **{f"outbox_{state.name.lower()}": counts.get(state, 0) for state in OutboxState},
    }


def _opened(settings: Settings, log: logs.Log) -> Client:
    try:
        return Client.open(settings.client(), check=False)
    except PassavantError as error:
        log.error("can't start", kind=type(error).__qualname__, reason=str(error))  # noqa: TRY400 - no trace
        raise


async def _problem(_: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem.kind is Kind.INTERNAL:
        raise error  # the edge notes where it came from
    return respond(problem)


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException) or error.status_code != Kind.METHOD_NOT_ALLOWED.status:
        return respond(ProblemError(Kind.NOT_FOUND))
    return respond(ProblemError(Kind.METHOD_NOT_ALLOWED, headers={"allow": _allowed(request)}))


def _allowed(request: Request) -> str:
    """All methods of a path: Starlette names those of its first route only."""
    routes = (route for route in request.app.routes if isinstance(route, Route))
    here = (route for route in routes if route.path_regex.match(request.url.path))
    return ", ".join(sorted(method for route in here for method in route.methods or ()))


async def _invalid(_: Request, error: Exception) -> Response:
    errors: Sequence[dict[str, object]] = error.errors() if isinstance(error, RequestValidationError) else ()
    places = [{"parameter": str(one["loc"][-1]), "detail": str(one["msg"])} for one in errors]  # type: ignore[index]
    return respond(ProblemError(Kind.INVALID, "", places))


def _openapi(app: FastAPI) -> dict[str, object]:
    if app.openapi_schema is None:
        app.openapi_schema = openapi(app)
    return app.openapi_schema

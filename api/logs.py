"""Structured logs: one JSON object a line on standard error.

Never in a log: bodies, payloads, references, keys, tokens, client addresses, and the text of an unforeseen error,
which may quote any of them. Paths appear as the route's template.
"""

import logging
import sys
import traceback
from typing import Any, Final

import msgspec
import structlog

_LEVELS: Final = logging.getLevelNamesMapping()
Log = Any
"""A bound structlog logger."""


def configure(level: str) -> Log:
    """The gateway's logger; the standard library's loggers (uvicorn's) keep to warnings."""
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True
    return structlog.wrap_logger(
        structlog.BytesLogger(sys.stderr.buffer),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_encode),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level.upper()]),
        cache_logger_on_first_use=True,
    )


def where(error: BaseException) -> list[str]:
    """Where an unforeseen error came from: file, line and function of each frame, without any value."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _encode(event: Any, **_: Any) -> bytes:
    return msgspec.json.encode(event, enc_hook=str)

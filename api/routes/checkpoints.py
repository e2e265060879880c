"""Checkpoints of the ledger log: what witnesses signed, for whoever verifies receipts."""

from functools import partial

from fastapi import APIRouter, Request, Response

from api.answers import CheckpointNote
from api.documentation import NO_SESSION, SESSION, gives, takes
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.schemas import CheckpointIn, body_of
from api.wire import hexed, instant, reply
from ledger.domain.transparency import Note

router = APIRouter(prefix="/v1/checkpoints", tags=["ledger"])


@router.put(
    "",
    responses=gives(200, CheckpointNote, Kind.SESSION_NEEDED, Kind.SESSION_INVALID, Kind.CHECKPOINT_REFUSED, body=True),
    openapi_extra=takes(CheckpointIn, SESSION),
)
async def put_checkpoint(request: Request) -> Response:
    """Hand in a checkpoint that a witness signed whom this gateway's operator accepts.

    It is held against this gateway's own log; signatures over a text that is kept already are added to it.
    """
    gateway = gateway_of(request)
    await gateway.participant(request)
    given = await body_of(request, CheckpointIn)
    put = partial(gateway.client.put_checkpoint, strict=True)
    note = await gateway.work.run(put, given.note)
    return reply(_shown(note))


@router.get(
    "/latest",
    responses=gives(200, CheckpointNote, Kind.NOT_FOUND),
    openapi_extra={"security": NO_SESSION},
)
async def latest_checkpoint(request: Request) -> Response:
    """The checkpoint with the greatest height that was handed in. Whether to trust it, its signatures say."""
    gateway = gateway_of(request)
    note = await gateway.work.run(gateway.client.latest_checkpoint)
    if note is None:
        raise ProblemError(Kind.NOT_FOUND)
    return reply(_shown(note))


def _shown(note: Note) -> CheckpointNote:
    one = note.checkpoint
    return CheckpointNote(
        note=note.text,
        origin=one.origin,
        size=one.size,
        root=hexed(one.root),
        height=one.height,
        block_hash=hexed(one.block_hash),
        time=instant(one.time),
        fold=hexed(one.fold),
        signatures=len(note.signatures),
    )

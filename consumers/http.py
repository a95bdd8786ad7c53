"""The HTTP door: events come in by POST, and their sender can ask what became of them.

An answer comes after the commit, with one receipt an event: what was recorded before is a
success like any other, so a sender that has had no answer sends the same again.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any, cast

import orjson
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response, Security
from fastapi.security import HTTPBearer

from consumers import bodies, desk
from consumers.door import Door
from consumers.mending import mend
from consumers.problems import tell_problems
from consumers.shapes import TAKES, Answers, Quarantine, Receipts, describe, refusals
from record import aside
from record.answers import answers
from record.clock import Clock
from record.log import Log
from record.senders import Sender
from record.settings import Settings

MOST_RECEIPTS = 10_000
"""Receipts in one answer, about: a sender that asks late is answered in parts."""
AT_ONCE = 10
"""Answers that are read from the store at once: each may hold as many receipts."""

FRESH = {"Cache-Control": "no-store"}

Since = Annotated[
    int, Query(ge=0, le=2**62, description="The entry after which to begin.")
]
Limit = Annotated[int, Query(ge=1, le=500, description="How many entries, at most.")]

router = APIRouter()
_bearer = HTTPBearer(auto_error=False, description="A token of ours, or a JWT.")


def _door(request: Request) -> Door:
    return cast(Door, request.app.state.door)


async def let_in(request: Request, _: Annotated[object, Security(_bearer)]) -> Sender:
    """Who sent the request. Raises `NotLetIn`."""
    door = _door(request)
    shown = request.headers.get("authorization")
    return await door.ask(door.doorkeeper.let_in, shown)


In = Annotated[Sender, Depends(let_in)]


@router.post(
    "/events",
    operation_id="postEvents",
    summary="Hand in events",
    response_description="What became of each.",
    responses={
        200: {"model": Receipts},
        **refusals(400, 401, 408, 413, 415, 429, 500, 503),
    },
    openapi_extra=TAKES,
    response_class=Response,
)
async def events(request: Request, sender: In) -> Response:
    """Record the events in one transaction, and answer once it is committed."""
    door = _door(request)
    with door.limits.request(sender.name) as taken:
        kind = bodies.kind_of(request)
        body = await bodies.read_body(request, taken)
        if bodies.is_packed(request):
            body = await door.ask(bodies.unpacked, body)
            taken.hold(len(body))
        items = (
            [body]
            if kind == bodies.EVENT
            else await door.ask(bodies.events_in, kind, body)
        )
        taken.count(len(items))
        receipts = []
        if items:
            handed = door.desk.hand_in(items, sender)
            receipts = await door.in_time(asyncio.wrap_future(handed))
    told = orjson.dumps({"receipts": receipts})
    return Response(told, headers=FRESH, media_type="application/json")


@router.get(
    "/receipts",
    operation_id="getReceipts",
    summary="What became of what this sender sent",
    response_description="Answers after an entry, oldest first.",
    responses=refusals(401, 422, 429, 500, 503),
)
async def receipts(
    request: Request, response: Response, sender: In, since: Since = 0, limit: Limit = 100
) -> Answers:
    """The receipts of this sender, by whichever carrier its events came."""
    door = _door(request)
    response.headers.update(FRESH)
    with door.limits.request(sender.name):
        found = await door.ask(_answers, door.log, sender.name, since, limit)
    return Answers.model_validate(
        {"answers": found, "next": found[-1]["entry"] if found else since}
    )


@router.get(
    "/quarantine",
    operation_id="getQuarantine",
    summary="What this sender sent and nobody could read",
    response_description="What waits, after an entry, oldest first; never its contents.",
    responses=refusals(401, 422, 429, 500, 503),
)
async def quarantine(
    request: Request, response: Response, sender: In, since: Since = 0, limit: Limit = 100
) -> Quarantine:
    """What waits: it is released by sending the event again, mended, under the same id."""
    door = _door(request)
    response.headers.update(FRESH)
    with door.limits.request(sender.name):
        found = await door.ask(aside.waiting, door.log, sender.name, since, limit)
    waiting = [row | {"mend": mend(row["reason"])} for row in found]
    return Quarantine.model_validate(
        {"waiting": waiting, "next": found[-1]["entry"] if found else since}
    )


def _answers(log: Log, sender: str, since: int, limit: int) -> list[dict[str, Any]]:
    """At most *limit* answers, and fewer where they hold very many receipts."""
    found: list[dict[str, Any]] = []
    while len(found) < limit and sum(len(a["receipts"]) for a in found) < MOST_RECEIPTS:
        asked = min(AT_ONCE, limit - len(found))
        with log.recorder.reading() as ledger:
            more = answers(ledger, sender, since, asked)
        found += more
        if len(more) < asked:
            break
        since = more[-1]["entry"]
    return found


def http_app(
    log: Log,
    clock: Clock,
    settings: Settings,
    *,
    most: int = desk.MOST_EVENTS,
    described: bool = False,
) -> FastAPI:
    """The application that takes events for *log*, to be served by `serve_http`.

    *most* is how many events are recorded in one transaction; *described*: whether
    `/openapi.json` is served.

    Raises:
        BadSetting: a setting of tokens or JWTs is wrong.
        UnsafeSetting: a key is not ours alone, or must not be trusted.
    """
    door = Door(log, clock, settings, most)
    app = FastAPI(
        title="Counterfoil",
        summary="What providers and council systems say, and what became of it.",
        version="1",
        openapi_url="/openapi.json" if described else None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=door.open,
        # It would tell whoever collects traces in this process what exceptions say.
        telemetry={
            "tracing": False, "metrics": False, "logs": False, "auto_configure": False,
        },
    )  # fmt: skip
    app.state.door = door
    app.include_router(router)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    tell_problems(app)
    return app

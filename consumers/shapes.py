"""The shapes of what HTTP answers, and of what it takes, for its description (OpenAPI)."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict

from consumers import problems
from consumers.bodies import BATCH, EVENT, NDJSON
from record.arrivals import Receipt

WAIT = {
    "Retry-After": {
        "description": "Seconds after which to send it again.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
MEANINGS = {
    400: "The body cannot be unpacked, or was not sent to its end.",
    401: "Nobody is let in by what was shown.",
    408: "The body did not come in time.",
    413: "More bytes, or more events, than are taken at once. Send them in parts.",
    415: "The body is of no kind that is taken here.",
    422: "A parameter is not as it should be.",
    429: "This sender sends more than it may. Nothing was recorded.",
    500: "Our failure.",
    503: "The log cannot be reached. Send it again: what was recorded is a duplicate.",
}
EXAMPLE = {
    "specversion": "1.0",
    "id": "i1",
    "source": "/providers/fairfield",
    "type": "visit.checked_in",
    "time": "2026-03-02T08:02:00+00:00",
    "subject": "V1",
    "data": {"carer": "carer-7", "method": "app"},
}


class Shape(BaseModel):
    """What is answered, and nothing more."""

    model_config = ConfigDict(extra="forbid")


class Receipts(Shape):
    """One receipt for each event, in the order in which they were sent."""

    receipts: list[Receipt]


class Answer(Shape):
    """What a transaction made of this sender's events, and when they were received."""

    entry: int
    received_at: str
    receipts: list[Receipt]


class Answers(Shape):
    """Answers, oldest first; the next ones come after entry `next`."""

    answers: list[Answer]
    next: int


class Waiting(Shape):
    """Bytes of this sender that could not be read: why, and how to mend that."""

    entry: int
    received_at: str
    source: str | None
    id: str | None
    reason: str
    mend: str | None
    size: int


class Quarantine(Shape):
    """What waits in this sender's quarantine, oldest first; the next come after `next`."""

    waiting: list[Waiting]
    next: int


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How an operation answers when it does not do what was asked."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": MEANINGS[status],
            "content": {problems.MEDIA: {"schema": schema}},
        }
        | ({"headers": WAIT} if status in (429, 503) else {})
        for status in statuses
    }


def describe(app: FastAPI) -> dict[str, Any]:
    """The description of *app*, with the shape of its problems."""
    told = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes
    )
    told["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    return told


TAKES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "One event, a batch, or one event a line; UTF-8; also packed by gzip."
        " What cannot be read is no failure of the request: it has a receipt that says so.",
        "content": {
            EVENT: {"schema": {}, "example": EXAMPLE},
            BATCH: {"schema": {}, "example": [EXAMPLE]},
            NDJSON: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}

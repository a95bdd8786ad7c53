"""What went wrong, as `application/problem+json` (RFC 9457): words, and never contents.

Whatever is raised while a request is answered ends here, also what nobody has thought of:
the sender is told that it is our failure, our log is told where, and neither is shown what
was sent.
"""

from __future__ import annotations

import traceback
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from consumers.doorkeeper import NotLetIn
from consumers.limits import TooMuch
from record.errors import StoreOutOfReach

MEDIA = "application/problem+json"
RETRY_SECONDS = 5
"""When to try again while the log is out of reach."""

WHO = "show a token or a JWT that is in force: Authorization: Bearer …"
AWAY = (
    "the log cannot be reached now: send it again later; what was recorded is a duplicate"
)
OURS = "this is our failure; send it again later, and tell the council if it stays"

logger = structlog.get_logger()


class Problem(Exception):
    """An answer that is no success: *status*, and what to do about it."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


def body(status: int, detail: str, **more: Any) -> bytes:
    """The document that tells of a problem."""
    title = HTTPStatus(status).phrase
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return orjson.dumps(told | more)


def answer(
    status: int, detail: str, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """The answer that tells of a problem."""
    kept = {"Cache-Control": "no-store"} | (headers or {})
    return Response(body(status, detail, **more), status, kept, MEDIA)


def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    named = {name.replace("_", "-"): value for name, value in error.headers.items()}
    return answer(error.status, error.detail, named)


def _not_let_in(_: Request, error: Exception) -> Response:
    assert isinstance(error, NotLetIn)
    logger.info("not let in", why=error.why, sender=error.name)
    return answer(401, WHO, {"WWW-Authenticate": "Bearer"})


def _too_much(_: Request, error: Exception) -> Response:
    assert isinstance(error, TooMuch)
    status = 429 if error.whose == "sender" else 503
    return answer(status, error.reason, {"Retry-After": str(error.seconds)})


def _away(_: Request, error: Exception) -> Response:
    logger.warning("store out of reach", error=type(error).__name__)
    return answer(503, AWAY, {"Retry-After": str(RETRY_SECONDS)})


def _unfit(_: Request, error: Exception) -> Response:
    """A parameter that is not as the description has it: which, and why; not what it was."""
    assert isinstance(error, RequestValidationError)
    found = [
        {"field": ".".join(map(str, e["loc"])), "reason": e["msg"]}
        for e in error.errors()
    ]
    return answer(422, "a parameter is not as it should be", errors=found)


def _plain(_: Request, error: Exception) -> Response:
    """What the framework itself refuses: no such path, no such method."""
    assert isinstance(error, HTTPException)
    words = {404: "there is nothing here", 405: "this cannot be done here"}
    detail = words.get(error.status_code, HTTPStatus(error.status_code).phrase)
    return answer(error.status_code, detail, dict(error.headers or {}))


def _gone(_: Request, __: Exception) -> Response:
    """The sender hung up before it was done: nobody is left to read this."""
    return answer(400, "the request was not sent to its end")


def tell_problems(app: FastAPI) -> None:
    """Let every failure of *app* be answered as a problem."""
    for kind, handler in {
        Problem: _problem,
        NotLetIn: _not_let_in,
        TooMuch: _too_much,
        StoreOutOfReach: _away,
        RequestValidationError: _unfit,
        HTTPException: _plain,
        ClientDisconnect: _gone,
    }.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(Discreet)


class Discreet:
    """Answers what nothing else has caught; our log is told where it was, not what."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, or as for a failure of ours."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            logger.error("request failed", error=type(error).__name__, at=where(error))
            if not begun:
                await answer(500, OURS)(scope, receive, send)


def where(error: Exception) -> list[str]:
    """The places an error came through, innermost last, without its words."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-5:]]

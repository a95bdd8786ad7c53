"""The HTTP server itself: where it listens, how long it waits, and how it stops.

TLS, and who is on the other side of it, are a proxy's to know: nothing that a request says
of its own way here (`X-Forwarded-…`) is believed.
"""

from __future__ import annotations

import asyncio
import socket
from asyncio import TimerHandle
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import h11
import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from consumers.problems import MEDIA
from consumers.problems import body as problem
from record.settings import BadSetting

HEAD_SECONDS = 15.0
"""In which the head of a request must have come."""
REQUEST_SECONDS = 180.0
"""In which a request must be over: its body come, its answer taken."""
IDLE_SECONDS = 75
"""After which an idle connection is closed: longer than a proxy keeps its own open."""
STOP_SECONDS = 30
"""How long requests in flight may take when the server stops."""
MOST_CONNECTIONS = 1_000
BACKLOG = 1_024

logger = structlog.get_logger()


class Patient(H11Protocol):
    """A connection whose other side may be slow, but not for ever.

    The parser is the strict one, which bounds a request's head to 64 KiB.
    """

    _deadline: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first request, unless there are too many connections."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        self._wait(HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        """Begin to wait: for the rest of the head, or for the end of the request."""
        idle = self._is_idle()
        if idle and self._deadline is None:
            self._wait(HEAD_SECONDS)
        super().data_received(data)
        if idle and not self._is_idle():
            self._wait(REQUEST_SECONDS)

    def on_response_complete(self) -> None:
        """Wait for nothing, but where the next request has come already."""
        self._wait(None)
        super().on_response_complete()
        if not self._is_idle():
            self._wait(REQUEST_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._wait(None)
        super().connection_lost(exc)

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection; what the other side has not taken by now is dropped."""
        self.transport.abort()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # the library's signature
        """Answer what is no HTTP as every other problem is answered."""
        told = problem(400, "this is no HTTP request that can be read")
        headers = [("Content-Type", MEDIA), ("Content-Length", str(len(told)))]
        start = h11.Response(
            status_code=400,
            headers=[*headers, ("Connection", "close")],
            reason=b"Bad Request",
        )
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            for event in (start, h11.Data(data=told), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = (
            None
            if seconds is None
            else self.loop.call_later(seconds, self.transport.abort)
        )


class _Server(uvicorn.Server):
    """Leaves the signals of the process to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def address(text: str) -> tuple[str, int]:
    """The host and port in HOST:PORT. Raises `BadSetting`."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise BadSetting(f"http: {text} should be HOST:PORT, as 127.0.0.1:8080")
    return host, int(port)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises `BadSetting` where it cannot."""
    made = None
    try:
        family, kind, _, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        # Named TCP, or asyncio would not send small answers at once (40 ms each).
        made = socket.socket(family, kind, socket.IPPROTO_TCP)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(place)
        made.listen(BACKLOG)
    except OSError as error:
        if made is not None:
            made.close()
        reason = error.strerror or str(error)
        raise BadSetting(f"http: cannot listen on {host}:{port} ({reason})") from None
    if not ip_address(made.getsockname()[0]).is_loopback:
        logger.warning("tokens travel in plain text here: let a proxy speak TLS in front")
    return made


async def serve_http(
    app: FastAPI,
    host: str,
    port: int,
    stop: asyncio.Event,
    at: socket.socket | None = None,
) -> None:
    """Serve *app* until *stop* is set; requests in flight are finished first.

    *at* is a socket that listens already. Raises `BadSetting` where *host* and *port*
    cannot be had.
    """
    listening = at or listen(host, port)
    options: dict[str, Any] = {
        "http": Patient, "ws": "none", "lifespan": "on",
        "access_log": False, "log_config": None, "log_level": "error",
        "proxy_headers": False, "server_header": False,
        "timeout_keep_alive": IDLE_SECONDS, "timeout_graceful_shutdown": STOP_SECONDS,
    }  # fmt: skip
    server = _Server(uvicorn.Config(app, **options))

    async def watch() -> None:
        await stop.wait()
        server.should_exit = True

    watching = asyncio.create_task(watch())
    place, number = listening.getsockname()[:2]
    logger.info("listening", host=place, port=number)
    try:
        await server.serve(sockets=[listening])
    finally:
        watching.cancel()
        listening.close()
    logger.info("stopped listening", host=place, port=number)

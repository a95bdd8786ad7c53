"""The HTTP door in tests: senders with tokens, and a real server on a free port."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from consumers import tokens
from consumers.bodies import BATCH, EVENT, NDJSON
from consumers.http import http_app
from consumers.serving import listen, serve_http
from record.clock import Clock
from record.log import Log
from record.senders import Credential, Sender, keep_credential
from record.settings import Settings
from tests.feeds import line

PROBLEM = "application/problem+json"


def door_settings(log: Log, folder: Path, **more: Any) -> Settings:
    """Settings for a door of *log*, whose key is kept in *folder*."""
    return Settings(store=log.url, token_key_file=folder / "token-key", **more)


def let_in(
    log: Log,
    settings: Settings,
    name: str,
    *sources: str,
    now: datetime,
    types: frozenset[str] | None = None,
    expires_at: datetime | None = None,
    revoked_at: datetime | None = None,
    with_token: bool = True,
) -> str:
    """Keep a credential; its token."""
    key = tokens.make_key(tokens.key_file(settings))
    token = tokens.new_token(name)
    kept = tokens.digest(key, token) if with_token else None
    sender = Sender(name, frozenset(sources), types)
    credential = Credential(sender, now, kept, expires_at, revoked_at)
    with log.recorder.writing() as ledger:
        assert keep_credential(ledger, credential)
    return token


class Server:
    """A server at work in a thread of its own; the other threads are its senders."""

    def __init__(self, app: FastAPI) -> None:
        self._at = listen("127.0.0.1", 0)
        self.port: int = self._at.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(app)))

    async def _serve(self, app: FastAPI) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await serve_http(app, "127.0.0.1", self.port, self._stop, self._at)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()
        assert self._ready.wait(30)

    def ask_to_stop(self) -> None:
        """Let it finish what is in flight, and end."""
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)

    def wait(self) -> None:
        """Wait for its end."""
        self._thread.join(60)
        assert not self._thread.is_alive()


@contextmanager
def served(app: FastAPI) -> Iterator[Server]:
    """A server of *app*, stopped at the end."""
    server = Server(app)
    server.start()
    try:
        yield server
    finally:
        if server._thread.is_alive():
            server.ask_to_stop()
        server.wait()


@contextmanager
def door(log: Log, clock: Clock, settings: Settings, **more: Any) -> Iterator[Server]:
    """A door of *log* at work."""
    with served(http_app(log, clock, settings, **more)) as server:
        yield server


@contextmanager
def client(server: Server, token: str | None) -> Iterator[httpx.Client]:
    """A sender that shows *token*."""
    shown = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(base_url=server.url, headers=shown, timeout=60) as made:
        yield made


def post(
    sender: httpx.Client, body: Any, kind: str = EVENT, **headers: str
) -> httpx.Response:
    """Post *body* as it is."""
    return sender.post("/events", content=body, headers={"Content-Type": kind} | headers)


def post_event(sender: httpx.Client, said: Mapping[str, Any]) -> httpx.Response:
    """Post one event."""
    return post(sender, line(said))


def batch(*events: Mapping[str, Any] | bytes) -> bytes:
    """Events, or bytes that are none, as a batch."""
    raw = [each if isinstance(each, bytes) else line(each) for each in events]
    return b"[" + b",\n ".join(raw) + b"]"


def ndjson(*events: Mapping[str, Any] | bytes) -> bytes:
    """Events, or bytes that are none, one a line."""
    return b"\n".join(e if isinstance(e, bytes) else line(e) for e in events)


def statuses(answer: httpx.Response) -> list[str]:
    """What became of each event."""
    assert answer.status_code == 200, answer.text
    return [receipt["status"] for receipt in answer.json()["receipts"]]


def is_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem that *answer* must be."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    told: dict[str, Any] = json.loads(answer.content)
    assert told["status"] == status
    assert told["detail"]
    return told


__all__ = ["BATCH", "EVENT", "NDJSON"]

"""Brokers of the tests' own: real servers on free ports of this machine, ended by their own id."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from consumers.access import Access
from consumers.carrying import Transport, carry, transport
from consumers.courier import Courier
from consumers.intake import Intake
from consumers.streams import DURABLE, STREAM
from record.clock import SystemClock
from record.log import Log
from record.senders import Credential, Sender, keep_credential
from tests.feeds import ADULTS, ASH, BIRCH

ROOM = 64 << 20
"""Bytes of a test's stream."""


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def listening(port: int) -> bool:
    """Whether somebody listens at a port."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


class NatsServer:
    """A NATS server with a folder of its own, which may be killed and started again."""

    def __init__(self, folder: Path, more: str = "", port: int | None = None) -> None:
        self.folder, self.port = folder, port or free_port()
        self.config = folder / "nats.conf"
        self.configure(more)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"nats://127.0.0.1:{self.port}"

    def configure(self, more: str) -> None:
        """Write its configuration."""
        self.config.write_text(
            f'listen: "127.0.0.1:{self.port}"\nmax_payload: 8MB\n'
            f'jetstream {{ store_dir: "{self.folder}/js", sync_interval: always }}\n{more}'
        )

    def reload(self) -> None:
        """Let it read its configuration again."""
        os.kill(self.pid, signal.SIGHUP)

    def start(self) -> None:
        """Start it, and wait until it listens."""
        found = Path(sys.executable).with_name("nats-server")
        program = str(found) if found.exists() else shutil.which("nats-server")
        assert program, "nats-server is installed with the tests' requirements"
        self._process = subprocess.Popen(
            [program, "-c", str(self.config), "-l", str(self.folder / "log")]
        )
        for _ in range(400):
            if listening(self.port):
                return
            assert self._process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.02)
        raise AssertionError("the broker did not start")

    @property
    def pid(self) -> int:
        """The id of its process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)
        self._process = None

    def stop(self) -> None:
        """Ask it to end."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
        self._process = None


def know(log: Log, name: str, *sources: str, types: frozenset[str] | None = None) -> None:
    """Give a credential of that name its sources."""
    sender = Sender(name, frozenset(sources), types)
    with log.recorder.writing() as ledger:
        assert keep_credential(ledger, Credential(sender, SystemClock().now()))


def know_everybody(log: Log) -> None:
    """The credentials that most tests send by."""
    know(log, "ash", ASH, ADULTS)
    know(log, "birch", BIRCH)


def subject(sender: str) -> str:
    """Where a sender publishes."""
    return f"counterfoil.events.{sender}"


async def _nothing(_: Exception) -> None:
    """A test that kills brokers knows that they are away."""


@asynccontextmanager
async def client(server: NatsServer) -> AsyncIterator[Client]:
    """A client of a server that asks nobody's name."""
    opened = await nats.connect(
        server.url, reconnect_time_wait=0.1, max_reconnect_attempts=-1, error_cb=_nothing
    )
    try:
        yield opened
    finally:
        await opened.close()


@asynccontextmanager
async def emptied(server: NatsServer) -> AsyncIterator[JetStreamContext]:
    """The streams of a server, emptied of what other tests left in them.

    The server removes the folder of all streams a moment after the last of them is deleted, and
    a stream made in that moment has no room: so a stream that nobody uses stays.
    """
    async with client(server) as opened:
        manager = opened.jetstream()
        await manager.add_stream(name="STAYS", subjects=["stays"])
        try:
            await manager.delete_stream(STREAM)
        except NotFoundError:
            pass
        yield manager


@asynccontextmanager
async def running(
    way: Transport | NatsServer, log: Log, courier: Courier | None = None
) -> AsyncIterator[Transport]:
    """The courier at work."""
    if isinstance(way, NatsServer):
        way = transport(Access(way.url, stream_bytes=ROOM))
    courier = courier or Courier(Intake(log), SystemClock())
    stop = asyncio.Event()
    task = asyncio.create_task(carry(way, courier, stop))
    try:
        yield way
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


Holds = Callable[[], bool | Awaitable[bool]]


async def until(holds: Holds, seconds: float = 20) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = holds()
        if found if isinstance(found, bool) else await found:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"it did not come to be within {seconds} seconds")


async def ready(way: Transport, seconds: float = 20) -> None:
    """Wait until messages are taken."""
    await until(lambda: way.ready, seconds)


async def all_acknowledged(manager: JetStreamContext) -> bool:
    """Whether every message of the stream was delivered and acknowledged.

    What is pending alone would not do: the broker answers a publisher before it tells the
    consumer, so that for a moment a message it has stored is pending for nobody.
    """
    stream = await manager.stream_info(STREAM)
    info = await manager.consumer_info(STREAM, DURABLE)
    told = info.delivered.stream_seq if info.delivered else 0
    waiting = (info.num_ack_pending, info.num_pending) != (0, 0)
    return not waiting and told >= stream.state.last_seq

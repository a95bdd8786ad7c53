"""The workers of a test: begun, looked after, begun again when they died, ended by their own id."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig

from consumers.streams import DURABLE, STREAM, prepare
from tests.brokers import ROOM, NatsServer
from tests.faults.streams.model import Sent
from tests.faults.streams.worker import POINTS, Setup, work

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    ["tests.faults.streams.worker", "tests.faults.streams.mutants"]
)


class Crew:
    """So many workers on one store and broker. Each that dies is replaced.

    `kills` more of them die at points that take turns; after that they live.
    """

    def __init__(self, setup: Setup, workers: int = 1, kills: int = 0) -> None:
        self.setup, self.kills = setup, kills
        self._chance = random.Random(setup.seed)
        self._begun = 0
        self._workers = [self._begin() for _ in range(workers)]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            # Not in this thread: a proxy that the worker takes its leave through lives in it.
            await asyncio.to_thread(worker.join, 20)
            if worker.exitcode is None:
                worker.kill()
                worker.join()

    def _begin(self) -> BaseProcess:
        setup = replace(self.setup, seed=self.setup.seed + self._begun)
        if self._begun < self.kills:
            point = POINTS[self._begun % len(POINTS)]
            # Two of the points are passed with each message, the others with each batch.
            most = 5 if point in ("before parse", "after ack") else 1
            number = self._chance.randint(1, most)
            setup = replace(setup, point=point, number=number)
        self._begun += 1
        worker = CONTEXT.Process(target=work, args=(setup,), daemon=True)
        worker.start()
        return worker

    def look_after(self) -> None:
        """Replace who died."""
        for place, worker in enumerate(self._workers):
            if worker.exitcode is not None:
                assert worker.exitcode == -signal.SIGKILL, self.said()
                worker.join()
                self._workers[place] = self._begin()

    @property
    def deaths(self) -> int:
        """How many have died where they were told."""
        happened = self.diary()
        return sum(happened[f"died {point}"] for point in POINTS)

    def pids(self) -> list[int]:
        """The ids of those who live."""
        return [
            worker.pid for worker in self._workers if worker.pid and worker.is_alive()
        ]

    def kill_one(self) -> None:
        """End somebody as the power does."""
        self._chance.choice(self._workers).kill()

    def diary(self) -> Counter[str]:
        """What happened, and how often: that a fault was never met must be seen."""
        if not self.setup.diary.exists():
            return Counter()
        return Counter(self.setup.diary.read_text().splitlines())

    def said(self) -> str:
        """What the workers said."""
        log = self.setup.diary.with_suffix(".log")
        return log.read_text()[-8000:] if log.exists() else ""


async def prepared(manager: JetStreamContext, ack_wait: float) -> None:
    """A stream and a consumer that waits so long for an acknowledgement, as tests can."""
    await prepare(manager, ROOM)
    if ack_wait:
        await manager.add_consumer(
            STREAM,
            ConsumerConfig(
                name=DURABLE, durable_name=DURABLE, ack_wait=ack_wait, max_deliver=-1,
                max_ack_pending=1024,
            ),
        )  # fmt: skip


class Publisher:
    """A sender with an outbox: it publishes each message until the stream has it."""

    def __init__(self, client: Client) -> None:
        self._manager = client.jetstream()
        self.acknowledged = self.again = 0

    async def send(self, message: Sent, id_: str | None = None) -> None:
        """Publish until there is an acknowledgement."""
        headers = {"Nats-Msg-Id": id_} if id_ else None
        while True:
            try:
                await self._manager.publish(
                    f"counterfoil.events.{message.sender}",
                    message.payload,
                    timeout=1,
                    headers=headers,
                )
            except (NatsError, OSError, TimeoutError):
                self.again += 1
                await asyncio.sleep(0.05)
            else:
                self.acknowledged += 1
                return


async def all_done(
    manager: JetStreamContext,
    crew: Crew,
    seconds: float = 120,
    enough: Callable[[], bool] = lambda: False,
) -> None:
    """Wait until nothing is left to take, or it is *enough*, replacing who dies."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        crew.look_after()
        if enough() or await drained(manager):
            return
        await asyncio.sleep(0.03)
    raise AssertionError(f"not all was taken within {seconds} seconds\n{crew.said()}")


async def drained(manager: JetStreamContext) -> bool:
    """Whether the stream waits for nothing, as far as the broker can be asked."""
    try:
        info = await manager.consumer_info(STREAM, DURABLE)
    except (NatsError, OSError, TimeoutError):
        return False
    return (info.num_ack_pending, info.num_pending) == (0, 0)


def setup_in(folder: Path, server: NatsServer, seed: int, errors: float = 0.0) -> Setup:
    """A worker's setup with its files in a folder."""
    store = f"sqlite:///{folder}/council.db"
    return Setup(store, server.url, folder / "diary", seed, errors=errors)

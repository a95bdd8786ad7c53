"""What the HTTP routes need: who is let in, how much they may, and where it is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from fastapi import FastAPI

from consumers import tokens
from consumers.desk import Desk
from consumers.doorkeeper import Doorkeeper
from consumers.intake import Intake
from consumers.jwts import issuer
from consumers.limits import Limits
from record.clock import Clock
from record.errors import StoreOutOfReach
from record.log import Log
from record.settings import Settings

READERS = 4
"""Threads that ask the store and unpack bodies; one more writes."""
ANSWER_SECONDS = 50.0
"""How long the store may take: less than a proxy waits."""

T = TypeVar("T")


class Door:
    """The door of one log, on the side of HTTP."""

    def __init__(self, log: Log, clock: Clock, settings: Settings, most: int) -> None:
        self.log = log
        self.doorkeeper = Doorkeeper(
            log, clock, tokens.key_file(settings), issuer(settings, clock.now)
        )
        self.limits = Limits(
            settings.sender_events_per_second, settings.sender_events_in_flight
        )
        self.desk = Desk(Intake(log), clock, most)
        self._readers = ThreadPoolExecutor(READERS, "reader")

    async def ask(self, question: Callable[..., T], *values: object) -> T:
        """What *question* returns, asked by a thread of our own. May raise as `in_time`."""
        loop = asyncio.get_running_loop()
        return await self.in_time(loop.run_in_executor(self._readers, question, *values))

    async def in_time(self, answer: asyncio.Future[T]) -> T:
        """The answer. Raises `StoreOutOfReach` where it takes too long."""
        try:
            return await asyncio.wait_for(answer, ANSWER_SECONDS)
        except TimeoutError:
            raise StoreOutOfReach("the store takes too long to answer") from None

    @asynccontextmanager
    async def open(self, _: FastAPI) -> AsyncIterator[None]:
        """Begin to record; at the end, record what was handed in."""
        self.desk.open()
        try:
            yield
        finally:
            await asyncio.to_thread(self.desk.close)
            self._readers.shutdown(cancel_futures=True)

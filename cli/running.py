"""Running: the parts of one process begin together, and stop together."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from record.answers import forget_answers
from record.errors import StoreError

if TYPE_CHECKING:
    from record.clock import Clock
    from record.log import Log
    from watch.follower import Follower

ANSWERS_KEPT = timedelta(days=30)
"""How long a sender may fetch what became of its events."""
TIDY_SECONDS = 3_600.0

log = structlog.get_logger()

Part = Coroutine[Any, Any, None]


def stop_at_signals() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop


async def follow(follower: Follower, stop: asyncio.Event) -> None:
    """Run a follower in a thread of its own until *stop* is set."""
    ended = threading.Event()
    thread = threading.Thread(target=follower.run, args=(ended,), name="follower")
    thread.start()
    await stop.wait()
    ended.set()
    await asyncio.to_thread(thread.join)


async def tidy(source: Log, clock: Clock, stop: asyncio.Event) -> None:
    """Let go, from time to time, of answers that their senders have had long enough to fetch.

    What is let go is a copy: every receipt is kept with its event for ever.
    """
    while not stop.is_set():
        try:
            await asyncio.to_thread(_forget, source, clock.now() - ANSWERS_KEPT)
        except StoreError as error:
            log.warning("answers could not be tidied", reason=str(error))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), TIDY_SECONDS)


def _forget(source: Log, before: datetime) -> None:
    with source.recorder.writing() as ledger:
        forget_answers(ledger, before)


async def together(stop: asyncio.Event, *parts: Part) -> None:
    """Run all parts until *stop* is set; when one fails the others are stopped too.

    Raises what the first of them raised.
    """
    tasks = [asyncio.create_task(part) for part in parts]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    if rest:
        await asyncio.wait(rest)
    log.info("stopped")
    for task in [*done, *rest]:
        task.result()

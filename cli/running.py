"""Running: the parts of one process begin together, and stop together."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from projections.follower import Follower

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

"""Batches of messages that a broker pushes one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Generic, TypeVar

from consumers.delivery import Delivery

One = TypeVar("One", bound=Delivery)


class Gathering(Generic[One]):
    """What has come and waits to be taken, in the order in which it came."""

    def __init__(self, most: int, most_bytes: int, seconds: float) -> None:
        self._most, self._most_bytes, self._seconds = most, most_bytes, seconds
        self._queue: asyncio.Queue[One] = asyncio.Queue()

    def add(self, delivery: One) -> None:
        """Something came."""
        self._queue.put_nowait(delivery)

    async def batch(self) -> Sequence[One]:
        """The next batch: what comes within a moment, bounded in number and in bytes."""
        found = [await self._queue.get()]
        size = len(found[0].payload)
        end = asyncio.get_running_loop().time() + self._seconds
        while len(found) < self._most and size < self._most_bytes:
            left = end - asyncio.get_running_loop().time()
            if self._queue.empty():
                if left <= 0:
                    break
                # Not `wait_for`: what it takes out as the time is up could be lost.
                await asyncio.sleep(min(left, 0.01))
                continue
            found.append(self._queue.get_nowait())
            size += len(found[-1].payload)
        return found

    def left(self) -> Sequence[One]:
        """What nobody took."""
        found = []
        while not self._queue.empty():
            found.append(self._queue.get_nowait())
        return found

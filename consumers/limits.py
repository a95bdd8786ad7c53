"""Limits: no sender takes the door from the others, and memory stays bounded.

A request is refused before its body is read, or taken whole: however large a batch is, it
comes through once the sender's account is above zero, and the account may go below.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

BURST_SECONDS = 10
"""So many seconds' worth of events may come at once."""
MOST_REQUESTS = 64
"""Requests of one sender that are answered at the same time."""
MOST_HELD = 128 << 20
"""Bytes of all bodies that are held at the same time."""


class TooMuch(Exception):
    """A limit is reached; after *seconds* it may be tried again. *whose*: `sender` or `all`."""

    def __init__(self, reason: str, seconds: int, whose: str = "sender") -> None:
        super().__init__(reason)
        self.reason, self.seconds, self.whose = reason, seconds, whose


@dataclass
class _Account:
    """What one sender has left, and what is under way for it."""

    left: float
    at: float
    requests: int = 0
    events: int = 0


class Limits:
    """The accounts of all senders. Used by one thread: that of the event loop."""

    def __init__(
        self,
        per_second: int,
        in_flight: int,
        now: Callable[[], float] = time.monotonic,
        most_held: int = MOST_HELD,
    ) -> None:
        self._per_second, self._in_flight, self._now = per_second, in_flight, now
        self._most_held, self._held = most_held, 0
        self._accounts: dict[str, _Account] = {}

    @contextmanager
    def request(self, sender: str) -> Iterator[Taken]:
        """Take a request of *sender*, which counts as one event until they are counted.

        Raises:
            TooMuch: not now.
        """
        account = self._account(sender)
        if account.left <= 0:
            wait = math.ceil((1 - account.left) / self._per_second)
            raise TooMuch("more events a second than this sender may send", wait)
        if account.requests >= MOST_REQUESTS or account.events >= self._in_flight:
            raise TooMuch("too much of this sender is still being recorded", 1)
        taken = Taken(self, account)
        account.requests += 1
        taken.count(1)
        try:
            yield taken
        finally:
            account.requests -= 1
            taken.give_back()

    def _account(self, sender: str) -> _Account:
        full, now = float(self._per_second * BURST_SECONDS), self._now()
        account = self._accounts.setdefault(sender, _Account(full, now))
        earned = (now - account.at) * self._per_second
        account.left, account.at = min(full, account.left + earned), now
        return account

    def hold(self, size: int) -> None:
        """Make room for *size* bytes of a body. Raises `TooMuch` where there is none."""
        if self._held + size > self._most_held:
            raise TooMuch("too many bodies are being read", 1, "all")
        self._held += size

    def let_go(self, size: int) -> None:
        """Those bytes are no longer held."""
        self._held -= size


class Taken:
    """A request that was taken: what it costs its sender, and what it holds of memory."""

    def __init__(self, limits: Limits, account: _Account) -> None:
        self._limits, self._account = limits, account
        self._events, self._bytes = 0, 0

    def count(self, events: int) -> None:
        """It holds so many events, rather than what was thought before; at least one."""
        more = max(events, 1) - self._events
        self._events += more
        self._account.events += more
        self._account.left -= more

    def hold(self, size: int) -> None:
        """It holds *size* bytes more. Raises `TooMuch` where there is no room for them."""
        self._limits.hold(size)
        self._bytes += size

    def give_back(self) -> None:
        """It is answered: nothing of it is under way or in memory."""
        self._account.events -= self._events
        self._limits.let_go(self._bytes)

"""One message as a broker delivers it, and what can be done with it: the transports' contract."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Protocol

import orjson

from record.arrivals import Receipt

FIRST_DELAY, LONGEST_DELAY = 2.0, 60.0
"""Seconds after which what was given back comes again: doubled each time, up to the longest."""

_CHANCE = random.Random()  # noqa: S311  # spreads retries, hides nothing


class Delivery(Protocol):
    """A message that waits to be acknowledged. It comes again until it is."""

    @property
    def payload(self) -> bytes:
        """The bytes as they were sent."""
        ...

    @property
    def sender(self) -> str:
        """The name under which the broker let the sender in."""
        ...

    @property
    def times(self) -> int:
        """How often it has been delivered, this time included, as the broker counts."""
        ...

    async def ack(self) -> None:
        """Let the broker forget it. Returns once the broker has said so."""
        ...

    async def give_back(self, seconds: float) -> None:
        """Let the broker bring it again, but not before so many seconds."""
        ...

    async def hold(self) -> None:
        """Tell the broker that it is still being worked on."""
        ...

    async def answer(self, receipts: Sequence[Receipt]) -> None:
        """Tell the sender what became of its events, on a subject of its own."""
        ...


def delay(times: int, chance: random.Random = _CHANCE) -> float:
    """Seconds to wait before a message is tried again that was delivered so often.

    Spread by a quarter either way, so that what failed together is not tried together.
    """
    longest: float = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(times - 1, 16))
    return longest * chance.uniform(0.75, 1.25)


def written(receipts: Sequence[Receipt], largest: int) -> Iterator[bytes]:
    """Receipts as they are told, in messages of at most *largest* bytes, in order."""
    each = [orjson.dumps(receipt) for receipt in receipts]
    some: list[bytes] = []
    room = largest
    for one in each:
        if some and len(one) + 1 > room:
            yield _message(some)
            some, room = [], largest
        if not some:
            room -= len(_message([]))
        some.append(one)
        room -= len(one) + 1
    yield _message(some)


def _message(some: Sequence[bytes]) -> bytes:
    return b'{"receipts":[' + b",".join(some) + b"]}"

"""An outbox: each event is kept until Counterfoil's receipt for it has come.

How an event travels is no matter here: `deliver` is given a function that sends a message of
several events and returns their receipts. `publisher.py` has two, for HTTP and for NATS.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

BATCH = 500
"""Events in one message, at most."""
FIRST_DELAY, LONGEST_DELAY = 1.0, 300.0
DONE = ("recorded", "duplicate")

Receipts = list[dict[str, Any]]
Send = Callable[[list[bytes]], Receipts]


class TooLarge(Exception):
    """The message is larger than the other side takes; fewer events may pass."""


class TryLater(Exception):
    """There is no whole answer. Send the same again, after so many seconds at least."""

    def __init__(self, why: str, seconds: float = 0.0) -> None:
        super().__init__(why)
        self.seconds = seconds


class Refused(Exception):
    """Sending the same again is of no use: a person must look at the address or secret."""


class Outbox:
    """Events that wait for their receipt, and those whose receipt a person should see."""

    def __init__(self, path: str) -> None:
        self.store = sqlite3.connect(path)
        self.store.execute(
            "CREATE TABLE IF NOT EXISTS outbox (number INTEGER PRIMARY KEY AUTOINCREMENT,"
            " event BLOB NOT NULL, status TEXT, reason TEXT)"
        )

    def add(self, events: Iterable[bytes]) -> None:
        """Keep events, each as the bytes in which it will travel: on one line.

        They are safe on disk when this returns, all of them or none.
        """
        with self.store:
            rows = ((event.strip(),) for event in events)
            self.store.executemany("INSERT INTO outbox (event) VALUES (?)", rows)

    def waiting(self, most: int) -> list[tuple[int, bytes]]:
        """The oldest events without a receipt, with their numbers."""
        return self.store.execute(
            "SELECT number, event FROM outbox WHERE status IS NULL ORDER BY number LIMIT ?",
            (most,),
        ).fetchall()

    def settle(self, answered: Iterable[tuple[int, dict[str, Any]]]) -> None:
        """Let go of what Counterfoil has; keep the rest for a person to look at."""
        with self.store:
            for number, receipt in answered:
                if receipt["status"] in DONE:
                    self.store.execute("DELETE FROM outbox WHERE number = ?", (number,))
                else:
                    self.store.execute(
                        "UPDATE outbox SET status = ?, reason = ? WHERE number = ?",
                        (receipt["status"], receipt.get("reason"), number),
                    )

    def to_look_at(self) -> list[tuple[int, str, str | None]]:
        """Number, status and reason of what was answered, but not recorded."""
        return self.store.execute(
            "SELECT number, status, reason FROM outbox WHERE status IS NOT NULL"
        ).fetchall()


def deliver(
    outbox: Outbox, send: Send, sleep: Callable[[float], object] = time.sleep
) -> None:
    """Send until every event has its receipt. Raises `Refused`."""
    most, delay = BATCH, FIRST_DELAY
    while waiting := outbox.waiting(most):
        numbers = [number for number, _ in waiting]
        events = [event for _, event in waiting]
        try:
            receipts = send(events)
            if not fits(receipts, events):
                raise TryLater("the answer does not fit what was sent")
        except TooLarge:
            most = max(1, len(events) // 2)
            if len(events) == 1:
                alone = {"status": "too large", "reason": "refused even when sent alone"}
                outbox.settle([(numbers[0], alone)])
        except TryLater as later:
            # A little chance, so that senders who failed together do not return together.
            wait = max(later.seconds, delay * random.uniform(0.5, 1.0))  # noqa: S311  # no secret
            print(f"{later}; again in {wait:.0f} seconds", file=sys.stderr)
            sleep(wait)
            delay = min(2 * delay, LONGEST_DELAY)
        else:
            outbox.settle(zip(numbers, receipts, strict=True))
            delay = FIRST_DELAY


def fits(receipts: Receipts, events: list[bytes]) -> bool:
    """Whether these are the receipts of these events, one each, in order."""
    return len(receipts) == len(events) and all(
        receipt.get("id") in (None, _id(event))
        for receipt, event in zip(receipts, events, strict=True)
    )


def _id(event: bytes) -> object:
    try:
        return json.loads(event)["id"]
    except (ValueError, LookupError, TypeError):
        return None

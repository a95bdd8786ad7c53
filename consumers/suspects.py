"""Messages that came back too often: tried alone, counted by ourselves, set aside in the end.

A broker's count also grows while the store is away, so it only makes a message suspect. What
convicts is our own count: an attempt is written down before it begins, in a transaction of
its own, so one that takes the worker down with it is counted all the same. An attempt that
ends because the store is away is taken back: nobody's message is set aside for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256

from consumers.delivery import Delivery
from consumers.intake import Intake
from consumers.messages import unreadable
from record.arrivals import Arrival, Receipt
from record.attempts import begin_attempt, end_attempts, take_back_attempt
from record.clock import Clock
from record.errors import StoreError

SUSPECT_AFTER = 5
"""Deliveries after which a message is tried alone."""

MOST_ATTEMPTS = 3
"""Attempts without an end, after which a message is set aside unread."""

REASON = f"reading it was begun {MOST_ATTEMPTS} times and never ended"

Read = Callable[[Delivery], Sequence[Arrival]]


def suspect(delivery: Delivery) -> bool:
    """Whether a delivery should be tried alone."""
    return delivery.times > SUSPECT_AFTER


class Suspects:
    """Tries suspect messages, one at a time."""

    def __init__(self, intake: Intake, clock: Clock, read: Read) -> None:
        self._intake, self._clock, self._read = intake, clock, read
        self._owed: Counter[bytes] = Counter()

    def attempt(self, delivery: Delivery) -> list[Receipt]:
        """Read and record one message, or set it aside; its receipts.

        Raises:
            StoreOutOfReach: nothing was recorded, and the attempt does not count.
        """
        name = sha256(delivery.sender.encode() + b"\n" + delivery.payload).digest()
        with self._intake.log.recorder.writing() as ledger:
            begun = begin_attempt(ledger, name)
            for _ in range(self._owed[name]):
                begun = take_back_attempt(ledger, name)
        del self._owed[name]
        try:
            arrivals = (
                [self._set_aside(delivery)]
                if begun > MOST_ATTEMPTS
                else self._read(delivery)
            )
            receipts = self._intake.receive(arrivals, self._clock)
            with self._intake.log.recorder.writing() as ledger:
                end_attempts(ledger, name)
        except StoreError:
            self._take_back(name)
            raise
        return receipts

    def _set_aside(self, delivery: Delivery) -> Arrival:
        return replace(unreadable(delivery.payload, REASON), sender=delivery.sender)

    def _take_back(self, name: bytes) -> None:
        """Uncount an attempt; where that cannot be written either, before the next one."""
        try:
            with self._intake.log.recorder.writing() as ledger:
                take_back_attempt(ledger, name)
        except StoreError:
            self._owed[name] += 1

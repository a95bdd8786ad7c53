"""The desk: what several senders hand in at the same time is recorded in one transaction.

One thread takes what has queued up while it was writing, commits once, and gives each its
own receipts. Nobody waits for others to come: a commit costs the same for one as for many.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue

import structlog

from consumers.intake import Intake
from consumers.messages import read_event
from record.arrivals import Arrival, Receipt
from record.clock import Clock
from record.errors import StoreError, StoreOutOfReach
from record.senders import Sender

MOST_EVENTS = 2_000
"""Events at which a transaction is not made larger. A single request may hold more."""

Item = bytes | Arrival

logger = structlog.get_logger()


@dataclass
class _Handed:
    """What one request handed in, and the receipts it waits for."""

    items: Sequence[Item]
    sender: Sender
    receipts: Future[list[Receipt]] = field(default_factory=Future)

    def read(self) -> list[Arrival]:
        return [
            read_event(item, self.sender)
            if isinstance(item, bytes)
            else replace(item, sender=self.sender.name)
            for item in self.items
        ]


class Desk:
    """The one writer of what comes by HTTP. With *most* 1 every request is alone."""

    def __init__(self, intake: Intake, clock: Clock, most: int = MOST_EVENTS) -> None:
        self._intake, self._clock, self._most = intake, clock, most
        self._queue: SimpleQueue[_Handed | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Begin to record."""
        self._thread = threading.Thread(target=self._work, name="desk", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Record what was handed in, then stop."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._queue.put(None)
        if thread is not None:
            thread.join()

    def hand_in(self, items: Sequence[Item], sender: Sender) -> Future[list[Receipt]]:
        """The receipts of *items*, in their order, once they are committed.

        Cancelled before its turn, nothing of it is recorded. The future may raise:
            StoreOutOfReach: nothing was recorded, or it is not known; send it again.
        """
        handed = _Handed(items, sender)
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                raise StoreOutOfReach("the intake has stopped")
            self._queue.put(handed)
        return handed.receipts

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            self._record(self._with_others(first))

    def _with_others(self, first: _Handed) -> list[_Handed]:
        """The next request and those that have queued up behind it, in order."""
        group, events = [first], len(first.items)
        while events < self._most:
            try:
                following = self._queue.get_nowait()
            except Empty:
                break
            if following is None:
                self._queue.put(None)
                break
            group.append(following)
            events += len(following.items)
        return [each for each in group if each.receipts.set_running_or_notify_cancel()]

    def _record(self, group: list[_Handed]) -> None:
        try:
            receipts = self._receive(group)
        except StoreError as error:
            logger.warning("store", error=type(error).__name__, requests=len(group))
            _fail(group, error)
        except Exception as error:
            # What only one of them caused must not be the others' failure.
            if len(group) > 1:
                for each in group:
                    self._record([each])
                return
            logger.error("could not be recorded", error=type(error).__name__)
            _fail(group, error)
        else:
            for each, its in zip(group, receipts, strict=True):
                each.receipts.set_result(its)
            _log(group, receipts)

    def _receive(self, group: list[_Handed]) -> list[list[Receipt]]:
        """The receipts of each, in one transaction."""
        read = [each.read() for each in group]
        given = iter(
            self._intake.receive([item for items in read for item in items], self._clock)
        )
        return [[next(given) for _ in items] for items in read]


def _fail(group: list[_Handed], error: Exception) -> None:
    for each in group:
        each.receipts.set_exception(error)


def _log(group: list[_Handed], receipts: list[list[Receipt]]) -> None:
    """One line a sender: what became of how many."""
    counts: dict[str, Counter[str]] = {}
    for each, its in zip(group, receipts, strict=True):
        told = counts.setdefault(each.sender.name, Counter())
        told.update(receipt.status for receipt in its)
        told["requests"] += 1
    for sender, told in counts.items():
        logger.info("batch recorded", door="http", sender=sender, **told)

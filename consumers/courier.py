"""What becomes of a batch of messages, whichever broker brought it.

At least once in, once recorded: a message is acknowledged only after its events and their
receipts are committed, and its sender is told only then. Whatever goes wrong, the message
is given back, later each time; none is ever rejected or dropped.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from traceback import extract_tb

import structlog

from consumers.batches import split
from consumers.delivery import Delivery, delay
from consumers.intake import Intake
from consumers.messages import UNKNOWN, read_event
from consumers.senders import KnownSenders
from consumers.suspects import Suspects, suspect
from record.arrivals import Arrival, NotTheirs, Receipt
from record.clock import Clock
from record.errors import StoreError
from record.senders import Sender

HOLD_SECONDS = 10.0
"""How often the broker is told that a batch is still being worked on."""

NOT_IN_FORCE = "this sender's credential is not in force"

log = structlog.get_logger()


@dataclass
class _Batch:
    """A batch, read: what each message holds, and those that need more care."""

    messages: list[tuple[Delivery, Sequence[Arrival]]] = field(default_factory=list)
    suspects: list[Delivery] = field(default_factory=list)
    failed: list[Delivery] = field(default_factory=list)
    error: Exception | None = None


class Courier:
    """Brings what brokers deliver to an intake. While a batch is recorded, the next is read."""

    def __init__(self, intake: Intake, clock: Clock) -> None:
        self.intake = intake
        self.clock = clock
        self.senders = KnownSenders(intake.log, clock)
        self.suspects = Suspects(intake, clock, self.read)
        self._recording: asyncio.Task[None] | None = None

    async def take(self, batch: Sequence[Delivery]) -> None:
        """Read a batch and begin to record it, once the one before is recorded."""
        holding = asyncio.create_task(_hold(batch))
        try:
            read = await asyncio.to_thread(self._read_all, batch)
            await self.settle()
        except StoreError as error:
            holding.cancel()
            await _give_back(batch, error)
            return
        except BaseException:
            holding.cancel()
            raise
        self._recording = asyncio.create_task(self._finish(read, holding))
        if read.suspects:
            # While one of these is tried nothing else is read: what takes the worker down
            # meanwhile would be held against it.
            await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is being recorded."""
        if self._recording is not None:
            await self._recording

    def read(self, delivery: Delivery) -> Sequence[Arrival]:
        """The events of one message, as its sender may say them."""
        sender = self.senders.of(delivery.sender)
        if sender is not None:
            return [read_event(raw, sender) for raw in split(delivery.payload)]
        nobody = Sender(delivery.sender, frozenset())
        return [
            _refused(read_event(raw, nobody), nobody.name)
            for raw in split(delivery.payload)
        ]

    def _read_all(self, batch: Sequence[Delivery]) -> _Batch:
        read = _Batch()
        for delivery in batch:
            if suspect(delivery):
                read.suspects.append(delivery)
                continue
            try:
                read.messages.append((delivery, self.read(delivery)))
            except StoreError:
                raise
            except Exception as error:
                read.failed.append(delivery)
                read.error = error
        return read

    async def _finish(self, read: _Batch, holding: asyncio.Task[None]) -> None:
        try:
            if read.error is not None:
                await _give_back(read.failed, read.error)
            if read.messages:
                await self._record(read.messages)
            for delivery in read.suspects:
                await self._try_alone(delivery)
        finally:
            holding.cancel()

    async def _record(
        self, messages: Sequence[tuple[Delivery, Sequence[Arrival]]]
    ) -> None:
        """Record all messages in one transaction, acknowledge them, tell their senders."""
        deliveries = [delivery for delivery, _ in messages]
        arrivals = [arrival for _, read in messages for arrival in read]
        try:
            receipts = await asyncio.to_thread(self.intake.receive, arrivals, self.clock)
        except Exception as error:
            await _give_back(deliveries, error)
            return
        given = iter(receipts)
        await _done(
            [(delivery, [next(given) for _ in read]) for delivery, read in messages]
        )

    async def _try_alone(self, delivery: Delivery) -> None:
        try:
            receipts = await asyncio.to_thread(self.suspects.attempt, delivery)
        except Exception as error:
            await _give_back([delivery], error)
            return
        await _done([(delivery, receipts)])


def _refused(arrival: Arrival, sender: str) -> Arrival:
    """Of a sender who may say nothing even what cannot be read is refused, and not kept."""
    if isinstance(arrival, NotTheirs):
        return arrival
    source, id_ = getattr(arrival, "source", None), getattr(arrival, "id", None)
    return NotTheirs(source or "", UNKNOWN, NOT_IN_FORCE, id_, sender)


async def _done(messages: Sequence[tuple[Delivery, Sequence[Receipt]]]) -> None:
    """Acknowledge what is recorded, then tell the senders; say so in one line."""
    unacknowledged = await _each(delivery.ack() for delivery, _ in messages)
    untold = await _each(delivery.answer(given) for delivery, given in messages)
    statuses = (receipt.status for _, given in messages for receipt in given)
    counts: Counter[str] = Counter(statuses)
    more = {"unacknowledged": unacknowledged} if unacknowledged else {}
    more |= {"untold": untold} if untold else {}
    log.info("batch recorded", messages=len(messages), **counts, **more)


async def _give_back(deliveries: Sequence[Delivery], error: Exception) -> None:
    """Let messages come again, later each time. The log names no contents."""
    if isinstance(error, StoreError):
        log.warning("store out of reach", messages=len(deliveries), reason=str(error))
    else:
        frame = extract_tb(error.__traceback__)[-1]
        log.error(
            "messages could not be handled",
            messages=len(deliveries),
            error=type(error).__name__,
            at=f"{Path(frame.filename).name}:{frame.lineno}",
        )
    await _each(delivery.give_back(delay(delivery.times)) for delivery in deliveries)


async def _hold(deliveries: Sequence[Delivery]) -> None:
    """Keep the broker from bringing messages again that are being worked on."""
    while True:
        await asyncio.sleep(HOLD_SECONDS)
        await _each(delivery.hold() for delivery in deliveries)


async def _each(things: Iterable[Awaitable[None]]) -> int:
    """Do all at once; how many failed. What a broker was not told it brings again."""
    done = await asyncio.gather(*things, return_exceptions=True)
    return sum(isinstance(one, BaseException) for one in done)

"""Workers that cheat, each in one way: the matrix must see every one of them.

A judge that lets one pass would let it pass in the product as well. Another is added as a
function that is given the worker's log, under its name in `MUTANTS`: also one that concerns
another store, to whose address `Setup.store` can be set.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import consumers.courier as courier_room
import consumers.nats as nats_room
from consumers.courier import Courier
from record import kept
from record.arrivals import Statement
from record.ledger import Ledger
from record.log import Log
from record.senders import Sender

Mutant = Callable[[Log], None]


def random_receipt_id(_: Log) -> None:
    """A receipt is filed under a name of its own, so nothing is ever found again."""
    file_receipts = Ledger.file_receipts

    def under_another(self: Ledger, rows: Any) -> None:
        file_receipts(self, [(row[0], str(uuid4()), *row[2:]) for row in rows])

    Ledger.file_receipts = under_another  # type: ignore[method-assign]


def default_ack_policy(_: Log) -> None:
    """FastStream's own policy: acknowledged when the handler returns, rejected when it fails."""
    from faststream.nats import NatsBroker

    subscriber = NatsBroker.subscriber

    def by_default(self: Any, *args: Any, ack_policy: Any = None, **more: Any) -> Any:
        return subscriber(self, *args, **more)

    NatsBroker.subscriber = by_default  # type: ignore[method-assign,assignment]


def ack_before_commit(_: Log) -> None:
    """A batch is acknowledged, then recorded."""
    record = Courier._record

    async def acknowledged_first(self: Courier, messages: Any) -> None:
        await asyncio.gather(*(delivery.ack() for delivery, _ in messages))
        await record(self, messages)

    Courier._record = acknowledged_first  # type: ignore[method-assign]


def receipt_in_a_second_transaction(log: Log) -> None:
    """Events are committed first, and then their receipts."""
    writing, file_receipts = log.recorder.writing, Ledger.file_receipts
    later: list[Any] = []

    @contextmanager
    def in_two() -> Iterator[Any]:
        with writing() as ledger:
            yield ledger
        if later:
            rows = [*later]
            later.clear()
            with writing() as ledger:
                file_receipts(ledger, rows)

    Ledger.file_receipts = lambda _, rows: later.extend(rows)  # type: ignore[method-assign]
    log.recorder.writing = in_two


def skip_on_error(_: Log) -> None:
    """What cannot be handled is acknowledged, so that the rest goes on."""

    async def skipped(deliveries: Any, error: Exception) -> None:
        await asyncio.gather(*(delivery.ack() for delivery in deliveries))

    courier_room._give_back = skipped


def reject_on_error(_: Log) -> None:
    """What cannot be handled is rejected for good."""

    async def rejected(self: Any, seconds: float) -> None:
        await self._message.term()

    nats_room.NatsDelivery.give_back = rejected  # type: ignore[method-assign]


def sender_from_the_body(_: Log) -> None:
    """A message is believed to come from whom it says."""
    read_event = courier_room.read_event

    def believed(raw: bytes, sender: Sender) -> Any:
        arrival = read_event(raw)
        if isinstance(arrival, Statement):
            return replace(arrival, sender=sender.name)
        return read_event(raw, sender)

    courier_room.read_event = believed  # type: ignore[assignment]


def drop_what_cannot_be_read(_: Log) -> None:
    """What cannot be read is answered, and not kept."""
    kept.quarantine = lambda *_: None


def overwrite_a_conflict(_: Log) -> None:
    """A second content under one name is taken for the same."""
    kept.keep_conflict = lambda *_: None


MUTANTS: dict[str, Mutant] = {
    "random receipt id": random_receipt_id,
    "default ack policy": default_ack_policy,
    "ack before commit": ack_before_commit,
    "receipt in a second transaction": receipt_in_a_second_transaction,
    "skip on error": skip_on_error,
    "reject on error": reject_on_error,
    "sender from the body": sender_from_the_body,
    "drop what cannot be read": drop_what_cannot_be_read,
    "overwrite a conflict": overwrite_a_conflict,
}

"""One message of a RabbitMQ queue, as the courier sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aio_pika.exceptions import AMQPError, MessageProcessError
from pamqp.commands import Basic

from consumers.delivery import written
from consumers.senders import NAME
from record.arrivals import Receipt

if TYPE_CHECKING:
    from aio_pika import IncomingMessage

EVENTS, RECEIPTS = "events.", "receipts."
LARGEST_ANSWER = 1 << 20
COUNT = "x-delivery-count"
"""The header in which a quorum queue counts how often a message came back."""

Tell = Callable[[str, bytes], Awaitable[None]]
"""Publishes under a routing key."""


class RabbitDelivery:
    """A message of the queue. Its sender is who may publish under its routing key."""

    def __init__(self, message: IncomingMessage, tell: Tell) -> None:
        self._message, self._tell = message, tell
        self._returning: asyncio.Task[None] | None = None
        self.payload = message.body
        self.times = 1 + _count(message.headers.get(COUNT))
        self.sender = (message.routing_key or "").removeprefix(EVENTS)
        self.tag = message.delivery_tag or 0

    async def ack(self) -> None:
        """Let the queue forget it. AMQP knows no answer to that: it is sent, at least."""
        await self._message.ack()

    async def give_back(self, seconds: float) -> None:
        """Keep it for so long, for the queue knows no delay, and then give it back."""
        self._returning = asyncio.create_task(self._later(seconds))

    async def give_back_now(self) -> None:
        """Give it back at once, unless it was acknowledged."""
        if self._returning is not None:
            self._returning.cancel()
        if not self._message.processed:
            with suppress(AMQPError, MessageProcessError, OSError, RuntimeError):
                await self._message.nack(requeue=True)

    async def hold(self) -> None:
        """Nothing: the queue waits for half an hour."""

    async def answer(self, receipts: Sequence[Receipt]) -> None:
        """Publish the receipts where their sender alone may listen."""
        if not NAME.fullmatch(self.sender):
            return
        for body in written(receipts, LARGEST_ANSWER):
            await self._tell(f"{RECEIPTS}{self.sender}", body)

    @property
    def ended(self) -> bool:
        """Whether the queue has it back, or has forgotten it."""
        return bool(self._message.processed)

    async def _later(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._returning = None
        await self.give_back_now()


def _count(said: Any) -> int:
    """How often a message came back. Anybody can write a header, also nonsense."""
    return said if isinstance(said, int) and 0 <= said < 1 << 31 else 0


_unmarshal = Basic.Properties.unmarshal


def _unmarshal_safely(self: Basic.Properties, flags: int, data: bytes) -> None:
    with suppress(Exception):
        _unmarshal(self, flags, data)


def read_properties_safely() -> None:
    """Let a property that cannot be read be no property, in this process.

    A time after the year 9999, or a header's name that is no text, would else end the
    connection, and with it the intake of everybody, again and again: it is read before the
    message is anyone's, so it could not even be set aside.
    """
    Basic.Properties.unmarshal = _unmarshal_safely  # type: ignore[method-assign,assignment]

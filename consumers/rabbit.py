"""The way to RabbitMQ: a quorum queue, acknowledged by hand after the commit."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import structlog
from aio_pika import IncomingMessage
from aio_pika.exceptions import AMQPError
from faststream import AckPolicy
from faststream.rabbit import (
    Channel,
    ExchangeType,
    QueueType,
    RabbitBroker,
    RabbitExchange,
    RabbitMessage,
    RabbitQueue,
)
from faststream.security import BaseSecurity, SASLPlaintext

from consumers.access import Access, BrokerTrouble, unless
from consumers.courier import Courier
from consumers.gathering import Gathering
from consumers.rabbit_delivery import EVENTS, RabbitDelivery, read_properties_safely

EXCHANGE, QUEUE = "counterfoil", "counterfoil.events"
BATCH, BATCH_BYTES, WAIT_SECONDS = 128, 4 << 20, 0.05
PREFETCH = 256
"""Messages that are out at once: one batch that is recorded, and one that is read."""

CONNECT_SECONDS = 15.0
LEAVE_SECONDS = 5.0

DELIVERY_LIMIT = 1_000_000
"""How often the queue brings a message again: in effect without end, since it then drops it.

RabbitMQ 4 stops at 20 unless told otherwise, which an outage of a quarter of an hour would
reach. The -1 that means "no limit" there means 0 to RabbitMQ 3; this means the same to both.
"""

log = structlog.get_logger()


def exchange() -> RabbitExchange:
    """The topic exchange to which senders publish, and we our receipts."""
    return RabbitExchange(EXCHANGE, type=ExchangeType.TOPIC, durable=True)


def queue(most_bytes: int) -> RabbitQueue:
    """The queue of events: on a majority's disks, and full rather than forgetful."""
    return RabbitQueue(
        QUEUE,
        queue_type=QueueType.QUORUM,
        durable=True,
        routing_key=f"{EVENTS}*",
        arguments={
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-max-length-bytes": most_bytes,
            "x-overflow": "reject-publish",
        },
    )


async def _as_it_came(message: RabbitMessage) -> IncomingMessage:
    """Leave the bytes alone: what cannot be read must reach our quarantine."""
    return message.raw_message


class Rabbit:
    """Carries from a RabbitMQ server."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.ready = False
        read_properties_safely()

    async def carry(self, courier: Courier, stop: asyncio.Event) -> None:
        """Carry until *stop* is set. Raises `BrokerTrouble` where it cannot go on."""
        lost = asyncio.Event()
        broker = self._broker(lost)
        gathered: Gathering[RabbitDelivery] = Gathering(BATCH, BATCH_BYTES, WAIT_SECONDS)
        self.subscribe(broker, gathered)
        taking: asyncio.Task[None] | None = None
        out: list[RabbitDelivery] = []
        try:
            begun = asyncio.wait_for(broker.start(), CONNECT_SECONDS)
            if not await unless(stop, asyncio.ensure_future(begun)):
                return
            self.ready = True
            log.info("broker ready", queue=QUEUE)
            taking = asyncio.create_task(self._take(courier, gathered, out))
            if await unless(stop, asyncio.create_task(_either(lost, taking))):
                raise BrokerTrouble("the connection was lost")
        except (AMQPError, OSError, TimeoutError) as error:
            raise BrokerTrouble(_plain(error)) from None
        finally:
            self.ready = False
            if taking is not None:
                taking.cancel()
                await asyncio.gather(taking, return_exceptions=True)
            await courier.settle()
            for delivery in [*out, *gathered.left()]:
                await delivery.give_back_now()
            with suppress(AMQPError, OSError, TimeoutError, RuntimeError):
                await asyncio.wait_for(broker.stop(), LEAVE_SECONDS)

    def subscribe(
        self, broker: RabbitBroker, gathered: Gathering[RabbitDelivery]
    ) -> None:
        """Have every message of the queue gathered, and none acknowledged by the library."""

        async def tell(key: str, body: bytes) -> None:
            await broker.publish(
                body, exchange=exchange(), routing_key=key, persist=True, mandatory=False
            )

        @broker.subscriber(
            queue(self.access.stream_bytes),
            exchange(),
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            decoder=_as_it_came,
        )
        async def on_message(message: IncomingMessage) -> None:
            gathered.add(RabbitDelivery(message, tell))

    async def _take(
        self,
        courier: Courier,
        gathered: Gathering[RabbitDelivery],
        out: list[RabbitDelivery],
    ) -> None:
        """Take batch after batch; *out* holds what the queue does not have back."""
        while True:
            batch = sorted(await gathered.batch(), key=lambda one: one.tag)
            out[:] = [*(one for one in out if not one.ended), *batch]
            await courier.take(batch)

    def _broker(self, lost: asyncio.Event) -> RabbitBroker:
        def on_close(*_: Any) -> None:
            lost.set()

        tls = self.access.tls()
        security = (
            SASLPlaintext(self.access.user, self.access.password or "", ssl_context=tls)
            if self.access.user
            else BaseSecurity(ssl_context=tls)
        )
        return RabbitBroker(
            self.access.url,
            security=security,
            on_close=[on_close],
            default_channel=Channel(prefetch_count=PREFETCH, publisher_confirms=True),
            apply_types=False,
            logger=None,
        )


async def _either(lost: asyncio.Event, taking: asyncio.Task[None]) -> None:
    """Wait until the connection is lost, or what takes from it has failed."""
    waiting = asyncio.create_task(lost.wait())
    try:
        await asyncio.wait((waiting, taking), return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    if taking.done():
        taking.result()


def _plain(error: BaseException) -> str:
    """What a broker said, or that it said nothing."""
    return str(error) or "it does not answer"

"""A NATS JetStream courier: pulls batches in order, and acknowledges after the commit.

The broker carries, the log keeps: a message is acknowledged, and that acknowledgement
awaited, only when its events have their receipts. While the store is out of reach the
messages go back with a delay; nothing is ever rejected for good.
"""

from __future__ import annotations

import asyncio

import structlog
from faststream import AckPolicy, FastStream
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.message import NatsBatchMessage
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import DiscardPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from consumers.batches import split
from consumers.intake import Intake
from record.arrivals import Receipt
from record.clock import Clock
from record.errors import StoreOutOfReach

STREAM = "COUNTERFOIL"
SUBJECTS = "counterfoil.events.>"
DURABLE = "counterfoil-intake"
BATCH = 256
WAIT_SECONDS = 0.5
RETRY_SECONDS = 2.0
CONNECT_SECONDS = 10.0

log = structlog.get_logger()


async def _as_it_came(batch: NatsBatchMessage) -> list[Msg]:
    """Leave the bytes alone: what cannot be read must reach our quarantine."""
    return batch.raw_message


class BrokerOutOfReach(Exception):
    """The broker did not answer when the intake began."""


class Courier:
    """Brings what the stream holds to an intake."""

    def __init__(self, intake: Intake, clock: Clock) -> None:
        self.intake = intake
        self.clock = clock

    async def handle(self, messages: list[Msg]) -> None:
        """Record a batch, then acknowledge it; give it back if the store is away."""
        events = [event for message in messages for event in split(message.data)]
        try:
            receipts = await asyncio.to_thread(self.intake.receive, events, self.clock)
        except StoreOutOfReach as error:
            log.warning("store out of reach", messages=len(messages), reason=str(error))
            for message in messages:
                await message.nak(delay=RETRY_SECONDS)
            return
        for message in messages:
            await message.ack_sync()
        log.info("batch recorded", messages=len(messages), **_counts(receipts))


def _counts(receipts: list[Receipt]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for receipt in receipts:
        counts[receipt.status] = counts.get(receipt.status, 0) + 1
    return counts


async def make_stream(broker: NatsBroker) -> None:
    """Make our stream if there is none; one that is there is left as it is."""
    try:
        connection = await asyncio.wait_for(broker.connect(), CONNECT_SECONDS)
    except (TimeoutError, OSError, NatsError):
        raise BrokerOutOfReach("the broker does not answer") from None
    manager = connection.jetstream()
    try:
        await manager.stream_info(STREAM)
    except NotFoundError:
        await manager.add_stream(
            StreamConfig(
                name=STREAM,
                subjects=[SUBJECTS],
                storage=StorageType.FILE,
                discard=DiscardPolicy.NEW,
                deny_delete=True,
            )
        )


def courier_app(url: str, intake: Intake, clock: Clock) -> FastStream:
    """The application that runs until it is stopped, and finishes its batch first."""
    broker = NatsBroker(
        url, apply_types=False, logger=None, allow_reconnect=True, connect_timeout=5
    )
    courier = Courier(intake, clock)

    @broker.subscriber(
        SUBJECTS,
        stream=JStream(STREAM, declare=False),
        durable=DURABLE,
        pull_sub=PullSub(batch_size=BATCH, timeout=WAIT_SECONDS, batch=True),
        ack_policy=AckPolicy.MANUAL,
        no_reply=True,
        decoder=_as_it_came,
    )
    async def on_batch(messages: list[Msg]) -> None:
        await courier.handle(messages)

    app = FastStream(broker, logger=None)

    @app.on_startup
    async def prepare() -> None:
        await make_stream(broker)

    return app

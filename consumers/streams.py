"""The stream and its consumer on a NATS server: made if missing, looked over if there.

What is there is never rewritten: a setting that could lose a fact is named, and nothing is
taken from the stream until a person has changed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import structlog
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    ConsumerInfo,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
    StreamInfo,
)
from nats.js.errors import APIError, NotFoundError

from consumers.access import BrokerTrouble

if TYPE_CHECKING:
    from nats.js import JetStreamContext

STREAM = "COUNTERFOIL"
EVENTS = "counterfoil.events."
RECEIPTS = "counterfoil.receipts."
DURABLE = "counterfoil-intake"
ACK_WAIT = 30.0
MAX_ACK_PENDING = 1024
"""Messages that are out at once, of all workers together."""

KEPT_SECONDS = 30 * 86_400.0
"""How long the stream keeps what it has brought, so that it can be brought again."""

NO_ROOM = 10047
"""JetStream's code for a stream that its storage has no room for."""

NEARLY_FULL = 0.8
"""The share of a stream's bytes from which on it is said how full it is."""

log = structlog.get_logger()


async def prepare(manager: JetStreamContext, stream_bytes: int) -> None:
    """Make stream and consumer where they are missing; look them over where not.

    Raises:
        BrokerTrouble: they cannot be made, or a setting of theirs could lose a fact.
    """
    stream = await _stream(manager, stream_bytes)
    consumer = await _consumer(manager)
    found = [*unsafe_stream(stream.config), *unsafe_consumer(consumer.config)]
    if found:
        raise BrokerTrouble(f"unsafe settings on the broker: {'; '.join(found)}")
    if (ahead := behind_its_consumer(stream, consumer)) is not None:
        raise BrokerTrouble(ahead)


async def _stream(manager: JetStreamContext, stream_bytes: int) -> StreamInfo:
    try:
        return await manager.stream_info(STREAM)
    except NotFoundError:
        pass
    wanted = StreamConfig(
        name=STREAM,
        subjects=[f"{EVENTS}*"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        max_bytes=stream_bytes,
        max_age=KEPT_SECONDS,
        deny_delete=True,
        deny_purge=True,
    )
    try:
        made = await manager.add_stream(wanted)
    except APIError as error:
        if error.err_code == NO_ROOM:
            raise BrokerTrouble(
                f"the broker has no room for a stream of {stream_bytes} bytes:"
                " give its JetStream more, or set COUNTERFOIL_BROKER_STREAM_BYTES"
            ) from None
        raise
    log.warning("stream was missing and is made", stream=STREAM, bytes=stream_bytes)
    return made


async def _consumer(manager: JetStreamContext) -> ConsumerInfo:
    try:
        found: ConsumerInfo = await manager.consumer_info(STREAM, DURABLE)
    except NotFoundError:
        pass
    else:
        return found
    wanted = ConsumerConfig(
        name=DURABLE,
        durable_name=DURABLE,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT,
        max_deliver=-1,
        max_ack_pending=MAX_ACK_PENDING,
    )
    log.warning("consumer was missing and is made", stream=STREAM, consumer=DURABLE)
    made: ConsumerInfo = await manager.add_consumer(STREAM, wanted)
    return made


async def fullness(manager: JetStreamContext) -> None:
    """Say so where a stream will soon take nothing more from anybody."""
    stream = await manager.stream_info(STREAM)
    most = stream.config.max_bytes or -1
    if most > 0 and stream.state.bytes > NEARLY_FULL * most:
        share = round(stream.state.bytes / most, 2)
        log.error("stream is nearly full", stream=STREAM, share=share, max_bytes=most)


def unsafe_stream(config: StreamConfig) -> Iterator[str]:
    """The settings of a stream by which a fact could be lost, in clear words."""
    if config.storage != StorageType.FILE:
        yield f"stream {STREAM} is not kept in files, so a restart forgets what waits"
    if config.discard != DiscardPolicy.NEW:
        yield f"stream {STREAM} discards what is old when it is full; set discard to new"
    if config.retention != RetentionPolicy.LIMITS:
        yield (
            f"stream {STREAM} has the retention {config.retention},"
            " which deletes what could have to be brought again; make it anew with limits"
        )
    if config.no_ack:
        yield f"stream {STREAM} does not acknowledge what it is sent"
    if 0 < (config.max_age or 0) < 86_400:
        yield f"stream {STREAM} forgets what is a day old, taken or not"
    if config.max_msgs_per_subject > 0 and not config.discard_new_per_subject:
        yield f"stream {STREAM} keeps so many messages a sender, and drops older ones"


def unsafe_consumer(config: ConsumerConfig) -> Iterator[str]:
    """The settings of a consumer by which a fact could be lost or hidden."""
    if config.ack_policy != AckPolicy.EXPLICIT:
        yield f"consumer {DURABLE} is not acknowledged message by message"
    if (config.max_deliver or -1) > 0:
        yield (
            f"consumer {DURABLE} gives up a message after {config.max_deliver} deliveries;"
            " set max_deliver to -1"
        )
    if config.deliver_policy not in (
        DeliverPolicy.ALL,
        DeliverPolicy.BY_START_SEQUENCE,
        DeliverPolicy.BY_START_TIME,
    ):
        yield f"consumer {DURABLE} leaves out what was sent before it was made"
    if config.headers_only:
        yield f"consumer {DURABLE} brings no contents"
    if config.deliver_subject:
        yield f"consumer {DURABLE} pushes; it should be pulled from"


def behind_its_consumer(stream: StreamInfo, consumer: ConsumerInfo) -> str | None:
    """What to do where the consumer has seen more than the stream holds.

    So it is when the stream lost its end in a power cut: what is sent from then on takes
    numbers that the consumer believes to have seen, and would never be brought.
    """
    floor = consumer.ack_floor.stream_seq if consumer.ack_floor else 0
    seen = max(floor, consumer.delivered.stream_seq if consumer.delivered else 0)
    last = stream.state.last_seq
    if seen <= last:
        return None
    return (
        f"consumer {DURABLE} has seen message {seen}, but stream {STREAM} ends at {last}:"
        f" the broker lost messages. Remove it (nats consumer rm {STREAM} {DURABLE}); it"
        " is made anew and reads from the beginning, and what was recorded is not"
        " recorded again. Let the senders send again what has no receipt"
    )

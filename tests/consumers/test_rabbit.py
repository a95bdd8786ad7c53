"""The way to RabbitMQ: with FastStream's broker in memory, and with a real one where there is one."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import (
    AbstractConnection,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
)
from aiormq.exceptions import ChannelAccessRefused
from faststream.rabbit import TestRabbitBroker
from faststream.rabbit.testing import PatchedMessage
from pamqp import encode
from structlog.testing import capture_logs

from consumers import delivery
from consumers.access import Access
from consumers.carrying import transport
from consumers.courier import Courier
from consumers.files import Summary, import_files
from consumers.gathering import Gathering
from consumers.intake import Intake
from consumers.rabbit import DELIVERY_LIMIT, EXCHANGE, QUEUE, Rabbit, exchange, queue
from consumers.rabbit_delivery import RabbitDelivery
from record import aside
from record.clock import SteppedClock, SystemClock
from record.errors import StoreOutOfReach
from record.log import Log
from tests.brokers import ROOM, know_everybody, ready, running, until
from tests.consumers.test_nats import FEED, contents
from tests.feeds import heartbeat, line, lines
from tests.rabbit import MISSING, PASSWORD, RabbitServer

real_broker = pytest.mark.skipif(bool(MISSING), reason=MISSING)
on_a_file = pytest.mark.usefixtures("store")
"""What a broker does is the same whatever the log is kept in, and beginning one takes long."""


@pytest.fixture
def real(url: str) -> Iterator[Log]:
    """A log for real use, whose senders are known."""
    with Log(url) as opened:
        know_everybody(opened)
        yield opened


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is given back comes again without much delay."""
    monkeypatch.setattr(delivery, "FIRST_DELAY", 0.1)
    monkeypatch.setattr(delivery, "LONGEST_DELAY", 0.4)


# With FastStream's broker in memory.


@pytest.fixture(autouse=True)
def acts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What is done with messages in memory, which FastStream's own do not note."""
    noted: list[tuple[str, Any]] = []
    ended: set[int] = set()

    def act(name: str) -> Any:
        async def done(self: Any, **how: Any) -> None:
            noted.append((name, how))
            ended.add(id(self))

        return done

    for name in ("ack", "nack", "reject"):
        monkeypatch.setattr(PatchedMessage, name, act(name))
    over = property(lambda self: id(self) in ended)
    monkeypatch.setattr(PatchedMessage, "processed", over, raising=False)
    return noted


@asynccontextmanager
async def in_memory(*published: tuple[str, bytes, dict[str, Any]]) -> Any:
    """What is gathered of messages published to a broker in memory."""
    way = Rabbit(Access("amqp://localhost", stream_bytes=ROOM))
    broker = way._broker(asyncio.Event())
    gathered: Gathering[RabbitDelivery] = Gathering(100, 1 << 20, 0.01)
    way.subscribe(broker, gathered)
    async with TestRabbitBroker(broker):
        for key, body, more in published:
            await broker.publish(body, exchange=exchange(), routing_key=key, **more)
        yield await gathered.batch()


async def test_a_message_is_gathered_as_it_came_and_nothing_is_done_with_it(
    acts: list[tuple[str, Any]],
) -> None:
    # given messages that the library would decode, answer or refuse
    bodies = [b"\xff\xfe", b"{ no json", b"[]", line(heartbeat("a"))]
    more = {"content_type": "application/json", "reply_to": "forged", "headers": {"a": 1}}

    # when they are published
    async with in_memory(*(("events.ash", body, more) for body in bodies)) as batch:
        # then they wait with their bytes and their sender, neither acknowledged nor refused
        assert [one.payload for one in batch] == bodies
        assert {(one.sender, one.times) for one in batch} == {("ash", 1)}
    assert acts == []


async def test_a_batch_in_memory_comes_to_its_end(
    log: Log, clock: SteppedClock, acts: list[tuple[str, Any]]
) -> None:
    # given a courier
    know_everybody(log)
    courier = Courier(Intake(log), clock)
    said = ("events.ash", line(heartbeat("a")), {})

    # when a message comes
    async with in_memory(said) as batch:
        await courier.take(batch)
        await courier.settle()

        # then it is recorded and acknowledged
        assert acts == [("ack", {})]
    assert log.head() == 1


@pytest.mark.parametrize(
    ("header", "times"),
    [(3, 4), (0, 1), ("many", 1), (-5, 1), (1 << 40, 1), (None, 1), (2.5, 1)],
    ids=str,
)
async def test_a_forged_count_of_deliveries_is_no_count(header: Any, times: int) -> None:
    # given a message whose sender wrote the header in which the queue counts
    said = ("events.ash", b"x", {"headers": {"x-delivery-count": header}})

    # when it is gathered, then what is no count counts as none
    async with in_memory(said) as batch:
        assert batch[0].times == times


async def test_what_is_given_back_is_kept_for_its_delay_and_never_dropped(
    acts: list[tuple[str, Any]],
) -> None:
    # given a message
    async with in_memory(("events.ash", b"x", {})) as batch:
        # when it is given back with a delay
        await batch[0].give_back(0.2)
        await asyncio.sleep(0.05)
        assert acts == []
        await until(lambda: batch[0].ended)

    # then it is put back into its queue after that, and not thrown away
    assert acts == [("nack", {"requeue": True})]


def test_the_queue_is_one_that_loses_nothing() -> None:
    # given our queue and exchange; when they are looked at
    ours, ex = queue(ROOM), exchange()

    # then they outlive a restart, refuse what is new when full, and never give a message up
    assert (ours.durable, ours.auto_delete, ex.durable) == (True, False, True)
    assert ours.arguments == {
        "x-queue-type": "quorum", "x-overflow": "reject-publish",
        "x-max-length-bytes": ROOM, "x-delivery-limit": DELIVERY_LIMIT,
    }  # fmt: skip
    assert DELIVERY_LIMIT > 100_000


# Batches of what comes one by one.


class One:
    """A delivery of so many bytes."""

    def __init__(self, size: int) -> None:
        self.payload = bytes(size)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [([1, 1, 1], [[1, 1, 1]]), ([1] * 7, [[1] * 5, [1] * 2]),
     ([60, 60, 60], [[60, 60], [60]]), ([500, 1], [[500], [1]])],
    ids=str,
)  # fmt: skip
async def test_a_batch_is_bounded_in_number_and_bytes(
    sizes: list[int], expected: list[list[int]]
) -> None:
    # given what has come
    gathering: Gathering[Any] = Gathering(5, 100, 0.01)
    for size in sizes:
        gathering.add(One(size))

    # when it is taken, then it is taken in order, in batches that are not too large
    taken = [await gathering.batch() for _ in expected]
    assert [[len(one.payload) for one in batch] for batch in taken] == expected
    assert gathering.left() == []


async def test_what_comes_meanwhile_is_in_the_batch() -> None:
    # given something that has come
    gathering: Gathering[Any] = Gathering(5, 100, 0.2)
    gathering.add(One(1))
    batch = asyncio.create_task(gathering.batch())

    # when more comes within the moment, then it is taken with it
    await asyncio.sleep(0.05)
    gathering.add(One(2))
    assert [len(one.payload) for one in await batch] == [1, 2]


# With a real broker.


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    """A server for all of these tests."""
    started = RabbitServer(tmp_path_factory.mktemp("rabbit"))
    started.start()
    yield started
    started.stop()


Publish = Callable[..., Awaitable[Any]]


@asynccontextmanager
async def sending(server: RabbitServer) -> Any:
    """A sender's way to publish, and what the receipts' subjects tell."""
    connection = await aio_pika.connect(server.url)
    async with connection:
        channel = await connection.channel(on_return_raises=True)
        ours: AbstractExchange = await channel.get_exchange(EXCHANGE)
        told: list[AbstractIncomingMessage] = []
        hearing = await channel.declare_queue("", exclusive=True)
        await hearing.bind(ours, "receipts.*")

        async def on_message(message: AbstractIncomingMessage) -> None:
            told.append(message)

        await hearing.consume(on_message, no_ack=True)

        async def publish(body: bytes, key: str = "events.ash", **more: Any) -> None:
            await ours.publish(aio_pika.Message(body, delivery_mode=2, **more), key)

        yield publish, told


@asynccontextmanager
async def carried(server: RabbitServer, log: Log, **more: Any) -> Any:
    """A courier at work, whose queue is emptied first."""
    connection = await aio_pika.connect(server.url)
    async with connection:
        channel = await connection.channel()
        await channel.queue_delete(QUEUE)
    way = transport(Access(server.url, stream_bytes=ROOM))
    async with running(way, log, **more):
        await ready(way)
        yield way


async def waiting(server: RabbitServer, number: int) -> None:
    """Wait until the queue has so many messages left, when nobody takes any.

    What a courier gave back is there a moment after its connection has ended.
    """

    async def left() -> bool:
        return await messages_left(server) == number

    await until(left)


async def messages_left(server: RabbitServer) -> int:
    """How many messages the queue has left now."""
    connection = await aio_pika.connect(server.url)
    async with connection:
        channel = await connection.channel()
        found = await channel.declare_queue(QUEUE, passive=True)
        return int(found.declaration_result.message_count or 0)


@real_broker
async def test_one_feed_by_file_and_by_queue_makes_one_log(
    server: RabbitServer, real: Log, tmp_path: Path
) -> None:
    # given a feed of every kind of end, imported from a file
    (tmp_path / "feed").write_bytes(b"\n".join(FEED))
    with Log(f"sqlite:///{tmp_path}/other.db") as other:
        import_files(Intake(other), [str(tmp_path / "feed")], SystemClock(), Summary())
        expected = contents(other)

    # when it comes by the queue, some of it as a batch
    async with carried(server, real), sending(server) as (publish, told):
        for raw in FEED[:200]:
            await publish(raw)
        await publish(b"[" + b",".join(FEED[200:-3]) + b"]")
        for raw in FEED[-3:]:
            await publish(raw)
        await until(lambda: len(told) == 204)

    # then the log is the same, in the same order, and nothing waits
    assert contents(real) == expected
    await waiting(server, 0)
    # and each message was answered on its sender's key, so that a restart keeps it
    assert {message.routing_key for message in told} == {"receipts.ash"}
    assert {message.delivery_mode for message in told} == {2}
    receipts = [one for message in told for one in json.loads(message.body)["receipts"]]
    assert len(receipts) == len(FEED)


@real_broker
@pytest.mark.parametrize("error", [StoreOutOfReach, ZeroDivisionError])
async def test_messages_come_back_until_they_are_recorded(
    server: RabbitServer,
    real: Log,
    monkeypatch: pytest.MonkeyPatch,
    soon: None,
    error: type[Exception],
) -> None:
    # given a store that is out of reach at first, or an error that nobody foresaw
    receive, refused, times = real.receive, [0], list[int]()
    take = Courier.take

    async def noted(self: Courier, batch: Any) -> None:
        times.extend(one.times for one in batch)
        await take(self, batch)

    def away(*arguments: Any) -> Any:
        if refused[0] < 3:
            refused[0] += 1
            raise error("away")
        return receive(*arguments)

    monkeypatch.setattr(Courier, "take", noted)
    monkeypatch.setattr(real, "receive", away)

    # when a message arrives meanwhile
    async with carried(server, real), sending(server) as (publish, told):
        await publish(line(heartbeat("a")))
        await until(lambda: len(told) == 1)

    # then it is brought again, counted by the queue, and recorded once
    assert times == [1, 2, 3, 4]
    assert real.head() == 1
    await waiting(server, 0)


@real_broker
async def test_properties_decide_nothing(server: RabbitServer, real: Log) -> None:
    # given a sender whose properties cannot be read, or ask for what libraries would do
    stamp, table = encode.METHODS["timestamp"], encode.METHODS["table"]
    forged: list[AbstractIncomingMessage] = []

    def late(_: Any) -> bytes:
        return struct.pack(">Q", 2**63 - 1)

    def no_text(_: Any) -> bytes:
        body = b"\x02\xff\xfeS" + struct.pack(">I", 1) + b"x"
        return struct.pack(">I", len(body)) + body

    async with carried(server, real), sending(server) as (publish, _):
        connection = await aio_pika.connect(server.url)
        async with connection:
            channel = await connection.channel()
            replies = await channel.declare_queue("", exclusive=True)

            async def on_forged(message: AbstractIncomingMessage) -> None:
                forged.append(message)

            await replies.consume(on_forged, no_ack=True)

            # when it publishes
            try:
                encode.METHODS["timestamp"] = late
                await publish(line(heartbeat("a")), timestamp=1)
                encode.METHODS["timestamp"] = stamp
                encode.METHODS["table"] = no_text
                await publish(line(heartbeat("b")), headers={"a": 1})
            finally:
                encode.METHODS["timestamp"], encode.METHODS["table"] = stamp, table
            await publish(
                line(heartbeat("c")), reply_to=replies.name, correlation_id="x",
                content_type="application/x-python", content_encoding="none",
                headers={"reply_to": replies.name, "x-delivery-count": "many"},
            )  # fmt: skip

            # then each is recorded, and nobody is answered where it asked
            await until(lambda: real.head() == 3)
            await asyncio.sleep(0.2)
    assert forged == []


@real_broker
async def test_a_sender_may_publish_its_own_alone_and_hear_its_own_alone(
    server: RabbitServer, real: Log
) -> None:
    # given users with the rights that the guide for operators gives them, and queues that
    # an operator made for their receipts
    access = Access(
        f"amqp://127.0.0.1:{server.port}/", "intake", PASSWORD, stream_bytes=ROOM
    )
    connection = await aio_pika.connect(server.url)
    async with connection, await connection.channel() as channel:
        await channel.queue_delete(QUEUE)
        ours = await channel.declare_exchange(EXCHANGE, "topic", durable=True)
        for name in ("ash", "birch"):
            receipts = await channel.declare_queue(f"receipts.{name}", durable=True)
            await receipts.bind(ours, f"receipts.{name}")

        # when one publishes in its own name and in another's, and reads both
        async with running(transport(access), real) as way:
            await ready(way)
            entered = await aio_pika.connect(server.url_of("ash"))
            async with entered:
                await tried(entered, "events.ash")
                for key in ("events.birch", "receipts.ash", "receipts.birch", "events"):
                    with pytest.raises(ChannelAccessRefused):
                        await tried(entered, key)
                await until(lambda: real.head() == 1)
                async with entered.channel() as mine:
                    heard = await mine.get_queue("receipts.ash", ensure=False)
                    await until(lambda: one_more(heard))
                for name in ("receipts.birch", QUEUE):
                    async with entered.channel() as mine:
                        other = await mine.get_queue(name, ensure=False)
                        with pytest.raises(ChannelAccessRefused):
                            await other.get(fail=False)

    # then only what is its own was taken, and heard
    assert real.head() == 1
    assert aside.quarantined(real) == []


async def tried(entered: AbstractConnection, key: str) -> None:
    """Publish an event under a key; the broker says whether it may be."""
    async with entered.channel() as channel:
        ours = await channel.get_exchange(EXCHANGE, ensure=False)
        await ours.publish(aio_pika.Message(line(heartbeat("a"))), key)


async def one_more(heard: AbstractQueue) -> bool:
    """Whether there was a receipt to take."""
    message = await heard.get(fail=False, no_ack=True)
    return message is not None and b"recorded" in message.body


@real_broker
async def test_a_queue_of_another_kind_is_named_and_left_as_it_is(
    server: RabbitServer, real: Log
) -> None:
    # given a queue of our name that would lose what it holds in a restart
    connection = await aio_pika.connect(server.url)
    async with connection:
        channel = await connection.channel()
        await channel.queue_delete(QUEUE)
        await channel.declare_queue(QUEUE, durable=False)

        # when the courier comes
        way = transport(Access(server.url, stream_bytes=ROOM))
        with capture_logs() as said:
            async with running(way, real):
                await until(lambda: any("inequivalent" in str(one) for one in said))
                assert not way.ready

                # then it is refused in clear words, and used when it is made anew
                await channel.queue_delete(QUEUE)
                await ready(way)
    assert "guest" not in str(said)


@real_broker
@on_a_file
async def test_a_broker_that_goes_away_and_returns_loses_nothing(
    tmp_path: Path, real: Log
) -> None:
    # given a courier whose broker is not there yet
    server = RabbitServer(tmp_path)
    way = transport(Access(server.url, stream_bytes=ROOM))
    try:
        with capture_logs() as said:
            async with running(way, real):
                await until(lambda: len(said) > 0)

                # when it comes
                await asyncio.to_thread(server.start)
                await ready(way, 40)
                async with sending(server) as (publish, _):
                    await publish(line(heartbeat("a")))
                await until(lambda: real.head() == 1)

                # and goes, and returns
                await asyncio.to_thread(server.end)
                await until(lambda: not way.ready)
                await asyncio.to_thread(server.start)
                await ready(way, 40)
                async with sending(server) as (publish, _):
                    await publish(line(heartbeat("b")))

                # then what is sent is recorded
                await until(lambda: real.head() == 2)
    finally:
        server.stop()
    events = [one["event"] for one in said]
    assert events.count("broker ready") == 2


@real_broker
@on_a_file
async def test_what_was_not_acknowledged_comes_to_the_next_courier(
    server: RabbitServer, real: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a courier that cannot record, and keeps what it was brought for a while
    with monkeypatch.context() as out:

        def away(*_: Any) -> Any:
            raise StoreOutOfReach("away")

        out.setattr(real, "receive", away)
        out.setattr(delivery, "FIRST_DELAY", 60)
        async with carried(server, real), sending(server) as (publish, _):
            for raw in lines(heartbeat(str(n)) for n in range(10)):
                await publish(raw)
            await asyncio.sleep(0.5)

    # when it is stopped, then nothing is lost, and the next records it at once
    await waiting(server, 10)
    way = transport(Access(server.url, stream_bytes=ROOM))
    async with running(way, real):
        await until(lambda: real.head() == 10, 10)

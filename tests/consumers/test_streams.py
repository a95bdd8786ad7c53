"""Streams and consumers are made safely, and what is unsafe is named and never rewritten."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nats.js.api import SequenceInfo, StreamConfig
from structlog.testing import capture_logs

from consumers import streams
from consumers.access import BrokerTrouble
from consumers.streams import DURABLE, STREAM, behind_its_consumer, fullness, prepare
from record.log import Log
from tests.brokers import (
    ROOM,
    NatsServer,
    client,
    emptied,
    know_everybody,
    ready,
    running,
    subject,
    until,
)
from tests.feeds import heartbeat, line


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """A server for all of these tests."""
    started = NatsServer(tmp_path_factory.mktemp("nats"))
    started.start()
    yield started
    started.stop()


SAFE: dict[str, Any] = {
    "name": STREAM, "subjects": ["counterfoil.events.*"], "storage": "file",
    "discard": "new", "retention": "limits", "max_bytes": ROOM, "deny_delete": True,
}  # fmt: skip
CONSUMER: dict[str, Any] = {
    "name": DURABLE, "durable_name": DURABLE, "max_deliver": -1, "ack_wait": 30
}  # fmt: skip


async def test_what_is_missing_is_made_so_that_nothing_is_lost(
    server: NatsServer,
) -> None:
    # given a server without our stream; when all is prepared
    async with emptied(server) as manager:
        await prepare(manager, ROOM)
        stream = (await manager.stream_info(STREAM)).config
        consumer = (await manager.consumer_info(STREAM, DURABLE)).config

    # then it is on disk, refuses what is new when it is full, and lets nobody delete
    assert (stream.storage, stream.discard, stream.retention) == ("file", "new", "limits")
    assert (stream.deny_delete, stream.deny_purge) == (True, True)
    assert (stream.max_bytes, stream.max_age) == (ROOM, 30 * 86_400)
    # and each message is acknowledged, without end, with a bound on how many are out
    assert (consumer.ack_policy, consumer.max_deliver) == ("explicit", -1)
    assert (consumer.ack_wait, consumer.max_ack_pending) == (30, 1024)
    assert consumer.deliver_policy == "all"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"discard": "old"}, "discards what is old"),
        ({"storage": "memory"}, "not kept in files"),
        ({"retention": "workqueue"}, "retention workqueue"),
        ({"retention": "interest"}, "retention interest"),
        ({"max_age": 3600}, "forgets what is a day old"),
        ({"max_msgs_per_subject": 10}, "drops older ones"),
        ({"no_ack": True}, "does not acknowledge"),
    ],
    ids=str,
)
async def test_an_unsafe_stream_is_named_and_left_as_it_is(
    server: NatsServer, wrong: dict[str, Any], words: str
) -> None:
    # given a stream of ours that somebody made otherwise
    async with emptied(server) as manager:
        await manager.add_stream(**(SAFE | wrong))
        before = (await manager.stream_info(STREAM)).config

        # when it is prepared, then it is refused in clear words, and not rewritten
        with pytest.raises(BrokerTrouble, match=words):
            await prepare(manager, ROOM)
        assert (await manager.stream_info(STREAM)).config == before


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"max_deliver": 5}, "gives up a message after 5"),
        ({"ack_policy": "none", "max_deliver": None}, "not acknowledged"),
        ({"ack_policy": "all"}, "not acknowledged message by message"),
        ({"deliver_policy": "new"}, "leaves out"),
        ({"headers_only": True}, "brings no contents"),
        ({"deliver_subject": "somewhere"}, "should be pulled from"),
    ],
    ids=str,
)
async def test_an_unsafe_consumer_is_named_and_left_as_it_is(
    server: NatsServer, wrong: dict[str, Any], words: str
) -> None:
    # given a consumer of ours that somebody made otherwise
    async with emptied(server) as manager:
        await manager.add_stream(**SAFE)
        await manager.add_consumer(STREAM, **(CONSUMER | wrong))
        before = (await manager.consumer_info(STREAM, DURABLE)).config

        # when it is prepared, then it is refused in clear words, and not rewritten
        with pytest.raises(BrokerTrouble, match=words):
            await prepare(manager, ROOM)
        assert (await manager.consumer_info(STREAM, DURABLE)).config == before


async def test_a_safe_stream_with_settings_of_its_own_is_left_as_it_is(
    server: NatsServer,
) -> None:
    # given a stream and a consumer that an operator made, safe but not as ours
    async with emptied(server) as manager:
        await manager.add_stream(**(SAFE | {"max_bytes": 2 * ROOM, "max_msgs": 10**6}))
        await manager.add_consumer(STREAM, **(CONSUMER | {"max_ack_pending": 7}))
        before = await manager.stream_info(STREAM)

        # when it is prepared, then it is used and not rewritten, as FastStream would
        await prepare(manager, ROOM)
        assert (await manager.stream_info(STREAM)).config == before.config
        consumer = await manager.consumer_info(STREAM, DURABLE)
        assert consumer.config.max_ack_pending == 7


async def test_a_courier_waits_until_an_unsafe_stream_is_mended(
    server: NatsServer, url: str
) -> None:
    # given a stream that drops what is old, and a courier that refuses it
    with Log(url) as log, capture_logs() as said:
        know_everybody(log)
        async with emptied(server) as manager:
            await manager.add_stream(**(SAFE | {"discard": "old"}))
            await manager.publish(subject("ash"), line(heartbeat("a")))
            async with running(server, log) as way:
                await until(lambda: any("discards" in str(one) for one in said))
                assert not way.ready

                # when a person mends it, then it is carried from without a restart
                await manager.update_stream(StreamConfig(**SAFE))
                await ready(way)
                await until(lambda: log.head() == 1)


async def test_a_stream_that_the_broker_has_no_room_for_is_named(
    server: NatsServer,
) -> None:
    # given a server without so much room; when a stream is prepared, then it is said
    # which setting to change
    async with emptied(server) as manager:
        with pytest.raises(BrokerTrouble, match="COUNTERFOIL_BROKER_STREAM_BYTES"):
            await prepare(manager, 1 << 60)


async def test_a_stream_that_is_nearly_full_is_named(server: NatsServer) -> None:
    # given a stream of few bytes
    async with emptied(server) as manager:
        await manager.add_stream(**(SAFE | {"max_bytes": 10_000}))
        with capture_logs() as said:
            await fullness(manager)
            assert said == []

            # when it is filled, then it is said how full it is
            while (await manager.stream_info(STREAM)).state.bytes <= 8_000:
                await manager.publish(subject("ash"), bytes(500))
            await fullness(manager)
    assert said[0]["event"] == "stream is nearly full"
    assert 0.8 < said[0]["share"] <= 1


async def test_a_consumer_that_is_ahead_of_its_stream_is_named(
    server: NatsServer,
) -> None:
    # given a stream, and a consumer that has seen more than there is, as older servers
    # leave it when they lose the end of a stream
    async with emptied(server) as manager:
        await prepare(manager, ROOM)
        await manager.publish(subject("ash"), b"1")
        stream = await manager.stream_info(STREAM)
        consumer = await manager.consumer_info(STREAM, DURABLE)
    assert behind_its_consumer(stream, consumer) is None
    ahead = SequenceInfo(consumer_seq=9, stream_seq=2)

    # when either of its marks is looked at, then it is said what to do
    for change in ({"ack_floor": ahead}, {"delivered": ahead}):
        said = behind_its_consumer(stream, replace(consumer, **change))
        assert said is not None
        assert "seen message 2, but stream COUNTERFOIL ends at 1" in said
        assert f"nats consumer rm {STREAM} {DURABLE}" in said


async def test_nothing_is_skipped_after_the_broker_lost_the_end_of_its_stream(
    tmp_path: Path, url: str
) -> None:
    # given a broker that lost the end of its stream, but not what was acknowledged of it
    server = NatsServer(tmp_path)
    server.start()
    messages = tmp_path / "js/jetstream/$G/streams" / STREAM / "msgs"
    with Log(url) as log:
        know_everybody(log)
        try:
            async with running(server, log) as way:
                await ready(way)
                async with client(server) as publisher:
                    manager = publisher.jetstream()
                    await manager.publish(subject("ash"), line(heartbeat("a")))
                    await until(lambda: log.head() == 1)
                    shutil.copytree(messages, tmp_path / "kept")
                    for id_ in ("b", "c"):
                        await manager.publish(subject("ash"), line(heartbeat(id_)))
                    await until(lambda: log.head() == 3)
            server.kill()
            shutil.rmtree(messages)
            shutil.copytree(tmp_path / "kept", messages)
            server.start()

            # when something is sent that takes a number which the consumer has seen
            async with running(server, log) as way, client(server) as publisher:
                await ready(way)
                manager = publisher.jetstream()
                await manager.publish(subject("ash"), line(heartbeat("d")))

                # then it is carried all the same
                await until(lambda: log.head() == 4)
        finally:
            server.stop()


def test_the_least_that_is_kept_is_a_month() -> None:
    # given our own stream; when its age is looked at, then a month can be brought again
    assert streams.KEPT_SECONDS >= 30 * 86_400

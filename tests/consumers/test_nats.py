"""The way to NATS, against a real server: nothing is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from structlog.testing import capture_logs

import consumers.courier
from consumers import delivery, nats_client, nats_delivery
from consumers import nats as nats_room
from consumers.access import Access
from consumers.carrying import transport
from consumers.courier import Courier
from consumers.files import Summary, import_files
from consumers.intake import Intake
from consumers.nats_delivery import NatsDelivery
from consumers.streams import DURABLE, STREAM, prepare
from record import aside
from record.answers import answers
from record.clock import SystemClock
from record.errors import StoreOutOfReach
from record.log import Log
from record.senders import revoke_credential
from tests.brokers import (
    ROOM,
    NatsServer,
    all_acknowledged,
    client,
    emptied,
    free_port,
    know_everybody,
    ready,
    running,
    subject,
    until,
)
from tests.feeds import assessed, check_in, heartbeat, line, lines


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """A server for all of these tests."""
    started = NatsServer(tmp_path_factory.mktemp("nats"))
    started.start()
    yield started
    started.stop()


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


def contents(log: Log) -> dict[str, Any]:
    """What a log holds, but for when it was received and from whom."""
    with log.recorder.reading() as ledger:
        stored = ledger.ask(
            "SELECT position, originator_id, originator_version, topic, state"
            " FROM stored_events ORDER BY position"
        )
        receipts = ledger.ask(
            "SELECT source, id, digest, position FROM receipts ORDER BY position"
        )
        refusals = ledger.ask("SELECT source, type, reason FROM refusals")
        quarantine = ledger.ask("SELECT reason, size, times FROM quarantine")
    rows = []
    for position, thing, version, topic, state in stored:
        said = {k: v for k, v in json.loads(state).items() if k != "received_at"}
        rows.append((position, UUID(str(thing)), version, topic, said))
    tables = (rows, receipts, refusals, quarantine)
    return {str(n): [tuple(row) for row in table] for n, table in enumerate(tables)}


FEED = [
    *lines(check_in(str(n), f"V{n % 7}") for n in range(300)),
    *lines([assessed("x", 1), assessed("x", 1), assessed("x", 2)]),
    line(heartbeat("y") | {"type": "contract.ended"}),
    b"{ no json",
    b"\xff\xfe",
    line(heartbeat("z")),
]


async def test_one_feed_by_file_and_by_stream_makes_one_log(
    server: NatsServer, real: Log, tmp_path: Path
) -> None:
    # given a feed of every kind of end, imported from a file
    (tmp_path / "feed").write_bytes(b"\n".join(FEED))
    with Log(f"sqlite:///{tmp_path}/other.db") as other:
        import_files(Intake(other), [str(tmp_path / "feed")], SystemClock(), Summary())
        expected = contents(other)

    # when it comes by the stream, some of it as a batch
    async with emptied(server) as manager, running(server, real) as way:
        await ready(way)
        for raw in FEED[:200]:
            await manager.publish(subject("ash"), raw)
        batch = b"[" + b",\n".join(FEED[200:-3]) + b"]"
        await manager.publish(subject("ash"), batch)
        for raw in FEED[-3:]:
            await manager.publish(subject("ash"), raw)
        await until(lambda: all_acknowledged(manager))

    # then the log is the same, in the same order, and the bytes that were no event are kept
    assert contents(real) == expected
    kept = [b"".join(aside.raw_pieces(real, r["entry"])) for r in aside.quarantined(real)]
    assert kept == [b"\xff\xfe", b"{ no json"]


async def test_what_waited_in_the_stream_is_recorded_in_its_order(
    server: NatsServer, real: Log
) -> None:
    # given more messages than a batch holds, which wait while the courier is away
    async with emptied(server), running(server, real) as way:
        await ready(way)
    async with client(server) as publisher:
        for raw in lines(heartbeat(str(n)) for n in range(700)):
            await publisher.publish(subject("ash"), raw)
        await publisher.flush()

        # when it comes
        async with running(server, real):
            await until(lambda: real.head() == 700)

    # then no message overtook another: FastStream handles a pull's messages at once
    # unless it is told to give them as one batch
    said = [json.loads(state)["said"]["id"] for _, _, state in next(real.rows())]
    assert said == [str(n) for n in range(700)]


@pytest.mark.parametrize("error", [StoreOutOfReach, ZeroDivisionError])
async def test_messages_come_back_until_they_are_recorded(
    server: NatsServer,
    real: Log,
    monkeypatch: pytest.MonkeyPatch,
    soon: None,
    error: type[Exception],
) -> None:
    # given a store that is out of reach at first, or an error that nobody foresaw
    receive, refused, terminated = real.receive, [0], list[Msg]()

    def away(*arguments: Any) -> Any:
        if refused[0] < 3:
            refused[0] += 1
            raise error("away")
        return receive(*arguments)

    async def on_advisory(message: Msg) -> None:
        terminated.append(message)

    monkeypatch.setattr(real, "receive", away)

    # when messages arrive meanwhile
    async with (
        emptied(server) as manager,
        client(server) as listener,
        running(server, real) as way,
    ):
        await listener.subscribe("$JS.EVENT.ADVISORY.CONSUMER.*.>", cb=on_advisory)
        await ready(way)
        for raw in lines(heartbeat(str(n)) for n in range(20)):
            await manager.publish(subject("ash"), raw)
        await until(lambda: all_acknowledged(manager))

    # then each is recorded once, none was rejected for good (FastStream's default on an
    # error), and none waited for the broker's own thirty seconds
    assert refused[0] == 3
    assert real.head() == 20
    assert aside.quarantined(real) == []
    assert not [one for one in terminated if "MSG_TERMINATED" in one.subject]


async def test_what_was_recorded_but_not_acknowledged_is_a_duplicate(
    server: NatsServer, real: Log, monkeypatch: pytest.MonkeyPatch, soon: None
) -> None:
    # given a courier that fails between the record and the acknowledgement
    receive, statuses, died = real.receive, list[str](), [False]

    def dying(*arguments: Any) -> Any:
        receipts = receive(*arguments)
        statuses.extend(receipt.status for receipt in receipts)
        if not died[0]:
            died[0] = True
            raise StoreOutOfReach("it was recorded, but nobody was told")
        return receipts

    monkeypatch.setattr(real, "receive", dying)

    # when a message arrives, and is brought again
    async with emptied(server) as manager, running(server, real) as way:
        await ready(way)
        await manager.publish(subject("ash"), line(heartbeat("a")))
        await until(lambda: len(statuses) >= 2)
        await until(lambda: all_acknowledged(manager))

    # then it is recorded once
    assert statuses == ["recorded", "duplicate"]
    assert real.head() == 1


async def test_a_courier_that_starts_again_goes_on_where_it_was(
    server: NatsServer, real: Log
) -> None:
    # given a courier that has brought some messages and was stopped
    async with emptied(server) as manager:
        async with running(server, real) as way:
            await ready(way)
            await manager.publish(subject("ash"), line(heartbeat("a")))
            await until(lambda: real.head() == 1)

        # when more arrive while it is away, and it starts again
        await manager.publish(subject("ash"), line(heartbeat("b")))
        async with running(server, real):
            await until(lambda: real.head() == 2)
            await until(lambda: all_acknowledged(manager))

    # then each was recorded, and none again
    with real.recorder.reading() as ledger:
        assert ledger.ask("SELECT count(*) FROM receipts")[0][0] == 2


async def test_each_message_is_answered_on_its_senders_subject(
    server: NatsServer, real: Log
) -> None:
    # given two senders who listen for their receipts
    heard: dict[str, list[Any]] = {"ash": [], "birch": []}

    async def on_answer(message: Msg) -> None:
        heard[message.subject.rpartition(".")[2]].append(json.loads(message.data))

    async with (
        emptied(server) as manager,
        client(server) as listener,
        running(server, real) as way,
    ):
        await listener.subscribe("counterfoil.receipts.*", cb=on_answer)
        await ready(way)

        # when one sends a batch, the other what it may and may not say
        both = b"[%s]" % b",".join(lines([heartbeat("a"), heartbeat("a")]))
        await manager.publish(subject("ash"), both)
        await manager.publish(subject("birch"), line(heartbeat("b", "birch")))
        await manager.publish(subject("birch"), line(heartbeat("c", "ash")))
        await until(lambda: len(heard["ash"]) == 1 and len(heard["birch"]) == 2)

    # then each message has one answer, in the order of its events, on no other's subject
    told = heard["ash"][0]["receipts"]
    assert [(one["status"], one["id"]) for one in told] == [
        ("recorded", "a"), ("duplicate", "a")
    ]  # fmt: skip
    assert told[0].keys() == {"status", "source", "id", "position", "reason"}
    given = [one for answer in heard["birch"] for one in answer["receipts"]]
    assert [(one["status"], one["id"]) for one in given] == [
        ("recorded", "b"), ("rejected", "c")
    ]  # fmt: skip
    assert given[1]["reason"] == "this sender may not speak for /providers/ash"
    # and who does not listen can fetch the same later: on the subject nothing is kept
    with real.recorder.reading() as ledger:
        kept = [one for row in answers(ledger, "birch") for one in row["receipts"]]
    assert kept == given


async def test_a_revoked_sender_is_refused_within_two_seconds(
    server: NatsServer, real: Log
) -> None:
    # given a sender whose event was recorded
    async with emptied(server) as manager, running(server, real) as way:
        await ready(way)
        await manager.publish(subject("birch"), line(heartbeat("a", "birch")))
        await until(lambda: real.head() == 1)

        # when its credential is revoked
        with real.recorder.writing() as ledger:
            assert revoke_credential(ledger, "birch", SystemClock().now())
        await asyncio.sleep(2)
        await manager.publish(subject("birch"), line(heartbeat("b", "birch")))
        await manager.publish(subject("birch"), b"{ no json")
        await manager.publish(subject("nobody"), line(heartbeat("c", "birch")))
        await until(lambda: all_acknowledged(manager))

    # then it says nothing more, nor does who never had one; not even rubbish is kept
    assert real.head() == 1
    assert aside.quarantined(real) == []
    with real.recorder.reading() as ledger:
        refused = ledger.ask("SELECT sender FROM refusals ORDER BY entry")
    assert [tuple(row) for row in refused] == [("birch",), ("birch",), ("nobody",)]


async def test_headers_decide_nothing(server: NatsServer, real: Log) -> None:
    # given messages with headers that libraries would act on: to answer where they say,
    # to take them for a status of the broker, to decode the content in their way; and
    # headers that end the client's reading task
    answered: list[Msg] = []

    async def on_forged(message: Msg) -> None:
        answered.append(message)

    headers = [
        b"NATS/1.0\r\nreply_to: forged.here\r\nNats-Reply: forged.here\r\n\r\n",
        b"NATS/1.0\r\nStatus: 408\r\n\r\n",
        b"NATS/1.0 100 Idle Heartbeat\r\n\r\n",
        b"NATS/1.0\r\ncontent-type: application/x-python\r\ncorrelation_id: \xff\r\n\r\n",
        b"NATS/1.0 \xff\xff\xff\r\n\r\n",
        b"NATS/1.0\r\n\xff\xfe: x\r\n\r\n",
        b"N",
    ]

    async with (
        emptied(server) as manager,
        client(server) as listener,
        running(server, real) as way,
    ):
        await listener.subscribe("forged.>", cb=on_forged)
        await ready(way)

        # when they arrive
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        await reader.readline()
        writer.write(b'CONNECT {"verbose":false,"headers":true}\r\n')
        for number, header in enumerate(headers):
            body = line(heartbeat(str(number)))
            sizes = f"{len(header)} {len(header) + len(body)}"
            writer.write(f"HPUB {subject('ash')} forged.reply {sizes}\r\n".encode())
            writer.write(header + body + b"\r\n")
        writer.write(b"PING\r\n")
        await writer.drain()
        await reader.readline()
        writer.close()
        await writer.wait_closed()

        # then each is recorded
        await until(lambda: real.head() == len(headers))
        await until(lambda: all_acknowledged(manager))
    # and nothing but the stream's own acknowledgement was answered
    mine = [one for one in answered if b'"stream"' not in one.data]
    assert mine == []


async def test_nothing_but_the_bytes_bounds_how_much_is_held(
    server: NatsServer, real: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given messages of a megabyte each
    large = [line(heartbeat(str(n), note="x" * (1 << 20))) for n in range(24)]
    sizes: list[int] = []
    take = Courier.take

    async def measured(self: Courier, batch: Any) -> None:
        sizes.append(sum(len(one.payload) for one in batch))
        await take(self, batch)

    monkeypatch.setattr(Courier, "take", measured)
    async with emptied(server) as manager:
        async with running(server, real) as way:
            await ready(way)
        for raw in large:
            await manager.publish(subject("ash"), raw)

        # when they are pulled
        async with running(server, real):
            await until(lambda: real.head() == len(large))

    # then no batch holds more than four of them
    assert max(sizes) < 5 << 20


async def test_a_message_larger_than_a_pull_comes_by_itself(
    server: NatsServer, real: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given pulls of few bytes, and messages of which one is larger
    monkeypatch.setattr("consumers.pulling.MOST_BYTES", 2000)
    raws = [line(heartbeat(str(n), note="x" * (3000 if n == 1 else 0))) for n in range(3)]

    # when they arrive
    async with emptied(server) as manager, running(server, real) as way:
        await ready(way)
        for raw in raws:
            await manager.publish(subject("ash"), raw)
        await until(lambda: real.head() == 3)

    # then all are recorded, in their order
    said = [json.loads(state)["said"]["id"] for _, _, state in next(real.rows())]
    assert said == ["0", "1", "2"]


async def test_what_takes_longer_than_the_broker_waits_is_not_brought_again(
    server: NatsServer, real: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a consumer that waits a second for an acknowledgement, and a slow store
    monkeypatch.setattr(consumers.courier, "HOLD_SECONDS", 0.25)
    receive, received = real.receive, [0]

    def slow(*arguments: Any) -> Any:
        import time

        received[0] += 1
        time.sleep(3)
        return receive(*arguments)

    monkeypatch.setattr(real, "receive", slow)
    async with emptied(server) as manager:
        async with running(server, real) as way:
            await ready(way)
        await manager.add_consumer(STREAM, durable_name=DURABLE, name=DURABLE,
                                   ack_wait=1, max_deliver=-1, max_ack_pending=1024)  # fmt: skip

        # when a message arrives
        async with running(server, real) as way:
            await ready(way)
            await manager.publish(subject("ash"), line(heartbeat("a")))
            await until(lambda: received[0] >= 1)
            await until(lambda: all_acknowledged(manager))

    # then it was handled once
    assert received == [1]


async def test_an_acknowledgement_that_comes_too_late_does_no_harm(
    server: NatsServer, real: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given the same, where the broker is not told that the message is worked on
    monkeypatch.setattr(consumers.courier, "HOLD_SECONDS", 60)
    receive, statuses = real.receive, list[str]()

    def slow(*arguments: Any) -> Any:
        import time

        receipts = receive(*arguments)
        if not statuses:
            time.sleep(2.5)
        statuses.extend(receipt.status for receipt in receipts)
        return receipts

    monkeypatch.setattr(real, "receive", slow)
    async with emptied(server) as manager:
        async with running(server, real) as way:
            await ready(way)
        await manager.add_consumer(STREAM, durable_name=DURABLE, name=DURABLE,
                                   ack_wait=1, max_deliver=-1, max_ack_pending=1024)  # fmt: skip

        # when a message arrives, and is brought again before it is acknowledged
        async with running(server, real) as way:
            await ready(way)
            await manager.publish(subject("ash"), line(heartbeat("a")))
            await until(lambda: len(statuses) >= 2)
            await until(lambda: all_acknowledged(manager))

    # then it is recorded once, and the second time a duplicate
    assert statuses[:2] == ["recorded", "duplicate"]
    assert real.head() == 1


async def test_no_more_is_pulled_than_is_being_handled(
    server: NatsServer, real: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a store that does not come to an end, and many messages
    monkeypatch.setattr(nats_room, "BATCH", 10)
    may, receive = threading.Event(), real.receive

    def waiting(*arguments: Any) -> Any:
        assert may.wait(20)
        return receive(*arguments)

    monkeypatch.setattr(real, "receive", waiting)
    async with emptied(server) as manager, running(server, real) as way:
        await ready(way)
        for raw in lines(heartbeat(str(n)) for n in range(100)):
            await manager.publish(subject("ash"), raw)

        # when they are pulled
        await asyncio.sleep(1)
        held = (await manager.consumer_info(STREAM, DURABLE)).num_ack_pending

        # then one batch is being recorded, one waits for it, and the rest waits in the stream
        assert 10 <= held <= 20
        may.set()
        await until(lambda: real.head() == 100)


def stands_still(pid: int) -> bool:
    """Whether a process has stopped, as it was told to."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return told.rpartition(")")[2].split()[0] == "T"


async def test_an_acknowledgement_that_the_broker_did_not_take_is_none(
    tmp_path: Path, real: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a message, and a broker that stands still
    monkeypatch.setattr(nats_delivery, "ACK_SECONDS", 0.3)
    server = NatsServer(tmp_path)
    server.start()
    try:
        async with client(server) as opened:
            manager = opened.jetstream()
            await prepare(manager, ROOM)
            await manager.publish(subject("ash"), b"x")
            pulled = await manager.pull_subscribe("", durable=DURABLE, stream=STREAM)
            (message,) = await pulled.fetch(1, timeout=5)
            os.kill(server.pid, signal.SIGSTOP)
            await until(lambda: stands_still(server.pid))
            try:
                # when it is acknowledged, then that is not believed
                with pytest.raises(NatsError):
                    await NatsDelivery(message, opened).ack()
            finally:
                os.kill(server.pid, signal.SIGCONT)
    finally:
        server.stop()


async def test_a_broker_that_comes_later_is_waited_for(tmp_path: Path, real: Log) -> None:
    # given a courier whose broker is not there yet
    server = NatsServer(tmp_path)
    with capture_logs() as said:
        async with running(server, real) as way:
            await asyncio.sleep(3)
            assert not way.ready

            # when it comes, goes away and returns
            try:
                server.start()
                await ready(way)
                async with client(server) as publisher:
                    await publisher.jetstream().publish(
                        subject("ash"), line(heartbeat("a"))
                    )
                await until(lambda: real.head() == 1)
                server.kill()
                await until(lambda: not way.ready)
                server.start()
                await ready(way)
                async with client(server) as publisher:
                    await publisher.jetstream().publish(
                        subject("ash"), line(heartbeat("b"))
                    )

                # then what is sent is recorded
                await until(lambda: real.head() == 2)
                words = [one["event"] for one in said]
            finally:
                server.stop()
    # and it was said once each time that the broker was waited for
    assert words.count("waiting for the broker") == 2
    assert words.count("broker is back") == 1


async def test_a_courier_that_never_met_its_broker_can_be_stopped(real: Log) -> None:
    # given a courier at a port where nobody listens
    way = transport(Access(f"nats://127.0.0.1:{free_port()}"))

    # when it is stopped, then it stops
    async with running(way, real):
        await asyncio.sleep(0.5)


@pytest.mark.parametrize("missing", ["consumer", "stream"])
async def test_what_is_deleted_on_the_broker_is_named_and_made_anew(
    server: NatsServer, real: Log, missing: str
) -> None:
    # given a courier at work
    with capture_logs() as said:
        async with emptied(server) as manager, running(server, real) as way:
            await ready(way)
            await manager.publish(subject("ash"), line(heartbeat("a")))
            await until(lambda: real.head() == 1)

            # when somebody deletes its consumer, or its stream
            if missing == "consumer":
                await manager.delete_consumer(STREAM, DURABLE)
            else:
                await manager.delete_stream(STREAM)
            await until(lambda: not way.ready)
            await ready(way)
            await manager.publish(subject("ash"), line(heartbeat("b")))

            # then it is named and made anew, and nothing is recorded twice
            await until(lambda: all_acknowledged(manager))
            assert real.head() == 2
    assert [one["event"] for one in said].count(f"{missing} was missing and is made") == 2


async def test_a_connection_that_the_broker_closes_is_opened_again(
    server: NatsServer, real: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a courier at work
    opened: list[nats_client.SafeBroker] = []
    begin = nats_client.SafeBroker._connect

    async def noted(self: nats_client.SafeBroker) -> Any:
        opened.append(self)
        return await begin(self)

    monkeypatch.setattr(nats_client.SafeBroker, "_connect", noted)
    async with emptied(server) as manager, running(server, real) as way:
        await ready(way)

        # when the broker ends its connection for good, as after a change of its users
        await opened[0].client._process_err("'user authentication revoked'")
        await until(lambda: not way.ready)
        await ready(way)
        await manager.publish(subject("ash"), line(heartbeat("a")))

        # then another is opened: FastStream would go round without pause, for ever
        await until(lambda: real.head() == 1)
    assert len(opened) == 2


async def test_a_password_is_not_sent_where_tls_was_asked_for_and_none_is_offered(
    real: Log,
) -> None:
    # given somebody who answers as a broker without TLS, and notes what it is sent
    sent = bytearray()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"server_id":"x","version":"2.15.1","max_payload":1000}\r\n')
        sent.extend(await reader.read(1000))
        writer.close()
        await writer.wait_closed()

    listener = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    way = transport(Access(f"tls://127.0.0.1:{port}", "ash", "secret"))

    # when the courier enters
    async with running(way, real):
        await asyncio.sleep(1)
    listener.close()
    await listener.wait_closed()

    # then it says nothing
    assert bytes(sent) == b""

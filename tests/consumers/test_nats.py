"""The NATS courier, against a real server: nothing is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import nats
import pytest
from nats.js import JetStreamContext

import consumers.nats
from consumers import nats as courier
from consumers.files import Summary, import_files
from consumers.intake import Intake
from consumers.nats import DURABLE, STREAM, courier_app
from record import aside
from record.clock import SystemClock
from record.errors import StoreOutOfReach
from record.log import Log
from tests.feeds import assessed, check_in, heartbeat, line, lines

SUBJECT = "counterfoil.events.ash"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of our own on a free port of this machine."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    found = Path(sys.executable).with_name("nats-server")
    program = str(found) if found.exists() else shutil.which("nats-server")
    assert program, "nats-server is installed with the tests' requirements"
    folder = tmp_path_factory.mktemp("nats")
    process = subprocess.Popen(
        [program, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"nats://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def real(url: str) -> Iterator[Log]:
    """A log for real use."""
    with Log(url) as opened:
        yield opened


@asynccontextmanager
async def stream(server: str) -> AsyncIterator[JetStreamContext]:
    """The stream, emptied of what other tests left in it."""
    client = await nats.connect(server)
    manager = client.jetstream()
    try:
        await manager.delete_stream(STREAM)
    except nats.js.errors.NotFoundError:
        pass
    try:
        yield manager
    finally:
        await client.close()


@asynccontextmanager
async def running(server: str, log: Log) -> AsyncIterator[None]:
    """The courier at work."""
    app = courier_app(server, Intake(log), SystemClock())
    task = asyncio.create_task(app.run())
    try:
        yield
    finally:
        app.exit()
        await asyncio.wait_for(task, 30)


async def until(holds: Callable[[], bool | Awaitable[bool]], seconds: float = 90) -> None:
    """Wait until something holds: now and then the broker brings again only after 30 s."""
    for _ in range(int(seconds / 0.05)):
        found = holds()
        if found if isinstance(found, bool) else await found:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"it did not come to be within {seconds} seconds")


async def there(manager: JetStreamContext) -> None:
    """Wait for the courier to have made its stream."""

    async def made() -> bool:
        try:
            await manager.consumer_info(STREAM, DURABLE)
        except nats.js.errors.NotFoundError:
            return False
        return True

    await until(made)


async def all_acknowledged(manager: JetStreamContext) -> bool:
    """Whether the stream waits for nothing."""
    info = await manager.consumer_info(STREAM, DURABLE)
    return (info.num_ack_pending, info.num_pending) == (0, 0)


def contents(log: Log) -> dict[str, Any]:
    """What a log holds, but for when it was received."""
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


def test_one_feed_by_file_and_by_stream_makes_one_log(
    server: str, real: Log, tmp_path: Path
) -> None:
    # given a feed of every kind of end, imported from a file
    (tmp_path / "feed").write_bytes(b"\n".join(FEED))
    with Log(f"sqlite:///{tmp_path}/other.db") as other:
        import_files(Intake(other), [str(tmp_path / "feed")], SystemClock(), Summary())
        expected = contents(other)

    async def carried() -> None:
        async with stream(server) as manager, running(server, real):
            await there(manager)
            # when it comes by the stream, some of it as a batch
            for raw in FEED[:200]:
                await manager.publish(SUBJECT, raw)
            batch = b"[" + b",\n".join(FEED[200:-3]) + b"]"
            await manager.publish(SUBJECT, batch)
            for raw in FEED[-3:]:
                await manager.publish(SUBJECT, raw)
            await until(lambda: all_acknowledged(manager))

    asyncio.run(carried())
    # then the log is the same, and the bytes that were no event are kept
    assert contents(real) == expected
    kept = [b"".join(aside.raw_pieces(real, r["entry"])) for r in aside.quarantined(real)]
    assert kept == [b"\xff\xfe", b"{ no json"]


def test_messages_come_back_while_the_store_is_away(
    server: str, real: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a store that is out of reach at first
    monkeypatch.setattr(consumers.nats, "RETRY_SECONDS", 0.2)
    receive, refused = real.receive, [0]

    def away(*arguments: Any) -> Any:
        if refused[0] < 3:
            refused[0] += 1
            raise StoreOutOfReach("away")
        return receive(*arguments)

    monkeypatch.setattr(real, "receive", away)

    async def carried() -> None:
        async with stream(server) as manager, running(server, real):
            await there(manager)
            # when messages arrive meanwhile
            for raw in lines(heartbeat(str(n)) for n in range(20)):
                await manager.publish(SUBJECT, raw)
            await until(lambda: all_acknowledged(manager))

    asyncio.run(carried())
    # then each is recorded once the store is back
    assert refused == [3]
    assert real.head() == 20
    assert aside.quarantined(real) == []


def test_what_was_recorded_but_not_acknowledged_is_a_duplicate(
    server: str, real: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a courier that dies between the record and the acknowledgement
    monkeypatch.setattr(consumers.nats, "RETRY_SECONDS", 0.2)
    receive, statuses, died = real.receive, list[str](), [False]

    def dying(*arguments: Any) -> Any:
        receipts = receive(*arguments)
        statuses.extend(receipt.status for receipt in receipts)
        if not died[0]:
            died[0] = True
            raise StoreOutOfReach("it was recorded, but nobody was told")
        return receipts

    monkeypatch.setattr(real, "receive", dying)

    async def carried() -> None:
        async with stream(server) as manager, running(server, real):
            await there(manager)
            # when a message arrives, and is brought again
            await manager.publish(SUBJECT, line(heartbeat("a")))
            await until(lambda: all_acknowledged(manager))

    asyncio.run(carried())
    # then it is recorded once
    assert statuses == ["recorded", "duplicate"]
    assert real.head() == 1


def test_a_courier_that_starts_again_goes_on_where_it_was(server: str, real: Log) -> None:
    # given a courier that has brought some messages and was stopped
    async def carried() -> None:
        async with stream(server) as manager:
            async with running(server, real):
                await there(manager)
                await manager.publish(SUBJECT, line(heartbeat("a")))
                await until(lambda: real.head() == 1)
            # when more arrive while it is away, and it starts again
            await manager.publish(SUBJECT, line(heartbeat("b")))
            async with running(server, real):
                await until(lambda: real.head() == 2)
                await until(lambda: all_acknowledged(manager))

    asyncio.run(carried())
    # then each was recorded, and none again
    with real.recorder.reading() as ledger:
        assert ledger.ask("SELECT count(*) FROM receipts")[0][0] == 2


def test_the_stream_refuses_what_is_new_rather_than_forget_what_is_old(
    server: str, real: Log
) -> None:
    # given a courier's stream; when it is looked at
    async def looked() -> Any:
        async with stream(server) as manager, running(server, real):
            await there(manager)
            return (await manager.stream_info(STREAM)).config

    config = asyncio.run(looked())
    # then it is on disk, drops nothing that waits, and lets nobody delete a message
    assert (config.storage, config.discard, config.deny_delete) == ("file", "new", True)


async def test_a_broker_that_does_not_answer_is_named(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a port at which nobody listens
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"nats://127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setattr(courier, "CONNECT_SECONDS", 0.5)
    # when the intake begins, then it says so instead of waiting for ever
    with pytest.raises(courier.BrokerOutOfReach):
        await courier.courier_app(url, Intake(log), SystemClock()).run()

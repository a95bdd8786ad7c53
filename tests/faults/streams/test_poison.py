"""F12: what is meant to break a reader is set aside, once, and breaks nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig

from consumers.messages import MOST_EVENTS
from consumers.streams import DURABLE, STREAM
from consumers.suspects import MOST_ATTEMPTS, REASON, SUSPECT_AFTER
from record import aside
from record.log import Log
from tests.brokers import NatsServer, client, know
from tests.conftest import LONG
from tests.faults.streams.crew import Crew, all_done, prepared, setup_in
from tests.feeds import ASH, BIRCH, heartbeat, line

EACH = 20 if LONG else 2
"""How many of each kind of poison are sent."""
TIMES = 3
"""How often each is delivered, at the least."""
MOST_MORE = 100 << 20
"""Bytes by which the worker may grow."""
LARGE, WARM = 7 << 20, 4


def poison(number: int) -> Iterator[bytes]:
    """One of each kind; no two are the same."""
    told = heartbeat(f"p{number}")
    text = line(told)
    mark = str(number).encode()
    yield text[:-2] + mark
    yield b'{"id":' * 10_000 + mark
    yield b"[" * 100_000 + mark
    yield text.replace(b'"data": {}', b'"data": {"n": NaN, "m": %s}' % mark)
    yield text.replace(b'"data": {}', b'"data": {"n": Infinity, "m": %s}' % mark)
    yield text.replace(b'"data": {}', b'"data": {"a": 1, "a": %s}' % mark)
    yield text.replace(b'"data": {}', b'"data": {"a": "\\ud800", "m": %s}' % mark)
    yield text.replace(b'"p%s"' % mark, b'"p\\u0000%s"' % mark)
    yield text.replace(b"{", b"{\x00" + mark, 1)
    yield b"\xff\xfe" + text
    yield b"\x00" * (number + 1)
    yield text.replace(b'"data": {}', b'"data": {"n": %s%s}' % (b"9" * 5000, mark))
    yield text.replace(b'"data": {}', b'"data": {"n": 1e999999%s}' % mark)
    yield (
        text.replace(b"2026-06-15T08:00:00+01:00", b"2026-06-15T08:00:00") + b" " * number
    )
    yield text.replace(b"provider.heartbeat", b"provider.unheard_of_%s" % mark)
    yield json.dumps({**told, "id": "x" * 129 + str(number)}).encode()
    yield json.dumps([told] * 3 + [number]).encode()[:-1]
    yield b"[" + b",".join([b"1"] * (MOST_EVENTS + 1 + number)) + b"]"
    yield b'"' + mark + b"x" * (LARGE if number < 3 else 1000)


@pytest.fixture
def server(tmp_path: Path) -> Any:
    """A broker of the test's own."""
    started = NatsServer(tmp_path)
    started.start()
    yield started
    started.stop()


def memory(pid: int, what: str) -> int:
    """How much memory a process has or had, in bytes."""
    for row in Path(f"/proc/{pid}/status").read_text().splitlines():
        if row.startswith(what):
            return int(row.split()[1]) << 10
    raise AssertionError(what)


async def test_poison_is_set_aside_once_and_breaks_nothing(
    server: NatsServer, tmp_path: Path
) -> None:
    # given a worker that has taken something large before, and subjects that forgers name
    setup = setup_in(tmp_path, server, 1)
    with Log(setup.store) as log:
        know(log, "ash", ASH)
        know(log, "birch", BIRCH)
    corpus = [body for number in range(EACH) for body in poison(number)]
    assert len(set(corpus)) == len(corpus)
    forged: list[Msg] = []

    async def on_forged(message: Msg) -> None:
        forged.append(message)

    async with client(server) as sending:
        manager = sending.jetstream()
        await sending.subscribe("forged.>", cb=on_forged)
        await prepared(manager, 1.0)
        async with Crew(setup) as crew:
            # Several, so that one was read while another was recorded.
            for number in range(WARM):
                warm = line(heartbeat(f"warm-{number}", note="x" * LARGE))
                await manager.publish("counterfoil.events.ash", warm)
            await all_done(manager, crew)
            (pid,) = crew.pids()
            before = memory(pid, "VmHWM")

            # when poison is sent among events, with forged headers, and delivered thrice
            headers = {"reply_to": "forged.a", "Nats-Reply": "forged.b", "Status": "503"}
            for number, body in enumerate(corpus):
                await manager.publish("counterfoil.events.ash", body, headers=headers)
                good = line(heartbeat(f"good-{number}"))
                await manager.publish("counterfoil.events.ash", good)
                alien = line(heartbeat(f"alien-{number}"))
                await manager.publish("counterfoil.events.birch", alien)
            await all_done(manager, crew)
            for _ in range(TIMES - 1):
                await delivered_again(manager)
                await all_done(manager, crew)

            # then it is the same worker, and it has not grown much
            assert crew.pids() == [pid]
            grown = memory(pid, "VmHWM") - before
            assert "could not be handled" not in crew.said()
    print("grown by", grown >> 20, "MB;", len(corpus), "poisonous messages")
    assert grown < MOST_MORE
    assert forged == []

    # and each is one entry with its bytes, and the good and nothing else is recorded
    with Log(setup.store) as log:
        waiting = aside.quarantined(log, everything=True)
        kept = [b"".join(aside.raw_pieces(log, row["entry"])) for row in waiting]
        assert sorted(kept) == sorted(corpus)
        assert {row["sender"] for row in waiting} == {"ash"}
        assert min(row["times"] for row in waiting) >= TIMES
        said = [json.loads(state)["said"]["id"] for _, _, state in next(log.rows())]
        good = {f"good-{n}" for n in range(len(corpus))}
        assert sorted(said) == sorted({f"warm-{n}" for n in range(WARM)} | good)


async def delivered_again(manager: Any) -> None:
    """Let the consumer begin anew, as after a rewind."""
    await manager.delete_consumer(STREAM, DURABLE)
    await manager.add_consumer(
        STREAM,
        ConsumerConfig(
            name=DURABLE, durable_name=DURABLE, ack_wait=1.0, max_deliver=-1,
            max_ack_pending=1024,
        ),
    )  # fmt: skip
    await asyncio.sleep(0.1)


async def test_a_message_that_kills_its_worker_is_set_aside_and_takes_no_other_with_it(
    server: NatsServer, tmp_path: Path
) -> None:
    # given a worker that dies of one message, whoever tries it and however often
    setup = replace(setup_in(tmp_path, server, 1), kills=b"killer", suspect=True)
    with Log(setup.store) as log:
        know(log, "ash", ASH)
    killer = line(heartbeat("killer"))

    # when it is sent among others
    async with client(server) as sending:
        manager = sending.jetstream()
        await prepared(manager, 0.3)
        for number in range(40):
            raw = killer if number == 20 else line(heartbeat(f"good-{number}"))
            await manager.publish("counterfoil.events.ash", raw)
        async with Crew(setup) as crew:
            await all_done(manager, crew)
            deaths = crew.diary()["killed"]

    # then after so many deaths it is set aside with its bytes
    print(deaths, "deaths")
    assert deaths == SUSPECT_AFTER + MOST_ATTEMPTS
    with Log(setup.store) as log:
        (waiting,) = aside.quarantined(log)
        assert b"".join(aside.raw_pieces(log, waiting["entry"])) == killer
        assert waiting["reason"] == REASON

        # and all others are recorded, of which some came as often as it
        assert log.head() == 39

"""F2, F5, F9: brokers are killed, networks fail, workers err and die in twos."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from record.log import Log
from simulation import Plan
from tests.brokers import NatsServer, client
from tests.conftest import LONG
from tests.faults.streams.crew import Crew, Publisher, all_done, prepared, setup_in
from tests.faults.streams.model import Model, Sent, batched, load
from tests.faults.streams.proxy import Proxy

PLAN = Plan(people=8, weeks=8 if LONG else 3)
MOST = 2_000 if LONG else 400
BROKER_KILLS = 5 if LONG else 2
WINDOWS = 10 if LONG else 5
BLACK_HOLE_SECONDS = 30 if LONG else 1.5
ACK_WAIT = 30.0 if LONG else 1.0
CATCH_UP_SECONDS = 30.0
LANES = 4
WORKER_KILLS = 50 if LONG else 5
BEGIN = random.randrange(2**32) if LONG else 20260615


@pytest.fixture
def server(tmp_path: Path) -> Any:
    """A broker of the test's own, that keeps on disk what it acknowledges."""
    started = NatsServer(tmp_path)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def chance() -> random.Random:
    """Chance that can be had again."""
    print("seed", BEGIN)
    return random.Random(BEGIN)


def sent_in(setup_store: str, chance: random.Random) -> tuple[Model, list[Sent]]:
    """A feed, whose senders the store knows."""
    model, sent = load(PLAN, chance, MOST)
    with Log(setup_store) as log:
        model.introduce(log)
    return model, batched(sent, chance)


async def spread(
    publisher: Publisher,
    messages: list[Sent],
    meanwhile: list[Callable[[], Awaitable[None]]],
) -> None:
    """Send all, some while each of a row of things happens."""
    for number, happens in enumerate(meanwhile):
        some = messages[number :: len(meanwhile)]
        await asyncio.gather(happens(), *(lane(publisher, some, n) for n in range(LANES)))


async def lane(publisher: Publisher, messages: list[Sent], number: int) -> None:
    """Send every so-manieth, one after another, for about a second."""
    mine = messages[number::LANES]
    for place, one in enumerate(mine):
        # Half of them say by which name the stream would know a second copy.
        await publisher.send(one, str(uuid4()) if place % 2 else None)
        await asyncio.sleep(1 / len(mine))


async def test_a_broker_that_is_killed_loses_nothing_it_acknowledged(
    server: NatsServer, tmp_path: Path, chance: random.Random
) -> None:
    # given a worker, and a sender that sends until the stream has it
    setup = setup_in(tmp_path, server, BEGIN)
    model, messages = sent_in(setup.store, chance)
    waiting: list[int] = []

    async def kill() -> None:
        await asyncio.sleep(chance.uniform(0.1, 0.7))
        waiting.append(len(messages) - publisher.acknowledged)
        server.kill()
        await asyncio.sleep(chance.uniform(0.1, 0.5))
        await asyncio.to_thread(server.start)

    async with client(server) as sending:
        manager = sending.jetstream()
        await prepared(manager, ACK_WAIT if LONG else 1.0)
        publisher = Publisher(sending)
        async with Crew(setup) as crew:
            # when the broker is killed while messages are on their way
            await spread(publisher, messages, [kill] * BROKER_KILLS)
            await all_done(manager, crew)

    # then all that it had acknowledged is recorded once
    print("waiting at each kill", waiting, "sent again", publisher.again)
    assert all(left > 0 for left in waiting)
    with Log(setup.store) as log:
        assert model.wrong(log) == []


async def test_a_network_that_fails_delays_and_loses_nothing(
    server: NatsServer, tmp_path: Path, chance: random.Random
) -> None:
    # given a worker whose network fails
    async with Proxy(server.port) as proxy:
        setup = replace(setup_in(tmp_path, server, BEGIN), broker=proxy.url)
        model, messages = sent_in(setup.store, chance)

        async def hole() -> None:
            proxy.black_hole()
            await asyncio.sleep(BLACK_HOLE_SECONDS)
            proxy.heal()

        async def slow() -> None:
            proxy.delay = 0.2
            await asyncio.sleep(1)
            proxy.heal()

        async def reset() -> None:
            await asyncio.sleep(chance.uniform(0.2, 0.8))
            proxy.reset()

        kinds = [reset, hole, slow]
        async with client(server) as sending:
            manager = sending.jetstream()
            await prepared(manager, ACK_WAIT)
            async with Crew(setup) as crew:
                # when it does so again and again while messages are on their way
                windows = [kinds[n % 3] for n in range(WINDOWS)]
                lasting = Publisher(sending)
                await spread(lasting, messages, windows)
                healed = time.monotonic()
                await all_done(manager, crew, CATCH_UP_SECONDS + ACK_WAIT)

    # then the worker has caught up soon after, and nothing is wrong
    print("connections", proxy.connections, "caught up in", time.monotonic() - healed)
    assert proxy.connections > 1
    with Log(setup.store) as log:
        assert model.wrong(log) == []


async def test_two_workers_that_err_and_die_lose_and_double_nothing(
    server: NatsServer, tmp_path: Path, chance: random.Random
) -> None:
    # given two workers on one log, at a tenth of whose batches something goes wrong
    setup = setup_in(tmp_path, server, BEGIN, errors=0.1)
    model, messages = sent_in(setup.store, chance)
    killed = 0
    async with client(server) as sending:
        manager = sending.jetstream()
        await prepared(manager, 1.0)
        async with Crew(setup, workers=2) as crew:

            async def kill() -> None:
                nonlocal killed
                await asyncio.sleep(chance.uniform(0.05, 0.9))
                crew.kill_one()
                killed += 1
                crew.look_after()

            # when one or the other is killed at any moment
            await spread(Publisher(sending), messages, [kill] * WORKER_KILLS)
            await all_done(manager, crew)
            happened = crew.diary()

    # then nothing is wrong
    print(killed, "killed;", dict(happened))
    assert killed == WORKER_KILLS
    assert happened["away"] + happened["unforeseen"] > 0
    with Log(setup.store) as log:
        assert model.wrong(log) == []

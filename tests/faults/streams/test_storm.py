"""F16: a sender that sends everything five times, and three workers on one log."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nats.aio.msg import Msg

from record.log import Log
from simulation import Plan
from tests.brokers import NatsServer, client
from tests.conftest import LONG
from tests.faults.streams.crew import Crew, Publisher, all_done, prepared, setup_in
from tests.faults.streams.model import Name, Sent, load

UNIQUE = 1_600 if LONG else 300
COPIES = 5
WORKERS = 3
EACH_SECOND = 500
"""Messages that are sent in a second."""
LONGEST_SECONDS = 0.25
BEGIN = random.randrange(2**32) if LONG else 20260615


@pytest.fixture
def server(tmp_path: Path) -> Any:
    """A broker of the test's own."""
    started = NatsServer(tmp_path)
    started.start()
    yield started
    started.stop()


async def test_a_storm_of_copies_is_recorded_once(
    server: NatsServer, tmp_path: Path
) -> None:
    # given a feed that is sent five times over, in any order, and three workers
    print("seed", BEGIN)
    chance = random.Random(BEGIN)
    model, sent = load(Plan(people=8, weeks=8 if LONG else 3), chance, UNIQUE)
    setup = replace(setup_in(tmp_path, server, BEGIN), batch=64)
    with Log(setup.store) as log:
        model.introduce(log)
    storm = sent * COPIES
    chance.shuffle(storm)
    taken: dict[Name, float] = {}
    answered: dict[Name, float] = {}
    told: Counter[str] = Counter()

    async def on_answer(message: Msg) -> None:
        for one in json.loads(message.data)["receipts"]:
            told[one["status"]] += 1
            if one["status"] == "recorded":
                answered[one["source"], one["id"]] = time.monotonic()

    async def send(one: Sent) -> None:
        await publisher.send(one)
        for name in names(one.payload):
            taken.setdefault(name, time.monotonic())

    async with client(server) as sending:
        manager = sending.jetstream()
        await sending.subscribe("counterfoil.receipts.*", cb=on_answer)
        await prepared(manager, 2.0)
        publisher = Publisher(sending)
        async with Crew(setup, workers=WORKERS) as crew:
            await asyncio.sleep(1)

            # when the storm comes
            start = time.monotonic()
            sendings = []
            for number, one in enumerate(storm):
                await asyncio.sleep(
                    max(0, start + number / EACH_SECOND - time.monotonic())
                )
                sendings.append(asyncio.create_task(send(one)))
            await asyncio.gather(*sendings)
            await all_done(manager, crew)
            await asyncio.sleep(0.3)

    # then nothing is wrong, and every copy was told what became of it
    with Log(setup.store) as log:
        assert model.wrong(log) == []
        assert told["recorded"] == log.head()
    assert len(storm) <= told.total() <= len(storm) + publisher.again
    # and what is new was told soon after the stream had taken it
    took = [max(0.0, at - taken[name]) for name, at in answered.items()]
    p99 = statistics.quantiles(took, n=100)[98]
    print(dict(told), f"p50 {statistics.median(took):.3f} s, p99 {p99:.3f} s")
    if LONG:
        assert p99 < LONGEST_SECONDS


def names(payload: bytes) -> list[Name]:
    """The name of the event in a message, if it has one."""
    try:
        said = json.loads(payload)
    except ValueError:
        return []
    return [(said["source"], said["id"])]

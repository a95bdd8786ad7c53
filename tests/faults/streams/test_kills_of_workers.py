"""F1: a worker is killed at every point of its work; nothing is lost, doubled or another's."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from consumers.intake import Intake
from projections.asking import Moment
from projections.engine import Limits, connect
from projections.mirror import columns_folder, write_segments
from projections.segments import Segments
from record.clock import SystemClock
from record.log import Log
from simulation import Plan
from tests.brokers import NatsServer, client, emptied
from tests.conftest import LONG
from tests.faults.streams.crew import Crew, Publisher, all_done, prepared, setup_in
from tests.faults.streams.model import Model, Sent, batched, load
from tests.faults.streams.mutants import MUTANTS
from tests.faults.streams.worker import POINTS, Setup
from tests.projections.comparing import differences
from tests.projections.test_laws import asked

PLAN = Plan(people=8, weeks=8 if LONG else 3)
KILLS = 75 if LONG else 15
MOST = 2_000 if LONG else 500
BEGIN = random.randrange(2**32) if LONG else 20260615
FEW, MANY = 150, 600
"""Events that a cheat is tried with, in the quick form and in the whole."""


@pytest.fixture
def server(tmp_path: Path) -> Any:
    """A broker of the test's own."""
    started = NatsServer(tmp_path)
    started.start()
    yield started
    started.stop()


async def run(
    server: NatsServer, setup: Setup, model: Model, messages: list[Sent], kills: int
) -> Counter[str]:
    """Send all, and let workers carry it that die so often; what happened."""
    with Log(setup.store) as log:
        model.introduce(log)
    async with emptied(server) as manager, client(server) as sending:
        await prepared(manager, ack_wait=0.5)
        publisher = Publisher(sending)
        async with Crew(setup, kills=kills) as crew:
            slices = [messages[n :: kills + 1] for n in range(kills + 1)]
            for number, some in enumerate(slices):
                await asyncio.gather(*(publisher.send(one) for one in some))
                await all_done(manager, crew, enough=lambda n=number: crew.deaths > n)
            await all_done(manager, crew)
            return crew.diary()


async def test_kills_at_every_point_lose_and_double_nothing(
    server: NatsServer, tmp_path: Path
) -> None:
    # given a council's feed, a fifth of it twice, with conflicts, rubbish and an impostor
    print("seed", BEGIN)
    chance = random.Random(BEGIN)
    model, sent = load(PLAN, chance, MOST)
    setup = setup_in(tmp_path, server, BEGIN, errors=0.1)

    # when it is carried by workers that die again and again, and err in between
    happened = await run(server, setup, model, batched(sent, chance), KILLS)

    # then each was killed at each point, and the store was away, and nothing is wrong
    print(happened)
    assert all(happened[f"died {point}"] >= KILLS // len(POINTS) for point in POINTS)
    assert happened["away"] + happened["unforeseen"] > 0
    with Log(setup.store) as log:
        assert model.wrong(log) == []
        judged = asked(log, Moment(PLAN.at))
        con = connect(Limits(threads=1))
        write_segments(
            con, log, Segments(columns_folder(setup.store), log.id), from_events=1
        )
        rebuilt = asked(log, Moment(PLAN.at))

    # and the findings are those of a log that was told the same in peace, and of a rebuild
    with Log(f"sqlite:///{tmp_path}/peace.db") as peace:
        lines = [one.payload for one in sent if said_in_its_own_name(model, one)]
        Intake(peace).receive(lines, SystemClock())
        assert differences(judged, asked(peace, Moment(PLAN.at))) == []
    assert differences(judged, rebuilt) == []


def said_in_its_own_name(model: Model, message: Sent) -> bool:
    """Whether a message may be said by who sent it."""
    return not any(id_.encode() in message.payload for _, id_ in model.alien)


@pytest.mark.parametrize("mutant", ["", *MUTANTS])
async def test_a_worker_that_cheats_is_seen_and_no_other(
    server: NatsServer, tmp_path: Path, mutant: str
) -> None:
    # given a feed, and workers that cheat in one way, or in none
    seed = random.randrange(2**32) if LONG else 20260615
    print("seed", seed)
    chance = random.Random(seed)
    model, sent = load(Plan(people=8, weeks=3), chance, MANY if LONG else FEW)
    setup = replace(setup_in(tmp_path, server, seed, errors=0.2), mutant=mutant)

    # when they carry it, and die at every point
    await run(server, setup, model, batched(sent, chance), 2 * len(POINTS))

    # then the judge sees it
    with Log(setup.store) as log:
        wrong = model.wrong(log)
    print(mutant, Counter(one.partition(":")[0] for one in wrong))
    assert bool(wrong) == bool(mutant)

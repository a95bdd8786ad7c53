"""Two intake workers and two nodes on one log, and one of each is killed in the middle."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import nats

from projections.asking import Moment
from record.clock import SystemClock
from record.log import Log
from tests.brokers import NatsServer, all_acknowledged, know, subject
from tests.conftest import LONG
from tests.feeds import check_in, heartbeat, line
from tests.projections.test_laws import asked
from tests.test_serving import Process, needs_command, process, until

EVENTS = 5_000 if LONG else 300


@needs_command
async def test_any_one_of_them_may_be_killed_and_the_others_lose_and_double_nothing(
    durable_url: str, tmp_path: Path
) -> None:
    # given visits nobody planned, and a word from their provider, all sent twice
    sent = [line(check_in(f"i{n}", f"V{n}", carer=f"K{n}")) for n in range(EVENTS - 1)]
    sent.append(line(heartbeat("h")))
    server = NatsServer(tmp_path)
    with Log(durable_url) as log, ExitStack() as running:
        know(log, "ash", "/providers/ash")
        server.start()
        running.callback(server.stop)

        def begin(*words: str) -> Process:
            return running.enter_context(process(tmp_path, *words, store=durable_url))

        workers = [begin("intake", "--broker", server.url) for _ in range(2)]
        nodes = [begin("node") for _ in range(2)]
        client = await nats.connect(server.url)
        stream = client.jetstream()
        for number, payload in enumerate([*sent, *sent]):
            await stream.publish(subject("ash"), payload)
            # when one worker and one node are killed in the middle of it
            if number == EVENTS // 2:
                workers[0].running.kill()
            if number == EVENTS:
                nodes[0].running.kill()
        while not await all_acknowledged(stream):
            await asyncio.sleep(0.05)
        await client.close()
        until(lambda: nodes[1].number("counterfoil_follower_position") == log.head())

        # then each event is in the log once
        states = [
            json.loads(state)["said"]
            for _, _, state in log.recorder.rows(0, 2**62, 10**6)
        ]
        assert Counter(said["id"] for said in states) == Counter(
            json.loads(payload)["id"] for payload in sent
        )
        # and the node that is left, one that comes now, and whoever asks, agree
        newcomer = begin("node")
        told = [node.numbers("counterfoil_findings{") for node in (nodes[1], newcomer)]
        found = asked(log, Moment(SystemClock().now()))
        assert told[0] == told[1]
        assert sum(told[0].values()) == len(found) == EVENTS - 1

"""Two intake workers and two nodes on one log, and one of each is killed in the middle."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import nats
import pytest

from projections.asking import Moment
from record.clock import SystemClock
from record.log import Log
from tests.brokers import NatsServer, all_acknowledged, free_port, know, subject
from tests.conftest import LONG
from tests.documents import COUNTERFOIL, clean_environment
from tests.feeds import check_in, heartbeat, line
from tests.projections.test_laws import asked
from tests.test_serving import until

pytestmark = pytest.mark.skipif(
    not COUNTERFOIL.exists(), reason="the command is not installed beside this Python"
)

EVENTS = 5_000 if LONG else 300


class Part:
    """An intake worker or a node, as a process of its own."""

    def __init__(self, folder: Path, url: str, *words: str) -> None:
        self.ops = f"127.0.0.1:{free_port()}"
        self.folder = folder
        folder.mkdir(exist_ok=True)
        told = clean_environment() | {"COUNTERFOIL_STORE": url}
        with (folder / "said").open("wb") as said:
            self.process = subprocess.Popen(
                [COUNTERFOIL, *words, "--ops", self.ops],
                env=told,
                cwd=folder,
                stderr=said,
            )

    def ready(self) -> bool:
        """Whether it says that it takes work."""
        assert self.process.poll() is None, (self.folder / "said").read_text()
        try:
            return httpx.get(f"http://{self.ops}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def numbers(self, name: str) -> dict[str, float]:
        """All its numbers of one name, by their labels."""
        rows = httpx.get(f"http://{self.ops}/metrics").text.splitlines()
        return {
            labels: float(value)
            for labels, _, value in (row.rpartition(" ") for row in rows)
            if labels.startswith(name)
        }

    def position(self) -> float:
        """Up to which event of the log a node's findings go."""
        return sum(self.numbers("counterfoil_follower_position").values())


@contextmanager
def parts(folder: Path, url: str, broker: str) -> Iterator[tuple[list[Part], list[Part]]]:
    """Two workers and two nodes at work; all that still run are ended with the test."""
    workers = [
        Part(folder / f"intake{n}", url, "intake", "--broker", broker) for n in range(2)
    ]
    nodes = [Part(folder / f"node{n}", url, "node") for n in range(2)]
    try:
        until(lambda: all(part.ready() for part in (*workers, *nodes)))
        yield workers, nodes
    finally:
        for part in (*workers, *nodes):
            part.process.kill()
            part.process.wait(20)


async def test_any_one_of_them_may_be_killed_and_the_others_lose_and_double_nothing(
    durable_url: str, tmp_path: Path
) -> None:
    # given visits nobody planned, and a word from their provider, all sent twice
    sent = [line(check_in(f"i{n}", f"V{n}", carer=f"K{n}")) for n in range(EVENTS - 1)]
    sent.append(line(heartbeat("h")))
    server = NatsServer(tmp_path)
    with Log(durable_url) as log:
        know(log, "ash", "/providers/ash")
        server.start()
        with parts(tmp_path, durable_url, server.url) as (workers, nodes):
            client = await nats.connect(server.url)
            stream = client.jetstream()
            for number, payload in enumerate([*sent, *sent]):
                await stream.publish(subject("ash"), payload)
                # when one worker and one node are killed in the middle of it
                if number == EVENTS // 2:
                    workers[0].process.kill()
                if number == EVENTS:
                    nodes[0].process.kill()
            while not await all_acknowledged(stream):
                await asyncio.sleep(0.05)
            await client.close()
            await asyncio.to_thread(until, lambda: nodes[1].position() == log.head())

            # then each event is in the log once
            states = [
                json.loads(state)["said"]
                for _, _, state in log.recorder.rows(0, 2**62, 10**6)
            ]
            assert Counter(said["id"] for said in states) == Counter(
                json.loads(payload)["id"] for payload in sent
            )
            # and the node that is left, one that comes now, and whoever asks, agree
            newcomer = Part(tmp_path / "late", durable_url, "node")
            await asyncio.to_thread(until, newcomer.ready)
            told = [
                part.numbers("counterfoil_findings{") for part in (nodes[1], newcomer)
            ]
            newcomer.process.kill()
            newcomer.process.wait(20)
            found = asked(log, Moment(SystemClock().now()))
            assert told[0] == told[1]
            assert sum(told[0].values()) == len(found) == EVENTS - 1
    server.stop()

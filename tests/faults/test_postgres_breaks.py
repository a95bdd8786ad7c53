"""F4: replies to commits are lost, connections are ended, the server fails: nothing is lost."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from record.log import Log
from tests.conftest import LONG
from tests.faults.model import Senders, Sent
from tests.faults.proxy import Proxy
from tests.postgres import Cluster, terminated

UNIQUE, KILLS, RESTARTS, LOST = (1_500, 100, 3, 70) if LONG else (200, 12, 1, 6)
PAUSE = 0.25 if LONG else 0.1
"""Seconds between two kills."""
EVERY = 18 if LONG else 12
LARGEST = 1 if LONG else 4
BEGIN = random.randrange(2**32) if LONG else 20260616
THREADS = 6


@pytest.fixture(scope="module")
def durable() -> Iterator[Cluster]:
    """A server that keeps what it says it keeps."""
    started = Cluster(fsync=True)
    yield started
    started.remove()


def test_lost_replies_ended_connections_and_a_failing_server_lose_and_double_nothing(
    durable: Cluster,
) -> None:
    # given a feed, and two processes' worth of senders on a way that loses replies
    sent = Sent(BEGIN, UNIQUE)
    name = durable.new()
    Log(durable.url(name)).close()
    proxy = Proxy(durable.port, EVERY)
    way = durable.url(name, port=proxy.port)
    killed = restarts = 0
    with ExitStack() as stack:
        logs = [stack.enter_context(Log(way, timeout=5)) for _ in range(2)]
        senders = Senders(logs, sent.batches(LARGEST), THREADS)
        # when connections are ended and the server fails while they send, and send again
        while senders.at_work or killed < KILLS or restarts < RESTARTS:
            if not senders.at_work:
                senders.send(sent.batches(LARGEST))
            time.sleep(PAUSE)
            killed += terminated(durable.url(name))
            if restarts < RESTARTS and killed >= KILLS * (restarts + 1) // (RESTARTS + 1):
                durable.restart()
                restarts += 1
        senders.join()
    proxy.close()
    # then the faults did hit
    print(
        "killed",
        killed,
        "restarts",
        restarts,
        "lost",
        proxy.dropped,
        "away",
        senders.away,
    )
    assert killed >= KILLS
    assert proxy.dropped >= LOST
    assert senders.away > 0
    # and everything that was sent is there once, and nothing else is
    with Log(durable.url(name)) as log:
        assert sent.differences(log) == []
    # and nobody was told twice that it was recorded
    recorded = [(r.source, r.id) for r in senders.receipts if r.status == "recorded"]
    assert len(recorded) == len(set(recorded))

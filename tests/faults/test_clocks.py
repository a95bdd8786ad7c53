"""F11: the clock jumps back, forth and decades ahead: what was known when stays an order."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

from consumers.intake import Intake
from record.clock import SteppedClock
from record.log import Log
from tests.conftest import LONG
from tests.faults.model import Sent
from tests.feeds import NOON

EVENTS, JUMPS = (1_000, 20) if LONG else (200, 20)
LEAP = datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC)
"""Where a clock of 32 bits would turn round."""
BEGIN = random.randrange(2**32) if LONG else 20260619


def test_what_was_received_by_when_is_an_order_whatever_the_clock_does(
    url: str,
) -> None:
    # given a feed, and a machine whose clock is put elsewhere again and again
    sent = Sent(BEGIN, EVENTS)
    chance = random.Random(BEGIN)
    clock = SteppedClock(NOON)
    batches = sent.batches(max(1, EVENTS // JUMPS // 4))
    highest, told, jumps = datetime.min.replace(tzinfo=UTC), list[datetime](), 0
    for number, batch in enumerate(batches):
        clock.at += timedelta(milliseconds=chance.randrange(2_000))
        if number % max(1, len(batches) // JUMPS) == 0:
            jumps += 1
            clock.at += chance.choice(
                [timedelta(minutes=5), timedelta(minutes=-5), timedelta(hours=-1)]
            )
        if number == len(batches) * 4 // 5:
            before, clock.at = clock.at, LEAP
        if number == len(batches) * 4 // 5 + 1:
            clock.at = before
        # when batches are received, each time by a process that has just begun
        with Log(url, simulated=True) as log:
            receipts = Intake(log).receive(batch, clock)
        recorded = [receipt for receipt in receipts if receipt.status == "recorded"]
        if recorded:
            highest = max(highest, clock.at)
        told += [highest] * len(recorded)
    # then each event was received when the clock was furthest, and never before another
    assert jumps >= JUMPS
    with Log(url) as log:
        rows = [row for chunk in log.rows() for row in chunk]
        received = [
            datetime.fromisoformat(json.loads(state)["received_at"])
            for _, _, state in rows
        ]
        assert received == told
        assert received == sorted(received)
        assert received[-1] == LEAP
        # and what was known at any instant is the log up to a position
        for known_at in chance.sample(received, 20):
            known = [n for n, at in enumerate(received, 1) if at <= known_at]
            assert known == list(range(1, len(known) + 1))
        assert sent.differences(log) == []

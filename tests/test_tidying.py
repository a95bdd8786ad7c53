"""What a long-running process clears away, and what it never does."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from cli.running import ANSWERS_KEPT, tidy
from consumers.intake import Intake
from record.answers import answers
from record.clock import SteppedClock
from record.log import Log
from record.senders import Sender
from tests.feeds import ASH, NOON, heartbeat, line

SENDER = Sender("ash", frozenset({ASH}))


async def test_answers_are_let_go_in_time_and_the_receipts_stay(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given an answer of long ago, and one of today
    intake.receive([line(heartbeat("a"))], clock, SENDER)
    clock.at = NOON + ANSWERS_KEPT + timedelta(seconds=1)
    intake.receive([line(heartbeat("b"))], clock, SENDER)
    # when it is tidied up
    stop = asyncio.Event()
    tidying = asyncio.create_task(tidy(log, clock, stop))
    with_what_is_left: list[str] = []
    for _ in range(500):
        with log.recorder.reading() as ledger:
            kept = answers(ledger, "ash")
        with_what_is_left = [one["receipts"][0]["id"] for one in kept]
        if with_what_is_left == ["b"]:
            break
        await asyncio.sleep(0.01)
    stop.set()
    await tidying
    # then only today's answer can be fetched, and both events are known for ever
    assert with_what_is_left == ["b"]
    again = intake.receive([line(heartbeat("a")), line(heartbeat("b"))], clock, SENDER)
    assert [receipt.status for receipt in again] == ["duplicate", "duplicate"]

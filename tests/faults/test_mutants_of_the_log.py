"""The mutation gate of the log: a writer that takes no lock is seen by whoever reads the tail."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from consumers.intake import Intake
from record.clock import SystemClock
from record.ledger import Ledger
from record.log import Log
from record.postgres import EVENT, Recorder
from record.postgres_ledger import PostgresLedger
from tests.conftest import LONG
from tests.feeds import check_in, lines

WRITERS = 6
EACH = 200 if LONG else 25
LONGEST_PAUSE = 0.01
BEGIN = random.randrange(2**32) if LONG else 20260620

Mutant = Callable[[Recorder, str], None]


def honest(_: Recorder, __: str) -> None:
    """The log as it is."""


def database_functions(recorder: Recorder, url: str) -> None:
    """As with the library's own functions in the database: no lock, positions by a sequence."""
    with psycopg.connect(url) as con:
        con.execute("CREATE SEQUENCE places")

    @contextmanager
    def writing() -> Iterator[Ledger]:
        with psycopg.connect(url) as con, con.cursor(binary=True) as cursor:
            yield PostgresLedger(cursor)

    def append(ledger: Ledger, events: Sequence[Any]) -> Sequence[int]:
        positions = [ledger.ask("SELECT nextval('places')")[0][0] for _ in events]
        ledger.put(
            "stored_events",
            EVENT,
            (
                (at, e.originator_id, e.originator_version, e.topic, e.state)
                for at, e in zip(positions, events, strict=True)
            ),
        )
        return positions

    recorder.writing = writing  # type: ignore[method-assign]
    recorder.append = append  # type: ignore[method-assign]


def take_their_time(recorder: Recorder) -> None:
    """Let writers pause between what they append and their commit, as a busy server does."""
    append, chance = recorder.append, random.Random(BEGIN)

    def slowly(ledger: Ledger, events: Sequence[Any]) -> Sequence[int]:
        positions = append(ledger, events)
        time.sleep(chance.uniform(0, LONGEST_PAUSE))
        return positions

    recorder.append = slowly  # type: ignore[method-assign]


def write(log: Log, writer: int) -> None:
    """Record so many check-ins, one after the other."""
    for number in range(EACH):
        name = f"{writer}-{number}"
        Intake(log).receive(lines([check_in(name, f"V{name}")]), SystemClock())


def read_the_tail(recorder: Recorder, done: threading.Event, seen: list[int]) -> None:
    """Read on from the last position that was read, until nothing comes any more."""
    while True:
        over = done.is_set()
        rows = recorder.rows(seen[-1] if seen else 0, 2**62, 10_000)
        seen.extend(position for position, _, _ in rows)
        if over and not rows:
            return


@pytest.mark.parametrize("mutant", [honest, database_functions])
def test_a_log_without_its_lock_is_seen_by_a_reader_of_its_tail(
    durable_url: str, mutant: Mutant
) -> None:
    # given writers that take their time, with the log's lock or without
    print("seed", BEGIN)
    with Log(durable_url) as log:
        mutant(log.recorder, durable_url)
        take_their_time(log.recorder)
        done, seen = threading.Event(), list[int]()
        reader = threading.Thread(target=read_the_tail, args=(log.recorder, done, seen))
        writers = [
            threading.Thread(target=write, args=(log, number))
            for number in range(WRITERS)
        ]

        # when they write at once, while somebody reads on from what they have read
        for thread in (reader, *writers):
            thread.start()
        for thread in writers:
            thread.join()
        done.set()
        reader.join()

        # then that reader has seen every event, unless there was no lock
        everything = [position for position, _, _ in log.recorder.rows(0, 2**62, 10**6)]
    assert len(everything) == WRITERS * EACH
    assert (seen == everything) == (mutant is honest)

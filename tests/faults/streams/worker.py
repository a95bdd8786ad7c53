"""A worker process that carries from a broker, and dies, errs or cheats where it is told."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import record.log as log_room
from consumers import delivery, nats, pulling, suspects
from consumers.access import Access
from consumers.carrying import carry, transport
from consumers.courier import Courier
from consumers.delivery import Delivery
from consumers.intake import Intake
from record.clock import SystemClock
from record.errors import StoreOutOfReach
from record.log import Log
from tests.brokers import ROOM

POINTS = ("before parse", "before save", "mid save", "after commit", "after ack")


@dataclass(frozen=True)
class Setup:
    """What a worker is told: where its store and broker are, and how it is to fail.

    It dies at the *number*-th passing of *point*, or whenever it reads what *kills* it;
    *errors* is the share of batches at which its store is away or something unforeseen
    happens. Where the faults are none of a message's, none is ever *suspect*.
    """

    store: str
    broker: str
    diary: Path
    seed: int
    point: str = ""
    number: int = 0
    errors: float = 0.0
    batch: int = 8
    mutant: str = ""
    kills: bytes = b""
    suspect: bool = False


class Point:
    """Counts passings, and dies at one of them, as the power does; the diary says where."""

    def __init__(self, setup: Setup) -> None:
        self.setup, self.left = setup, setup.number

    def passed(self) -> None:
        """Die if this is the passing."""
        self.left -= 1
        if self.left == 0:
            note(self.setup.diary, f"died {self.setup.point}")
            os.kill(os.getpid(), signal.SIGKILL)


def note(diary: Path, what: str) -> None:
    """Write a line that outlives the process."""
    found = os.open(diary, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(found, what.encode() + b"\n")
    os.close(found)


def before(point: Point, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, after the point."""

    def run(*args: Any, **kwargs: Any) -> Any:
        point.passed()
        return function(*args, **kwargs)

    return run


def after(point: Point, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, before the point."""

    def run(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        point.passed()
        return result

    return run


def arm(setup: Setup, log: Log) -> None:
    """Put the point where its name says."""
    point = Point(setup)
    if setup.point == "before parse":
        Courier.read = before(point, Courier.read)  # type: ignore[method-assign]
    elif setup.point == "before save":
        Log.receive = before(point, Log.receive)  # type: ignore[method-assign]
    elif setup.point == "mid save":
        log_room.file_batch = after(point, log_room.file_batch)
    elif setup.point == "after commit":
        log.recorder.writing = _then(log.recorder.writing, point)
    elif setup.point == "after ack":
        nats.NatsDelivery.answer = before(point, nats.NatsDelivery.answer)  # type: ignore[method-assign]
    elif setup.point:
        raise SystemExit(f"no point {setup.point}")


def _then(writing: Callable[[], Any], point: Point) -> Callable[[], Any]:
    """Transactions after whose commit the point is passed."""

    @contextmanager
    def committed() -> Iterator[Any]:
        with writing() as ledger:
            yield ledger
        point.passed()

    return committed


def be_killed(setup: Setup) -> None:
    """Die of reading a certain message, as of one that needs more memory than there is."""
    read = Courier.read

    def dying(self: Courier, delivery: Delivery) -> Any:
        if setup.kills in delivery.payload:
            note(setup.diary, "killed")
            os.kill(os.getpid(), signal.SIGKILL)
        return read(self, delivery)

    Courier.read = dying  # type: ignore[method-assign]


def err(setup: Setup, log: Log) -> None:
    """Let the store be away now and then, or something happen that nobody foresaw."""
    chance, receive = random.Random(setup.seed), log.receive

    def sometimes(*args: Any) -> Any:
        drawn = chance.random()
        if drawn < setup.errors / 2:
            note(setup.diary, "away")
            raise StoreOutOfReach("away")
        if drawn < setup.errors:
            note(setup.diary, "unforeseen")
            raise ZeroDivisionError
        return receive(*args)

    log.receive = sometimes  # type: ignore[method-assign]


def work(setup: Setup) -> None:
    """Carry until told to stop, or dead."""
    from tests.faults.streams.mutants import MUTANTS

    sys.stdout = sys.stderr = open(setup.diary.with_suffix(".log"), "a")  # noqa: SIM115
    nats.BATCH = setup.batch
    nats.WAIT_SECONDS = 0.02
    delivery.FIRST_DELAY, delivery.LONGEST_DELAY = 0.1, 0.5
    pulling.GRACE_SECONDS = 0.5
    if not setup.suspect:
        suspects.SUSPECT_AFTER = 1 << 30
    with Log(setup.store) as log:
        if setup.kills:
            be_killed(setup)
        arm(setup, log)
        err(setup, log)
        if setup.mutant:
            MUTANTS[setup.mutant](log)
        asyncio.run(_carry(setup, log))


async def _carry(setup: Setup, log: Log) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    way = transport(Access(setup.broker, stream_bytes=ROOM))
    await carry(way, Courier(Intake(log), SystemClock()), stop)

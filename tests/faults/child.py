"""A process that imports a feed, writing columns as it goes, and dies where it is told.

`python -m tests.faults.child URL FEED [POINT NUMBER]`: at the NUMBER-th passing of POINT it
kills itself, as the power does: nothing is closed, flushed or said.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from consumers.intake import Intake
from projections import segments as segments_room
from projections.engine import Limits, connect
from projections.mirror import columns_folder, write_segments
from projections.segments import Segments
from record import sqlite
from record.clock import SystemClock
from record.log import Log

BATCH = 100
COLUMNS_EVERY = 3
"""Batches after which the columns are brought up to date."""


class Point:
    """Counts passings, and dies at one of them."""

    def __init__(self, number: int) -> None:
        self.left = number

    def passed(self) -> None:
        """Die if this is the passing."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


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


def arm(name: str, number: int) -> None:
    """Put the point where its name says."""
    point, made = Point(number), Segments._make
    if name == "before commit":
        sqlite.Connection._commit = before(point, sqlite.Connection._commit)
    elif name == "after commit":
        sqlite.Connection._commit = after(point, sqlite.Connection._commit)
    elif name == "between segment and manifest":
        Segments._publish = before(point, Segments._publish)
    elif name == "between manifest and sweep":
        Segments._publish = after(point, Segments._publish)
    elif name == "during compaction":
        dying = after(point, segments_room.copied)

        usual = segments_room.copied

        def make_or_die(
            self: Segments, con: Any, rows: str, merged: Any, *more: Any
        ) -> Any:
            segments_room.copied = dying if merged else usual
            return made(self, con, rows, merged, *more)

        Segments._make = make_or_die
    else:
        raise SystemExit(f"no point {name}")


def work(url: str, feed: Path) -> None:
    """Import the feed, batch by batch."""
    lines = feed.read_bytes().splitlines()
    con = connect(Limits(threads=1))
    with Log(url) as log:
        print("begun", flush=True)
        columns = Segments(columns_folder(url), log.id)
        for number, start in enumerate(range(0, len(lines), BATCH), 1):
            Intake(log).receive(lines[start : start + BATCH], SystemClock())
            if number % COLUMNS_EVERY == 0:
                write_segments(con, log, columns, from_events=1)


if __name__ == "__main__":
    if len(sys.argv) > 3:
        arm(sys.argv[3], int(sys.argv[4]))
    work(sys.argv[1], Path(sys.argv[2]))

"""The N-th statement fails, for every N: a batch is recorded whole or not at all."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.sqlite import SQLiteCursor

from consumers.intake import Intake
from projections.asking import Moment
from projections.engine import Limits, connect
from projections.mirror import columns_folder, write_segments
from projections.segments import Segments
from record import sqlite
from record.clock import SteppedClock
from record.errors import StoreOutOfReach
from record.log import Log
from tests.feeds import NOON, check_in, heartbeat, lines
from tests.projections.comparing import differences
from tests.projections.test_laws import asked

MOST = 200
"""Statements; a batch takes far fewer."""


class Watched:
    """A cursor whose statements are counted."""

    def __init__(self, cursor: sqlite3.Cursor, failing: Failing) -> None:
        self.cursor = cursor
        self.execute = failing.wrap(cursor.execute)
        self.executemany = failing.wrap(cursor.executemany)
        self.fetchone, self.fetchall = cursor.fetchone, cursor.fetchall

    @property
    def lastrowid(self) -> int | None:
        """The row that was inserted last."""
        return self.cursor.lastrowid


class Failing:
    """Lets the N-th call of some functions fail."""

    def __init__(self, number: int, error: Exception) -> None:
        self.left, self.error = number, error

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, which fails when its turn has come."""

        def run(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                raise self.error
            return function(*args, **kwargs)

        return run


def test_whichever_statement_fails_the_batch_is_whole_or_not_there(
    log: Log,
    intake: Intake,
    store: Path,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a log, and a batch of all that a batch may hold
    intake.receive(lines([heartbeat("h1"), check_in("i1")]), clock)
    batch = [
        *lines([heartbeat("h1"), heartbeat("h2"), check_in("i2", "V2")]),
        *lines([check_in("i1", carer="K9")]), b"{not json",
    ]  # fmt: skip
    expected = ["duplicate", "recorded", "recorded", "conflict", "quarantined"]
    failed = 0
    for number in range(1, MOST):
        # when its N-th statement fails
        failing = Failing(number, sqlite3.OperationalError("disk I/O error"))
        with monkeypatch.context() as patched:
            patched.setattr(
                SQLiteCursor,
                "__enter__",
                lambda c, f=failing: Watched(c.sqlite_cursor, f),
            )
            patched.setattr(
                sqlite.Connection, "_commit", failing.wrap(sqlite.Connection._commit)
            )
            try:
                receipts = intake.receive(batch, clock)
            except StoreOutOfReach:
                failed += 1
            else:
                break
        # then nothing of it is recorded, and the pen is free at once
        assert log.head() == 2
        with sqlite3.connect(store, timeout=0, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            for table in ("quarantine", "conflicts"):
                assert other.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
            other.execute("ROLLBACK")
        other.close()
    # and at last, when none fails, the batch has its receipts
    assert failed > 5
    assert [receipt.status for receipt in receipts] == expected
    assert log.head() == 4


def test_whichever_file_cannot_be_written_answers_are_right(
    log: Log, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a log with two segments to come
    events = [check_in(f"i{n}", f"V{n}") for n in range(40)]
    for start in (0, 20):
        Intake(log).receive(lines(events[start : start + 20]), SteppedClock(NOON))
    right = asked(log, Moment(NOON))
    columns, con = Segments(columns_folder(url), log.id), connect(Limits(threads=1))
    failed = 0
    for number in range(1, MOST):
        # when the N-th write, sync or rename fails
        failing = Failing(number, OSError(errno.ENOSPC, "No space left on device"))
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", failing.wrap(os.fsync))
            for name in ("rename", "write_text", "mkdir"):
                patched.setattr(Path, name, failing.wrap(getattr(Path, name)))
            try:
                write_segments(con, log, columns, from_events=1)
            except OSError:
                failed += 1
        # then what is asked is answered as before
        assert differences(asked(log, Moment(NOON)), right) == []
        if failing.left > 0:
            break
    # and at last the columns are whole
    assert failed > 3
    assert columns.manifest().segments[-1].last == 40
    assert columns.damaged() == []

"""The N-th statement fails, for every N: a batch is recorded whole or not at all."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
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
from tests.conftest import LONG
from tests.feeds import NOON, check_in, heartbeat, lines
from tests.postgres import terminated
from tests.projections.comparing import differences
from tests.projections.test_laws import asked

MOST = 200
"""Statements; a batch takes far fewer."""
EVENTS = 50 if LONG else 3


class Watched:
    """A cursor of SQLite whose statements are counted."""

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
    """Lets the N-th call of some functions fail; with *lasting* all calls from then on."""

    def __init__(
        self, number: int, fail: Callable[[], None], lasting: bool = False
    ) -> None:
        self.left, self.fail, self.lasting = number, fail, lasting
        self.thread = threading.current_thread()

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, which fails when its turn has come."""

        def run(*args: Any, **kwargs: Any) -> Any:
            # A pool that finds its connections again in the background is not counted.
            if threading.current_thread() is not self.thread:
                return function(*args, **kwargs)
            self.left -= 1
            if self.left == 0 or (self.lasting and self.left < 0):
                self.fail()
            return function(*args, **kwargs)

        return run

    def hinder(self, kind: str, patched: pytest.MonkeyPatch) -> None:
        """Count the statements and commits of a store."""
        if kind == "sqlite":
            watched = lambda cursor: Watched(cursor.sqlite_cursor, self)  # noqa: E731
            patched.setattr(SQLiteCursor, "__enter__", watched)
            counted = [(sqlite.Connection, "_commit")]
        else:
            counted = [
                (psycopg.Connection, "commit"), (psycopg.Cursor, "execute"),
                (psycopg.Cursor, "copy"),
            ]  # fmt: skip
        for kept_in, name in counted:
            patched.setattr(kept_in, name, self.wrap(getattr(kept_in, name)))


def raising(error: Exception) -> Callable[[], None]:
    """Fails with an error."""

    def fail() -> None:
        raise error

    return fail


def untouched(log: Log) -> bool:
    """Whether nothing of the batch is there, and the pen is free at once."""
    with Log(log.url, timeout=2) as other, other.recorder.writing() as ledger:
        asked = (f"SELECT count(*) FROM {table}" for table in ("quarantine", "conflicts"))
        return log.head() == 2 and [ledger.ask(one)[0][0] for one in asked] == [0, 0]


def assert_whole_or_not_there(
    log: Log, patching: pytest.MonkeyPatch, fail: Callable[[], None], lasting: bool
) -> None:
    """Let the N-th statement of a batch fail, for every N that there is."""
    intake, clock = Intake(log), SteppedClock(NOON)
    # given a log, and a batch of all that a batch may hold
    intake.receive(lines([heartbeat("h1"), check_in("i1")]), clock)
    batch = [
        *lines([heartbeat("h1"), *(check_in(f"i{n}", "V2") for n in range(2, EVENTS))]),
        *lines([check_in("i1", carer="K9")]), b"{not json",
    ]  # fmt: skip
    failed = 0
    # The first statement on PostgreSQL takes the pen: if it fails, it is tried once more.
    first = 2 if log.recorder.kind == "postgresql" else 1
    for number in range(first, MOST):
        # when its N-th statement fails, once or from then on
        failing = Failing(number, fail, lasting)
        with patching.context() as patched:
            failing.hinder(log.recorder.kind, patched)
            try:
                receipts = intake.receive(batch, clock)
            except StoreOutOfReach:
                failed += 1
            else:
                break
        # then nothing of it is recorded, and the pen is free at once
        assert untouched(log), number
    # and at last, when none fails, the batch has its receipts
    assert failed > 5
    recorded = ["recorded"] * (EVENTS - 2)
    told = [receipt.status for receipt in receipts]
    assert told == ["duplicate", *recorded, "conflict", "quarantined"]
    assert log.head() == EVENTS


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_whichever_statement_fails_the_batch_is_whole_or_not_there(
    log: Log, monkeypatch: pytest.MonkeyPatch, lasting: bool
) -> None:
    error = {
        "sqlite": sqlite3.OperationalError("disk I/O error"),
        "postgresql": psycopg.OperationalError("the server has gone"),
    }[log.recorder.kind]

    assert_whole_or_not_there(log, monkeypatch, raising(error), lasting)


def test_before_whichever_statement_the_server_ends_the_connection_the_batch_is_whole(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Log(database, simulated=True) as log:
        assert_whole_or_not_there(log, monkeypatch, lambda: terminated(database), False)


def test_whichever_file_cannot_be_written_answers_are_right(
    log: Log, url: str, store: Path, monkeypatch: pytest.MonkeyPatch
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
        full = OSError(errno.ENOSPC, "No space left on device")
        failing = Failing(number, raising(full))
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

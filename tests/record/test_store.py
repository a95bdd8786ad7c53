"""The store under stress: other hands, no connection, no room, sudden death."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from eventsourcing.sqlite import SQLiteConnectionPool

import record.sqlite
from consumers.files import Summary, import_files
from consumers.intake import Intake
from record import aside
from record.clock import SteppedClock, SystemClock
from record.errors import (
    StoreFull,
    StoreNotUsable,
    StoreOutOfReach,
    UnsafeSetting,
)
from record.log import Log
from record.tables import SCHEMA_VERSION
from tests.feeds import heartbeat, line, lines
from tests.record.processes import import_at_once

ROOT = Path(__file__).parents[2]


def names(log: Log) -> list[str]:
    """The ids of the log's events, in order."""
    rows = [row for chunk in log.rows() for row in chunk]
    return [json.loads(state)["said"]["id"] for _, _, state in rows]


def test_two_processes_that_import_the_same_lines_record_each_once(
    new_url: str,
) -> None:
    # given one feed, and two processes that find no store yet
    raw = lines(heartbeat(str(number)) for number in range(2_000))
    spawn = multiprocessing.get_context("spawn")
    with spawn.Manager() as manager:
        told, together = manager.list(), manager.Barrier(2)
        both = [
            spawn.Process(target=import_at_once, args=(new_url, raw, 50, together, told))
            for _ in range(2)
        ]
        # when both import it at once
        for process in both:
            process.start()
        for process in both:
            process.join(120)
        counts = list(told)
    # then both had a receipt for every event, and each event is recorded once
    assert [process.exitcode for process in both] == [0, 0]
    assert [sum(one.values()) for one in counts] == [2_000, 2_000]
    assert sum(one.get("recorded", 0) for one in counts) == 2_000
    assert sum(one.get("duplicate", 0) for one in counts) == 2_000
    with Log(new_url) as log:
        assert sorted(names(log)) == sorted(str(number) for number in range(2_000))
        assert log.head() == 2_000


def test_a_store_of_a_newer_version_is_refused(log: Log, url: str) -> None:
    # given a store that a newer release wrote
    with log.recorder.writing() as ledger:
        ledger.set_meta("schema_version", str(SCHEMA_VERSION + 1))
    log.close()
    # when this release opens it, then it says so
    with pytest.raises(StoreNotUsable, match="newer version"):
        Log(url)


@pytest.mark.parametrize(
    "table", ["CREATE TABLE t (a)", "CREATE TABLE store (a)"], ids=["any", "named store"]
)
def test_another_programs_database_is_refused_and_left_as_it_is(
    url: str, store: Path, table: str
) -> None:
    # given a database of another program
    con = sqlite3.connect(store)
    con.execute(table)
    con.commit()
    con.close()
    before = store.read_bytes()
    # when it is taken for a store
    with pytest.raises(StoreNotUsable):
        Log(url)
    # then it is refused, and not one byte of it is changed
    assert store.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(
    url: str, store: Path
) -> None:
    # given a file of words
    store.write_text("not a database, but a letter\n" * 100)
    before = store.read_bytes()
    # when it is taken for a store, then it is refused and left alone
    with pytest.raises(StoreNotUsable):
        Log(url)
    assert store.read_bytes() == before


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    # given a folder; when it is taken for a store, then it is refused
    with pytest.raises(StoreNotUsable):
        Log(f"sqlite:///{tmp_path}")


def test_a_store_in_a_folder_that_is_not_there_is_out_of_reach(tmp_path: Path) -> None:
    # given no such folder; when a store is wanted in it, then it is out of reach
    with pytest.raises(StoreOutOfReach):
        Log(f"sqlite:///{tmp_path}/nowhere/council.db")


def test_a_store_that_is_not_there_is_not_made_by_a_reader(url: str, store: Path) -> None:
    # given no store; when it is opened only to be read, then none is made
    with pytest.raises(StoreOutOfReach):
        Log(url, create=False)
    assert not store.exists()


@pytest.mark.parametrize("url", ["mysql://x", "council.db", "sqlite://council.db", ""])
def test_a_store_of_no_known_kind_is_refused(url: str) -> None:
    # given what is no store of ours; when it is opened, then it is refused
    with pytest.raises(UnsafeSetting):
        Log(url)


def test_a_store_has_one_identity_for_ever(url: str) -> None:
    # given a store; when it is opened again, then it is the same one
    with Log(url) as first, Log(url) as second:
        assert first.id == second.id


@pytest.fixture
def small_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores opened from here on have few connections, and wait briefly for one."""
    monkeypatch.setattr(record.sqlite, "POOL_SIZE", 1)
    monkeypatch.setattr(record.sqlite, "LOCK_SECONDS", 0.2)


@pytest.mark.usefixtures("small_pool")
def test_a_writer_that_finds_no_connection_gives_the_lock_back(
    url: str, store: Path, clock: SteppedClock
) -> None:
    # given a log all of whose connections are in the hands of readers
    with Log(url, simulated=True) as log:
        pool = log.recorder.datastore.pool
        with ExitStack() as readers:
            while not pool._is_use_full:
                readers.enter_context(log.recorder.reading())
            # when a writer comes, then it is told that the store is out of reach
            with pytest.raises(StoreOutOfReach):
                Intake(log).receive([line(heartbeat("a"))], clock)
        # and when the readers are gone, then the next writer may write
        receipts = Intake(log).receive([line(heartbeat("a"))], clock)
        assert [receipt.status for receipt in receipts] == ["recorded"]
        assert aside.quarantined(log) == []


@pytest.mark.usefixtures("small_pool")
def test_a_writer_without_connection_gives_the_lock_back_after_a_wait_for_it(
    log: Log, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a writer at work, and another that waits for the pen
    pool = log.recorder.datastore.pool
    first = pool.get_connection(is_writer=True)
    failures: list[BaseException] = []

    def second() -> None:
        try:
            pool.get_connection(timeout=30, is_writer=True)
        except ConnectionError as error:
            failures.append(error)

    def no_connection(pool: object, timeout: float = 0.0) -> None:
        raise ConnectionError("none to be had")

    waiting = threading.Thread(target=second)
    waiting.start()
    while pool._get_semaphore._value != 0:
        time.sleep(0.01)
    time.sleep(0.05)
    # when the pen is free, but no connection can be made
    monkeypatch.setattr(SQLiteConnectionPool, "_get_connection", no_connection)
    pool.put_connection(first)
    waiting.join(30)
    monkeypatch.undo()
    assert len(failures) == 1
    # then the pen is not kept by the one that failed
    third = pool.get_connection(timeout=1, is_writer=True)
    pool.put_connection(third)


def limit_pages(log: Log, more: int | None) -> None:
    """Let the store grow by *more* pages at most; None: as far as it likes."""
    pool = log.recorder.datastore.pool
    used = pool.get_connection()
    pool.put_connection(used)
    for connection in pool._pool:
        raw = connection._sqlite_conn
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
        wanted = pages + more if more is not None else 2**31
        raw.execute(f"PRAGMA max_page_count = {wanted}")


def test_a_full_disk_loses_nothing(log: Log, store: Path, clock: SteppedClock) -> None:
    # given a log with a batch in it, on a disk with little room
    intake = Intake(log)
    intake.receive(lines(heartbeat(f"a{n}") for n in range(50)), clock)
    limit_pages(log, 20)
    # when batches arrive until there is no room
    recorded = 1
    with pytest.raises(StoreFull):
        for batch in range(100):
            raw = lines(heartbeat(f"{batch}-{n}") for n in range(50))
            assert {r.status for r in intake.receive(raw, clock)} == {"recorded"}
            recorded += 1
    # then what was acknowledged is all there, whole batches of it, and nothing else
    assert log.head() == 50 * recorded
    assert 1 < recorded < 100
    assert sqlite3.connect(store).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert aside.quarantined(log) == []
    # and when there is room again, the same batch is recorded
    limit_pages(log, None)
    raw = lines(heartbeat(f"{recorded - 1}-{n}") for n in range(50))
    assert {r.status for r in intake.receive(raw, clock)} == {"recorded"}
    assert log.head() == 50 * (recorded + 1)


def test_a_locked_store_is_out_of_reach_and_loses_nothing(
    url: str, store: Path, clock: SteppedClock, small_pool: None
) -> None:
    # given a store that another program holds
    with Log(url, simulated=True) as log:
        other = sqlite3.connect(store, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        # when a batch arrives, then it is said that it may be sent again
        batch = lines([heartbeat("a"), heartbeat("b")])
        with pytest.raises(StoreOutOfReach):
            Intake(log).receive(batch, clock)
        other.execute("ROLLBACK")
        other.close()
        # and sent again it is recorded
        receipts = Intake(log).receive(batch, clock)
        assert [receipt.status for receipt in receipts] == ["recorded", "recorded"]


@pytest.mark.parametrize("seconds", [0.0, 0.15, 0.4])
def test_a_killed_import_done_again_records_every_event_exactly_once(
    url: str, tmp_path: Path, seconds: float
) -> None:
    # given a file of events, and an import of it that is killed on its way
    count = 30_000
    feed = tmp_path / "feed.ndjson"
    feed.write_bytes(b"\n".join(lines(heartbeat(str(n)) for n in range(count))))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.record.processes", url, str(feed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    process.stdout.close()
    with Log(url) as log:
        before = log.head()
        assert before < count
        # what it left behind are whole batches
        assert before % 1_000 == 0
        # when the file is imported again
        summary = Summary()
        import_files(Intake(log), [str(feed)], SystemClock(), summary)
        # then each event is recorded exactly once
        assert summary.counts == {"recorded": count - before, "duplicate": before} or (
            before == 0 and summary.counts == {"recorded": count}
        )
        assert log.head() == count
        assert names(log) == [str(n) for n in range(count)]

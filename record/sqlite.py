"""The log on SQLite: one file, many readers beside one writer at a time.

Differs from the library's module where that could lose something (each is tested):
positions are AUTOINCREMENT keys, never row ids that SQLite may use again; rows of the log
cannot be changed or deleted; a writer takes the lock before it reads; and a writer that
finds no connection gives the pool's lock back.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteFactory,
)

from record.ledger import Ledger
from record.sqlite_errors import must_be_ours, typed_errors
from record.tables import NAMES

LOCK_SECONDS = 120
POOL_SIZE = 20
PAUSE_SECONDS = 0.05
PAGES = (
    "PRAGMA synchronous = FULL",
    # The two indices of a year's log are written at random places: with SQLite's own 2 MB
    # every page of them is read and written again for each batch.
    "PRAGMA cache_size = -131072",
    "PRAGMA wal_autocheckpoint = 8000",
)


class Connection(SQLiteConnection):
    """A connection whose writers take the lock before they read."""

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        """A deferred transaction to read, an immediate one to write."""
        raw = self._sqlite_conn
        raw.execute("BEGIN IMMEDIATE" if commit else "BEGIN")
        try:
            with SQLiteCursor(raw.cursor()) as cursor:
                yield cursor  # type: ignore[misc]
            if commit:
                self._commit(raw)
        finally:
            if raw.in_transaction:
                raw.rollback()

    def _commit(self, raw: sqlite3.Connection) -> None:
        """The moment from which on a batch is recorded."""
        raw.commit()


class Pool(SQLiteConnectionPool):
    """A pool that does not keep the writer's lock when it has no connection to give."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._asking = threading.local()

    def _create_connection(self) -> SQLiteConnection:
        made = self._connect_in_turn()
        raw = made._sqlite_conn
        for pragma in PAGES:
            raw.execute(pragma)
        return Connection(raw, self.max_age)

    def _connect_in_turn(self) -> SQLiteConnection:
        """Connect; while another process turns a new file to WAL, wait for it.

        SQLite does not apply its busy timeout to that change of mode.
        """
        give_up = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                return super()._create_connection()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > give_up:
                    raise
                time.sleep(0.02)

    def get_connection(
        self, timeout: float | None = None, is_writer: bool | None = None
    ) -> SQLiteConnection:
        """As the library's; remembers for whom a connection is being looked for."""
        self._asking.is_writer = is_writer
        return super().get_connection(timeout=timeout, is_writer=is_writer)

    def _get_connection(self, timeout: float = 0.0) -> SQLiteConnection:
        is_writer = self._asking.is_writer
        self._asking.is_writer = None  # it calls itself again while it waits
        try:
            return super()._get_connection(timeout)
        except BaseException:
            if is_writer is True:
                self._num_writers -= 1
                self._writer_lock.release()
            raise


class Datastore(SQLiteDatastore):
    """The file, its connections, and their errors in clear words."""

    def __init__(self, db_name: str) -> None:
        super().__init__(db_name, lock_timeout=LOCK_SECONDS, pool_size=POOL_SIZE)
        self.pool = Pool(
            db_name=db_name,
            lock_timeout=LOCK_SECONDS,
            pool_size=POOL_SIZE,
            pool_timeout=LOCK_SECONDS,
        )

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        """One transaction; its failures are `StoreError`s."""
        with typed_errors(self.pool.db_name), super().transaction(commit=commit) as c:
            yield c


class Recorder(SQLiteApplicationRecorder):
    """The log and our rows in one file."""

    kind = "sqlite"

    def __init__(
        self, datastore: SQLiteDatastore, events_table_name: str = "stored_events"
    ) -> None:
        super().__init__(datastore, events_table_name)
        self.insert_events_statement = (
            "INSERT INTO stored_events"
            " (originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
        )

    def create_table(self) -> None:
        """Nothing: the tables are made by `record.migrations`."""

    @contextmanager
    def writing(self) -> Iterator[Ledger]:
        """One transaction that holds the log's only pen."""
        with self.datastore.transaction(commit=True) as cursor:
            yield Ledger(cursor)

    @contextmanager
    def altering(self) -> Iterator[Ledger]:
        """One transaction that makes or alters tables, while nobody writes."""
        with self.writing() as ledger:
            yield ledger

    @contextmanager
    def reading(self) -> Iterator[Ledger]:
        """One transaction that sees one whole state of the log."""
        with self.datastore.transaction(commit=False) as cursor:
            yield Ledger(cursor)

    def rows(self, after: int, until: int, limit: int) -> list[tuple[int, str, bytes]]:
        """At most *limit* events at positions in (*after*, *until*], in order."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.row_factory = None  # type: ignore[attr-defined]  # plain tuples: twice as fast
            cursor.execute(
                "SELECT position, topic, state FROM stored_events"
                " WHERE position > ? AND position <= ? ORDER BY position LIMIT ?",
                (after, until, limit),
            )
            return list(cursor.fetchall())

    def append(self, ledger: Ledger, events: Sequence[StoredEvent]) -> Sequence[int]:
        """Append inside the transaction of *ledger*; the positions they were given."""
        cursor: Any = ledger.cursor
        return self._insert_events(cursor, events) or []

    def select_notifications(self, *_: Any, **__: Any) -> Any:
        """Refused: the log is read by position, see `Log.rows`."""
        raise NotImplementedError("the log is read by Log.rows")

    def present(self, ledger: Ledger) -> set[str]:
        """Which of our tables there are."""
        rows = ledger.ask("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in rows} & set(NAMES)

    def hint(self, seconds: float) -> None:
        """Wait a little for something to be appended, *seconds* at most."""
        time.sleep(min(seconds, PAUSE_SECONDS))

    def soundness(self) -> tuple[bool, str]:
        """Whether the file is whole, in SQLite's own words."""
        with self.reading() as ledger:
            told = ledger.ask("PRAGMA quick_check")[0][0]
        return told == "ok", f"SQLite says: {told}"


class Factory(SQLiteFactory):
    """Makes the recorder for an `Application` whose module this is."""

    application_recorder_class = Recorder

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.datastore.close()
        file = Path(self.datastore.pool.db_name)
        if file.exists() and file.stat().st_size:
            must_be_ours(str(file))
        self.datastore = Datastore(str(file))

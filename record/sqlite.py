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
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from eventsourcing.persistence import InterfaceError, OperationalError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteFactory,
)

from record.errors import StoreFull, StoreNotUsable, StoreOutOfReach
from record.ledger import Ledger

SCHEMA_VERSION = 1
LOCK_SECONDS = 120
POOL_SIZE = 20
PAGES = (
    "PRAGMA synchronous = FULL",
    # The two indices of a year's log are written at random places: with SQLite's own 2 MB
    # every page of them is read and written again for each batch.
    "PRAGMA cache_size = -65536",
    "PRAGMA wal_autocheckpoint = 8000",
)

TABLES = (
    "CREATE TABLE IF NOT EXISTS stored_events (position INTEGER PRIMARY KEY"
    " AUTOINCREMENT, originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL,"
    " topic TEXT NOT NULL, state BLOB NOT NULL,"
    " UNIQUE (originator_id, originator_version))",
    "CREATE TABLE IF NOT EXISTS store (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS receipts (source TEXT NOT NULL, id TEXT NOT NULL,"
    " digest BLOB NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (source, id))"
    " WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS conflicts (entry INTEGER PRIMARY KEY AUTOINCREMENT,"
    " received_at TEXT NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL,"
    " digest BLOB NOT NULL, raw BLOB NOT NULL, first_position INTEGER NOT NULL,"
    " decision TEXT, decided_at TEXT, reason TEXT, UNIQUE (source, id, digest))",
    "CREATE TABLE IF NOT EXISTS quarantine (entry INTEGER PRIMARY KEY AUTOINCREMENT,"
    " received_at TEXT NOT NULL, sender TEXT NOT NULL DEFAULT '', digest BLOB NOT NULL,"
    " source TEXT, id TEXT, reason TEXT NOT NULL, size INTEGER NOT NULL,"
    " times INTEGER NOT NULL DEFAULT 1, released_at TEXT, UNIQUE (sender, digest))",
    "CREATE INDEX IF NOT EXISTS quarantine_named ON quarantine (source, id)"
    " WHERE released_at IS NULL AND id IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS quarantined_bytes (entry INTEGER NOT NULL,"
    " piece INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (entry, piece))",
    "CREATE TABLE IF NOT EXISTS refusals (entry INTEGER PRIMARY KEY AUTOINCREMENT,"
    " received_at TEXT NOT NULL, sender TEXT NOT NULL DEFAULT '', source TEXT NOT NULL,"
    " type TEXT NOT NULL, reason TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS answers (entry INTEGER PRIMARY KEY AUTOINCREMENT,"
    " sender TEXT NOT NULL, received_at TEXT NOT NULL, receipts TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS answers_by_sender ON answers (sender, entry)",
    "CREATE TABLE IF NOT EXISTS credentials (name TEXT PRIMARY KEY,"
    " sources TEXT NOT NULL, types TEXT, digest BLOB, created_at TEXT NOT NULL,"
    " expires_at TEXT, revoked_at TEXT)",
    "CREATE TABLE IF NOT EXISTS attempts (digest BLOB PRIMARY KEY, times INTEGER NOT NULL)",
    "CREATE TRIGGER IF NOT EXISTS log_is_never_changed BEFORE UPDATE ON stored_events"
    " BEGIN SELECT RAISE(ABORT, 'the log is never changed'); END",
    "CREATE TRIGGER IF NOT EXISTS log_is_never_cut BEFORE DELETE ON stored_events"
    " BEGIN SELECT RAISE(ABORT, 'the log is never cut'); END",
)


def must_be_ours(path: str) -> None:
    """Refuse another program's database, before anything is written to it.

    Raises:
        StoreNotUsable: there is something else at *path*.
    """
    with (
        typed_errors(path),
        closing(
            sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
        ) as con,
    ):
        found = con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {name for (name,) in found}
    if tables - {"sqlite_sequence"} and not tables >= {"store", "stored_events"}:
        raise StoreNotUsable(f"{path} is another program's database")


@contextmanager
def typed_errors(where: str) -> Iterator[None]:
    """Say in clear words what SQLite could not do with the store at *where*."""
    try:
        yield
    except Exception as error:
        said = str(error).lower()
        cause = error if isinstance(error, sqlite3.Error) else error.__cause__
        if "disk is full" in said:
            raise StoreFull(
                f"no room is left on the disk of {where}; nothing of this batch was recorded"
            ) from error
        if "not a database" in said or "malformed" in said:
            raise StoreNotUsable(f"{where} is not a Counterfoil store") from error
        away = sqlite3.OperationalError | sqlite3.InterfaceError
        if isinstance(cause, away) or isinstance(
            error, OperationalError | InterfaceError
        ):
            raise StoreOutOfReach(f"{where} cannot be used: {error}") from error
        raise


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

    def __init__(
        self, datastore: SQLiteDatastore, events_table_name: str = "stored_events"
    ) -> None:
        super().__init__(datastore, events_table_name)
        self.insert_events_statement = (
            "INSERT INTO stored_events"
            " (originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
        )

    def construct_create_table_statements(self) -> list[str]:
        """Our tables in place of the library's."""
        return list(TABLES)

    def create_table(self) -> None:
        """Make our tables in a new file; in one of ours there is nothing to do."""
        with self.reading() as ledger:
            found = ledger.ask("SELECT 1 FROM sqlite_master WHERE name = 'receipts'")
        if not found:
            super().create_table()

    @contextmanager
    def writing(self) -> Iterator[Ledger]:
        """One transaction that holds the log's only pen."""
        with self.datastore.transaction(commit=True) as cursor:
            yield Ledger(cursor)

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


class Factory(SQLiteFactory):
    """Makes the recorder for an `Application` whose module this is."""

    application_recorder_class = Recorder

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.datastore.close()
        self.datastore = Datastore(self.datastore.pool.db_name)

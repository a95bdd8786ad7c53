"""Connections to PostgreSQL: one that writes, a few that read, one that listens.

The writer's is apart from the readers', so that readers who keep theirs for long cannot
keep a batch from being recorded, and a process never holds more than one while it waits
for the pen. What goes wrong is said in clear words, without secrets and without contents.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from record.errors import StoreOutOfReach
from record.places import shown
from record.postgres_errors import as_told, first_words, is_gone
from record.sessions import Connection, Sessions

PEN = 0x436F756E << 32
"""The advisory lock of who alters tables; plus a log's own number, of who writes it."""
HELD_SECONDS = 60
"""After which the pen is taken from a writer that has stopped in the middle of its batch."""
RECONNECT_SECONDS = 1.0
PAUSE_SECONDS = 0.25

WRITER = {"idle_in_transaction_session_timeout": f"{HELD_SECONDS}s"}


class Connections:
    """The connections of one process to the database at *url*.

    *timeout* is in seconds: for a connection, for the pen, and for what a statement takes
    once it has its locks. *pool* is how many may read at once.

    Raises:
        StoreOutOfReach: the database cannot be reached now, and why.
    """

    def __init__(self, url: str, timeout: float, pool: int) -> None:
        self.where = shown(url)
        self.timeout = timeout
        self._sessions = Sessions(url, timeout)
        self._pen = threading.Lock()
        self._writer: Connection | None = None
        self._listener: Connection | None = None
        with self.typed_errors():
            self._sessions.begin().close()
        self._readers = ConnectionPool(
            url,
            kwargs=self._sessions.parameters | {"autocommit": True},
            min_size=0,
            max_size=pool,
            open=True,
            configure=self._sessions.for_reading,
            check=self._must_live,
            timeout=timeout,
            reconnect_timeout=RECONNECT_SECONDS,
            num_workers=2,
            name="counterfoil",
        )

    def _must_live(self, con: Connection) -> None:
        """Look at a connection before it is used; where it is dead, all at rest are let go.

        They died together, as after a restart: the pool would find out one by one, and
        wait twice as long after each.
        """
        try:
            ConnectionPool.check_connection(con)
        except psycopg.Error:
            self._readers.drain()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one whole state, and can change nothing."""
        with self.typed_errors(), self._readers.connection() as con:
            yield con

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction of the one who holds the pen: of all threads and processes."""
        if not self._pen.acquire(timeout=self.timeout):
            raise StoreOutOfReach(
                f"{self.where} has been written to for {self.timeout:g} seconds"
            )
        try:
            with self.typed_errors():
                con = self._take_the_pen()
                with self._committed(con):
                    yield con
        finally:
            self._pen.release()

    @contextmanager
    def altering(self) -> Iterator[Connection]:
        """A transaction that may make or alter tables, and take its time over it."""
        with self.typed_errors():
            con = self._sessions.begin(statement_timeout="0")
            try:
                con.execute("SELECT pg_advisory_xact_lock(%s)", (PEN,))
                if con.execute("SELECT to_regclass('stored_events')").fetchall()[0][0]:
                    self._wait_for_the_pen(con)
                with self._committed(con):
                    yield con
            finally:
                con.close()

    @contextmanager
    def _committed(self, con: Connection) -> Iterator[None]:
        """Commit at the end, which is the moment from which on a batch is recorded."""
        try:
            yield
            con.commit()
        except BaseException:
            # Also where the reply to a commit was lost: what became of it is not known.
            with suppress(psycopg.Error):
                con.rollback()
            raise

    def _take_the_pen(self) -> Connection:
        """The writer's connection with the pen in hand, anew where it broke while at rest."""
        con = self._writer
        if con is not None and not con.closed:
            try:
                self._wait_for_the_pen(con)
                return con
            except psycopg.OperationalError as error:
                if not is_gone(error):
                    con.rollback()
                    raise
                con.close()
        self._writer = con = self._sessions.begin(**WRITER)
        self._wait_for_the_pen(con)
        return con

    def _wait_for_the_pen(self, con: Connection) -> None:
        con.execute(
            "SELECT pg_advisory_xact_lock(%s + 'stored_events'::regclass::oid::bigint)",
            (PEN,),
        )

    def listen(self, channel: str, seconds: float) -> None:
        """Wait for a word on *channel*; only a hint, so that nothing here may fail.

        The first call begins to listen and comes back at once: what was told before that
        was not heard.
        """
        try:
            if self._listener is None or self._listener.closed:
                self._listener = None
                self._listener = con = self._sessions.begin()
                con.autocommit = True
                con.execute(f"LISTEN {channel}")
                return
            for _ in self._listener.notifies(timeout=seconds, stop_after=1):
                pass
        except psycopg.Error:
            if self._listener is not None:
                self._listener.close()
            self.pause(seconds)

    def pause(self, seconds: float) -> None:
        """Wait without listening."""
        time.sleep(min(seconds, PAUSE_SECONDS))

    def close(self) -> None:
        """Let go of all connections."""
        if hasattr(self, "_readers"):
            self._readers.close()
        for con in (self._writer, self._listener):
            if con is not None:
                con.close()

    @contextmanager
    def typed_errors(self) -> Iterator[None]:
        """Say in clear words what PostgreSQL could not do."""
        try:
            yield
        except PoolTimeout as error:
            raise StoreOutOfReach(self._why_no_connection()) from error
        except psycopg.Error as error:
            told = as_told(error, self.where)
            if told is None:
                raise
            raise told from error

    def _why_no_connection(self) -> str:
        try:
            self._sessions.begin().close()
        except psycopg.Error as error:
            return f"{self.where} cannot be used: {first_words(error)}"
        return f"all connections to {self.where} were in use for {self.timeout:g} seconds"

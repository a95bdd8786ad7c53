"""Where keys are kept: a file of its own, or a schema of its own in PostgreSQL.

Apart from the log, so that a copy of the log opens nothing, and with a life of its own: what
is destroyed here must not live on in the backups of the log.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from record.errors import NotOurs, StoreNotUsable
from record.key_schema import PostgresTables
from record.places import is_postgres, sqlite_file
from record.sqlite_errors import typed_errors
from record.tables import KEY_TABLES

LOCK_SECONDS = 120


class SqliteTables:
    """The keys in a file. What is destroyed is overwritten there, and not kept in a journal."""

    at = ""

    def __init__(self, url: str) -> None:
        self.file = sqlite_file(url)
        self.where = f"the keys in {self.file}"
        self._con: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def missing(self) -> bool:
        """Whether no keys are there yet."""
        return not self.file.exists() or not self.file.stat().st_size

    def make(self) -> None:
        """Make the tables, for their owner alone."""
        self.file.touch(mode=0o600)
        with self.changing() as ask:
            for table in KEY_TABLES:
                ask(table.format(at="", bytes="BLOB"))

    def give_rights(self) -> None:
        """Nothing: the file is its owner's alone."""

    @contextmanager
    def changing(self) -> Iterator[Any]:
        """One transaction; nobody else changes anything meanwhile."""
        with self._lock, typed_errors(self.where):
            con = self._con = self._con or self._open()
            con.execute("BEGIN IMMEDIATE")
            try:
                yield lambda statement, *values: con.execute(statement, values).fetchall()
                con.execute("COMMIT")
            except BaseException:
                if con.in_transaction:
                    con.execute("ROLLBACK")
                raise

    def ask(self, statement: str, *values: Any) -> list[Any]:
        """All rows of one query."""
        with self._lock, typed_errors(self.where):
            con = self._con = self._con or self._open()
            return con.execute(statement, values).fetchall()

    def _open(self) -> sqlite3.Connection:
        con = sqlite3.connect(
            f"{Path(self.file).resolve().as_uri()}?mode=rw", uri=True,
            isolation_level=None, timeout=LOCK_SECONDS, check_same_thread=False,
        )  # fmt: skip
        con.execute("PRAGMA journal_mode = DELETE")
        con.execute("PRAGMA synchronous = FULL")
        con.execute("PRAGMA secure_delete = ON")
        return con

    def close(self) -> None:
        """Let go of the file."""
        if self._con is not None:
            self._con.close()
            self._con = None


Tables = SqliteTables | PostgresTables


def tables_at(url: str) -> Tables:
    """The tables of keys at *url*; they may not be made yet. Raises as a store does."""
    return PostgresTables(url) if is_postgres(url) else SqliteTables(url)


def must_be_there(tables: Tables) -> None:
    """Refuse to go on without the keys of a log that had some.

    Raises:
        NotOurs: they are not here, as beside a copy of the log.
        StoreNotUsable: they were cut off.
    """
    if isinstance(tables, SqliteTables) and not tables.file.exists():
        raise NotOurs(
            f"{tables.where} are missing: bring them back from their backup. No new key"
            " takes an old one's place"
        )
    if tables.missing():
        raise StoreNotUsable(
            f"{tables.where} were cut off: bring them back from their backup"
        )

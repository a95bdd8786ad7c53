"""The keys in a schema of their own in PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from record.errors import NotOurs
from record.places import shown
from record.roles import INTAKE
from record.roles import KEYS as SCHEMA
from record.tables import KEY_TABLES

LOCK_SECONDS = 120
INTAKE_MAY = (
    f"GRANT USAGE ON SCHEMA {SCHEMA} TO {INTAKE}",
    f"GRANT SELECT, INSERT, DELETE ON {SCHEMA}.keys TO {INTAKE}",
    f"GRANT SELECT ON {SCHEMA}.ring TO {INTAKE}",
    *(
        f"DROP POLICY IF EXISTS {name} ON {SCHEMA}.keys"
        for name in ("intake_reads", "intake_adds", "intake_lets_go")
    ),
    # It adds keys, and lets those go whose time is over. No other key can it destroy.
    f"ALTER TABLE {SCHEMA}.keys ENABLE ROW LEVEL SECURITY",
    f"CREATE POLICY intake_reads ON {SCHEMA}.keys FOR SELECT TO {INTAKE} USING (true)",
    f"CREATE POLICY intake_adds ON {SCHEMA}.keys FOR INSERT TO {INTAKE} WITH CHECK (true)",
    f"CREATE POLICY intake_lets_go ON {SCHEMA}.keys FOR DELETE TO {INTAKE}"
    " USING (expires_at::timestamptz < now())",
)


class PostgresTables:
    """The keys in a schema, which a role that only reads the log may not enter."""

    at = f"{SCHEMA}."

    def __init__(self, url: str) -> None:
        from record.sessions import Sessions

        self._sessions = Sessions(url, LOCK_SECONDS)
        self.where = f"the keys in {shown(url)}"
        self._con: Any = None
        self._lock = threading.Lock()

    def missing(self) -> bool:
        """Whether no keys are there yet."""
        rows = self.ask("SELECT to_regclass(?) IS NULL", f"{SCHEMA}.ring")
        return bool(rows[0][0])

    def make(self) -> None:
        """Make the tables, and give the roles their rights."""
        with self.changing() as ask:
            if ask("SELECT to_regnamespace(?) IS NULL", SCHEMA)[0][0]:
                ask(f"CREATE SCHEMA {SCHEMA}")
            for table in KEY_TABLES:
                ask(table.format(at=self.at, bytes="BYTEA"))
        self.give_rights()

    def give_rights(self) -> None:
        """Let the intake add keys, if there is such a role, and no node read any."""
        with self.changing() as ask:
            if ask("SELECT 1 FROM pg_roles WHERE rolname = ?", INTAKE):
                for statement in INTAKE_MAY:
                    ask(statement)

    @contextmanager
    def changing(self) -> Iterator[Any]:
        """One transaction."""
        import psycopg

        from record.postgres_errors import as_told, is_gone

        with self._lock:
            try:
                con = self._living()
                with con.transaction():
                    yield lambda statement, *values: _rows(con, statement, values)
            except psycopg.Error as error:
                if is_gone(error):
                    self.close()
                if isinstance(error, psycopg.errors.InsufficientPrivilege):
                    raise NotOurs(f"this role may not use {self.where}") from error
                raise as_told(error, self.where) or error from error

    def ask(self, statement: str, *values: Any) -> list[Any]:
        """All rows of one query."""
        with self.changing() as ask:
            return ask(statement, *values)  # type: ignore[no-any-return]

    def _living(self) -> Any:
        """The connection, anew where it has ended."""
        if self._con is None or self._con.closed:
            self._con = self._sessions.begin()
        return self._con

    def close(self) -> None:
        """Let go of the connection."""
        if self._con is not None:
            self._con.close()
            self._con = None


def _rows(con: Any, statement: str, values: tuple[Any, ...]) -> list[Any]:
    cursor = con.execute(statement.replace("?", "%s"), values or None)
    return cursor.fetchall() if cursor.description else []

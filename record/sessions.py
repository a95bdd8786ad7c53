"""How a session with PostgreSQL begins: how long it may take, and what it may rely on."""

from __future__ import annotations

import logging
from typing import Any

import psycopg

from record.places import libpq

DEFAULTS = {
    "application_name": "counterfoil",
    # A connection whose other end has vanished is noticed within half a minute.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
# Every question here is for a few of many rows, or for rows in the order of an index.
# Statistics of a table that was small a moment ago must not make the planner read the
# whole of it, nor sort it on a disk that may be full.
WAYS = ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin")
PLANS = {"jit": "off"} | {f"enable_{way}": "off" for way in WAYS}

Connection = psycopg.Connection[tuple[Any, ...]]

# What they have to say is said by the errors that are raised.
logging.getLogger("psycopg").setLevel(logging.CRITICAL)


class Sessions:
    """Begins sessions with the database at *url*; *timeout* as `Connections` has it."""

    def __init__(self, url: str, timeout: float) -> None:
        self._url = url
        self._timeout = timeout
        given = libpq(url)
        defaults = DEFAULTS | {"connect_timeout": max(2, round(timeout))}
        self.parameters: dict[str, Any] = {
            name: value for name, value in defaults.items() if name not in given
        }
        """What libpq is told beside the URL, unless that says otherwise."""

    def begin(self, **settings: str) -> Connection:
        """A new connection that commits what it is told to commit."""
        con = psycopg.connect(self._url, **self.parameters, autocommit=True)
        try:
            self._set_up(con, settings)
        except BaseException:
            con.close()
            raise
        con.autocommit = False
        con.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        con.read_only = False
        return con

    def for_reading(self, con: Connection) -> None:
        """Let a new connection see one whole state in each transaction, and change nothing."""
        self._set_up(con, {})
        con.autocommit = False
        con.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        con.read_only = True

    def _set_up(self, con: Connection, settings: dict[str, str]) -> None:
        """Say how long it may take, and that a commit is one."""
        lock = round(self._timeout * 1000)
        # A statement may wait for a lock first, and then has as long again.
        limits = {"lock_timeout": f"{lock}ms", "statement_timeout": f"{2 * lock}ms"}
        wanted = PLANS | limits | settings
        con.execute(
            "SELECT "
            + ", ".join(["set_config(%s, %s, false)"] * len(wanted))
            + ", set_config('synchronous_commit', replace("
            "current_setting('synchronous_commit'), 'off', 'on'), false)",
            [part for setting in wanted.items() for part in setting],
        )

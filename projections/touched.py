"""What a batch of statements, or the passing of time, touches: so that only that is judged anew.

Everything may be in it that changes nothing; what is left out must not change an answer.
"""

from __future__ import annotations

import string
from collections.abc import Collection
from datetime import date, datetime

import duckdb

from projections.columns import Table, tables
from projections.questions import text

FAR_REACHING = {"policy_adopted", "conflict_decided"}
"""What is said by these may change every visit."""

OF_OUR_OWN = {"finding_opened", "finding_withdrawn"}
"""What was concluded: nothing is concluded from that."""

KEYS = ("provider", "visit", "contract", "person")


def make_room(con: duckdb.DuckDBPyConnection) -> None:
    """Note what counts from a later time on, and where in the log each visit begins.

    Most visits that are touched are of these days: nothing older need be read for them.
    """
    con.execute("CREATE OR REPLACE TABLE ahead AS " + said("time > clock()"))
    con.execute(
        "CREATE OR REPLACE TABLE first_said AS SELECT provider, visit, min(position) AS begun"
        f" FROM ({said('visit IS NOT NULL')}) WHERE visit IS NOT NULL GROUP BY ALL"
        " ORDER BY begun"
    )


def note(con: duckdb.DuckDBPyConnection, reached: int) -> set[str]:
    """Make `touched`: what was said after position *reached*, or has come true since.

    Returns the names of the tables in which something counts now that did not before.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE fresh AS " + said(f"position > {reached}"))
    con.execute(
        "CREATE OR REPLACE TABLE touched AS FROM fresh WHERE time <= clock()"
        " UNION ALL FROM ahead WHERE time <= clock()"
    )
    con.execute("DELETE FROM ahead WHERE time <= clock()")
    con.execute("INSERT INTO ahead FROM fresh WHERE time > clock()")
    con.execute(
        "INSERT INTO first_said SELECT provider, visit, min(position) AS begun FROM fresh"
        " ANTI JOIN first_said USING (provider, visit) WHERE visit IS NOT NULL GROUP BY ALL"
        " ORDER BY begun"
    )
    return _with_what_is_taken_back(con)


def touch(
    con: duckdb.DuckDBPyConnection, reached: int, since: datetime, read: Collection[str]
) -> set[str]:
    """Make `touched` of what some tables say: only those *read* matter.

    It was said after position *reached*, or its time has come after the instant *since*.
    Returns names as `note` does.
    """
    told = f"position > {reached} OR time > '{since.isoformat()}'::TIMESTAMPTZ"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE touched AS "
        + said(f"({told}) AND time <= clock()", read)
    )
    return _with_what_is_taken_back(con)


def _with_what_is_taken_back(con: duckdb.DuckDBPyConnection) -> set[str]:
    names = _touched(con)
    if "statement_retracted" in names:
        con.execute(f"INSERT INTO touched {_taken_back()}")
        names = _touched(con)
    return names


def _touched(con: duckdb.DuckDBPyConnection) -> set[str]:
    rows = con.execute("SELECT DISTINCT name FROM touched").fetchall()
    return {name for (name,) in rows}


def said(where: str, read: Collection[str] | None = None) -> str:
    """The query for who and what is spoken of *where* that is so, in the tables *read*; None: all."""
    return " UNION ALL ".join(
        f"{_keys(table)} WHERE {where}"
        for table in tables().values()
        if table.name not in OF_OUR_OWN and (read is None or table.name in read)
    )


def _taken_back() -> str:
    """The statements that are taken back now: nobody speaks of them, and they count no more.

    Those about visits and invoices are known by what the retraction names.
    """
    backs = "SELECT source, retracts FROM log.statement_retracted SEMI JOIN touched USING (position)"
    return " UNION ALL ".join(
        f"{_keys(table)} WHERE (source, id) IN ({backs})"
        for table in tables().values()
        if table.subject not in ("visit", "invoice") and table.name not in OF_OUR_OWN
    )


def _keys(table: Table) -> str:
    """Of whom and what a statement speaks; of a retraction whatever it may speak of."""
    columns = table.columns
    read = {
        name: name if name in columns and table.subject in KEYS else "NULL"
        for name in KEYS
    }
    if table.name == "statement_retracted":
        ours = "source LIKE '/providers/%'"
        read = {
            "provider": f"CASE WHEN {ours} THEN source[12:] END",
            "visit": f"CASE WHEN {ours} THEN subject END",
            "contract": f"CASE WHEN NOT {ours} THEN subject END",
            "person": f"CASE WHEN NOT {ours} THEN subject END",
        }
    listed = ", ".join(f"{what}::VARCHAR AS {name}" for name, what in read.items())
    said = f"log.{table.name}"
    if table.name == "conflict_decided":
        # A ruling counts from when it was received, by every clock.
        said = f"(SELECT * REPLACE (TIMESTAMPTZ '-infinity' AS time) FROM {said})"
    return f"SELECT '{table.name}' AS name, time, position, {listed} FROM {said}"


def dirty(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Make `dirty` and its neighbourhoods; how many visits to read anew, and from where.

    `judged_anew` are those whose rows are replaced; `scope.visits` those that are read for
    it: an overlap shows on one of two visits, whichever of them has changed.
    """
    con.execute(text("present/spoken.sql") + text("present/dirty.sql"))
    _add_neighbours(con, "dirty", "judged_anew")
    _add_neighbours(con, "judged_anew", "read_anew")
    con.execute("CREATE OR REPLACE TABLE scope.visits AS FROM read_anew")
    con.execute(
        "CREATE OR REPLACE TABLE scope.providers AS SELECT DISTINCT provider FROM read_anew"
    )
    return _extent(con, "read_anew")


def _add_neighbours(con: duckdb.DuckDBPyConnection, of: str, into: str) -> None:
    template = string.Template(text("present/neighbours.sql"))
    _, since = _extent(con, of)
    con.execute(template.substitute(of=of, into=into, since=since))


def _extent(con: duckdb.DuckDBPyConnection, visits: str) -> tuple[int, int]:
    """How many visits a table names, and the position at which the first of them begins."""
    row = con.execute(
        f"SELECT count(*), coalesce(min(begun), 0) FROM {visits}"
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def policy_turned(con: duckdb.DuckDBPyConnection, since: date) -> bool:
    """Whether other thresholds are in force today than on the day *since*."""
    found = con.execute(
        "SELECT 1 FROM policy WHERE from_on > ? AND from_on <= this_day() LIMIT 1",
        [since],
    )
    return found.fetchone() is not None

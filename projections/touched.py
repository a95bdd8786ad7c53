"""What a batch of statements, or the passing of time, touches: so that only that is judged anew.

Everything may be in it that changes nothing; what is left out must not change an answer.
"""

from __future__ import annotations

import string

import duckdb

from projections.columns import Table, tables
from projections.questions import text

FAR_REACHING = {"policy_adopted", "conflict_decided"}
"""What is said by these may change every visit."""

KEYS = ("provider", "visit", "contract", "person")


def make_room(con: duckdb.DuckDBPyConnection) -> None:
    """Note what was said with a time that had not come by the clock: it counts from then on."""
    con.execute("CREATE OR REPLACE TABLE ahead AS " + _said("time > clock()"))


def note(con: duckdb.DuckDBPyConnection, reached: int) -> set[str]:
    """Make `touched`: what was said after position *reached*, or has come true since.

    Returns the names of the tables in which something counts now that did not before.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE fresh AS " + _said(f"position > {reached}"))
    con.execute(
        "CREATE OR REPLACE TABLE touched AS FROM fresh WHERE time <= clock()"
        " UNION ALL FROM ahead WHERE time <= clock()"
    )
    con.execute("DELETE FROM ahead WHERE time <= clock()")
    con.execute("INSERT INTO ahead FROM fresh WHERE time > clock()")
    rows = con.execute("SELECT DISTINCT name FROM touched").fetchall()
    return {name for (name,) in rows}


def _said(where: str) -> str:
    return " UNION ALL ".join(
        f"{_keys(table)} WHERE {where}" for table in tables().values()
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
    return (
        f"SELECT '{table.name}' AS name, time, position, {listed} FROM log.{table.name}"
    )


def dirty(con: duckdb.DuckDBPyConnection) -> int:
    """Make `dirty` and its neighbourhoods; how many visits are to be read anew.

    `judged_anew` are those whose rows are replaced; `scope.visits` those that are read for
    it: an overlap shows on one of two visits, whichever of them has changed.
    """
    con.execute(text("present/dirty.sql"))
    neighbours = string.Template(text("present/neighbours.sql"))
    con.execute(neighbours.substitute(of="dirty", into="judged_anew"))
    con.execute(neighbours.substitute(of="judged_anew", into="read_anew"))
    con.execute("CREATE OR REPLACE TABLE scope.visits AS FROM read_anew")
    con.execute(
        "CREATE OR REPLACE TABLE scope.providers AS SELECT DISTINCT provider FROM read_anew"
    )
    row = con.execute("SELECT count(*) FROM read_anew").fetchone()
    assert row is not None
    return int(row[0])

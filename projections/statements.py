"""Which statements count: `known`, `said` and `held` of each type, from one template."""

from __future__ import annotations

import string
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import duckdb

from projections.columns import Table, tables
from projections.questions import Question, in_order, text

SCOPED = {
    "visit": ("visits", "provider, visit"),
    "contract": ("contracts", "contract"),
    "person": ("people", "person"),
    "invoice": ("invoices", "provider, invoice"),
}
"""By which table of the scope the statements about each kind of thing are narrowed."""

ROOMS = ("known", "said", "held")


@dataclass(frozen=True)
class Extent:
    """How much of the log counts, and where it is put.

    `scoped`: only what the schema `scope` names. `tables`: what several read is put into
    tables, since it is little. `room`: what the names of the schemas begin with. `since`:
    the position before which nothing is said of what is in the scope.
    """

    scoped: bool = False
    tables: bool = False
    room: str = ""
    since: int = 0


ALL = Extent()
SCOPE = Extent(scoped=True, tables=True)
NEAR = Extent(scoped=True, tables=True, room="near_")


def make_schemas(con: duckdb.DuckDBPyConnection) -> None:
    """Make room for the statements that count."""
    for extent in (ALL, NEAR):
        for room in ROOMS:
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {extent.room}{room}")


def make_statements(
    con: duckdb.DuckDBPyConnection,
    wanted: Iterable[str],
    *,
    also: Question | None = None,
) -> None:
    """Make what the *wanted* questions (and *also*) read of known, said and held."""
    make_words(con)
    asked = [*in_order(wanted), *([also] if also else [])]
    make_for(con, asked, ALL)


def make_words(con: duckdb.DuckDBPyConnection) -> None:
    """Make the words in which every question is written; those made once stay.

    The view `replaced` is made last, so where it is, all are.
    """
    made = con.execute("SELECT 1 FROM duckdb_views() WHERE view_name = 'replaced'")
    if made.fetchone() is None:
        con.execute(text("vocabulary.sql") + text("replaced.sql"))


def make_for(
    con: duckdb.DuckDBPyConnection,
    asked: Iterable[Question],
    extent: Extent,
    subject: str | None = None,
) -> None:
    """Make what these questions read, of things of every kind or of one *subject*.

    What is read of the whole log are views, the same at every moment: those made once stay.
    """
    made = _made(con) if extent == ALL else frozenset()
    for name, sql in scripts(asked, extent, subject):
        if name not in made:
            con.execute(sql)


def scripts(
    asked: Iterable[Question], extent: Extent, subject: str | None = None
) -> Iterator[tuple[tuple[str, str], str]]:
    """What is to be made for these questions, in order: (room, name of the table), and how."""
    read = {"statement_retracted": ["known"]}
    for question in asked:
        for room, name in question.statements():
            read.setdefault(name, []).append(room)
    for table in sorted(tables().values(), key=lambda t: t.name != "statement_retracted"):
        if table.name in read and subject in (None, table.subject):
            for room, sql in script(table, read[table.name], extent):
                yield (room, table.name), sql


def _made(con: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, str]]:
    """Which statements of the whole log are there, as (room, name)."""
    views = con.execute(
        "SELECT schema_name, view_name FROM duckdb_views()"
        f" WHERE NOT internal AND schema_name IN {ROOMS}"
    )
    return frozenset(views.fetchall())


def script(table: Table, rooms: Collection[str], extent: Extent) -> list[tuple[str, str]]:
    """The template filled in for one type of statement, as far as *rooms* are read.

    A list of (room, statement), in the order in which they are to be made.
    """
    room, key = SCOPED.get(table.subject, ("", ""))
    plan = table.topic in ("visit.scheduled", "visit.rescheduled")
    speaks = extent.scoped and "provider" in table.columns and table.subject == "visit"
    views = string.Template(text("statements.sql")).substitute(
        type=table.name,
        subject=table.subject,
        speakers="SEMI JOIN scope.providers USING (provider)" if speaks else "",
        subjects=f"SEMI JOIN scope.{room} USING ({key})"
        if extent.scoped and room
        else "",
        since=f" AND position >= {extent.since}" if extent.since else "",
        binds_from="statement.planned_start" if plan else "'infinity'::TIMESTAMPTZ",
        slot=", ".join(f'"{name}"' for name in table.slot or ()),
    )
    for name in ROOMS:
        views = views.replace(f"{name}.{table.name}", f"{extent.room}{name}.{table.name}")
    known, said, held = (
        f"CREATE OR REPLACE VIEW {view}"
        for view in views.split("CREATE OR REPLACE VIEW ")[1:]
    )
    wanted = [("known", known)]
    readers = len([room for room in rooms if room != "known"])
    if readers:
        kept = extent.tables and (readers > 1 or extent.room)
        wanted.append(("said", said.replace("VIEW", "TABLE", 1) if kept else said))
    if "held" in rooms:
        wanted.append(("held", held))
    return wanted

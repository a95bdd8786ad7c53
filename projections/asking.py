"""Asking: the findings that hold at a clock, with what was known by then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import orjson

from projections.abreast import derive_abreast
from projections.calendar import bank_holidays
from projections.columns import tables
from projections.parsing import carry_out
from projections.questions import (
    NOTHING,
    Question,
    in_order,
    questions,
    text,
    with_leftovers,
)
from projections.scope import Scope
from projections.statements import make_statements

FOREVER = "TIMESTAMPTZ '9999-12-31 00:00:00+00'"

FIELDS = {
    "kind": "VARCHAR", "key": "VARCHAR", "severity": "VARCHAR", "stage": "VARCHAR",
    "provider": "VARCHAR", "contract": "VARCHAR", "person": "VARCHAR",
    "visit": "VARCHAR", "carer": "VARCHAR", "since": "VARCHAR", "until": "VARCHAR",
    "minutes": "BIGINT", "pence": "BIGINT", "reason": "VARCHAR",
    "evidence": "BIGINT[]", "policy": "VARCHAR", "exit_on": "VARCHAR",
}  # fmt: skip
"""What every finding carries. `exit_on` only where a kind has it."""

SPELT = {
    "TIMESTAMP WITH TIME ZONE": "replace(strftime({0} AT TIME ZONE 'UTC',"
    " '%Y-%m-%dT%H:%M:%S.%fZ'), '.000000Z', 'Z')",
    "DATE": "{0}::VARCHAR",
    "JSON": "{0}::VARCHAR",
}
"""How values of a type are written in an answer."""


@dataclass(frozen=True)
class Moment:
    """`at`: the clock by which things are judged; `known_at`: what was known, None: all."""

    at: datetime
    known_at: datetime | None = None


def set_moment(con: duckdb.DuckDBPyConnection, moment: Moment) -> None:
    """Set what every question reads: the two instants, and England's calendar."""
    con.execute("SET VARIABLE clock = ?::TIMESTAMPTZ", [moment.at])
    con.execute("SET VARIABLE bank_holidays = ?::DATE[]", [bank_holidays(moment.at.year)])
    if moment.known_at is None:
        con.execute(f"SET VARIABLE known_at = {FOREVER}")
    else:
        con.execute("SET VARIABLE known_at = ?::TIMESTAMPTZ", [moment.known_at])


def make(con: duckdb.DuckDBPyConnection, question: Question, table: str) -> None:
    """Ask a question: its answer is a *table* (`TABLE`, `TEMP TABLE`) of its name."""
    carry_out(con, f"CREATE OR REPLACE {table} {question.name} AS\n{question.text}")
    if question.name == "today":
        carry_out(con, text("since.sql"))


def table_or_view(name: str, views: Collection[str]) -> str:
    """What is made of the question of that name: a view if it is among *views*."""
    return "VIEW" if name in views else "TABLE"


def derive(
    con: duckdb.DuckDBPyConnection,
    wanted: Collection[str],
    instead: Mapping[str, str] = NOTHING,
) -> None:
    """Make a table of each wanted fact and finding, and of what they read, in order.

    What is not wanted itself is dropped as soon as nothing is left that reads it. *instead*
    as `in_order` has it: of a file each reads its own columns, so it is worth no table.
    """
    try:
        for question, done in with_leftovers(wanted, instead):
            make(con, question, f"TEMP {table_or_view(question.name, instead)}")
            for name in done:
                con.execute(f"DROP {table_or_view(name, instead)} {name}")
    except BaseException:
        # Where a view is left, the next question could make no table.
        for name in instead:
            con.execute(f"DROP VIEW IF EXISTS temp.{name}")
        raise


def findings(
    con: duckdb.DuckDBPyConnection,
    kinds: Collection[str],
    scope: Scope,
    instead: Mapping[str, str] = NOTHING,
) -> list[dict[str, Any]]:
    """The findings of *kinds* within *scope*, as findings.md defines them, by key.

    The connection holds the mirror, and the moment is set.
    """
    within = scope.conditions()
    kinds = [kind for kind in kinds if questions()[kind].says(within)]
    draw(con, kinds, scope, instead)
    return told(con, kinds, within)


def draw(
    con: duckdb.DuckDBPyConnection,
    wanted: Collection[str],
    scope: Scope,
    instead: Mapping[str, str] = NOTHING,
) -> None:
    """Make a table of each wanted fact and finding, by what counts within *scope*."""
    if scope.narrow:
        derive_abreast(con, wanted)
    else:
        make_statements(con, wanted)
        derive(con, wanted, instead)


def told(
    con: duckdb.DuckDBPyConnection, kinds: Collection[str], within: dict[str, str]
) -> list[dict[str, Any]]:
    """What the tables of *kinds* hold that names all of *within*, by kind and key."""
    columns = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in FIELDS.items())
    parts = [f"SELECT {columns} WHERE false"]
    parts += [spelt(con, kind, FIELDS)[1] for kind in sorted(kinds)]
    where = " AND ".join(f"{name} = ?" for name in within) or "true"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE found AS"
        f" FROM ({' UNION ALL BY NAME '.join(parts)}) WHERE {where}",
        list(within.values()),
    )
    rows = con.execute(
        f"SELECT {', '.join(FIELDS)} FROM found ORDER BY kind, key"
    ).fetchall()
    names = evidence_names(con, kinds) if rows else {}
    return [_finding(row, names) for row in rows]


def spelt(
    con: duckdb.DuckDBPyConnection, table: str, wanted: Collection[str] | None = None
) -> tuple[list[str], str]:
    """The columns of *table* (those *wanted*), and the query that writes them out."""
    described = con.execute(f"DESCRIBE {table}").fetchall()
    fields = {
        name: SPELT.get(kind, "{0}").format(f'{table}."{name}"')
        for name, kind, *_ in described
        if wanted is None or name in wanted
    }
    select = ", ".join(f'{read} AS "{name}"' for name, read in fields.items())
    return list(fields), f"SELECT {select} FROM {table}"


def evidence_names(
    con: duckdb.DuckDBPyConnection, kinds: Iterable[str]
) -> dict[int, tuple[str, str]]:
    """(source, id) of every event that some finding of *kinds* in `found` cites, by position.

    What they cite they have read, themselves or by what they read.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE cited AS"
        " SELECT DISTINCT unnest(evidence) AS position FROM found"
    )
    read = {name for question in in_order(kinds) for _, name in question.statements()}
    parts = [
        f"SELECT position, source, id FROM log.{name} SEMI JOIN cited USING (position)"
        for name in sorted(read.intersection(table.name for table in tables().values()))
    ]
    return {
        position: (source, id_)
        for position, source, id_ in con.execute(" UNION ALL ".join(parts)).fetchall()
    }


def _finding(row: Sequence[Any], names: dict[int, tuple[str, str]]) -> dict[str, Any]:
    finding = dict(zip(FIELDS, row, strict=True))
    cited = sorted({p for p in finding["evidence"] or [] if p is not None})
    finding["evidence"] = [
        {"source": s, "id": i} for s, i in map(names.__getitem__, cited)
    ]
    finding["policy"] = orjson.loads(finding["policy"] or "{}")
    if finding["kind"] != "no_longer_needed":
        del finding["exit_on"]
    return finding

"""Asking: the findings that hold at a clock, with what was known by then."""

from __future__ import annotations

import string
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import orjson

from projections.calendar import bank_holidays
from projections.columns import Table, tables
from projections.questions import Question, in_order, questions, text
from projections.scope import Scope

FOREVER = "TIMESTAMPTZ '9999-12-31 00:00:00+00'"

SCOPED = {
    "visit": ("visits", "provider, visit"),
    "contract": ("contracts", "contract"),
    "person": ("people", "person"),
    "invoice": ("invoices", "provider, invoice"),
}
"""By which table of the scope the statements about each kind of thing are narrowed."""

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


def make_schemas(con: duckdb.DuckDBPyConnection) -> None:
    """Make room for the statements that count."""
    con.execute("CREATE SCHEMA IF NOT EXISTS known; CREATE SCHEMA IF NOT EXISTS said")
    con.execute("CREATE SCHEMA IF NOT EXISTS held")


def make_statements(
    con: duckdb.DuckDBPyConnection,
    wanted: Iterable[str],
    *,
    also: Question | None = None,
    scoped: bool = False,
) -> None:
    """Make what the *wanted* questions (and *also*) read of known, said and held.

    Within a scope the statements are few: those that were said, and that several questions
    read, are put into tables. So this comes after the moment is set.
    """
    con.execute(text("vocabulary.sql") + text("replaced.sql"))
    read = {"statement_retracted": ["known"]}
    for question in (*in_order(wanted), *([also] if also else [])):
        for schema, name in question.statements():
            read.setdefault(name, []).append(schema)
    template = string.Template(text("statements.sql"))
    for table in sorted(tables().values(), key=lambda t: t.name != "statement_retracted"):
        if table.name in read:
            _make_views(con, template, table, read[table.name], scoped)


def _make_views(
    con: duckdb.DuckDBPyConnection,
    template: string.Template,
    table: Table,
    schemas: Collection[str],
    scoped: bool,
) -> None:
    room, key = SCOPED.get(table.subject, ("", ""))
    plan = table.topic in ("visit.scheduled", "visit.rescheduled")
    speaks = scoped and "provider" in table.columns and table.subject == "visit"
    views = template.substitute(
        type=table.name,
        subject=table.subject,
        speakers="SEMI JOIN scope.providers USING (provider)" if speaks else "",
        subjects=f"SEMI JOIN scope.{room} USING ({key})" if scoped and room else "",
        binds_from="statement.planned_start" if plan else "'infinity'::TIMESTAMPTZ",
        slot=", ".join(f'"{name}"' for name in table.slot or ()),
    ).split("CREATE OR REPLACE VIEW ")[1:]
    known, said, held = (f"CREATE OR REPLACE VIEW {view}" for view in views)
    script = [known]
    readers = len([schema for schema in schemas if schema != "known"])
    if readers:
        kept = scoped and readers > 1
        script.append(said.replace("VIEW", "TABLE", 1) if kept else said)
    if "held" in schemas:
        script.append(held)
    con.execute("".join(script))


def derive(con: duckdb.DuckDBPyConnection, wanted: Iterable[str]) -> None:
    """Make a table of each wanted fact and finding, and of what they read, in order."""
    for question in in_order(wanted):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {question.name} AS\n{question.text}")


def findings(
    con: duckdb.DuckDBPyConnection, kinds: Collection[str], scope: Scope
) -> list[dict[str, Any]]:
    """The findings of *kinds* within *scope*, as findings.md defines them, by key.

    The connection holds the mirror, and the moment is set.
    """
    within = scope.conditions()
    kinds = [kind for kind in kinds if questions()[kind].says(within)]
    make_statements(con, kinds, scoped=scope.narrow)
    derive(con, kinds)
    columns = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in FIELDS.items())
    parts = [f"SELECT {columns} WHERE false"]
    parts += [spelt(con, kind, FIELDS)[1] for kind in sorted(kinds)]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE found AS {' UNION ALL BY NAME '.join(parts)}"
    )
    where = " AND ".join(f"{name} = ?" for name in within) or "true"
    rows = con.execute(
        f"SELECT {', '.join(FIELDS)} FROM found WHERE {where} ORDER BY kind, key",
        list(within.values()),
    ).fetchall()
    names = evidence_names(con)
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


def evidence_names(con: duckdb.DuckDBPyConnection) -> dict[int, tuple[str, str]]:
    """(source, id) of every event that some finding in `found` cites, by position."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE cited AS"
        " SELECT DISTINCT unnest(evidence) AS position FROM found"
    )
    parts = [
        f"SELECT position, source, id FROM log.{table.name} SEMI JOIN cited USING (position)"
        for table in tables().values()
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

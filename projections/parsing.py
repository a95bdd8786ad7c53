"""Parsing: our own SQL, of which there is little that is asked again and again, parsed once."""

from __future__ import annotations

import duckdb

_PARSED: dict[str, list[duckdb.Statement]] = {}
MOST_PARSED = 1_000
"""How many are remembered; a period's scorecards name its days."""


def carry_out(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Carry out our own *sql*, one of a few that are asked again and again.

    They are parsed once a process, by whichever connection asks first, which of a question
    about little is a tenth of its time.
    """
    parsed = _PARSED.get(sql)
    if parsed is None:
        if len(_PARSED) >= MOST_PARSED:
            _PARSED.clear()
        parsed = _PARSED[sql] = con.extract_statements(sql)
    for statement in parsed:
        con.execute(statement)

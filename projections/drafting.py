"""Drafts of concerns: whom a pattern of missed calls that begins now is about."""

from __future__ import annotations

from typing import Any

import duckdb

from projections.columns import tables
from projections.questions import text

PATTERN = "missed_pattern"
"""The kind that meets the published threshold for a safeguarding referral (Leeds SAB)."""


def draftings(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Of each pattern of missed calls in `numbered`, whom it is about, and by which calls."""
    if not con.execute(f"FROM numbered WHERE kind = '{PATTERN}' LIMIT 1").fetchone():
        return []
    parts = [
        f"SELECT position, provider, visit FROM log.{table.name}"
        " WHERE position IN (SELECT unnest(evidence) FROM missed_pattern)"
        for table in tables().values()
        if table.subject == "visit"
    ]
    con.execute(f"CREATE OR REPLACE TEMP TABLE of_visits AS {' UNION ALL '.join(parts)}")
    rows = con.execute(text("lives/drafting.sql"))
    names = [column[0] for column in rows.description]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]

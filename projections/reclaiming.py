"""Reclaiming: the invoices whose claim, or what it is held against, may be another now.

A batch touches few of a year's invoices: their lines are read anew, and the others' that name
the same visits. What is left out must not change an answer.
"""

from __future__ import annotations

from dataclasses import replace

import duckdb

from projections.questions import questions, text
from projections.statements import NEAR, make_for

BY_INVOICE = "by invoice"


def note_owed(con: duckdb.DuckDBPyConnection) -> None:
    """Note for which contracts something is owed at the visits that are to be read anew."""
    con.execute(text("present/owed_before.sql"))


def read_invoices_again(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Hold those touched against their visits again, and put the rows in the old ones' place.

    Comes after the visits. Returns the names of what has changed.
    """
    con.execute(text("present/invoices.sql"))
    changed = set()
    if _any(con, "invoices_spoken"):
        _claim_again(con)
        changed.add("claims")
    if _any(con, "invoices_anew"):
        _judge_again(con)
        changed.add("invoice_over_claim")
    return changed


def _any(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return con.execute(f"FROM {table} LIMIT 1").fetchone() is not None


def _claim_again(con: duckdb.DuckDBPyConnection) -> None:
    claims = questions()["claims"]
    make_for(con, [claims], replace(NEAR, tables=False), "invoice")
    anew = claims.moved(
        lambda name: name,
        lambda room, name: f"near_{room}.{name}",
    )
    con.execute(f"CREATE OR REPLACE TABLE near.claims AS\n{anew}")
    mine = (
        "position IN (FROM positions_spoken)"
        " OR visit IS NOT NULL AND (provider, visit) IN (FROM visits_named)"
    )
    con.execute(f"DELETE FROM claims WHERE {mine}")
    con.execute(f"INSERT INTO claims BY NAME FROM near.claims WHERE {mine}")


def _judge_again(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(text("present/claimed.sql"))
    read = ("claims", "payable")
    anew = questions()["invoice_over_claim"].moved(
        lambda name: f"near.{name}" if name in read else name,
        lambda room, name: f"{room}.{name}",
    )
    con.execute(
        "DELETE FROM invoice_over_claim WHERE (provider, invoice) IN (FROM invoices_anew)"
    )
    con.execute(
        f"INSERT INTO invoice_over_claim BY NAME FROM ({anew}\n)"
        " SEMI JOIN invoices_anew USING (provider, invoice)"
    )

"""How one thing stands: a visit, contract, person, provider or concern, and who spoke of it."""

from __future__ import annotations

from typing import Any

from projections.asking import Moment, derive, set_moment, spelt
from projections.columns import tables
from projections.council import Council
from projections.questions import questions, states
from projections.statements import make_statements


def positions(
    council: Council, kind: str, ref: str, provider: str | None = None
) -> list[int]:
    """The positions of every event that speaks of the thing, or takes back one that does."""
    parts = []
    for table in tables().values():
        if table.subject != kind:
            continue
        mine = " AND provider = $provider" if provider and kind == "visit" else ""
        parts.append(
            f'SELECT position, source, id FROM log.{table.name} WHERE "{kind}" = $ref{mine}'
        )
    values = {"ref": ref} | (
        {"provider": provider} if provider and kind == "visit" else {}
    )
    council.con.execute(
        f"CREATE OR REPLACE TEMP TABLE spoken AS {' UNION ALL '.join(parts)}", values
    )
    rows = council.con.execute(
        "SELECT position FROM spoken"
        " UNION SELECT r.position FROM log.statement_retracted AS r"
        " JOIN spoken ON (r.source, r.retracts) = (spoken.source, spoken.id)"
        " WHERE r.subject = $ref"
        " UNION SELECT ruling.position FROM log.conflict_decided AS ruling"
        " JOIN spoken ON ruling.replaces_position = spoken.position",
        {"ref": ref},
    ).fetchall()
    return sorted(position for (position,) in rows)


def sources(council: Council, ref: str) -> list[str]:
    """The providers that have a visit of this reference."""
    parts = [
        f"SELECT provider FROM log.{table.name} WHERE visit = $ref"
        for table in tables().values()
        if table.subject == "visit"
    ]
    rows = council.con.execute(" UNION ".join(parts), {"ref": ref}).fetchall()
    return sorted(provider for (provider,) in rows)


def standing(
    council: Council, kind: str, ref: str, moment: Moment, provider: str | None = None
) -> dict[str, Any] | None:
    """How the thing stands at *moment*; None where nothing is known of it by then."""
    set_moment(council.con, moment)
    council.con.execute("SET VARIABLE ref = ?", [ref])
    council.con.execute("SET VARIABLE speaker = ?::VARCHAR", [provider])
    question = states()[kind]
    facts = question.reads(questions())
    make_statements(council.con, facts, also=question)
    derive(council.con, facts)
    council.con.execute(f"CREATE OR REPLACE TEMP TABLE standing AS\n{question.text}")
    names, select = spelt(council.con, "standing")
    row = council.con.execute(select).fetchone()
    return None if row is None else dict(zip(names, row, strict=True))

"""What belongs to a person: every thing that was ever said to be that person's."""

from __future__ import annotations

from uuid import UUID

from domain.catalogue import TOPICS
from domain.invoice import Submitted
from domain.person import LifeChanged
from domain.statement import Retracted
from projections.columns import tables
from projections.council import Council


def things_of(council: Council, person: str) -> set[UUID]:
    """The ids of the person's things, and of the person.

    They are visits, contracts, concerns and findings, the invoices that claim for them, and
    what was taken back of any of these.
    """
    council.con.execute(
        "CREATE OR REPLACE TEMP TABLE theirs AS " + _named(),
        {"person": person},
    )
    rows = council.con.execute("SELECT topic, source, subject FROM theirs").fetchall()
    found = {TOPICS[topic].named(subject, source) for topic, source, subject in rows}
    contracts = [ref for topic, _, ref in rows if topic == "contract.commissioned"]
    claimed = council.con.execute(
        "SELECT DISTINCT provider, invoice FROM log.invoice_line"
        " WHERE contract IN (SELECT unnest(?::VARCHAR[]))",
        [contracts],
    ).fetchall()
    found |= {Submitted.named(ref, f"/providers/{provider}") for provider, ref in claimed}
    taken_back = council.con.execute(
        "SELECT DISTINCT source, subject FROM log.statement_retracted"
        " WHERE subject IN (SELECT subject FROM theirs)"
    ).fetchall()
    return found | {Retracted.named(subject, source) for source, subject in taken_back}


def _named() -> str:
    """The query for the things that name the person, and for the person."""
    parts = [f"SELECT '{LifeChanged.TOPIC}' AS topic, '' AS source, $person AS subject"]
    for topic, table in tables().items():
        kind = TOPICS[topic]
        if "person" not in kind.reads().model_fields:
            continue
        source = "source" if kind.NAMED_BY_SOURCE else "''"
        parts.append(
            f"SELECT DISTINCT '{topic}', {source}, \"{table.subject}\""
            f" FROM log.{table.name} WHERE person = $person"
        )
    return " UNION ".join(parts)

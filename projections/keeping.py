"""Keeping records: what of the facts of visits need not be asked of the whole log again.

What is said of a visit, and what was due by the lines of its contract, has no clock in it. So
these facts are kept, and of the visits of which something has been said since, or has come
true, the same queries are asked again; the answer is that of asking everything.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import datetime

import duckdb

from projections import asking
from projections.asking import Moment
from projections.files import quoted
from projections.kept import KEPT, asked, by_visit, read, records_of
from projections.manifest import digest_at
from projections.questions import NOTHING, text
from projections.records import Note, Records
from projections.renewing import make_near
from projections.segments import Segments
from projections.statements import make_statements, make_words
from projections.touched import FAR_REACHING, said, touch
from record.log import Log

WRITE_FROM = 20_000
"""Visits asked again from which it is worth keeping the answer."""
WHOLE_FROM = 300_000
"""And from which it is quicker to ask everything."""
WRITE_EVENTS = 100_000
"""Events after which a process that has the answer in memory writes it out."""

Con = duckdb.DuckDBPyConnection


def instead(
    con: Con, log: Log, segments: Segments, head: int, moment: Moment
) -> Mapping[str, str]:
    """What answers the facts that are kept, by name (`in_order` takes it); or nothing.

    *con* mirrors the log up to *head*, and *moment* is set. Nothing stands in where only a
    part of the log is known, where the clock is earlier than what is kept, or where there
    are no segments yet. What is not kept is asked and, where it may be written, kept first.
    """
    if moment.known_at is not None or not segments.manifest().segments:
        return NOTHING
    records = records_of(log, segments)
    note = records.note()
    if note and (note.since > moment.at or note.reached > head):
        return NOTHING
    make_words(con)
    try:
        found = _read_again(con, records, note) if note else None
        if found is None or _count(con, "stale") >= WRITE_FROM:
            found = _keep(con, segments, records, head, found) or found
    finally:
        _forget(con)
    return found or NOTHING


def write_out(
    con: Con, log: Log, segments: Segments, head: int, ends: str | None, *, anew: bool
) -> bool:
    """Keep these facts as the present in *con* has them at *head*; whether that was done.

    It is where what is kept has fallen behind, or may not be believed (*anew*), no other
    process is writing, and the event at *head* is still that of the digest *ends*: a log that
    was restored from a backup may have another there. Raises what the disk raises.
    """
    if ends is None or digest_at(log, head) != ends:
        return False
    records = records_of(log, segments)
    note = records.note()
    if note and head - note.reached < (1 if anew else WRITE_EVENTS):
        return False
    with segments.lease() as mine:
        if mine:
            facts = {fact: f"SELECT * EXCLUDE (begun) FROM {fact}" for fact in KEPT}
            records.write(con, facts, head, ends, _since(con))
        return mine


def _keep(
    con: Con,
    segments: Segments,
    records: Records,
    head: int,
    found: Mapping[str, str] | None,
) -> Mapping[str, str] | None:
    """Keep what is *found*, or ask everything first; None where nothing may be written."""
    try:
        with segments.lease() as mine:
            ends = digest_at(records.log, head)
            if not mine or ends is None:
                return None
            facts = found or _ask_all(con)
            note = records.write(con, facts, head, ends, _since(con))
    except (OSError, duckdb.IOException):
        return None
    return {fact: _file(records, note, fact) for fact in KEPT}


def _file(records: Records, note: Note, fact: str) -> str:
    return f"SELECT * FROM read_parquet({quoted(records.path(note, fact))})"


def _read_again(con: Con, records: Records, note: Note) -> Mapping[str, str] | None:
    """What is kept, but for the visits that are `stale`; None where they may be all."""
    if touch(con, note.reached, note.since, read()) & FAR_REACHING:
        return None
    con.execute("SET VARIABLE day_before = london_day(?::TIMESTAMPTZ)", [note.since])
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW kept_records AS {_file(records, note, 'visit_records')}"
    )
    con.execute(text("present/spoken.sql") + text("records/stale.sql"))
    kept = {fact: _file(records, note, fact) for fact in KEPT}
    stale = _count(con, "stale")
    if not stale:
        return kept
    if stale >= WHOLE_FROM:
        return None
    _ask_near(con)
    return {
        fact: f"{file} ANTI JOIN stale USING (provider, visit)"
        f" UNION ALL BY NAME FROM near.{fact}"
        for fact, file in kept.items()
    }


def _ask_near(con: Con) -> None:
    """Ask the same questions of the visits that are `stale`, in the schema `near`."""
    others = {q.name for q in asked()} - by_visit()
    make_statements(con, others)
    asking.derive(con, others)
    con.execute("CREATE SCHEMA IF NOT EXISTS near")
    make_near(con, [question for question in asked() if question.name in by_visit()])
    for name in others:
        con.execute(f"DROP TABLE {name}")


def _ask_all(con: Con) -> Mapping[str, str]:
    """Ask for the facts that are kept, of all visits."""
    make_statements(con, KEPT)
    asking.derive(con, KEPT)
    return {fact: f"FROM {fact}" for fact in KEPT}


def _since(con: Con) -> datetime:
    """The last instant at which anything came true that counts by this clock."""
    template = string.Template(text("records/since.sql"))
    row = con.execute(template.substitute(said=said("true", read()))).fetchone()
    assert row is not None
    return row[0]  # type: ignore[no-any-return]


def _count(con: Con, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


def _forget(con: Con) -> None:
    """Drop what was made on the way; `stale` and `near` are read by what was found."""
    con.execute("DROP VIEW IF EXISTS temp.kept_records")
    for name in (*KEPT, "touched", "turned", "visits_spoken"):
        con.execute(f"DROP TABLE IF EXISTS temp.{name}")

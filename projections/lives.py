"""Lives: what holds now, against what is on record as opened and not withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from projections.asking import FIELDS, spelt
from projections.columns import tables
from projections.questions import questions, text
from projections.renewing import BY_VISIT
from projections.touched import FAR_REACHING, policy_turned

TOLD = (
    "key", "kind", "severity", "stage", "provider", "contract", "person", "visit", "carer",
    "since", "minutes", "pence", "reason",
)  # fmt: skip
"""What of a finding is put on record when it is opened."""

ALWAYS_CORRECT = {"contract_varied", "visit_rescheduled"}
"""What is said in order that something else shall hold from then on."""

Con = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Ending:
    """An episode that ends now, and what was said since the last look of its subject.

    `said` are tables of the log; `corrected`: something of it took an earlier one's place.
    """

    finding: str
    key: str
    episode: int
    kind: str
    said: frozenset[str]
    corrected: bool


def make_room(con: Con) -> None:
    """Room for what is said between two looks."""
    con.execute("CREATE OR REPLACE TABLE spoken AS FROM touched WHERE false")


def listen(con: Con) -> None:
    """Note what the last refreshing took in."""
    con.execute("INSERT INTO spoken BY NAME FROM touched")


def forget(con: Con) -> None:
    """The looks from now on are after what was said until now."""
    con.execute("DELETE FROM spoken")


def compare(con: Con, kinds: Collection[str], *, partly: bool) -> None:
    """Make `numbered` and `ending` of these kinds; *partly*: of visits only those judged anew."""
    judged = "SEMI JOIN judged_anew USING (begun)"
    held = [
        f"{spelt(con, kind, TOLD)[1]} {judged if partly and of_visits(kind) else ''}"
        for kind in sorted(kinds)
    ]
    columns = ", ".join(f'NULL::{FIELDS[name]} AS "{name}"' for name in TOLD)
    parts = " UNION ALL BY NAME ".join([f"SELECT {columns} WHERE false", *held])
    con.execute(f"CREATE OR REPLACE TEMP TABLE holding AS {parts}")
    near, far = (
        [kind for kind in kinds if of_visits(kind) is which] for which in (True, False)
    )
    whole = "FROM log.finding_opened WHERE kind IN (SELECT unnest(?::VARCHAR[]))"
    concerned = (
        f"{whole} UNION ALL BY NAME SELECT opened.* FROM ({whole}) AS opened"
        f" {'SEMI JOIN judged_anew USING (provider, visit)' if partly else ''}"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE concerned AS {concerned}", [far, near])
    con.execute(text("lives/differing.sql"))


def of_visits(kind: str) -> bool:
    """Whether the findings of a kind are kept by visit."""
    return questions()[kind].kept == BY_VISIT


def by_the_day(kind: str) -> bool:
    """Whether the findings of a kind are judged by whole days, and not of one call or claim."""
    return not questions()[kind].kept and not questions()[kind].clocked


def openings(con: Con) -> Iterator[dict[str, Any]]:
    """What `numbered` holds, in the order of keys; *con* is asked nothing else meanwhile.

    Row by row: a watcher that is new to a council opens all that holds.
    """
    rows = con.execute(f"SELECT {', '.join(TOLD)}, episode FROM numbered ORDER BY key")
    names = [*TOLD, "episode"]
    while row := rows.fetchone():
        yield dict(zip(names, row, strict=True))


def next_moment(con: Con) -> datetime | None:
    """When, at the earliest, something holds or not though nobody says a word.

    A call is overdue, its evidence should be there, a visit should be over; what was said
    of a later time comes true; it is midnight in London.
    """
    row = con.execute(text("lives/next_moment.sql")).fetchone()
    return row[0] if row else None


def latest(con: Con) -> datetime | None:
    """When something was last put on record, by the clock of whoever looked."""
    row = con.execute(
        "SELECT max(time) FROM (SELECT time FROM log.finding_opened"
        " UNION ALL SELECT time FROM log.finding_withdrawn)"
    ).fetchone()
    return row[0] if row else None


def endings(con: Con, since: date) -> list[Ending]:
    """What `ending` holds, in the order of keys; the last look was on the day *since*."""
    if con.execute("FROM ending LIMIT 1").fetchone() is None:
        return []
    con.execute(text("lives/meant.sql"))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE correcting (position BIGINT)"
        + "".join(f"; INSERT INTO correcting {one}" for one in _corrections(con))
    )
    rows = con.execute(
        "SELECT ending.finding, key, episode, kind,"
        " list(DISTINCT name) FILTER (name IS NOT NULL),"
        " coalesce(bool_or(meant.position IN (FROM correcting)), false)"
        " FROM ending LEFT JOIN meant USING (finding) GROUP BY ALL ORDER BY key"
    ).fetchall()
    everywhere = _everywhere(con, since)
    decided = "conflict_decided" in everywhere
    return [
        Ending(
            finding,
            key,
            episode,
            kind,
            everywhere | set(said or ()),
            corrected or decided,
        )
        for finding, key, episode, kind, said, corrected in rows
    ]


def _everywhere(con: Con, since: date) -> frozenset[str]:
    """What of that was said, or has come into force, which may concern anything."""
    found = con.execute(
        "SELECT DISTINCT name FROM spoken WHERE name IN (SELECT unnest(?))",
        [sorted(FAR_REACHING)],
    ).fetchall()
    turned = {"policy_adopted"} if policy_turned(con, since) else set()
    return frozenset(name for (name,) in found) | turned


def _corrections(con: Con) -> Iterator[str]:
    """The queries for what of `meant` took the place of something said earlier."""
    named = {
        name for (name,) in con.execute("SELECT DISTINCT name FROM meant").fetchall()
    }
    for table in tables().values():
        if table.name not in named:
            continue
        mine = f"SELECT position FROM meant WHERE name = '{table.name}'"
        if table.name in ALWAYS_CORRECT:
            yield mine
        elif table.slot is not None:
            same = " AND ".join(
                f'earlier."{name}" IS NOT DISTINCT FROM later."{name}"'
                for name in table.slot
            )
            yield (
                f"SELECT later.position FROM log.{table.name} AS later"
                f" JOIN log.{table.name} AS earlier"
                f" ON {same} AND earlier.position < later.position"
                f" WHERE later.position IN ({mine})"
            )

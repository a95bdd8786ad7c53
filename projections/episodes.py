"""Episodes: findings that are on record, how far each has come, and whose it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from domain.acting import lapses
from projections.asking import Moment, set_moment
from projections.council import Council
from projections.questions import text
from projections.statements import make_words

STATUSES = (
    "open", "acknowledged", "assigned", "queried", "replied", "upheld", "dismissed",
    "drafted", "withdrawn",
)  # fmt: skip
"""How far an episode has come: what was done last; `withdrawn` once it holds no longer."""

TOLD = (
    "kind", "key", "severity", "stage", "provider", "contract", "person", "visit", "carer",
    "since", "until", "minutes", "pence", "reason", "finding", "episode", "status", "cause",
    "opened_at", "assigned_to", "due_on", "acted_at", "by",
)  # fmt: skip
"""What is told of an episode. What of it is the finding's is as it was when it opened."""

Row = dict[str, Any]


def episodes(
    council: Council,
    moment: Moment,
    statuses: Collection[str],
    within: Mapping[str, Collection[str]],
) -> list[Row]:
    """The episodes of these *statuses*, by kind and key, that name what *within* says.

    Status is that of the last act on record at *moment*. A dismissal that has lapsed counts
    no longer (findings.md, "The life of a finding"): then it is that of the act before.
    """
    set_moment(council.con, moment)
    make_words(council.con)
    found = council.con.execute(text("lives/episodes.sql"))
    names = [name for name, *_ in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    rows = [row for row in rows if all(row[name] in of for name, of in within.items())]
    minutes = _minutes_now(council, moment, rows)
    told = [_told(row, moment.at, minutes) for row in rows]
    return [row for row in told if row["status"] in statuses]


def _minutes_now(council: Council, moment: Moment, rows: list[Row]) -> dict[str, Any]:
    """Of how many minutes each dismissed finding is now; empty where none was dismissed."""
    dismissed = {
        row["kind"]
        for row in rows
        if row["until"] is None and any(a["minutes"] is not None for a in row["acts"])
    }
    if not dismissed:
        return {}
    return {row["key"]: row["minutes"] for row in council.findings(moment, dismissed)}


def _told(row: Row, now: datetime, minutes: Mapping[str, Any]) -> Row:
    acts = [
        act
        for act in row.pop("acts")
        if act["what"] != "dismissed"
        or not lapses(act["at"], act["minutes"], minutes.get(row["key"]), now)
    ]
    last = acts[-1] if acts else None
    asked = [act for act in acts if act["what"] in ("queried", "replied")]
    awaited = asked[-1]["due_on"] if asked and asked[-1]["what"] == "queried" else None
    given = [act["to"] for act in acts if act["what"] == "assigned"]
    told = {
        **row,
        "until": _instant(row["until"]),
        "opened_at": _instant(row["opened_at"]),
        "status": "withdrawn" if row["until"] else last["what"] if last else "open",
        "assigned_to": given[-1] if given else None,
        "due_on": awaited.isoformat() if awaited else None,
        "acted_at": _instant(last["at"]) if last else None,
        "by": last["by"] if last else None,
    }
    return {name: told[name] for name in TOLD}


def _instant(moment: datetime | None) -> str | None:
    """An instant as answers spell it."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

"""Back-tests: what would be found of a past period by another policy, beside the one in force.

Both policies are judged by one clock and from the same events, by the same questions. Only
the thresholds differ, and only a question whose answer may depend on them is asked twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb

from projections.asking import make, set_moment, spelt
from projections.questions import Question, in_order, questions, text
from projections.statements import make_statements
from projections.trial import Thresholds, Trial

TOLD = (
    "kind", "key", "provider", "contract", "person", "visit", "carer",
    "since", "severity", "stage", "minutes", "pence", "reason",
)  # fmt: skip
"""What of a finding is held against its other self."""

CARRIERS = ("policy", "today", "last_week")
"""The facts that hand every threshold on."""

OF_ONE_CALL = {"unrostered_call"}
"""Kinds whose findings are each about one call that no visit keeps."""

Con = duckdb.DuckDBPyConnection


def compare(con: Con, trial: Trial) -> None:
    """Make the table `compared`: the period's findings by either policy, a row each.

    The connection holds the mirror of the whole log; nothing of that is changed.
    """
    set_moment(con, trial.moment)
    make_statements(con, trial.kinds)
    order = list(in_order(trial.kinds))
    anew = turned(order, {*trial.before, *trial.after})
    again = [question for question in order if question.name in anew]
    shared = {name for q in again for name in q.reads(questions())} - anew
    twice = anew.intersection(trial.kinds)
    _begin(con)
    _draw(con, order, {*trial.kinds, *shared}, trial.before)
    for kind in trial.kinds:
        _judge(con, kind, (False,) if kind in twice else (False, True))
        if kind not in shared:
            con.execute(f"DROP TABLE {kind}")
    if twice:
        _draw(con, again, twice, trial.after)
        for kind in twice:
            _judge(con, kind, (True,))
            con.execute(f"DROP TABLE {kind}")
    period, whose = trial.period, trial.provider
    con.execute(
        text("backtest/compared.sql"),
        {"first": period.first, "last": period.last, "whose": whose},
    )


def turned(order: Sequence[Question], names: Collection[str]) -> set[str]:
    """Which of these questions, in order, may answer otherwise when thresholds *names* do.

    One does if it reads one that does; of those that hand every threshold on, only if it
    speaks of one of *names*.
    """

    def speaks(question: Question) -> bool:
        return any(question.says({name}) for name in names)

    skipping = speaks(Question("facts", "since_day", text("since.sql")))
    found = set(CARRIERS)
    for question in order:
        reads = question.reads(found)
        skips = skipping and question.says({"since_day"})
        if skips or reads - set(CARRIERS) or (reads and speaks(question)):
            found.add(question.name)
    return found.intersection(question.name for question in order)


def dated(kind: str) -> bool:
    """Whether each finding of a kind is about one call, visit or claim, and so of one day."""
    question = questions()[kind]
    of_a_visit = question.says({"visit_key"})
    return of_a_visit or bool(question.kept) or kind in OF_ONE_CALL


def summed(con: Con) -> list[dict[str, Any]]:
    """What `compared` comes to by kind and provider; None: findings that name no provider."""
    rows = _rows(con, text("backtest/summed.sql"))
    return [{**row, "pence_difference": _more(row)} for row in rows]


def differing(con: Con) -> Iterator[dict[str, Any]]:
    """The findings of `compared` that are new, lost or changed, as they stand by both.

    Row by row; *con* is asked nothing else meanwhile.
    """
    return _rows(
        con,
        "SELECT * EXCLUDE (nth) FROM compared WHERE change <> 'same'"
        " ORDER BY kind, key, carer, nth",
    )


def in_force(con: Con, trial: Trial) -> dict[str, list[int | Decimal]]:
    """Of each threshold that is set anew, which were in force in the period, in order."""
    set_moment(con, trial.moment)
    make_statements(con, ["policy"])
    _draw(con, list(in_order(["policy"])), ["policy"], trial.before)
    found = {}
    for name in trial.after:
        rows = con.execute(
            f'SELECT "{name}" FROM policy WHERE from_on <= ? AND until_on >= ?'
            f' GROUP BY "{name}" ORDER BY min(from_on)',
            [trial.period.last, trial.period.first],
        ).fetchall()
        found[name] = [value for (value,) in rows]
    return found


def _begin(con: Con) -> None:
    fields = ", ".join(
        f'"{name}" {"BIGINT" if name in ("minutes", "pence") else "VARCHAR"}'
        for name in TOLD
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE judged"
        f" ({fields}, since_on DATE, dated BOOLEAN, anew BOOLEAN)"
    )


def _draw(
    con: Con, order: Sequence[Question], keep: Collection[str], thresholds: Thresholds
) -> None:
    """Ask these questions by the policy in force, changed by *thresholds* on every day.

    What no later one reads is dropped, but for what is to be kept.
    """
    last = {name: q.name for q in order for name in q.reads(questions())}
    for question in order:
        make(con, question, "TEMP TABLE")
        if question.name == "policy" and thresholds:
            changes = ", ".join(f'"{name}" = ${name}' for name in thresholds)
            con.execute(f"UPDATE policy SET {changes}", dict(thresholds))
        for name, by in last.items():
            if by == question.name and name not in keep:
                con.execute(f"DROP TABLE {name}")


def _judge(con: Con, kind: str, sides: Collection[bool]) -> None:
    """Note what the table of a kind holds: by the policy before, or *anew*, or both."""
    for anew in sides:
        con.execute(
            "INSERT INTO judged BY NAME"
            " SELECT *, CASE WHEN contains(since, 'T') THEN london_day(since::TIMESTAMPTZ)"
            f" ELSE since::DATE END AS since_on, {dated(kind)} AS dated, {anew} AS anew"
            f" FROM ({spelt(con, kind, TOLD)[1]})"
        )


def _rows(con: Con, sql: str) -> Iterator[dict[str, Any]]:
    asked = con.execute(sql)
    names = [column[0] for column in asked.description or ()]
    while rows := asked.fetchmany(1000):
        for row in rows:
            yield dict(zip(names, row, strict=True))


def _more(row: Mapping[str, Any]) -> int | None:
    before, after = row["pence_before"], row["pence_after"]
    return None if before is None or after is None else after - before

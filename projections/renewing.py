"""Renewing: of all that is kept, what may be another now is asked again, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import duckdb

from projections import asking
from projections.columns import tables
from projections.questions import Question, in_order, kinds, questions
from projections.statements import NEAR, make_for

BY_VISIT = "by visit"
BY_DAY = "by day"

Con = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Refreshed:
    """What a refreshing took in: new events, visits read anew; or everything, from the start.

    `asked` are the kinds of finding whose rows may be others now.
    """

    events: int
    visits: int
    whole: bool = False
    asked: frozenset[str] = frozenset()


@cache
def order() -> tuple[Question, ...]:
    """Every question, each after those that it reads."""
    return tuple(in_order(kinds()))


@cache
def after_visits() -> frozenset[str]:
    """The questions that are kept by visit, and those that read one of them."""
    found: set[str] = set()
    for question in order():
        reads = question.reads(questions())
        if question.kept == BY_VISIT or reads & found:
            found.add(question.name)
    return frozenset(found)


@cache
def needed() -> frozenset[str]:
    """What must be there between two refreshings: a fact of visits only if others read it."""
    found = {"visits", "attendances"}
    for question in order():
        if question.kept != BY_VISIT or question.room == "findings":
            found |= {question.name, *question.reads(questions())}
    only = {q.name for q in order() if q.kept == BY_VISIT and q.room == "facts"}
    readers = {r for q in order() if q.kept != BY_VISIT for r in q.reads(questions())}
    return frozenset(found) - (only - readers - {"visits", "attendances"})


def make(con: Con, question: Question) -> None:
    """Ask a question whole. What is kept by visit is put in the order in which they began.

    `begun` is where in the log a visit is first spoken of: one number for each visit, and
    those that are touched together lie together, so that all others can be skipped.
    """
    if question.kept != BY_VISIT or question.name not in needed():
        asking.make(con, question, "TABLE")
        return
    con.execute(
        f"CREATE OR REPLACE TABLE {question.name} AS WITH answer AS (\n{question.text}\n)"
        " SELECT COLUMNS(lambda name: name NOT IN ('begun', 'begins')), begins AS begun"
        " FROM answer JOIN (SELECT provider, visit, begun AS begins FROM first_said)"
        " USING (provider, visit) ORDER BY begins"
    )


def answer_again(
    con: Con,
    some: Iterable[Question],
    touched: set[str],
    changed: set[str],
    later: bool,
    new_day: bool,
) -> set[str]:
    """Ask those whose answer may be another now; the names of all that have changed."""
    changed = set(changed)
    for question in some:
        said = {name for _, name in question.statements()}
        if not (
            said & touched
            or question.reads(questions()) & changed
            or (question.clocked and later)
            or (question.daily and new_day)
        ):
            continue
        if question.kept == BY_DAY:
            add_days(con, question)
        else:
            make(con, question)
        changed.add(question.name)
    return changed


def add_days(con: Con, question: Question) -> None:
    """Of each provider and day the latest time that was heard, then or since."""
    moved = question.moved(lambda name: name, lambda _, name: f"new.{name}")
    con.execute(
        f"CREATE OR REPLACE TABLE {question.name} AS"
        " SELECT provider, day, max(last_time) AS last_time"
        f" FROM (FROM {question.name} UNION ALL ({moved})) GROUP BY provider, day"
    )


def read_visits_again(con: Con, since: int) -> set[str]:
    """Run what is kept by visit for those touched, and put its rows in the old ones' place."""
    mine = [question for question in order() if question.kept == BY_VISIT]
    make_near(con, mine, since)
    for question in mine:
        if question.name in needed():
            con.execute(
                f"DELETE FROM {question.name}"
                " WHERE begun IN (SELECT begun FROM judged_anew)"
            )
            con.execute(
                f"INSERT INTO {question.name} BY NAME SELECT answer.*, begun"
                f" FROM near.{question.name} AS answer JOIN judged_anew USING (provider, visit)"
            )
    return {question.name for question in mine}


def make_near(con: Con, asked: Sequence[Question], since: int = 0) -> None:
    """Ask what is kept by visit of the visits in the schema `scope`, in the schema `near`.

    *asked* are in order; what they read of each other is read near by too. Nothing is said
    of these visits before the position *since*.
    """
    make_for(con, asked, replace(NEAR, since=since), "visit")
    mine = {question.name for question in asked}
    for question in asked:
        moved = question.moved(
            lambda name: f"near.{name}" if name in mine else name,
            lambda room, name: (
                f"near_{room}.{name}" if _of_visits(name) else f"{room}.{name}"
            ),
        )
        con.execute(f"CREATE OR REPLACE TABLE near.{question.name} AS\n{moved}")


def _of_visits(name: str) -> bool:
    return any(t.name == name and t.subject == "visit" for t in tables().values())

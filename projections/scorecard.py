"""Scorecards: what one provider did of what was promised in a period, beside all the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from projections import asking
from projections.asking import Moment
from projections.columns import tables
from projections.questions import (
    NOTHING,
    Question,
    in_folder,
    in_order,
    questions,
    text,
)
from projections.statements import ALL, ROOMS, Extent, make_for, make_words

if TYPE_CHECKING:
    import duckdb

WEEKS = 4
"""Complete weeks of a card if nothing else is asked: each weekday equally often."""
SHORT = 100
"""Days of a period up to which it is quicker to pick its visits out of the log."""
ROOM = "scorecard"
PICKED = Extent(scoped=True, tables=True, room="card_")
"""The visits of a short period, in schemas of their own beside those of the whole log."""
SPARE_DAYS = 14
"""Before the period: a week may begin in front of it, clocks may change."""

CITING = frozenset({"plans", "presence", "visit_records", "visits", "payable"})
"""Facts that gather what they rest on, visit by visit: a card cites nothing."""
WORDS = "kind, key, severity, reason, evidence, policy"
"""What a card does not read of a finding."""
KEPT = frozenset({"providers", "period"})
"""What is read once the cards are drawn, beside them."""


@dataclass(frozen=True)
class Period:
    """Days in London, both included."""

    from_on: date
    to_on: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.to_on - self.from_on).days + 1

    @property
    def short(self) -> bool:
        """Whether it is quicker to pick its visits out of the log."""
        return self.days <= SHORT


def last_weeks(today: date, weeks: int = WEEKS) -> Period:
    """The last complete weeks (Monday to Sunday) before the week of *today*."""
    monday = today - timedelta(days=today.weekday())
    return Period(monday - timedelta(weeks=weeks), monday - timedelta(days=1))


@cache
def card_questions() -> tuple[Question, ...]:
    """The questions of a scorecard, each after those it reads."""
    found = {question.name: question for question in in_folder(ROOM)}
    order = TopologicalSorter({name: q.reads(found) for name, q in found.items()})
    return tuple(found[name] for name in order.static_order())


def needed(instead: Mapping[str, str] = NOTHING) -> tuple[Question, ...]:
    """The facts and findings that the cards read, and then the cards, in order."""
    known = questions()
    read = {name for card in card_questions() for name in card.reads(known)}
    return (*in_order(read, instead), *card_questions())


def last_read(asked: Collection[Question]) -> dict[str, list[str]]:
    """After which of the questions that are *asked* which others are read no more."""
    names = [question.name for question in asked]
    last = {name: by.name for by in asked for name in by.reads(names)}
    # A view reads what it reads when it is read.
    last |= {name: last["presence"] for name in last if last[name] == "presence"}
    over: dict[str, list[str]] = {}
    for name, by in last.items():
        if name not in KEPT and not name.startswith("card_"):
            over.setdefault(by, []).append(name)
    return over


def draw(
    con: duckdb.DuckDBPyConnection,
    moment: Moment,
    period: Period,
    *,
    picked: bool | None = None,
    instead: Mapping[str, str] = NOTHING,
) -> None:
    """Make the tables of the cards of *period*, of all providers, as known at *moment*.

    *picked*: only the visits that may fall into the period are read; None: if it is short.
    *instead* as `in_order` has it, where they are not picked.
    Facts and findings are those of every other answer; only which days and weeks are looked
    back at is the period's: `promised_days` and `lookback` are told, not asked.
    """
    asking.set_moment(con, moment)
    con.execute("SET VARIABLE period_from = ?::DATE", [period.from_on])
    con.execute("SET VARIABLE period_to = ?::DATE", [period.to_on])
    make_words(con)
    extent = PICKED if picked or (picked is None and period.short) else ALL
    if extent == PICKED:
        con.execute(text("period_scope.sql"))
        for name in ROOMS:
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {PICKED.room}{name}")
        # What is taken back is looked up among all that is.
        make_for(con, [], ALL)
    instead = NOTHING if extent == PICKED else instead
    asked = needed(instead)
    make_for(con, asked, extent)
    over = last_read(asked)
    # What only the next one reads is worth no table; of a file each reads its own columns.
    views = {"presence", *instead}
    for question in asked:
        told = _spoken_of(_within(question, extent), asked)
        _make(con, told, period, asking.table_or_view(question.name, views))
        for name in over.get(question.name, ()):
            con.execute(f"DROP {asking.table_or_view(name, views)} {name}")


def clear(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what `draw` made: other questions make tables of the same names."""
    made = con.execute(
        "SELECT 'VIEW', view_name FROM duckdb_views() WHERE temporary AND NOT internal"
        " UNION ALL SELECT 'TABLE', table_name FROM duckdb_tables() WHERE temporary"
    ).fetchall()
    ours = {question.name for question in needed()}
    for kind, name in made:
        if name in ours:
            con.execute(f"DROP {kind} {name}")


def _within(question: Question, extent: Extent) -> Question:
    """The question, asked of the statements of *extent*."""
    statements = {table.name for table in tables().values()}
    moved = question.moved(
        lambda table: table,
        lambda room, name: f"{extent.room if name in statements else ''}{room}.{name}",
    )
    return replace(question, text=moved)


def _make(
    con: duckdb.DuckDBPyConnection, question: Question, period: Period, kind: str
) -> None:
    """Ask a question, unless it is one of those whose answer is the period."""
    first, last = (f"DATE '{day}'" for day in (period.from_on, period.to_on))
    told = {
        "lookback": f"range(monday({first} + 6), {last} - 5, INTERVAL 7 DAY)",
        "promised_days": f"range({first}, {last} + 1, INTERVAL 1 DAY)",
    }
    columns = {"lookback": "monday", "promised_days": "day"}
    if days := told.get(question.name):
        answer = f"SELECT unnest({days})::DATE AS {columns[question.name]}"
        question = replace(question, text=answer)
    elif question.name in CITING:
        question = _as(question, "* REPLACE (NULL::BIGINT[] AS evidence)")
    elif question.room == "findings":
        question = _as(question, f"* EXCLUDE ({WORDS})")
    asking.make(con, question, f"TEMP {kind}")
    if question.name == "today":
        since = period.from_on - timedelta(days=SPARE_DAYS)
        con.execute("SET VARIABLE since_day = ?::DATE", [since])


def _as(question: Question, columns: str) -> Question:
    """The question with other columns: what is left out is not worked out."""
    return replace(question, text=f"SELECT {columns} FROM (\n{question.text}\n)")


def _spoken_of(question: Question, asked: Iterable[Question]) -> Question:
    """Of `visits` the columns that one of those *asked* speaks of: no other is worked out."""
    if question.name != "visits":
        return question
    words = {word for one in asked if one.reads({"visits"}) for word in one.words()}
    return _as(question, f"COLUMNS(lambda name: name IN {tuple(sorted(words))})")

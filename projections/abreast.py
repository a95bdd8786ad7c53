"""Questions about one thing, asked abreast: those that do not read each other, at the same time.

Such a question reads little. Most of its time goes into planning, which the engine does on
one thread; so two hands share the work, each with a connection of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from graphlib import TopologicalSorter

import duckdb

from projections.questions import Question, in_order, text
from projections.statements import SCOPE, make_words, scripts

HANDS = 2
"""How many at once: a third gains nothing."""
TOLD = {"clock": "TIMESTAMPTZ", "known_at": "TIMESTAMPTZ", "bank_holidays": "DATE[]"}
"""The moment, which every connection has to be told by itself."""

Con = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Work:
    """What is to be run, and after which other work."""

    sql: str
    needs: frozenset[str]


def derive_abreast(con: Con, wanted: Collection[str]) -> None:
    """Make a table of each *wanted* fact and finding and of what they read, within `scope`.

    The moment is set on *con*. Raises what the engine raised first; by then all have ended.
    """
    make_words(con)
    work = _work(wanted)
    order = TopologicalSorter({name: one.needs for name, one in work.items()})
    order.prepare()
    with ExitStack() as stack:
        free = [stack.enter_context(con.cursor()) for _ in range(HANDS)]
        for hand in free:
            _tell_moment(con, hand)
        pool = stack.enter_context(ThreadPoolExecutor(HANDS))
        busy: dict[Future[Con], tuple[str, Con]] = {}
        ready: list[str] = []
        while order.is_active():
            ready += order.get_ready()
            while ready and free:
                name, hand = ready.pop(0), free.pop()
                busy[pool.submit(hand.execute, work[name].sql)] = (name, hand)
            for done in wait(busy, return_when=FIRST_COMPLETED).done:
                name, hand = busy.pop(done)
                done.result()
                order.done(name)
                free.append(hand)


def _tell_moment(con: Con, hand: Con) -> None:
    names = ", ".join(f"getvariable('{name}')::VARCHAR" for name in TOLD)
    told = con.execute(f"SELECT {names}").fetchone()
    assert told is not None
    for (name, kind), value in zip(TOLD.items(), told, strict=True):
        hand.execute(f"SET VARIABLE {name} = ?::{kind}", [value])


def _work(wanted: Collection[str]) -> dict[str, Work]:
    """What answers *wanted*, by the name of the table or view that it makes."""
    asked = list(in_order(wanted))
    work: dict[str, Work] = {}
    for (room, name), sql in scripts(asked, SCOPE):
        before = {"known": (), "said": ("known",), "held": ("said",)}[room]
        needs = {f"{one}.{name}" for one in before}
        if room == "said":
            needs.add("known.statement_retracted")
        work[f"{room}.{name}"] = Work(sql, frozenset(needs))
    made = {*work, *(question.name for question in asked)}
    for question in asked:
        work[question.name] = _asking(question, made)
    return work


def _asking(question: Question, made: Collection[str]) -> Work:
    needs = {f"{room}.{name}" for room, name in question.statements()}
    needs |= question.reads(made)
    sql = f"CREATE OR REPLACE TABLE {question.name} AS\n{question.text}"
    if "since_day()" in question.text:
        needs.add("today")
        sql = f"{text('since.sql')}\n{sql}"
    return Work(sql, frozenset(needs.intersection(made)))

"""One clause changed, and tried on every edge of the rules (`tests.edges`).

An edge is drawn once as the rules are. Then each mutant is asked for its own rows, and only
where these are others are the questions drawn again that read it: so a mutant costs little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import zip_longest
from typing import Any
from unittest.mock import patch

import duckdb

from projections import asking, statements
from projections.asking import Moment
from projections.questions import Question, in_order, questions, text
from projections.statements import make_statements
from tests.edges import EDGES
from tests.edges.telling import Edge
from tests.projections import memory

Mutant = tuple[str, str, str]
"""The question or the words, what is changed in it, and to what."""

TOLD_EVERY = 50
"""Edges after which it is said how far the work has come."""

NOT_COMPARED = ("evidence", "reason")
"""As in the tests: unless an edge says what it must be."""


def original(name: str) -> str:
    """The SQL that a mutant changes: of a question, or of the words all are written in."""
    return questions()[name].text if name in questions() else text(f"{name}.sql")


def outcomes(mutants: Sequence[Mutant]) -> dict[Mutant, str]:
    """Of every mutant: seen, not seen, or why it is none."""
    found = dict.fromkeys(mutants, "not seen")
    for mutant in mutants:
        if original(mutant[0]).count(mutant[1]) != 1:
            found[mutant] = "not in the text, once"
    for number, edge in enumerate(of_every_kind_in_turn()):
        if number % TOLD_EVERY == 0:
            left = [mutant for mutant, what in found.items() if what == "not seen"]
            print(f"edge {number} of {len(EDGES)}: {len(left)} not seen yet", flush=True)
        concerned = [
            mutant
            for mutant in mutants
            if found[mutant] == "not seen" and concerns(mutant[0], edge.kind)
        ]
        if concerned:
            draw(edge)
        for mutant in concerned:
            found[mutant] = tried(mutant, edge)
    return found


def of_every_kind_in_turn() -> list[Edge]:
    """The edges, of each kind one after the other: a changed word is seen sooner so."""
    kinds: dict[str, list[Edge]] = {}
    for edge in EDGES:
        kinds.setdefault(edge.kind, []).append(edge)
    in_turn = zip_longest(*kinds.values())
    return [edge for row in in_turn for edge in row if edge is not None]


@cache
def concerns(name: str, kind: str) -> bool:
    """Whether a kind of finding reads what is changed."""
    return name not in questions() or name in {q.name for q in in_order([kind])}


def draw(edge: Edge) -> None:
    """Load the edge's feed, and draw all that its kind reads."""
    clock, received, known = edge.instants()
    memory.load(edge.feed(), received)
    asking.set_moment(memory.columns(), Moment(clock, known))
    make_statements(memory.columns(), [edge.kind])
    derive(edge.kind)


def tried(mutant: Mutant, edge: Edge) -> str:
    """seen, not seen, or why the mutant is none; everything is as before afterwards."""
    con = memory.columns()
    before = rows(edge)
    con.begin()
    try:
        changed(mutant, edge)
        return "not seen" if rows(edge) == before else "seen"
    except duckdb.Error as error:
        return f"cannot be run: {str(error).splitlines()[0]}"
    finally:
        con.rollback()


def changed(mutant: Mutant, edge: Edge) -> None:
    """Draw again what the mutant changes, and what reads it."""
    name, old, new = mutant
    con, other = memory.columns(), original(name).replace(old, new)
    if name not in questions():
        read = {f"{name}.sql": other}
        with patch.object(statements, "text", lambda file: read.get(file) or text(file)):
            make_statements(con, [edge.kind])
        derive(edge.kind)
        return
    if told(con.execute(other)) == told(con.execute(f"FROM {name}")):
        return
    stale = {name}
    for question in in_order([edge.kind]):
        if question.name == name:
            make(replace(question, text=other))
        elif question.reads(stale):
            stale.add(question.name)
            make(question)


def derive(kind: str) -> None:
    """Ask a kind, and keep everything that was read for it."""
    asking.derive(memory.columns(), {question.name for question in in_order([kind])})


def make(question: Question) -> None:
    """Put a question's rows in the place of those that were there."""
    asking.make(memory.columns(), question, "TEMP TABLE")


def rows(edge: Edge) -> list[str]:
    """What is found, as far as the edge's test compares it."""
    columns = {
        name: kind
        for name, kind in asking.FIELDS.items()
        if name not in NOT_COMPARED or name in (edge.fields or {})
    }
    empty = ", ".join(f"NULL::{kind} AS {name}" for name, kind in columns.items())
    _, select = asking.spelt(memory.columns(), edge.kind, columns)
    return told(
        memory.columns().execute(f"SELECT {empty} WHERE false UNION ALL BY NAME {select}")
    )


def told(result: Any) -> list[str]:
    """Rows in an order of their own."""
    return sorted(map(repr, result.fetchall()))

"""One clause changed, and tried on every edge of the rules (`tests.edges`).

An edge is drawn once as the rules are. Then each mutant is asked for its own rows, and only
where these are others are the questions drawn again that read it: so a mutant costs little.
"""

from __future__ import annotations

import re
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
from tests.edges.statements import EDGES as OF_THE_WORDS
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
            if found[mutant] == "not seen" and concerns(mutant, edge.kind)
        ]
        if concerned:
            draw(edge)
        for mutant in concerned:
            found[mutant] = tried(mutant, edge)
    return found


def of_every_kind_in_turn() -> list[Edge]:
    """Those of the words first; then of each kind one after the other: a change is seen sooner so."""
    kinds: dict[str, list[Edge]] = {}
    for edge in EDGES:
        kinds.setdefault(edge.kind, []).append(edge)
    in_turn = zip_longest(*kinds.values())
    edges = [edge for row in in_turn for edge in row if edge is not None]
    return sorted(edges, key=lambda edge: edge not in OF_THE_WORDS)


@cache
def concerns(mutant: Mutant, kind: str) -> bool:
    """Whether a kind of finding reads what is changed."""
    name, asked = mutant[0], in_order([kind])
    if name in questions():
        return name in {question.name for question in asked}
    used = words_of(mutant)
    return used is None or any(used & said_in(question.text) for question in asked)


@cache
def words_of(mutant: Mutant) -> frozenset[str] | None:
    """The words that mean something else by a change of the vocabulary; None where all may."""
    name, old, _ = mutant
    if name != "vocabulary":
        return None
    defined = re.split(r"^CREATE OR REPLACE MACRO ", original(name), flags=re.MULTILINE)
    meanings = {meaning.partition("(")[0]: meaning for meaning in defined[1:]}
    found = {word for word, meaning in meanings.items() if old in meaning}
    assert found, f"{old} lies in no word's meaning"
    while more := {w for w, m in meanings.items() if found & said_in(m)} - found:
        found |= more
    # What counts as said is written in words too.
    return None if found & said_in(original("statements")) else frozenset(found)


@cache
def said_in(sql: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(re.findall(r"\w+", sql))


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
        say_otherwise({f"{name}.sql": other}, edge.kind)
    stale: set[str] = set()
    for question in in_order([edge.kind]):
        if question.name == name:
            question = replace(question, text=other)
        elif not (reads_otherwise(question, mutant) or question.reads(stale)):
            continue
        if told(con.execute(question.text)) != told(con.execute(f"FROM {question.name}")):
            make(question)
            stale.add(question.name)


def say_otherwise(read: dict[str, str], kind: str) -> None:
    """Write the words anew, and which statements hold."""
    for room in statements.ROOMS:
        memory.columns().execute(f"DROP SCHEMA {room} CASCADE")
    memory.columns().execute("DROP VIEW replaced")
    statements.make_schemas(memory.columns())
    with patch.object(statements, "text", lambda file: read.get(file) or text(file)):
        make_statements(memory.columns(), [kind])


def reads_otherwise(question: Question, mutant: Mutant) -> bool:
    """Whether a changed word may change what a question reads, whatever it reads of others."""
    if mutant[0] in questions():
        return False
    used = words_of(mutant)
    return (
        bool(question.statements())
        if used is None
        else bool(used & said_in(question.text))
    )


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

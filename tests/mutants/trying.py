"""One clause changed, and tried on what the tests hold against the second reading.

These are the edges of every rule, and generated councils.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import duckdb
from hypothesis import given, seed, settings

from projections.questions import in_order, kinds, questions
from tests.councils import cases
from tests.projections import memory
from tests.projections.comparing import differences
from tests.projections.test_edges import EDGES
from tests.projections.test_second_reading import BEGIN, PARTS, RECEIVED

COUNCILS = 80
"""Generated councils that a mutant is tried on, at most."""


Case = tuple[list[dict[str, Any]], datetime]


@dataclass(frozen=True)
class Trial:
    """A feed and a clock, when it was received, and the kinds it is asked for."""

    feed: list[dict[str, Any]]
    at: datetime
    received_at: datetime
    kinds: frozenset[str]


@cache
def trials() -> list[Trial]:
    """The edges, then the councils of the tests."""
    found = []
    for edge in EDGES:
        clock = datetime.fromisoformat(edge.at)
        found.append(Trial(edge.feed(), clock, clock, frozenset({edge.kind})))
    for part in range(PARTS):
        received_at = RECEIVED[part % 2]
        found += [
            Trial(*case, received_at, frozenset(kinds())) for case in councils(part)
        ]
    return found


def councils(part: int) -> list[Case]:
    """The generated councils that a part of the tests begins with."""
    kept: list[Case] = []

    @seed(BEGIN + part)
    @settings(max_examples=COUNCILS // PARTS)
    @given(cases())
    def keep(case: Case) -> None:
        kept.append(case)

    keep()
    return kept


@cache
def right(number: int) -> list[dict[str, Any]]:
    """What the rules as they are find of a trial."""
    trial = trials()[number]
    return memory.findings(trial.feed, trial.at, trial.received_at, trial.kinds)


def affected(name: str) -> frozenset[str]:
    """The kinds that read a question."""
    return frozenset(k for k in kinds() if name in {q.name for q in in_order([k])})


Mutant = tuple[str, str, str]
"""The question, the words, and what they become."""


def outcome(mutant: Mutant) -> str:
    """seen, not seen, or why the mutant is none."""
    name, old, new = mutant
    question = questions()[name]
    if old not in question.text:
        return "not in the text"
    concerned = affected(name)
    for number in range(len(trials())):
        trial = trials()[number]
        asked = trial.kinds & concerned
        if not asked:
            continue
        expected = [one for one in right(number) if one["kind"] in asked]
        questions()[name] = replace(question, text=question.text.replace(old, new, 1))
        try:
            found = memory.findings(trial.feed, trial.at, trial.received_at, asked)
        except duckdb.Error as error:
            return f"cannot be run: {str(error).splitlines()[0]}"
        finally:
            questions()[name] = question
        if differences(found, expected, without={"evidence", "reason"}):
            return "seen"
    return "not seen"

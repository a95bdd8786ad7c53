"""`make mutants`: change one clause after another, and see that the tests see it.

What judges is what the tests hold against the second reading: the edges of every rule, and
generated councils. Those that no test sees are listed, and the command fails.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from multiprocessing import get_context
from typing import Any

import duckdb
from hypothesis import given, seed, settings

from projections.questions import in_order, kinds, questions
from tests.councils import cases
from tests.mutants.table import MUTANTS
from tests.projections import memory
from tests.projections.comparing import differences
from tests.projections.test_edges import EDGES
from tests.projections.test_second_reading import BEGIN, PARTS, RECEIVED

COUNCILS = 160
"""Generated councils that a mutant is tried on, at most."""
PROCESSES = 2


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

        @seed(BEGIN + part)
        @settings(max_examples=COUNCILS // PARTS)
        @given(cases())
        def keep(case: tuple[list[dict[str, Any]], datetime], part: int = part) -> None:
            found.append(Trial(*case, RECEIVED[part % 2], frozenset(kinds())))

        keep()
    return found


@cache
def right(number: int) -> list[dict[str, Any]]:
    """What the rules as they are find of a trial."""
    trial = trials()[number]
    return memory.findings(trial.feed, trial.at, trial.received_at, trial.kinds)


def affected(name: str) -> frozenset[str]:
    """The kinds that read a question."""
    return frozenset(k for k in kinds() if name in {q.name for q in in_order([k])})


def outcome(name: str, old: str, new: str) -> str:
    """seen, not seen, or why the mutant is none."""
    question = questions()[name]
    if old not in question.text:
        return "not in the text"
    concerned = affected(name)
    for number in range(len(trials())):
        right(number)
        trial = trials()[number]
        asked = trial.kinds & concerned
        if not asked:
            continue
        questions()[name] = replace(question, text=question.text.replace(old, new, 1))
        try:
            found = memory.findings(trial.feed, trial.at, trial.received_at, asked)
        except duckdb.Error as error:
            return f"cannot be run: {str(error).splitlines()[0]}"
        finally:
            questions()[name] = question
        expected = [one for one in right(number) if one["kind"] in asked]
        if differences(found, expected, without={"evidence", "reason"}):
            return "seen"
    return "not seen"


def mutants() -> Iterator[tuple[str, str, str]]:
    """Every mutant: the question, the words, and what they become."""
    wanted = set(sys.argv[1:])
    for name, changes in MUTANTS.items():
        for old, new in changes:
            if not wanted or name in wanted:
                yield name, old, new


def main() -> int:
    """Try every mutant; 1 where one was not seen."""
    everything = list(mutants())
    with get_context("spawn").Pool(PROCESSES) as pool:
        outcomes = pool.starmap(outcome, everything, chunksize=4)
    seen = outcomes.count("seen")
    for (name, old, new), what in zip(everything, outcomes, strict=True):
        if what != "seen":
            print(f"{what}: {name}: {old!r} -> {new!r}")
    print(f"{seen} of {len(everything)} mutants were seen by a test")
    return int(seen != len(everything))


if __name__ == "__main__":
    sys.exit(main())

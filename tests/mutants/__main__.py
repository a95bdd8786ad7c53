"""`make mutants`: change one clause after another, and see that the tests see it.

Those that no test sees are listed, and the command fails. Words: only these questions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from multiprocessing import get_context

from tests.mutants.table import MUTANTS
from tests.mutants.trying import Mutant, outcome

PROCESSES = 2


def mutants() -> Iterator[Mutant]:
    """Every mutant: the question, the words, and what they become."""
    wanted = set(sys.argv[1:])
    for name, changes in MUTANTS.items():
        for old, new in changes:
            if not wanted or name in wanted:
                yield name, old, new


def main() -> int:
    """Try every mutant; 1 where one was not seen."""
    everything = list(mutants())
    seen = 0
    with get_context("spawn").Pool(PROCESSES) as pool:
        outcomes = pool.imap(outcome, everything)
        for (name, old, new), what in zip(everything, outcomes, strict=True):
            seen += what == "seen"
            if what != "seen":
                print(f"{what}: {name}: {old!r} -> {new!r}", flush=True)
    print(f"{seen} of {len(everything)} mutants were seen by a test")
    return int(seen != len(everything))


if __name__ == "__main__":
    sys.exit(main())

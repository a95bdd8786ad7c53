"""`make mutants`: change one clause after another, and see that an edge sees it.

Those that no edge sees are listed, and the command fails. Words: only these questions.
"""

from __future__ import annotations

import sys
from multiprocessing import get_context

from tests.mutants.table import MUTANTS
from tests.mutants.trying import Mutant, outcomes

PROCESSES = 2


def mutants() -> list[Mutant]:
    """Every mutant: the question, the words, and what they become."""
    wanted = set(sys.argv[1:]) or set(MUTANTS)
    return [
        (name, old, new)
        for name, changes in MUTANTS.items()
        for old, new in changes
        if name in wanted
    ]


def main() -> int:
    """Try every mutant; 1 where one was not seen."""
    everything = mutants()
    shares = [everything[n::PROCESSES] for n in range(PROCESSES)]
    found: dict[Mutant, str] = {}
    with get_context("spawn").Pool(PROCESSES) as pool:
        for share in pool.map(outcomes, shares):
            found |= share
    for (name, old, new), what in found.items():
        if what != "seen":
            print(f"{what}: {name}: {old!r} -> {new!r}")
    seen = list(found.values()).count("seen")
    print(f"{seen} of {len(found)} mutants were seen by a test")
    return int(seen != len(found))


if __name__ == "__main__":
    sys.exit(main())

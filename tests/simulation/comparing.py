"""What was planted beside what was found, by kind."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from projections.questions import kinds
from simulation import Plan, simulate
from tests.projections import memory


@dataclass(frozen=True)
class Outcome:
    """What was planted and what was found, of one kind, by key."""

    kind: str
    planted: Counter[str]
    found: Counter[str]

    @property
    def right(self) -> int:
        """Findings that are true."""
        return (self.planted & self.found).total()

    @property
    def recall(self) -> float:
        """The share of what is true that was found; 1 where nothing is."""
        return self.right / self.planted.total() if self.planted else 1.0

    @property
    def precision(self) -> float:
        """The share of what was found that is true; 1 where nothing was."""
        return self.right / self.found.total() if self.found else 1.0


def play(plan: Plan) -> tuple[list[bytes], list[dict[str, Any]]]:
    """A simulated council's feed, and its truth."""
    truth: list[dict[str, Any]] = []
    return [arrival.event for arrival in simulate(plan, truth.append)], truth


def judged(plan: Plan) -> list[Outcome]:
    """Both sides of every kind, at the plan's clock."""
    feed, truth = play(plan)
    told = memory.findings(map(json.loads, feed), plan.at, plan.at)
    planted: dict[str, Counter[str]] = {kind: Counter() for kind in kinds()}
    found: dict[str, Counter[str]] = {kind: Counter() for kind in kinds()}
    for row in truth:
        if "planted" in row:
            planted[row["planted"]][row["key"]] += 1
    for finding in told:
        found[finding["kind"]][finding["key"]] += 1
    return [Outcome(kind, planted[kind], found[kind]) for kind in kinds()]

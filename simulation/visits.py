"""One visit: what really happens at it, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from simulation.plan import (
    AHEAD_DAYS,
    DAY_SECONDS,
    HOUR,
    MINUTE,
    Contract,
    Line,
    instant,
    spell,
    visit_ref,
)
from simulation.scripts import Outcome, Script

Spoken = tuple[int, str, dict[str, Any], int]
"""When, which type, what it says, and how many seconds later it was written down."""


BY_HAND_EVERY = 3
"""Days, of which one is entered by hand."""


@dataclass
class Visit:
    """What really happens. Times in seconds; `stays` by carer, in the order they came."""

    script: Script
    contract: Contract
    line: Line
    day: date
    ref: str
    due: int
    outcome: Outcome
    came: int = 0
    stays: tuple[int, ...] = ()
    carers: tuple[str, ...] = ()

    @property
    def due_seconds(self) -> int:
        """How long each carer is due."""
        return self.line.minutes * MINUTE

    @property
    def habit(self) -> str:
        """How its provider logs it. Only the person's first provider has habits."""
        script = self.script
        mine = self.contract.provider == script.provider
        return script.habit if mine and self.day > script.plan.days_before(7) else ""

    @property
    def source(self) -> str:
        """Who speaks of it."""
        return f"/providers/{self.contract.provider}"

    @property
    def matched(self) -> bool:
        """Whether it is one that the contract stands for."""
        died_on = self.script.died_on
        gone = died_on is not None and self.day > died_on
        return not gone and not self.script.is_suspended(self.day)

    @property
    def delivered(self) -> int:
        """Carer-minutes given, each carer's up to what is due."""
        return sum(min(stay, self.due_seconds) for stay in self.stays) // MINUTE


def happen(
    script: Script, contract: Contract, line: Line, day: date, chance: Random
) -> Visit:
    """Let a visit happen as the script says, else as usual."""
    outcome = script.outcome(day, contract, line)
    due = instant(day, line.start)
    visit = Visit(
        script, contract, line, day, visit_ref(contract, line, day), due, outcome
    )
    late = chance.randint(-480, 720)
    share = 0.93 + 0.07 * chance.random()
    if visit.habit == "exactly" and line.carers == 1:
        late, share = 0, 1.0
    if outcome.what == "attended":
        if outcome.late is not None:
            late = outcome.late * MINUTE
        visit.came = due + late + outcome.moved * MINUTE
        stay = int(visit.due_seconds * (outcome.share or share))
        if outcome.hours is not None:
            stay = outcome.hours * HOUR
        second = int(visit.due_seconds * (outcome.second_share or share))
        visit.stays = (stay, second)[: line.carers]
        visit.carers = _carers(visit)
        if outcome.lone:
            visit.stays = ()
    return visit


def _carers(visit: Visit) -> tuple[str, ...]:
    script, turn = visit.script, visit.day.toordinal()
    if visit.outcome.carer is not None:
        return (f"K-{script.number:04d}-{visit.outcome.carer}",)
    package = script.contracts.index(visit.contract)
    first = f"K-{script.number:04d}-{package}{turn % script.carers:02d}"
    return (first, f"{first}-b")[: visit.line.carers]


def spoken(visit: Visit) -> list[Spoken]:
    """What the provider says of a visit, from its plan on."""
    line, due, outcome = visit.line, visit.due, visit.outcome
    plan: dict[str, Any] = {
        "contract": visit.contract.ref,
        "person": visit.contract.person,
        "planned_start": spell(due),
        "planned_end": spell(due + visit.due_seconds),
        "line": line.name,
    }
    if line.carers > 1:
        plan["carers"] = line.carers
    said: list[Spoken] = [(due - AHEAD_DAYS * DAY_SECONDS, "visit.scheduled", plan, 0)]
    if outcome.moved:
        said.append(_moved(visit, due - DAY_SECONDS, outcome.moved * MINUTE))
    if outcome.moved_after:
        said.append(_moved(visit, due + 2 * HOUR, 3 * HOUR))
    return said + _what_became(visit)


def _moved(visit: Visit, at: int, by: int) -> Spoken:
    start = visit.due + by
    data = {
        "planned_start": spell(start),
        "planned_end": spell(start + visit.due_seconds),
        "asked_by": "provider",
    }
    return at, "visit.rescheduled", data, 0


def _what_became(visit: Visit) -> list[Spoken]:
    outcome, due = visit.outcome, visit.due
    if outcome.what == "cancelled":
        at = due - int(outcome.notice_hours * HOUR)
        return [(at, "visit.cancelled", {"by": outcome.by, "reason": outcome.reason}, 0)]
    if outcome.what == "frustrated":
        data: dict[str, Any] = {
            "carer": f"K-{visit.script.number:04d}-000",
            "outcome": "no_reply",
        }
        if outcome.welfare_check:
            data["welfare_check"] = True
        return [(due + 5 * MINUTE, "visit.frustrated", data, 0)]
    if outcome.what == "declared":
        return [(due + 90 * MINUTE, "visit.missed", {}, 0)]
    if outcome.what != "attended":
        return []
    return _taps(visit)


def by_hand(visit: Visit) -> bool:
    """Whether a coordinator enters the visit: on some days, where that is the habit."""
    return visit.habit == "by hand" and visit.day.toordinal() % BY_HAND_EVERY == 0


def _taps(visit: Visit) -> list[Spoken]:
    outcome = visit.outcome
    written = 30 * HOUR if outcome.recorded_late else 0
    said: list[Spoken] = []
    for place, carer in enumerate(visit.carers):
        came = visit.came + place * 20
        data: dict[str, Any] = {"carer": carer, "method": "app"}
        if by_hand(visit):
            data |= {"method": "manual", "reason": "no signal"}
        said.append((came, "visit.checked_in", data, written))
        if not outcome.lone:
            data = dict(data)
            if outcome.tasks_done:
                data["tasks"] = {"planned": 4, "done": 4}
            said.append((came + visit.stays[place], "visit.checked_out", data, written))
    if outcome.said_missed:
        said.append((visit.due + 100 * MINUTE, "visit.missed", {}, 0))
    return said

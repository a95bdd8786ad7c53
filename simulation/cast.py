"""The cast: who is served by whom, what is bought for them, and which role they play."""

from __future__ import annotations

from datetime import date

from simulation.plan import Contract, Line, Plan
from simulation.roles import ROLES
from simulation.scripts import Outcome, Script

PACKAGES = (
    (Line("morning", "08:00", 30), Line("evening", "18:30", 30)),
    (Line("morning", "07:30", 45), Line("evening", "19:00", 30)),
    (Line("morning", "08:30", 30, critical=True), Line("noon", "12:30", 30),
     Line("evening", "18:00", 30)),
    (Line("morning", "09:00", 30), Line("bed", "21:00", 30)),
)  # fmt: skip
BAD_DAYS = (38, 31, 24, 17, 10, 3)
"""Days before the last on which the failing provider misses calls of many people."""
MISSED_AT_ONCE = 6
HABITS = {0: "exactly", 2: "by hand"}
"""How some providers log in the last week, by their place."""
ROLE_EVERY = 3
"""One person in so many plays a role, where there are people enough for all roles."""


def cast(plan: Plan) -> list[Script]:
    """Everybody's script. The last provider is the one that fails."""
    names = plan.providers
    failing = [n for n in range(1, plan.people + 1) if n % len(names) == len(names) - 1]
    others = [n for n in range(1, plan.people + 1) if n % len(names) != len(names) - 1]
    every = max(1, min(ROLE_EVERY, len(others) // len(ROLES)))
    played = {
        n: ROLES[i // every % len(ROLES)] for i, n in enumerate(others) if i % every == 0
    }
    scripts = []
    for number in range(1, plan.people + 1):
        role = played.get(number)
        script = Script(
            plan, number, role.__name__ if role else "steady", names[number % len(names)]
        )
        script.contracts.append(_package(plan, script))
        if role is not None:
            role(script)
        script.habit = HABITS.get(names.index(script.provider), "")
        scripts.append(script)
    _fail(plan, [scripts[n - 1] for n in failing])
    return scripts


def _package(plan: Plan, script: Script) -> Contract:
    rates = (2_160, 2_280, 2_412)
    return Contract(
        f"C-{script.number:04d}", script.provider, script.person,
        list(PACKAGES[script.number % len(PACKAGES)]), plan.begins_on,
        rate=rates[script.number % len(rates)],
        bank_holiday_rate=3_400 if script.number % 3 == 0 else None,
    )  # fmt: skip


def _fail(plan: Plan, scripts: list[Script]) -> None:
    """Let calls of many people be missed on the bad days, as the provider says itself."""
    for week, before in enumerate(BAD_DAYS):
        day: date = plan.days_before(before)
        for place in range(MISSED_AT_ONCE):
            script = scripts[(week * MISSED_AT_ONCE + place) % len(scripts)]
            contract = script.contracts[0]
            call = f"{contract.ref}/{contract.lines[0].name}"
            script.outcomes[(day, call)] = Outcome("declared")

"""What roles are written with: the person's first package, a call of a day, an end of plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from simulation.plan import DAY, Contract, Line
from simulation.scripts import Outcome, Script


def main(script: Script) -> Contract:
    """The person's first contract."""
    return script.contracts[0]


def morning(script: Script) -> str:
    """The first call, as outcomes name it."""
    return f"{main(script).ref}/{main(script).lines[0].name}"


def on(script: Script, days_before: int, outcome: Outcome) -> date:
    """Let something become of the first call of a day; the day."""
    day = script.plan.days_before(days_before)
    script.outcomes[(day, morning(script))] = outcome
    return day


def cancel_from(script: Script, day: date, by: str, reason: str) -> None:
    """Call off what was planned for a week ahead, on the day or before, and plan no more."""
    for contract in script.contracts:
        script.stops_on[contract.ref] = day + 7 * DAY
    for n in range(7):
        notice = 0.5 + 24 * n
        script.outcomes[(day + n * DAY, "*")] = Outcome(
            "cancelled", by=by, reason=reason, notice_hours=notice
        )


def assess(script: Script, day: date, minutes: int, eligible: bool = True) -> None:
    """Have the council assess the person's need."""
    script.council(
        day, "person.need_assessed", script.person, assessed_on=day.isoformat(),
        eligible=eligible, weekly_minutes=minutes,
    )  # fmt: skip


def add(script: Script, provider: str, lines: list[Line], **more: object) -> Contract:
    """Buy another package for the person."""
    ref = f"C-{script.number:04d}-{len(script.contracts) + 1}"
    contract = replace(
        main(script), ref=ref, provider=provider, lines=lines, weekly_minutes=0, more=more
    )
    script.contracts.append(contract)
    return contract


def neighbour(script: Script, step: int = 1) -> str:
    """Another provider; never the last, which plays a part of its own."""
    names = script.plan.providers
    return names[(names.index(script.provider) + step) % (len(names) - 1)]

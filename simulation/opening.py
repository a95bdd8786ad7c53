"""What the council's systems say before the first visit: providers, packages, needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from simulation.plan import DAY, Contract, Plan, instant
from simulation.scripts import ADULTS, Said, Script

EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
REVIEW_DAYS = 42
"""A first review within six weeks (NICE QS123 statement 5)."""


def opening(plan: Plan, scripts: list[Script], on: date) -> Iterator[Said]:
    """Everything that stands at the beginning, said on one morning; reviews later."""
    at = instant(on, "09:00")
    for provider in plan.providers:
        data: dict[str, Any] = {"name": f"{provider.title()} Care"}
        yield at, ADULTS, "provider.registered", provider, data
    for script in scripts:
        for contract in script.contracts:
            yield at, ADULTS, "contract.commissioned", contract.ref, commission(contract)
        if script.reviewed:
            yield from _needs(plan, script)


def _needs(plan: Plan, script: Script) -> Iterator[Said]:
    needed: dict[str, int] = {}
    for contract in script.contracts:
        if contract.person is not None:
            minutes = needed.get(contract.person, 0) + contract.weekly_minutes
            needed[contract.person] = minutes
    begins, review = plan.begins_on, plan.begins_on + REVIEW_DAYS * DAY
    for person, minutes in needed.items():
        yield instant(begins, "10:00"), ADULTS, "person.need_assessed", person, {
            "assessed_on": begins.isoformat(), "eligible": True, "weekly_minutes": minutes,
        }  # fmt: skip
        if review <= plan.ends_on:
            yield instant(review, "10:00"), ADULTS, "person.reviewed", person, {
                "reviewed_on": review.isoformat(), "outcome": "no_change",
            }  # fmt: skip


def commission(contract: Contract) -> dict[str, Any]:
    """A contract as it is commissioned."""
    lines = [
        {
            "line": line.name, "days": EVERY_DAY, "start": line.start,
            "minutes": line.minutes, "carers": line.carers, "time_critical": line.critical,
        }
        for line in contract.lines
    ]  # fmt: skip
    data: dict[str, Any] = {
        "provider": contract.provider, "kind": "spot", "service": "home_care",
        "starts_on": contract.starts_on.isoformat(), "notice_days": 7,
        "weekly_minutes": contract.weekly_minutes, "rate_pence_per_hour": contract.rate,
        "payment": "planned", "lines": lines, **contract.more,
    }  # fmt: skip
    if contract.person is not None:
        data["person"] = contract.person
    if contract.ends_on is not None:
        data["ends_on"] = contract.ends_on.isoformat()
    if contract.bank_holiday_rate is not None:
        data["rates"] = [
            {"when": "bank_holiday", "pence_per_hour": contract.bank_holiday_rate}
        ]
    return data

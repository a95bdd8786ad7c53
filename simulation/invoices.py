"""Invoices: every provider claims every Sunday evening for the week."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache
from typing import Any

from simulation.plan import DAY, Contract
from simulation.truth import Truth, monday_of
from simulation.visits import Visit

FIRST_YEAR, LAST_YEAR = 2000, 2100


@cache
def bank_holidays() -> frozenset[date]:
    """The bank holidays in England that gov.uk lists: weekdays only."""
    import holidays

    years = range(FIRST_YEAR, LAST_YEAR)
    days = holidays.country_holidays("GB", subdiv="ENG", years=years)
    return frozenset(day for day in days if day.weekday() < 5)


def price(contract: Contract, day: date, minutes: int) -> int:
    """Whole pence of some carer-minutes on a day, half up."""
    rate = contract.rate
    if contract.bank_holiday_rate is not None and day in bank_holidays():
        rate = contract.bank_holiday_rate
    return (2 * minutes * rate + 60) // 120


class Ledger:
    """What is to be claimed, week by week."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.lines: dict[tuple[str, date], list[dict[str, Any]]] = defaultdict(list)

    def enter(self, visit: Visit) -> None:
        """Claim for a visit that is payable, or that the provider claims all the same."""
        outcome, provider = visit.outcome, visit.contract.provider
        payable = visit.matched and outcome.what in ("attended", "frustrated")
        times = outcome.claimed if outcome.claimed is not None else int(payable)
        monday = monday_of(visit.day)
        lines = self.lines[(provider, monday)]
        minutes = visit.line.minutes * visit.line.carers
        for time in range(times):
            line = str(len(lines) + 1)
            lines.append({
                "line": line, "contract": visit.contract.ref, "visit": visit.ref,
                "minutes": minutes, "pence": price(visit.contract, visit.day, minutes),
            })  # fmt: skip
            if time > 0 or not payable:
                invoice = invoice_ref(provider, monday)
                self.truth.plant("invoice_over_claim", visit.source, invoice, line)

    def submit(self, provider: str, sunday: date) -> dict[str, Any]:
        """The invoice for the week that ends with *sunday*."""
        monday = sunday - 6 * DAY
        return {
            "period_start_on": monday.isoformat(),
            "period_end_on": sunday.isoformat(),
            "lines": self.lines.pop((provider, monday), []),
        }


def invoice_ref(provider: str, monday: date) -> str:
    """The reference of a week's invoice."""
    return f"INV-{provider}-{monday:%y%m%d}"

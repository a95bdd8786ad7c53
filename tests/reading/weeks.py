"""Weeks of a contract: what was bought, given, failed and left unused in each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .contracts import Contract, Occurrence
from .council import Council
from .moments import DAY, days_from, monday_of
from .policy import exact
from .visit_findings import (
    incomplete_double_up,
    missed_stage,
    provider_cancelled,
    short_call,
)
from .visits import Visit

WEEKLY_KINDS = ("spot", "framework_call_off", "in_house")
WEEKLY_SERVICES = ("home_care", "extra_care", "sitting", "waking_night")


@dataclass(frozen=True)
class Week:
    """One eligible week, in carer-minutes."""

    monday: date
    bought: int
    cannot_tell: int
    delivered: int
    failed: int

    @property
    def unused(self) -> int:
        """What was bought and neither given, failed nor unknown."""
        return max(0, self.bought - self.delivered - self.failed - self.cannot_tell)


def eligible_weeks(council: Council, contract: Contract) -> list[Week]:
    """Return the eligible ones of the complete weeks looked back on, earliest first."""
    if contract.kind not in WEEKLY_KINDS or contract.service not in WEEKLY_SERVICES:
        return []
    today = council.ground.today
    back = int(council.ground.policy.on(today, "lookback_weeks"))
    first = monday_of(today) - back * 7 * DAY
    mondays = [first + week * 7 * DAY for week in range(back)]
    return [
        read_week(council, contract, monday)
        for monday in mondays
        if is_eligible(council, contract, monday)
    ]


def is_eligible(council: Council, contract: Contract, monday: date) -> bool:
    """Say whether all of a week can be held against the contract."""
    person = council.ground.person(contract.person)
    return (
        all(
            contract.in_force(day)
            and contract.suspended_since(day) is None
            and not person.is_away(day)
            for day in days_from(monday, 7)
        )
        and council.ground.spoke_on_days(contract.provider, monday, 7)
        and bool(due_in_week(council, contract, monday))
    )


def due_in_week(council: Council, contract: Contract, monday: date) -> list[Visit]:
    """Return the contract's visits due in a week, matched or not."""
    return [v for v in council.visits_of(contract) if monday_of(v.due_on) == monday]


def read_week(council: Council, contract: Contract, monday: date) -> Week:
    """Add up one week."""
    cannot_tell = delivered = failed = 0
    for visit in due_in_week(council, contract, monday):
        if visit.unknown or missed_stage(visit) == "cannot_assess":
            cannot_tell += visit.due_carer_minutes
        else:
            delivered += visit.delivered
            failed += provider_failed(visit)
    for occurrence in unvisited(council, contract, days_from(monday, 7)):
        failed += occurrence.minutes * occurrence.carers
    bought = int(contract.term("weekly_minutes", monday))
    return Week(monday, bought, cannot_tell, delivered, failed)


def provider_failed(visit: Visit) -> int:
    """Return the carer-minutes of a visit that the provider owed and did not give."""
    if missed_stage(visit) or provider_cancelled(visit):
        return visit.due_carer_minutes
    short = short_call(visit) and not visit.record.all_tasks_done
    if short or incomplete_double_up(visit):
        return visit.due_carer_minutes - visit.delivered
    return 0


def unvisited(
    council: Council, contract: Contract, days: Iterable[date]
) -> Iterator[Occurrence]:
    """Yield a contract's line occurrences that are the line of none of its visits."""
    person = council.ground.person(contract.person)
    visited = {v.line.name for v in council.visits_of(contract) if v.line}
    for day in days:
        if not contract.in_force(day) or contract.suspended_since(day):
            continue
        if person.died_before(day) or person.is_away(day):
            continue
        for occurrence in contract.occurrences_said(day):
            if occurrence.name not in visited:
                yield occurrence


def share_of(council: Council, week: Week) -> Fraction:
    """Return the minutes of a week from which on too many are unused or failed."""
    share = council.ground.policy.on(week.monday, "unused_share")
    return exact(share) * week.bought


def lower_median(minutes: Iterable[int]) -> int:
    """Return the median, of an even number the lower of the middle two."""
    ordered = sorted(minutes)
    return ordered[(len(ordered) - 1) // 2]

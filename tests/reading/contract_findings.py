"""Kinds about contracts: whether what is paid for is needed, given and rostered."""

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from .contracts import Contract
from .council import Council
from .moments import DAY, MINUTE, days_from, half_up, local_date
from .rows import Finding, of_contract, price
from .visits import Visit
from .weeks import Week, eligible_weeks, lower_median, share_of, unvisited

NOT_ROSTERED = ("block", "direct_payment", "individual_service_fund")
NOT_USED = ("declined", "family_covering", "not_home")
HIGH_WORDS = ("died", "moved_to_care_home", "moved_away", "not_eligible")

Reason = tuple[str, date, dict[str, Any]]


def over_commissioned(council: Council) -> Iterator[Finding]:
    """Too much of what is bought is not used, week after week."""
    yield from weekly(council, "over_commissioned", lambda week: week.unused)


def under_delivered(council: Council) -> Iterator[Finding]:
    """Too much of what is bought the provider failed to give, week after week."""
    yield from weekly(council, "under_delivered", lambda week: week.failed)


def weekly(council: Council, kind: str, of: Callable[[Week], int]) -> Iterator[Finding]:
    """Yield a weekly kind for every contract in which enough weeks exceed the share."""
    policy, today = council.ground.policy, council.ground.today
    for contract in council.contracts:
        weeks = eligible_weeks(council, contract)
        exceeding = [week for week in weeks if of(week) > share_of(council, week)]
        persist = int(policy.on(today, "persist_weeks"))
        if not weeks or len(exceeding) < persist:
            continue
        last = weeks[-1]
        median = lower_median(of(week) for week in weeks)
        high = kind == "under_delivered" or 2 * median >= last.bought
        yield of_contract(
            kind,
            contract,
            "high" if high else "medium",
            weeks[0].monday,
            minutes=median,
            pence=price(median, contract.term("rate_pence_per_hour", last.monday)),
            policy={
                "lookback_weeks": policy.on(today, "lookback_weeks"),
                "persist_weeks": persist,
                "unused_share": policy.on(last.monday, "unused_share"),
            },
        )


def no_longer_needed(council: Council) -> Iterator[Finding]:
    """The contract still runs although its reason is gone."""
    today = council.ground.today
    for contract in council.contracts:
        reason = why_no_longer_needed(council, contract)
        if reason is None:
            continue
        word, since, thresholds = reason
        notice_days = int(contract.term("notice_days", today))
        spared = max(0, (today - since).days - notice_days)
        weekly_minutes = int(contract.term("weekly_minutes", today))
        rate = int(contract.term("rate_pence_per_hour", today))
        yield of_contract(
            "no_longer_needed",
            contract,
            "high" if word in HIGH_WORDS else "medium",
            since,
            pence=half_up(Fraction(weekly_minutes * rate * spared, 420)),
            exit_on=(contract.notice_ends_on or today + notice_days * DAY).isoformat(),
            policy=thresholds,
        )


def why_no_longer_needed(council: Council, contract: Contract) -> Reason | None:
    """Return the first reason that holds: its word, its date, its thresholds."""
    if not contract.in_force(council.ground.today):
        return None
    for reason in (gone, not_eligible, stopped, declined_or_idle):
        found = reason(council, contract)
        if found is not None:
            return found
    return None


def gone(council: Council, contract: Contract) -> Reason | None:
    """The person died, or moved to where this care is not given."""
    person = council.ground.person(contract.person)
    for word in ("died", "moved_to_care_home", "moved_away"):
        for day in person.days_of(word):
            if day >= contract.starts_on:
                return word, day, {}
    return None


def not_eligible(council: Council, contract: Contract) -> Reason | None:
    """The latest assessment since the start found no eligible need."""
    person = council.ground.person(contract.person)
    since = [s for s in person.assessments if s.day("assessed_on") >= contract.starts_on]
    latest = max(since, key=lambda s: s.day("assessed_on"), default=None)
    if latest is None or latest.data["eligible"]:
        return None
    return "not_eligible", latest.day("assessed_on"), {}


def stopped(council: Council, contract: Contract) -> Reason | None:
    """The person has long been in hospital, or the contract long suspended."""
    today = council.ground.today
    hospital_days = int(council.ground.policy.on(today, "hospital_days"))
    stays = council.ground.person(contract.person).hospital
    admitted_on = min((first for first, last in stays if last is None), default=None)
    suspended_on = contract.suspended_since(today)
    for word, first in (("hospital", admitted_on), ("suspended", suspended_on)):
        if first is not None:
            since = max(first, contract.starts_on)
            if (today - since).days > hospital_days:
                return word, since, {"hospital_days": hospital_days}
    return None


def declined_or_idle(council: Council, contract: Contract) -> Reason | None:
    """The person declined every visit for weeks, or nothing came of any of them."""
    if contract.kind in NOT_ROSTERED:
        return None
    ground = council.ground
    idle_days = int(ground.policy.on(ground.today, "idle_days"))
    since = ground.today - idle_days * DAY
    visits = [v for v in council.visits_of(contract) if since <= v.due_on < ground.today]
    thresholds = {"idle_days": idle_days}
    if visits and all(declined(visit) for visit in visits):
        return "declined", since, thresholds
    if not all(contract.in_force(day) for day in days_from(since, idle_days)):
        return None
    happened = ("attended", "frustrated", "missed")
    if any(visit.state in happened for visit in visits):
        return None
    if not ground.spoke_on_days(contract.provider, since, idle_days):
        return None
    return "idle", since, thresholds


def declined(visit: Visit) -> bool:
    """Say whether the person called the visit off as not wanted."""
    cancellation = visit.record.cancellation
    if visit.state != "cancelled" or cancellation is None:
        return False
    data = cancellation.data
    return data["by"] == "person" and data["reason"] in NOT_USED


def unrostered_call(council: Council) -> Iterator[Finding]:
    """A call that was bought was never put on the roster."""
    ground = council.ground
    idle_days = int(ground.policy.on(ground.today, "idle_days"))
    usual = int(ground.policy.on(ground.today, "missed_after"))
    earliest = council.at - idle_days * DAY
    days = list(days_from(local_date(earliest), idle_days + 2))
    for contract in council.contracts:
        spoke = ground.last_spoke(contract.provider)
        reason = why_no_longer_needed(council, contract)
        if contract.kind in NOT_ROSTERED or spoke is None:
            continue
        if reason is not None and reason[0] == "idle":
            continue
        for call in unvisited(council, contract, days):
            terms = contract.term("terms", local_date(call.start)) or {}
            missed_after = terms.get("missed_after")
            missed_after = usual if missed_after is None else int(missed_after)
            overdue = call.start + missed_after * MINUTE
            if call.start > earliest and overdue <= min(council.at, spoke):
                critical = call.terms.get("time_critical") is True
                yield of_contract(
                    "unrostered_call",
                    contract,
                    "critical" if critical else "high",
                    call.start,
                    call.line,
                    call.start.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    minutes=call.minutes,
                    pence=price(call.minutes, contract.rate(call.start)),
                    policy={"idle_days": idle_days, "missed_after": missed_after},
                )


CONTRACT_KINDS: dict[str, Callable[[Council], Iterator[Finding]]] = {
    "over_commissioned": over_commissioned,
    "under_delivered": under_delivered,
    "no_longer_needed": no_longer_needed,
    "unrostered_call": unrostered_call,
}

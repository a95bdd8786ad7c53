"""Scorecards: what each provider did of what was promised in a period, and the money.

Read from the definitions in docs/guides/scorecards.md, over the second reading's own facts.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from statistics import median_low
from typing import Any

from .attendance import CHECK_IN, present
from .contracts import Contract
from .council import Council
from .evidence_findings import HOUR, of_record
from .invoice_findings import is_nothing, payable, priced, read_lines
from .moments import DAY, MINUTE, days_from, half_up, local_date, monday_of
from .provider_findings import SURE
from .visit_findings import (
    early_call,
    incomplete_double_up,
    late_call,
    missed_stage,
    provider_cancelled,
    short_call,
)
from .visits import Visit
from .weeks import (
    WEEKLY_KINDS,
    WEEKLY_SERVICES,
    is_eligible,
    provider_failed,
    read_week,
    share_of,
    unvisited,
)

NEVER_ROSTERED = ("block", "direct_payment", "individual_service_fund")
CAME = ("attended", "unknown")


@dataclass(frozen=True)
class Days:
    """A period, both days included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Say whether a day lies in it."""
        return self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        """Every day of it."""
        return days_from(self.first, (self.last - self.first).days + 1)


def became(visit: Visit) -> str:
    """Return what became of a visit, in one word."""
    if visit.state == "attended":
        return "unknown" if visit.unknown else "attended"
    if visit.state == "cancelled":
        assert visit.record.cancellation
        return f"cancelled_by_{visit.record.cancellation.data['by']}"
    if visit.state != "missed":
        return visit.state
    stage = missed_stage(visit)
    if stage is None:
        return "away"
    return stage if stage == "cannot_assess" else f"missed_{stage}"


def shares(council: Council, days: Days) -> dict[str, dict[str, tuple[int, int]]]:
    """Return of each provider each share, as numerator and denominator."""
    found: dict[str, dict[str, list[int]]] = defaultdict(
        lambda: defaultdict(lambda: [0, 0])
    )

    def count(provider: str, measure: str, holds: object, *, times: int = 1) -> None:
        found[provider][measure][0] += bool(holds) * times
        found[provider][measure][1] += times

    for visit in council.visits:
        if visit.judged and days.holds(visit.due_on):
            for measure, holds in of_visit(visit):
                count(visit.provider, measure, holds)
    for (provider, _), seen in carers(council, days).items():
        for place, (_, visits) in enumerate(seen.most_common()):
            count(provider, "three_most_seen", place < 3, times=visits)
    visits = {id(visit.record): visit for visit in council.visits}
    for record in council.records:
        planned = visits.get(id(record))
        hours = of_record(council, planned, "backdated_hours")
        for tap in record.taps:
            if days.holds(local_date(tap.time)):
                late = tap.recorded > tap.time + hours * HOUR
                count(record.provider, "manual", tap.data["method"] == "manual")
                count(record.provider, "backdated", late)
        for stay in record.attendances:
            if days.holds(local_date(stay.came)):
                exact = planned is not None and all(
                    one.replace(microsecond=0)
                    == planned.plan.moment(name).replace(microsecond=0)
                    for one, name in (
                        (stay.came, "planned_start"),
                        (stay.went, "planned_end"),
                    )
                )
                count(record.provider, "as_planned_to_the_second", exact)
    return {
        provider: {name: (x, n) for name, (x, n) in told.items()}
        for provider, told in found.items()
    }


def of_visit(visit: Visit) -> Iterator[tuple[str, bool]]:
    """Yield the shares that a judged visit counts in, and whether it counts for them."""
    word, stage = became(visit), missed_stage(visit)
    if word not in ("missed_presumed", "cannot_assess", "away", "open"):
        yield "missed", stage in SURE
        yield "no_record", stage == "confirmed"
        yield "cancelled_by_provider", word == "cancelled_by_provider"
        if word not in ("cancelled_by_person", "cancelled_by_council", "frustrated"):
            yield "delivered", word in CAME
    came = visit.record.first_check_in
    if word in CAME:
        yield "one_tap_missing", word == "unknown"
        if came is not None:
            yield "late", late_call(visit) is not None
            yield "late_by_30", came > visit.due_start + 30 * MINUTE
            yield "early", early_call(visit) is not None
    if word == "attended":
        if visit.line_says("short_visit_agreed") is not True:
            there = present(visit.record.attendances, 1)
            yield "short", short_call(visit) is not None
            yield "of_30_minutes", there >= 30 * MINUTE
            yield "planned_for_30_minutes", visit.due_minutes >= 30
        if visit.carers >= 2:
            yield "incomplete_double_ups", incomplete_double_up(visit) is not None


def carers(council: Council, days: Days) -> dict[tuple[str, str], Counter[str]]:
    """Return how many visits each carer came to, of each provider's people."""
    seen: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for visit in council.visits:
        if visit.person is not None and days.holds(visit.due_on):
            who = {t.data["carer"] for t in visit.record.taps if t.type == CHECK_IN}
            seen[(visit.provider, visit.person)].update(who)
    return {pair: counted for pair, counted in seen.items() if counted}


def outcomes(council: Council, days: Days) -> dict[str, Counter[str]]:
    """Return what became of each provider's judged visits."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for visit in council.visits:
        if days.holds(visit.due_on):
            found[visit.provider][became(visit) if visit.judged else "not_judged"] += 1
    return found


Money = dict[str, Counter[str]]


def money(council: Council, days: Days) -> Money:
    """Return each provider's sums of pence."""
    found: Money = defaultdict(Counter)
    for visit in council.visits:
        if days.holds(visit.due_on):
            found[visit.provider].update(of_visit_in_pence(visit))
    for provider, name, pence in claimed(council, days):
        found[provider][name] += pence
    for contract in council.contracts:
        if contract.base.get("draws_on") is None:
            found[contract.provider]["promised"] += bought(contract, days)
        failed = council.ground.contracts.get(contract.base.get("compensates_for") or "")
        if failed is not None and failed is not contract:
            found[failed.provider]["compensating"] += bought(
                contract, days, failed.in_force
            )
        found[contract.provider]["never_planned"] += never_planned(
            council, contract, days
        )
    return found


def of_visit_in_pence(visit: Visit) -> dict[str, int]:
    """Return what a visit adds to the sums of its provider."""
    found: dict[str, int] = {}
    word = became(visit)
    contract = visit.contract
    if contract is None:
        return found
    if visit.judged:
        if word == "attended":
            found["delivered"] = pence(visit, visit.delivered)
        if word in ("unknown", "cannot_assess"):
            found["not_known"] = pence(visit, visit.due_carer_minutes)
        elif missed_stage(visit) or provider_cancelled(visit) or word == "attended":
            found["failed"] = pence(visit, provider_failed(visit))
    if visit.contract_named is None or visit.mismatch is not None:
        return found
    if visit.unknown or visit.state == "open":
        found["payable_unsure"] = pence(visit, visit.due_carer_minutes)
    else:
        found["payable"] = half_up(payable(visit)[1])
    return found


def pence(visit: Visit, minutes: int) -> int:
    """Return minutes of a visit at its rate, rounded half up."""
    return half_up(priced(visit, minutes)[1])


def claimed(council: Council, days: Days) -> Iterator[tuple[str, str, int]]:
    """Yield what each line claims, on the day of its visit, else of its invoice's end."""
    visits = {(v.record.source, v.record.reference): v for v in council.visits}
    for line in read_lines(council):
        visit = visits.get(line.visit) if line.visit else None
        day = visit.due_on if visit else line.invoice.day("period_end_on")
        if not days.holds(day):
            continue
        provider = line.invoice.source.removeprefix("/providers/")
        yield provider, "claimed", int(line.data["pence"])
        if visit is None or line.again or is_nothing(visit, line.data["contract"]):
            continue
        if visit.unknown or visit.state == "open":
            yield provider, "claimed_unsure", int(line.data["pence"])


def bought(
    contract: Contract, days: Days, also: Callable[[date], bool] = lambda _: True
) -> int:
    """Return what the days of a contract cost, a seventh of a week each.

    Rounded once for each stretch of days on which its funding is as it was said at once.
    """
    by_saying: dict[date | None, Fraction] = defaultdict(Fraction)
    carrying = sorted(
        {
            s.day("effective_on")
            for s in contract._variations
            if s.data.get("funding") is not None
        }
    )
    for day in days:
        if contract.in_force(day) and not contract.suspended_since(day) and also(day):
            minutes = int(contract.term("weekly_minutes", day))
            rate = int(contract.term("rate_pence_per_hour", day))
            saying = max((since for since in carrying if since <= day), default=None)
            by_saying[saying] += Fraction(minutes * rate, 420)
    return sum(half_up(amount) for amount in by_saying.values())


def never_planned(council: Council, contract: Contract, days: Days) -> int:
    """Return the price of promised calls that are the line of none of its visits."""
    ground = council.ground
    heard = ground.last_spoke(contract.provider)
    used = any(
        days.holds(visit.due_on)
        and became(visit) != "open"
        and not became(visit).startswith("cancelled")
        for visit in council.visits_of(contract)
    )
    if contract.kind in NEVER_ROSTERED or heard is None or not used:
        return 0
    total = 0
    for day in days:
        after = ground_threshold(council, contract, day)
        for call in unvisited(council, contract, [day]):
            if call.start + after <= min(heard, ground.at):
                minutes = call.minutes * call.carers
                total += half_up(Fraction(minutes * contract.rate(call.start), 60))
    return total


def ground_threshold(council: Council, contract: Contract, day: date) -> timedelta:
    """Return how long after its start a promised call is missed: its terms', or today's."""
    told = (contract.term("terms", day) or {}).get("missed_after")
    return int(council.ground.today_on("missed_after") if told is None else told) * MINUTE


def recyclable(council: Council, days: Days) -> dict[str, int]:
    """Return each provider's minutes a week that went unused week after week."""
    persist = int(council.ground.policy.on(days.last, "persist_weeks"))
    mondays = [d for d in days if d == monday_of(d) and d + 6 * DAY <= days.last]
    found: Counter[str] = Counter()
    for contract in council.contracts:
        if contract.kind not in WEEKLY_KINDS or contract.service not in WEEKLY_SERVICES:
            continue
        weeks = [
            read_week(council, contract, m)
            for m in mondays
            if is_eligible(council, contract, m)
        ]
        over = [week for week in weeks if week.unused > share_of(council, week)]
        if weeks and len(over) >= persist:
            found[contract.provider] += median_low([week.unused for week in weeks])
    return dict(found)


def split(total: int, parts: list[dict[str, Any]]) -> dict[str, int]:
    """Share out pence by per cent: whole pence first, those left to whoever lost most."""
    exact = {p["funder"]: total * Fraction(str(p["percent"])) / 100 for p in parts}
    whole = {name: int(part // 1) for name, part in exact.items()}
    for name in sorted(exact, key=lambda n: (whole[n] - exact[n], n))[
        : total - sum(whole.values())
    ]:
        whole[name] += 1
    return whole

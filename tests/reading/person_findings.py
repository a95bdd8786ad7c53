"""Kinds about people: what they need, who comes to them, whether calls fail again."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from .attendance import CHECK_IN
from .contracts import Contract
from .council import Council
from .moments import DAY
from .policy import exact
from .provider_findings import SURE
from .rows import Finding, finding
from .statements import Statement
from .visit_findings import missed_stage
from .visits import Visit


def of_person(kind: str, person: str, severity: str, since: Any, **more: Any) -> Finding:
    """Write a finding about a person."""
    return finding(kind, (person,), severity, since, person=person, **more)


def bought_for(council: Council, blocks: bool = True) -> dict[str, list[Contract]]:
    """Return the contracts in force today by person."""
    found: dict[str, list[Contract]] = defaultdict(list)
    for contract in council.in_force:
        if contract.person is not None and (blocks or contract.kind != "block"):
            found[contract.person].append(contract)
    return found


def above_need(council: Council) -> Iterator[Finding]:
    """More is bought for a person than the assessment calls for."""
    today, on = council.ground.today, council.ground.today_on
    for person, contracts in bought_for(council, blocks=False).items():
        assessments = council.ground.person(person).assessments
        latest = max(assessments, key=lambda s: s.day("assessed_on"), default=None)
        if latest is None or latest.data["eligible"] is not True:
            continue
        assessed_on, need = latest.day("assessed_on"), int(latest.data["weekly_minutes"])
        total = sum(int(c.term("weekly_minutes", today)) for c in contracts)
        settled = (today - assessed_on).days > int(on("settle_days"))
        if settled and total > (1 + exact(on("above_need_share"))) * need:
            thresholds = {n: on(n) for n in ("settle_days", "above_need_share")}
            yield of_person(
                "above_need", person, "medium", assessed_on, minutes=total - need,
                policy=thresholds,
            )  # fmt: skip


def review_overdue(council: Council) -> Iterator[Finding]:
    """Nobody has looked at a person's care when it was due."""
    today, on = council.ground.today, council.ground.today_on
    for person, contracts in bought_for(council).items():
        start = min(contract.starts_on for contract in contracts)
        due_on = review_due(council, person, start)
        if today > due_on:
            severity = "medium" if (today - due_on).days > 28 else "low"
            thresholds = {n: on(n) for n in ("first_review_weeks", "review_months")}
            yield of_person("review_overdue", person, severity, due_on, policy=thresholds)


def review_due(council: Council, person: str, start: date) -> date:
    """Return when the next review is due."""
    known, on = council.ground.person(person), council.ground.today_on
    looks = [(s.day("reviewed_on"), 1, s.data.get("next_due_on")) for s in known.reviews]
    looks += [
        (s.day("assessed_on"), 0, s.data.get("review_due_on")) for s in known.assessments
    ]
    looks = [look for look in looks if look[0] >= start]
    if not looks:
        return start + int(on("first_review_weeks")) * 7 * DAY
    day, _, named = max(looks, key=lambda look: look[:2])
    return (
        date.fromisoformat(named)
        if named
        else months_later(day, int(on("review_months")))
    )


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    next_year, next_month = divmod(year * 12 + month + 1, 12)
    last = date(next_year, next_month + 1, 1) - DAY
    return date(year, month + 1, min(day.day, last.day))


def many_providers(council: Council) -> Iterator[Finding]:
    """Too many providers share a person's care."""
    most = int(council.ground.today_on("many_providers"))
    for person, contracts in bought_for(council, blocks=False).items():
        if len({contract.provider for contract in contracts}) >= most:
            since = max(contract.starts_on for contract in contracts)
            yield of_person(
                "many_providers", person, "medium", since, policy={"many_providers": most}
            )


def many_carers(council: Council) -> Iterator[Finding]:
    """Too many different carers come to a person."""
    on = council.ground.today_on
    most, days = int(on("many_carers")), int(on("recent_days"))
    since = council.at - days * DAY
    carers: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for visit in council.visits:
        for tap in visit.record.taps:
            if visit.person and tap.type == CHECK_IN and since < tap.time <= council.at:
                carers[visit.person].add((visit.provider, tap.data["carer"]))
    for person, came in carers.items():
        if len(came) > most:
            thresholds = {"many_carers": most, "recent_days": days}
            yield of_person("many_carers", person, "low", since, policy=thresholds)


def independence_stalled(council: Council) -> Iterator[Finding]:
    """The need fell, and nothing that is bought was brought down."""
    ground = council.ground
    days = int(ground.today_on("recent_days"))
    for person in bought_for(council):
        fallen = [
            later.day("assessed_on")
            for earlier in ground.person(person).assessments
            for later in ground.person(person).assessments
            if fell(earlier, later)
            and (ground.today - later.day("assessed_on")).days > days
        ]
        if fallen and not brought_down(council, person, max(fallen)):
            yield of_person(
                "independence_stalled", person, "medium", max(fallen),
                policy={"recent_days": days},
            )  # fmt: skip


def fell(earlier: Statement, later: Statement) -> bool:
    """Say whether the need fell by a fifth or more from one assessment to another."""
    before, after = (int(s.data["weekly_minutes"]) for s in (earlier, later))
    ordered = earlier.day("assessed_on") < later.day("assessed_on")
    return ordered and after < before and 5 * after <= 4 * before


def brought_down(council: Council, person: str, since: date) -> bool:
    """Say whether a contract of the person was reduced or ended from a day on."""
    today = council.ground.today
    for contract in (c for c in council.contracts if c.person == person):
        if contract.ends_on is not None and since <= contract.ends_on <= today:
            return True
        for day in contract.varied_on:
            before = contract.term("weekly_minutes", day - DAY)
            after = contract.term("weekly_minutes", day)
            if since <= day <= today and after < before:
                return True
    return False


def missed_pattern(council: Council) -> Iterator[Finding]:
    """Calls are missed again, with harm, or for many people of a provider at once."""
    failed = [visit for visit in council.visits if missed_stage(visit) in SURE]
    on = council.ground.today_on
    recent = council.at - int(on("recent_days")) * DAY
    since: dict[str, list[datetime]] = defaultdict(list)
    for person in {visit.person for visit in failed if visit.person is not None}:
        starts = sorted(visit.due_start for visit in failed if visit.person == person)
        since[person] += recurring(council, starts, recent)
    for visit in council.visits:
        if visit.record.harm and visit.person is not None and visit.due_start >= recent:
            since[visit.person].append(visit.due_start)
    for person, moments in since.items():
        if moments:
            names = ("recurring_missed", "recurring_days", "recent_days")
            thresholds = {name: on(name) for name in names}
            yield of_person(
                "missed_pattern", person, "critical", min(moments), policy=thresholds
            )
    yield from spread(council, failed, recent)


def recurring(
    council: Council, starts: list[datetime], recent: datetime
) -> list[datetime]:
    """Return the first of every run of missed calls that is short enough and recent."""
    count = int(council.ground.today_on("recurring_missed"))
    within = int(council.ground.today_on("recurring_days")) * DAY
    runs = [starts[n : n + count] for n in range(len(starts) - count + 1)]
    return [
        run[0] for run in runs if run and run[-1] - run[0] <= within and run[-1] >= recent
    ]


def spread(council: Council, failed: list[Visit], recent: datetime) -> Iterator[Finding]:
    """Yield the providers that missed calls of many people at once."""
    names = ("spread_people", "spread_hours", "spread_share", "recent_days")
    thresholds = {name: council.ground.today_on(name) for name in names}
    window = timedelta(hours=int(thresholds["spread_hours"]))
    for provider in {visit.provider for visit in failed}:
        found: list[tuple[datetime, datetime]] = []
        for last in (v for v in failed if v.provider == provider):
            if last.due_start < recent:
                continue
            due = [
                visit
                for visit in council.visits
                if visit.provider == provider
                and visit.judged
                and last.due_start - window <= visit.due_start <= last.due_start
            ]
            missed = [visit for visit in due if missed_stage(visit) in SURE]
            people = {visit.person for visit in missed} - {None}
            enough = len(people) >= thresholds["spread_people"]
            if enough and len(missed) >= exact(thresholds["spread_share"]) * len(due):
                found.append((last.due_start, min(v.due_start for v in missed)))
        if found:
            yield finding(
                "missed_pattern", (provider,), "critical", max(found)[1],
                provider=provider, policy=thresholds,
            )  # fmt: skip


PERSON_KINDS: dict[str, Callable[[Council], Iterator[Finding]]] = {
    "above_need": above_need,
    "review_overdue": review_overdue,
    "many_providers": many_providers,
    "many_carers": many_carers,
    "independence_stalled": independence_stalled,
    "missed_pattern": missed_pattern,
}

"""Visits told in detail: planned about a line, moved, called off, attended, reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .contracts import Bought
from .taps import tell_taps
from .telling import PEOPLE, PROVIDERS, SYSTEMS, Telling
from .times import BRIEFLY, DAY, HOUR, MINUTE, SECOND, STARTS, occurrences, wall

DAYS = (0, 0, 0, 0, -1, 1, -7, 7)
PARTIES = ("provider", "person", "council")
REASONS = (
    "no_staff", "declined", "hospital", "holiday", "not_home", "family_covering",
    "deceased", "moved", "provider_error", "weather", "suspended", "duplicate", "other",
)  # fmt: skip
# Exactly at, and a minute beyond, what findings.md allows a start to be off its line.
OFF_LINE = tuple(
    minutes * MINUTE
    for minutes in (0,) * 8
    + (60, 61, -60, -61, 120, 121, -120, -121, 15, 30, 180, -180, 720, 1440, 240)
)
LEADS = (7 * DAY,) * 4 + (25 * HOUR, HOUR, SECOND, 0 * HOUR, -SECOND, -HOUR, -DAY)
MOVES = (0, 10, 61, -61, 60, 121, -121, 1440, -1440, 30)
LATE_WORDS = (-7 * DAY, -24 * HOUR, -48 * HOUR, -HOUR, 0 * HOUR, HOUR, DAY)


@dataclass(frozen=True)
class Plan:
    """What a visit was to be, as far as the rest of its story depends on it."""

    source: str
    reference: str
    due: datetime
    length: timedelta
    contract: str


def tell_visit(telling: Telling, bought: Bought, reference: str) -> Plan:
    """Plan a visit, or not, then say of it whatever else the draw has in store."""
    provider = telling.pick((bought.provider,) * 10 + PROVIDERS)
    line, occurs = anchor(telling, bought)
    start = occurs + telling.pick(OFF_LINE)
    length = line.get("minutes", 30) * MINUTE
    source = f"/providers/{provider}"
    plan = Plan(source, reference, telling.pick((occurs, occurs, start)), length, "")
    named = telling.pick((bought.reference,) * 14 + ("C9", "C2", "C1"))
    if not telling.chance(12):
        tell_plans(telling, plan, start, scheduled(telling, bought, named, line))
    plan = Plan(source, reference, plan.due, length, named)
    if telling.chance(4):
        tell_cancellation(telling, plan)
    if telling.chance(2):
        tell_taps(telling, source, reference, plan.due, length)
    for tell, one_in in ((tell_miss, 8), (tell_frustration, 5), (tell_report, 9)):
        if telling.chance(one_in):
            tell(telling, plan)
    return plan


def anchor(telling: Telling, bought: Bought) -> tuple[Mapping[str, Any], datetime]:
    """Choose the line and the instant that a visit is planned about."""
    day = telling.date(DAYS)
    weekly = telling.pick(bought.lines)
    found = list(occurrences(weekly, day)) or list(occurrences(weekly, telling.day))
    return telling.pick(found) if found else ({}, wall(day, telling.pick(STARTS)))


def scheduled(
    telling: Telling, bought: Bought, named: str, line: Mapping[str, Any]
) -> dict[str, Any]:
    """Choose whom a visit is for, by how many, and which line it names."""
    someone = bought.person or PEOPLE[0]
    return {
        "contract": named,
        "person": telling.pick((someone,) * 14 + PEOPLE + ("P9",)),
        "carers": telling.pick((None, None, line.get("carers"), 1, 2, 3)),
        "line": telling.pick((None, line.get("line"), line.get("line"), "L2", "L9")),
    }


def tell_plans(
    telling: Telling, plan: Plan, start: datetime, meant: Mapping[str, Any]
) -> None:
    """Schedule a visit, then move it before, at or after a start that was in force."""
    starts, time = [start], start - telling.pick(LEADS)
    tell_plan(telling, plan, time, start, None if telling.chance(20) else meant)
    for _ in telling.several(3, 3):
        told = telling.near(telling.pick(starts), (-DAY, *BRIEFLY))
        time = telling.pick((told, told, told, time))
        start = start + telling.pick(MOVES) * MINUTE
        anew = telling.pick((None, None, meant))
        if anew is not None and telling.chance(3):
            anew = {**meant, "contract": telling.pick(("C1", "C2")), "carers": 2}
        tell_plan(telling, plan, time, start, anew)
        starts.append(start)


def tell_plan(
    telling: Telling,
    plan: Plan,
    time: datetime,
    start: datetime,
    meant: Mapping[str, Any] | None,
) -> None:
    """Say when a visit is to be: scheduled for whom is meant, else rescheduled."""
    odd: Sequence[timedelta] = (30 * SECOND, -HOUR, 15 * MINUTE, -plan.length)
    end = start + plan.length + (telling.pick(odd) if telling.chance(6) else 0 * HOUR)
    times = {"planned_start": start, "planned_end": end}
    if meant is not None:
        kind, data = "visit.scheduled", {**meant, **times}
    else:
        asked_by = telling.pick(("provider", "provider", "person", "council"))
        kind, data = "visit.rescheduled", {**times, "asked_by": asked_by, "reason": None}
    telling.say(plan.source, kind, time, plan.reference, data)


def tell_cancellation(telling: Telling, plan: Plan) -> None:
    """Call a visit off, once or twice, before or after it was due."""
    for again in range(1 + telling.chance(4)):
        time = telling.near(plan.due, LATE_WORDS)
        data = {"by": PARTIES[again] if again else telling.pick(PARTIES)}
        data["reason"] = telling.pick(REASONS)
        telling.say(plan.source, "visit.cancelled", time, plan.reference, data)


def tell_miss(telling: Telling, plan: Plan) -> None:
    """Let the provider itself say that nobody came."""
    time = telling.near(plan.due, (HOUR, DAY, 0 * HOUR, -HOUR))
    data: dict[str, Any] = {"reason": telling.pick((None, "ill"))}
    data["harm"] = telling.pick((None, True, False))
    telling.say(plan.source, "visit.missed", time, plan.reference, data)


def tell_frustration(telling: Telling, plan: Plan) -> None:
    """Let a carer come in vain."""
    data = {
        "carer": telling.pick(("w1", "w2")),
        "outcome": telling.pick(("no_reply", "no_reply", "refused", "known_safe")),
        "welfare_check": telling.pick((None, False, True)),
        "harm": telling.pick((None, True)),
    }
    time = telling.near(plan.due, (5 * MINUTE, HOUR))
    telling.say(plan.source, "visit.frustrated", time, plan.reference, data)


def tell_report(telling: Telling, plan: Plan) -> None:
    """Let somebody tell the council of a visit, mostly of the right provider's."""
    right = plan.source.removeprefix("/providers/")
    data = {
        "provider": telling.pick((right,) * 5 + PROVIDERS),
        "by": telling.pick(("person", "family", "staff", "other")),
        "what": telling.pick(("nobody_came", "nobody_came", "came_late", "left_early")),
        "harm": telling.pick((None, True)),
    }
    time = telling.near(plan.due, (HOUR, DAY))
    telling.say(telling.pick(SYSTEMS), "visit.reported", time, plan.reference, data)

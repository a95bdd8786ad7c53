"""Weeks of visits in a few words: a habit a call, and now and then an exception."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from .contracts import Bought
from .telling import PEOPLE, Telling
from .times import DAY, HOUR, MINUTE, WEEK, monday_of, occurrences, wall

OUTCOMES = (
    "full", "full", "half", "tasks done", "declined", "missed", "called off", "nothing",
    "frustrated", "lone", "one of two", "declared", "not home",
)  # fmt: skip
MOST_VISITS = 30
NOT_CARRIED_OUT: dict[str, tuple[str, timedelta, dict[str, Any]]] = {
    "declined": ("cancelled", -30 * HOUR, {"by": "person", "reason": "declined"}),
    "not home": ("cancelled", -HOUR, {"by": "person", "reason": "not_home"}),
    "called off": ("cancelled", -HOUR, {"by": "provider", "reason": "no_staff"}),
    "frustrated": ("frustrated", MINUTE, {"carer": "w1", "outcome": "refused"}),
    "declared": ("missed", HOUR, {"reason": "ill"}),
}


def tell_weeks(telling: Telling, bought: Bought) -> None:
    """Tell of the last complete weeks, most recent visits first, up to a limit."""
    habits = [telling.pick(OUTCOMES), telling.pick(OUTCOMES)]
    if telling.chance(2):
        habits = habits[:1]
    monday = monday_of(telling.day)
    told = 0
    for week in range(telling.pick((4, 5, 6, 7, 4, 5, 6, 3, 1))):
        first = monday - (week + 1) * WEEK
        exception = telling.pick((None,) * 20 + OUTCOMES)
        days = [first + number * DAY for number in range(7)]
        calls = [call for day in days for call in occurrences(bought.lines[0], day)]
        for number, (line, start) in enumerate(calls):
            outcome = exception or habits[number % len(habits)]
            if telling.chance(10):
                outcome = telling.pick(OUTCOMES)
            told += outcome != "nothing"
            if told <= MOST_VISITS:
                tell_call(telling, bought, line, start, outcome)
        if telling.chance(3):
            heard = wall(first + telling.pick((6, 0, 7)) * DAY, "00:00")
            source = f"/providers/{bought.provider}"
            telling.say(source, "provider.heartbeat", heard, bought.provider, {})


def tell_call(
    telling: Telling,
    bought: Bought,
    line: Mapping[str, Any],
    start: datetime,
    outcome: str,
) -> None:
    """Tell of one call of a line as it mostly is: planned a week before, then done."""
    if outcome == "nothing":
        return
    source, visit = f"/providers/{bought.provider}", f"W{start:%m%d}{line['line']}"
    length = line["minutes"] * MINUTE

    def say(kind: str, time: datetime, data: Mapping[str, Any]) -> None:
        telling.say(source, f"visit.{kind}", time, visit, data, plain=True)

    plan = {"contract": bought.reference, "person": bought.person or PEOPLE[0]}
    times = {"planned_start": start, "planned_end": start + length}
    named = {"carers": line["carers"], "line": line["line"]}
    say("scheduled", start - WEEK, plan | times | named)
    if outcome in NOT_CARRIED_OUT:
        kind, after, data = NOT_CARRIED_OUT[outcome]
        say(kind, start + after, data)
    elif outcome != "missed":
        for number in range(line["carers"] or 1):
            tap = {"carer": f"w{number + 1}", "method": "app"}
            say("checked_in", start, tap)
            if outcome == "lone":
                return
            went = start + length
            if outcome in ("half", "tasks done") or (outcome == "one of two" and number):
                went = start + length / 2
            tasks = {"planned": 2, "done": 2} if outcome == "tasks done" else None
            say("checked_out", went, tap | {"tasks": tasks})

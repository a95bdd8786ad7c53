"""Taps: carers who come and go on time, late, twice, backwards, or never leave."""

from datetime import datetime, timedelta
from typing import Any

from .telling import Telling
from .times import HOUR, MINUTE, SECOND

CARERS = ("w1", "w2", "w3")
ARRIVALS = tuple(
    minutes * MINUTE
    for minutes in (0, 0, 0, 5, 15, 30, 45, 31, 60, 61, -15, -30, -31, -60, 90, -61)
)
# Shares of the length that thresholds turn on, and two that no carer would boast of.
SHARES = (1.0, 1.0, 0.8, 0.5, 0.9, 0.75, 1.5, 0.0, -0.5)
AWRY = ("clean",) * 6 + (
    "lone in", "lone out", "ins", "outs", "backwards", "corrected", "twice", "at once",
)  # fmt: skip
TASKS = (None, None, (3, 3), (3, 2), (0, 0), (2, 3), (1, 0))


def tell_taps(
    telling: Telling, source: str, visit: str, due: datetime, length: timedelta
) -> None:
    """Let one carer come, or up to three, each in their own way."""
    arrives = telling.near(due, ARRIVALS)
    for number in range(1 + telling.pick((0, 0, 1, 1, 2))):
        came = arrives if telling.chance(2) else telling.near(due, ARRIVALS[:8])
        stayed = telling.pick(SHARES) * length + telling.pick((0, 0, -1, 1)) * SECOND
        if telling.chance(25):
            stayed = 17 * HOUR
        carer = CARERS[0] if telling.chance(8) else CARERS[number]
        for way, time in ways(telling.pick(AWRY), came, came + stayed):
            tell_tap(telling, source, visit, way, time, carer)


def ways(awry: str, came: datetime, went: datetime) -> list[tuple[str, datetime]]:
    """Return a carer's taps, when all is well or something has gone awry."""
    come, go = ("in", came), ("out", went)
    between = came + (went - came) / 2
    return {
        "clean": [come, go],
        "lone in": [come],
        "lone out": [go],
        "ins": [come, ("in", between), go],
        "outs": [come, ("out", between), go],
        "backwards": [("in", went), ("out", came)],
        "corrected": [come, go, ("out", went + 10 * MINUTE), ("in", came - MINUTE)],
        "twice": [come, ("out", between), ("in", between + MINUTE), go],
        "at once": [come, ("out", came), ("in", went), go],
    }[awry]


def tell_tap(
    telling: Telling, source: str, visit: str, way: str, time: datetime, carer: str
) -> None:
    """Say that a carer came or went."""
    by_hand = telling.chance(12)
    data: dict[str, Any] = {
        "carer": carer,
        "method": "manual" if by_hand else telling.pick(("app", "phone", "tag")),
        "reason": "no signal" if by_hand else None,
        "location": {"lat": 51.5, "lon": -0.1} if telling.chance(20) else None,
    }
    if way == "out":
        tasks = telling.pick(TASKS)
        data["tasks"] = tasks and {"planned": tasks[0], "done": tasks[1]}
    telling.say(source, f"visit.checked_{way}", time, visit, data)

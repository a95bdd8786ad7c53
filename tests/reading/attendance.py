"""Taps: who was there, when, and for how long."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from .statements import Statement

CHECK_IN = "visit.checked_in"
CHECK_OUT = "visit.checked_out"


@dataclass(frozen=True)
class Attendance:
    """A carer's time at a visit, from a check-in to the check-out that follows."""

    carer: str
    came: datetime
    went: datetime


def in_use(taps: Iterable[Statement]) -> list[Statement]:
    """Keep, of each carer's ins and of their outs, those of the highest sequence said."""
    said: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for tap in taps:
        said[(tap.data["carer"], tap.type)].append(tap)
    return [
        tap
        for alike in said.values()
        for tap in alike
        if tap.sequence == max(other.sequence for other in alike)
    ]


def attend(taps: Iterable[Statement]) -> tuple[list[Attendance], list[Statement]]:
    """Pair the taps in use; return the attendances and the lone taps."""
    by_carer: dict[str, list[Statement]] = defaultdict(list)
    for tap in taps:
        by_carer[tap.data["carer"]].append(tap)
    attendances: list[Attendance] = []
    lone: list[Statement] = []
    for carer, theirs in by_carer.items():
        arrival: Statement | None = None
        for tap in merge_runs(theirs):
            if tap.type == CHECK_IN:
                arrival = tap
            elif arrival is None:
                lone.append(tap)
            else:
                attendances.append(Attendance(carer, arrival.time, tap.time))
                arrival = None
        if arrival is not None:
            lone.append(arrival)
    return attendances, lone


def merge_runs(taps: Iterable[Statement]) -> list[Statement]:
    """Merge runs: of ins in a row the first is kept, of outs in a row the last."""
    merged: list[Statement] = []
    for tap in sorted(taps, key=lambda tap: (tap.time, tap.type != CHECK_IN)):
        if not merged or merged[-1].type != tap.type:
            merged.append(tap)
        elif tap.type == CHECK_OUT:
            merged[-1] = tap
    return merged


def present(attendances: Iterable[Attendance], carers: int) -> timedelta:
    """Return how long at least so many carers were in attendance at once."""
    changes: list[tuple[datetime, int]] = []
    for attendance in attendances:
        changes += [(attendance.came, 1), (attendance.went, -1)]
    total, here = timedelta(0), 0
    for (moment, change), (until, _) in pairwise(sorted(changes)):
        here += change
        if here >= carers:
            total += until - moment
    return total


def delivered(
    attendances: Iterable[Attendance], carers: int, due: timedelta
) -> timedelta:
    """Sum the time of the carers due that stayed longest, each up to what was due."""
    stayed: dict[str, timedelta] = defaultdict(timedelta)
    for attendance in attendances:
        stayed[attendance.carer] += attendance.went - attendance.came
    longest = sorted(stayed.values(), reverse=True)[:carers]
    return sum((min(time, due) for time in longest), timedelta(0))

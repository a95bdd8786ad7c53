"""Clocks: instants at which what a feed says is about to be concluded otherwise."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from .feeds import feeds
from .telling import Choice, Event
from .times import (
    DAY,
    HOUR,
    MINUTE,
    NUDGES,
    SECOND,
    WEEK,
    local_day,
    midnight,
    monday_of,
    occurrences,
)  # fmt: skip

MINUTES = (60, 0, 240, 30, 90, 61)
HOURS = (72, 24, 96, 48)
DAYS = (28, 29, 7, 14, 15, 30, 1, 0)
# What the thresholds that a feed sets for itself are counted in.
UNITS = {
    "missed_after": MINUTE, "open_after": MINUTE, "evidence_hours": HOUR,
    "upload_hours": HOUR, "idle_days": DAY, "hospital_days": DAY, "settle_days": DAY,
}  # fmt: skip
BUYING = ("contract.commissioned", "contract.varied")
DATES = {
    "on", "from_on", "starts_on", "ends_on", "ended_on", "effective_on", "assessed_on"
}  # fmt: skip
PLANS = ("visit.scheduled", "visit.rescheduled")


class Almanac:
    """The moments of one feed that a conclusion may turn on, the latest of them last."""

    def __init__(self, feed: Sequence[Event]) -> None:
        """Gather when things were said, planned and dated, and thresholds set."""
        self.said = sorted(moment(event["time"]) for event in feed)
        plans = [event["data"] for event in feed if event["type"] in PLANS]
        starts = sorted(moment(plan["planned_start"]) for plan in plans)
        ends = sorted(moment(plan["planned_end"]) for plan in plans)
        days = {local_day(start) for start in starts[-6:]} or {local_day(self.said[-1])}
        self.due = [
            start
            for event in feed
            for day in sorted(days)
            if event["type"] in BUYING
            for _, start in occurrences(event["data"].get("lines") or [], day)
        ] + [*starts[-8:], *ends[-4:]]
        self.due = self.due or self.said[-1:]
        self.days = [
            date.fromisoformat(value)
            for event in feed
            for name, value in event["data"].items()
            if name in DATES and value is not None
        ] or [local_day(self.said[-1])]
        self.thresholds = [
            value * UNITS[name]
            for event in feed
            for data in (event["data"], event["data"].get("terms") or {})
            for name, value in data.items()
            if name in UNITS and value is not None
        ]


def moment(text: str) -> datetime:
    """Read an event's time as an instant in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


@st.composite
def clocks(draw: st.DrawFn, feed: Sequence[Event]) -> datetime:
    """Draw an instant near where something about *feed* changes, mostly late in it."""

    def pick(*options: Choice) -> Choice:
        return draw(st.sampled_from(options))

    almanac = Almanac(feed)
    last = almanac.said[-1]
    way = pick(*("over",) * 4, *("due",) * 6, *("monday",) * 3, "day")
    if way == "over":
        return last + pick(73 * HOUR, HOUR, DAY, WEEK, 28 * DAY, SECOND)
    if way == "due":
        usual = [n * MINUTE for n in MINUTES] + [n * HOUR for n in HOURS] + [28 * DAY]
        after = pick(*usual, *almanac.thresholds, *almanac.thresholds)
        return pick(*almanac.due) + after + pick(*NUDGES)
    if way == "monday":
        monday = monday_of(local_day(pick(last, almanac.due[-1], almanac.due[0])))
        return midnight(monday + pick(0, 7) * DAY) + pick(*NUDGES)
    day = pick(*almanac.days) + pick(*DAYS) * DAY
    return midnight(day) + pick(*NUDGES, 9 * HOUR)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Event], datetime]:
    """Draw a feed and the clock to judge it by."""
    feed = draw(feeds())
    return feed, draw(clocks(feed))

"""When things happen: days near clock changes and holidays, instants near thresholds."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# A plain week first, for a failing case to end in; then the weeks that end in a night
# on which the clocks change, the weeks after those, Easter and the turn of the year.
MONDAYS = tuple(
    date.fromisoformat(text)
    for text in (
        *("2026-06-15", "2026-03-23", "2026-10-19", "2026-03-23", "2026-10-19"),
        *("2026-03-30", "2026-10-26", "2026-04-20", "2026-11-16", "2026-04-06"),
        *("2026-05-25", "2026-12-28", "2026-09-07"),
    )
)
# Sundays first and last, for the clocks change on them; 4 is Good Friday after 30 March.
WEEKDAY_OF_THE_DAY = (0, 6, 6, -1, 2, 4, 5)

STARTS = ("08:00", "01:30", "00:30", "23:50", "12:30", "01:00", "07:00", "22:00")
NUDGES = (timedelta(0),) * 4 + (-SECOND, SECOND, -SECOND, SECOND, SECOND / 2)
BRIEFLY = (timedelta(0), -SECOND, SECOND, -HOUR, HOUR)
OFFSETS = ("Z", "+00:00", "+01:00", "local", "millis", "-05:00", "+05:30")


def wall(day: date, clock: str) -> datetime:
    """Return when London's clocks first show *clock* on a day."""
    local = datetime.combine(day, time.fromisoformat(clock), LONDON)
    return local.replace(fold=0).astimezone(UTC)


def midnight(day: date) -> datetime:
    """Return the instant at which a local day begins."""
    return wall(day, "00:00")


def local_day(moment: datetime) -> date:
    """Return the date on London's calendar at an instant."""
    return moment.astimezone(LONDON).date()


def monday_of(day: date) -> date:
    """Return the Monday of the week that a day lies in."""
    return day - day.weekday() * DAY


def spell(moment: datetime, offset: str) -> str:
    """Write an instant as one of the many texts that RFC 3339 has for it."""
    if offset == "local":
        return moment.astimezone(LONDON).isoformat()
    if offset in ("Z", "millis"):
        timespec = "milliseconds" if offset == "millis" else "auto"
        naive = moment.astimezone(UTC).replace(tzinfo=None)
        return naive.isoformat(timespec=timespec) + "Z"
    shift = datetime.fromisoformat(f"2026-01-01T00:00:00{offset}").tzinfo
    return moment.astimezone(shift).isoformat()


def occurrences(
    lines: list[dict[str, Any]], day: date
) -> Iterator[tuple[Mapping[str, Any], datetime]]:
    """Yield the lines that occur on a day, each with when."""
    for line in lines:
        if WEEKDAYS[day.weekday()] in line["days"]:
            yield line, wall(day, line["start"])

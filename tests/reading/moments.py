"""Local time: dates, weeks, wall clocks and bank holidays are those of England."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from math import floor
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# Days that proclamations added, and those on which they put a moved holiday.
PROCLAIMED = frozenset(
    date.fromisoformat(text)
    for text in (
        *("1999-12-31", "2002-06-03", "2002-06-04", "2011-04-29", "2012-06-04"),
        *("2012-06-05", "2020-05-08", "2022-06-02", "2022-06-03", "2022-09-19"),
        "2023-05-08",
    )
)
MOVED_EARLY_MAY = {2020}
MOVED_SPRING = {2002, 2012, 2022}


def instant(text: str) -> datetime:
    """Read an RFC 3339 date-time as an instant in UTC."""
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


def local_date(moment: datetime) -> date:
    """Return the date on London's calendar at an instant."""
    return moment.astimezone(LONDON).date()


def local_time(moment: datetime) -> time:
    """Return what London's clocks show at an instant."""
    return moment.astimezone(LONDON).time()


def instant_of(day: date, wall_clock: time) -> datetime:
    """Return when London's clocks show *wall_clock* on *day*.

    Fold 0 is the rule's choice twice over: of a time that occurs twice the first, and
    for one that does not occur the offset before the change.
    """
    return datetime.combine(day, wall_clock, LONDON).replace(fold=0).astimezone(UTC)


def midnight(day: date) -> datetime:
    """Return the instant at which a local day begins."""
    return instant_of(day, time(0))


def monday_of(day: date) -> date:
    """Return the Monday of the week that a day lies in."""
    return day - day.weekday() * DAY


def days_from(first: date, count: int) -> Iterator[date]:
    """Yield *count* days beginning with *first*."""
    for offset in range(count):
        yield first + offset * DAY


def whole_minutes(elapsed: timedelta) -> int:
    """Floor elapsed time to minutes."""
    return elapsed // MINUTE


def half_up(amount: Fraction) -> int:
    """Round to whole pence, halves up."""
    return floor(amount + Fraction(1, 2))


def text_of(moment: datetime | date) -> str:
    """Write an instant in UTC, or a day as it is."""
    if isinstance(moment, datetime):
        whole = moment.astimezone(UTC).replace(tzinfo=None)
        return whole.isoformat(timespec="auto") + "Z"
    return moment.isoformat()


def is_bank_holiday(day: date) -> bool:
    """Say whether a day is a bank holiday in England."""
    return day in bank_holidays(day.year)


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Return a year's bank holidays in England, with substitute days in their place."""
    easter = easter_sunday(year)
    days = {easter - 2 * DAY, easter + DAY, next_weekday(date(year, 1, 1), set())}
    if year not in MOVED_EARLY_MAY:
        days.add(monday_of(date(year, 5, 7)))
    if year not in MOVED_SPRING:
        days.add(monday_of(date(year, 5, 31)))
    days.add(monday_of(date(year, 8, 31)))
    # Boxing Day first: a Christmas on a Sunday gives way to it and moves to Tuesday.
    boxing = next_weekday(date(year, 12, 26), set())
    christmas = next_weekday(date(year, 12, 25), {boxing})
    days |= {christmas, boxing} | {day for day in PROCLAIMED if day.year == year}
    return frozenset(days)


def next_weekday(day: date, taken: set[date]) -> date:
    """Return the first day from *day* on that is neither a weekend's nor taken."""
    while day.weekday() >= WEEKDAYS.index("sat") or day in taken:
        day += DAY
    return day


def easter_sunday(year: int) -> date:
    """Return Easter Sunday by the anonymous Gregorian computus."""
    golden, century, rest = year % 19, year // 100, year % 100
    leaps = century // 4
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)

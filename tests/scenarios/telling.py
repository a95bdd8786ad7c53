"""A package of care told day by day, in the words of an ordinary feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.feeds import ADULTS, ASH, Event, event
from tests.projections import memory

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MORNING, EVENING = time(8), time(18)


def at(day: date, clock: time) -> datetime:
    """The instant at which London's clocks show it."""
    return datetime.combine(day, clock, LONDON).astimezone(UTC)


def spelt(moment: datetime) -> str:
    """An instant as a feed has it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def days(first: date, last: date) -> list[date]:
    """The days from *first* to *last*, both included."""
    return [first + n * DAY for n in range((last - first).days + 1)]


def council_says(type_: str, subject: str, day: date, /, **data: Any) -> Event:
    """Something that a council's own system says at nine on a day."""
    return event(type_, subject, ADULTS, spelt(at(day, time(9))), **data)


def provider_says(type_: str, subject: str, moment: datetime, /, **data: Any) -> Event:
    """Something that the provider's system says at an instant."""
    return event(type_, subject, ASH, spelt(moment), **data)


def package(starts_on: date, /, payment: str = "planned", **more: Any) -> Event:
    """The contract C1: half an hour every morning for P1, at £24 an hour."""
    line = {"line": "morning", "days": EVERY_DAY, "start": "08:00", "minutes": 30}
    terms = {
        "notice_days": 7, "weekly_minutes": 210, "rate_pence_per_hour": 2400,
        "lines": [line],
    }  # fmt: skip
    return council_says(
        "contract.commissioned", "C1", starts_on - 14 * DAY, provider="ash", person="P1",
        kind="spot", service="home_care", starts_on=starts_on.isoformat(),
        payment=payment, **(terms | more),
    )  # fmt: skip


def visit(day: date, clock: time = MORNING) -> str:
    """The reference of the visit of that day and time."""
    return f"V-{day:%m%d}-{clock:%H%M}"


def planned(
    on: Iterable[date], clock: time = MORNING, minutes: int = 30
) -> Iterator[Event]:
    """The provider plans a visit of the package on each of these days, a week ahead."""
    for day in on:
        start = at(day, clock)
        yield provider_says(
            "visit.scheduled", visit(day, clock), start - 7 * DAY, contract="C1",
            person="P1", planned_start=spelt(start),
            planned_end=spelt(start + timedelta(minutes=minutes)),
        )  # fmt: skip


def attended(
    on: Iterable[date], clock: time = MORNING, minutes: int = 29, late: int = 1
) -> Iterator[Event]:
    """A carer comes on each of these days, so many minutes late, and stays so long."""
    for day in on:
        came = at(day, clock) + timedelta(minutes=late)
        went, tap = came + timedelta(minutes=minutes), {"carer": "K1", "method": "app"}
        yield provider_says("visit.checked_in", visit(day, clock), came, **tap)
        yield provider_says("visit.checked_out", visit(day, clock), went, **tap)


def kept(on: Iterable[date], minutes: int = 29, late: int = 1) -> Iterator[Event]:
    """Planned, and attended."""
    told = list(on)
    yield from planned(told)
    yield from attended(told, minutes=minutes, late=late)


def alive(on: Iterable[date]) -> Iterator[Event]:
    """The provider's feed is alive at noon on each of these days."""
    for day in on:
        yield provider_says("provider.heartbeat", "ash", at(day, time(12)))


def invoice(day: date, period: list[date], lines: list[dict[str, Any]]) -> Event:
    """The provider claims for a period, at ten on a day."""
    return provider_says(
        "invoice.submitted", f"INV-{day:%m%d}", at(day, time(10)),
        period_start_on=period[0].isoformat(), period_end_on=period[-1].isoformat(),
        lines=lines,
    )  # fmt: skip


def claims(
    period: Iterable[date], minutes: int = 30, pence: int = 1200
) -> list[dict[str, Any]]:
    """A line for the visit of each day, at the full price."""
    return [
        {"line": str(n), "contract": "C1", "visit": visit(day), "minutes": minutes, "pence": pence}
        for n, day in enumerate(period, 1)
    ]  # fmt: skip


STRIDE = 7
"""Days from one look to the next, before a first finding is looked for day by day."""


def told_on(
    feed: Iterable[Event], kind: str, first: date, last: date
) -> tuple[date, list[dict[str, Any]]] | None:
    """The first evening on which such a finding holds, and those that hold then.

    The council asks at eight in the evening, and knows all that was said by then. What is
    told in these stories stays told, so one evening a week is enough to find the week.
    """
    memory.load(feed, at(last, time(20)))
    evenings = days(first, last)
    for start in range(0, len(evenings), STRIDE):
        week = evenings[start : start + STRIDE]
        if memory.ask(at(week[-1], time(20)), {kind}):
            for day in week:
                if found := memory.ask(at(day, time(20)), {kind}):
                    return day, found
    return None

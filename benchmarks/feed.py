"""A large council's feed, the same at every run: packages, their visits and taps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

FIRST = date(2026, 1, 5)
CLOCK = datetime(2026, 3, 2, 9, tzinfo=UTC)
WEEKS = 8
CALLS = ("08:00", "12:30", "18:00")


def _event(source: str, type_: str, subject: str, at: datetime, **data: Any) -> bytes:
    said = {
        "specversion": "1.0",
        "id": f"{type_}-{subject}-{at:%Y%m%d%H%M%S}",
        "source": source,
        "type": type_,
        "subject": subject,
        "time": at.isoformat(),
        "data": data,
    }
    return orjson.dumps(said) + b"\n"


def feed(contracts: int, weeks: int = WEEKS) -> Iterator[bytes]:
    """The events of so many packages of three calls a day; about 500 each in 8 weeks."""
    begin = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    for number in range(contracts):
        contract, person, provider = f"C{number}", f"P{number}", f"p{number % 40}"
        lines = [
            {"line": f"L{i}", "days": days, "start": start, "minutes": 30}
            for i, start in enumerate(CALLS)
        ]
        yield _event(
            "/council/adults", "contract.commissioned", contract, begin - timedelta(20),
            provider=provider, person=person, kind="spot", service="home_care",
            starts_on=FIRST.isoformat(), notice_days=14, weekly_minutes=630,
            rate_pence_per_hour=2400, payment="actual", lines=lines,
        )  # fmt: skip
        for day in range(7 * weeks):
            for call, start in enumerate(CALLS):
                due = begin + timedelta(day, hours=int(start[:2]), minutes=int(start[3:]))
                yield from _visit(number, day, call, due, provider)


def _visit(
    number: int, day: int, call: int, due: datetime, provider: str
) -> Iterator[bytes]:
    """One visit: planned, and then kept, late, clipped, called off or missed."""
    source, visit = f"/providers/{provider}", f"V{number}-{day}-{call}"
    yield _event(
        source, "visit.scheduled", visit, due - timedelta(7), contract=f"C{number}",
        person=f"P{number}", line=f"L{call}", planned_start=due.isoformat(),
        planned_end=(due + timedelta(minutes=30)).isoformat(),
    )  # fmt: skip
    fate = (number * 7 + day * 13 + call * 29) % 100
    if fate < 2:
        return
    if fate < 6 or (number % 25 == 0 and call == 1):
        yield _event(
            source, "visit.cancelled", visit, due - timedelta(1), by="person",
            reason="family_covering",
        )  # fmt: skip
        return
    came = due + timedelta(minutes=40 if fate < 14 else fate % 10)
    stayed = timedelta(minutes=15 if fate < 20 else 29)
    carer = f"k{number}-{day % 3}"
    yield _event(source, "visit.checked_in", visit, came, carer=carer, method="app")
    yield _event(
        source, "visit.checked_out", visit, came + stayed, carer=carer, method="app"
    )

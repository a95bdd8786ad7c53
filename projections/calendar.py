"""England's bank holidays."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import import_module
from threading import Thread

FIRST_YEAR = 2000
"""Before it no feed has anything to say of a visit's rate."""


def begin_loading() -> None:
    """Begin to load the calendar beside other work: it takes a tenth of a second."""
    Thread(target=import_module, args=("holidays",), daemon=True).start()


@cache
def bank_holidays(year: int) -> list[date]:
    """The bank holidays in England up to the year after *year*.

    They are those that gov.uk publishes: of a holiday that falls on a weekend only the
    substitute day, which is a weekday. (The Banking and Financial Dealings Act 1971 and
    proclamations under it; the `holidays` package lists the day itself as well.)
    """
    # Here, for it takes long to load.
    import holidays

    years = range(FIRST_YEAR, max(FIRST_YEAR, year) + 2)
    days = holidays.country_holidays("GB", subdiv="ENG", years=years)
    return sorted(day for day in days if day.weekday() < 5)

"""A contract: a commissioned package of care, as the council's systems speak of it.

It is named by its subject alone, whichever council system speaks. Minutes a week are
carer-minutes, money is whole pence.
"""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from domain import base
from domain.policy import VisitThresholds
from domain.values import (
    Count,
    Data,
    Day,
    Days,
    Reference,
    Share,
    WallClock,
    Whole,
    Words,
)

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Payment = Literal["planned", "actual", "tolerance"]


class Contract(base.Aggregate):
    """One commissioned package, block, fund or direct payment."""


class Event(base.Event):
    """Something said of a contract."""

    AGGREGATE = Contract


class Line(Data):
    """A call that is to be made every week: on which days, when, how long, by how many."""

    line: Reference
    days: list[Weekday]
    start: WallClock
    minutes: Whole
    carers: Count | None = None
    time_critical: bool | None = None
    short_visit_agreed: bool | None = None
    late_after: Whole | None = None
    early_before: Whole | None = None


class Rate(Data):
    """What an hour costs at special times, in pence."""

    when: Literal["bank_holiday", "weekend", "night"]
    pence_per_hour: Whole


class Funder(Data):
    """Who pays which part, in per cent."""

    funder: Reference
    percent: Share


class Terms(Data):
    """What a variation may change."""

    weekly_minutes: Whole | None = None
    rate_pence_per_hour: Whole | None = None
    rates: list[Rate] | None = None
    ends_on: Day | None = None
    notice_days: Days | None = None
    payment: Payment | None = None
    tolerance_minutes: Whole | None = None
    terms: VisitThresholds | None = None
    lines: list[Line] | None = None
    funding: list[Funder] | None = None

    @field_validator("funding")
    @classmethod
    def _must_add_to_100(cls, funding: list[Funder] | None) -> list[Funder] | None:
        if funding is not None and sum(f.percent for f in funding) != 100:
            raise PydanticCustomError("funding", "should add up to 100 per cent")
        return funding


class Commission(Terms):
    """The package as it was bought."""

    provider: Reference
    person: Reference | None = None
    kind: Literal[
        "spot", "block", "framework_call_off", "individual_service_fund",
        "direct_payment", "in_house",
    ]  # fmt: skip
    service: Literal[
        "home_care", "reablement", "extra_care", "sitting", "waking_night",
        "sleeping_night", "live_in", "day_care", "other",
    ]  # fmt: skip
    starts_on: Day
    notice_days: Days
    weekly_minutes: Whole
    rate_pence_per_hour: Whole
    payment: Payment
    draws_on: Reference | None = None
    pairs_with: Reference | None = None
    compensates_for: Reference | None = None
    area: str | None = None
    team: str | None = None
    officer: str | None = None


class Variation(Terms):
    """What changes from a day on; what it does not name stays as it was."""

    effective_on: Day
    reason: Words


class Suspension(Data):
    """From which day the package rests."""

    from_on: Day
    reason: Words


class Resumption(Data):
    """The day on which the package goes on."""

    on: Day


class Notice(Data):
    """When the package is to end, and who said so."""

    ends_on: Day
    by: Literal["council", "provider", "person"]
    reason: Words | None = None


class Ending(Data):
    """The last day of the package."""

    ended_on: Day
    reason: Words


class Commissioned(Event, topic="contract.commissioned", said_by=("council",)):
    """The council bought this package."""

    SLOT = ()
    data: Commission


class Varied(Event, topic="contract.varied", said_by=("council",)):
    """The package changes; each field competes by itself, by `effective_on`."""

    data: Variation


class Suspended(Event, topic="contract.suspended", said_by=("council",)):
    """The package rests."""

    SLOT = ("from_on",)
    data: Suspension


class Resumed(Event, topic="contract.resumed", said_by=("council",)):
    """The package goes on."""

    SLOT = ("on",)
    data: Resumption


class NoticeGiven(Event, topic="contract.notice_given", said_by=("council",)):
    """Notice was given."""

    SLOT = ()
    data: Notice


class Ended(Event, topic="contract.ended", said_by=("council",)):
    """The package ended."""

    SLOT = ()
    data: Ending

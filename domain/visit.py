"""A visit: one planned attendance at a person's home, and all that is said of it.

It is named by its provider's source and its reference, and takes its statements in any
order: a check-in before its schedule, a correction before what it corrects.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain import base
from domain.values import (
    Count,
    Data,
    Instant,
    Number,
    Personal,
    Reference,
    Whole,
    Words,
)

Method = Literal["app", "phone", "tag", "manual"]


class Visit(base.Aggregate):
    """One planned attendance, as its provider, the person and the council speak of it."""


class Event(base.Event):
    """Something said of a visit."""

    AGGREGATE = Visit
    NAMED_BY_SOURCE = True


class Plan(Data):
    """When the carers are to come, to whom, under which contract."""

    contract: Reference
    person: Reference
    planned_start: Instant
    planned_end: Instant
    carers: Count | None = None
    line: Reference | None = None


class Replan(Data):
    """A new time for the visit, and who asked for it."""

    planned_start: Instant
    planned_end: Instant
    asked_by: Literal["person", "provider", "council"]
    reason: Words | None = None


class Cancellation(Data):
    """Who called the visit off, and why."""

    by: Literal["person", "provider", "council"]
    reason: Literal[
        "hospital", "holiday", "declined", "not_home", "family_covering", "deceased",
        "moved", "no_staff", "provider_error", "weather", "suspended", "duplicate",
        "other",
    ]  # fmt: skip


class Location(Data):
    """Where the tap was made, in degrees."""

    lat: Number = Field(ge=-90, le=90)
    lon: Number = Field(ge=-180, le=180)


class Tasks(Data):
    """How many tasks the visit had, and how many were done."""

    planned: Whole
    done: Whole


class Tap(Data):
    """One carer's coming or going; it happened at the statement's `time`."""

    carer: Reference
    method: Method
    reason: Words | None = None
    location: Annotated[Location, Personal()] | None = None

    @model_validator(mode="after")
    def _must_explain_a_manual_entry(self) -> Tap:
        if self.method == "manual" and self.reason is None:
            raise PydanticCustomError(
                "reason_required", "reason is required when method is manual"
            )
        return self


class Going(Tap):
    """A check-out, with the tasks done."""

    tasks: Tasks | None = None


class Miss(Data):
    """The provider itself says that nobody came."""

    reason: Words | None = None
    harm: bool | None = None


class Frustration(Data):
    """A carer came and could not give the care."""

    carer: Reference
    outcome: Literal["no_reply", "refused", "known_safe"]
    welfare_check: bool | None = None
    harm: bool | None = None


class Report(Data):
    """What the person, the family or staff say of a provider's visit."""

    provider: Reference
    by: Literal["person", "family", "staff", "other"]
    what: Literal["nobody_came", "came_late", "left_early", "other"]
    harm: bool | None = None


class Scheduled(Event, topic="visit.scheduled", said_by=("providers",)):
    """The provider means to come then."""

    data: Plan


class Rescheduled(Event, topic="visit.rescheduled", said_by=("providers",)):
    """The visit is to be at another time."""

    data: Replan


class Cancelled(Event, topic="visit.cancelled", said_by=("providers",)):
    """The visit is called off."""

    SLOT = ()
    data: Cancellation


class CheckedIn(Event, topic="visit.checked_in", said_by=("providers",)):
    """A carer came."""

    data: Tap


class CheckedOut(Event, topic="visit.checked_out", said_by=("providers",)):
    """A carer left."""

    data: Going


class Missed(Event, topic="visit.missed", said_by=("providers",)):
    """Nobody came, says the provider."""

    SLOT = ()
    data: Miss


class Frustrated(Event, topic="visit.frustrated", said_by=("providers",)):
    """A carer came in vain."""

    SLOT = ()
    data: Frustration


class Reported(Event, topic="visit.reported", said_by=("council",)):
    """Somebody told the council of a provider's visit."""

    data: Report

    @classmethod
    def speaker(cls, said: base.Envelope, data: Data) -> str:
        """The visit is the named provider's, although the council speaks."""
        return f"/providers/{data.provider}" if isinstance(data, Report) else said.source

"""A person: assessments of need, reviews and life events, under a pseudonym.

Needs are carer-minutes a week. The duties behind the dates are those of the Care Act 2014:
assessment (s9), eligibility (s13), review of the plan (s27).
"""

from __future__ import annotations

from typing import Literal

from domain import base
from domain.values import Data, Day, Reference, Whole, Words


class Person(base.Aggregate):
    """Somebody with care and support needs."""


class Event(base.Event):
    """Something said of a person."""

    AGGREGATE = Person


class Assessment(Data):
    """What the need calls for, and whether it is eligible."""

    assessed_on: Day
    eligible: bool
    weekly_minutes: Whole
    need_level: str | None = None
    review_due_on: Day | None = None


class Review(Data):
    """What a review of the plan came to."""

    reviewed_on: Day
    outcome: Literal["no_change", "increase", "decrease", "end"]
    next_due_on: Day | None = None


class LifeEvent(Data):
    """Something in the person's life on which care depends."""

    code: Literal[
        "hospital_admission", "hospital_discharge", "respite_start", "respite_end",
        "moved_to_care_home", "moved_away", "died",
    ]  # fmt: skip
    on: Day


class Erasure(Data):
    """Whose keys were destroyed, by whom and why: the words they sealed are gone for ever."""

    by: Reference
    reason: Words
    keys: list[str]


class NeedAssessed(Event, topic="person.need_assessed", said_by=("council",)):
    """The need was assessed."""

    SLOT = ("assessed_on",)
    data: Assessment


class Reviewed(Event, topic="person.reviewed", said_by=("council",)):
    """The plan was reviewed."""

    SLOT = ("reviewed_on",)
    data: Review


class LifeChanged(Event, topic="person.life_event", said_by=("council",)):
    """The person's life changed."""

    SLOT = ("on", "code")
    data: LifeEvent


class WordsErased(Event, topic="person.words_erased"):
    """The keys of what was said in words of this person were destroyed. Never said by a feed."""

    data: Erasure

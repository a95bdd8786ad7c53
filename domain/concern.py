"""A safeguarding concern, as the council's systems speak of it (Care Act 2014 s42).

The code lists are those of the Safeguarding Adults Collection (SAC); where the feed does
not fix a list's wording, any words are recorded.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field

from domain import base
from domain.values import Data, Reference, Words

DIGITS = 8
"""Of the digest of a person's reference, in the name of a draft."""


class Concern(base.Aggregate):
    """A worry that an adult is at risk of abuse or neglect."""


class Event(base.Event):
    """Something said of a concern."""

    AGGREGATE = Concern


class VisitNamed(Data):
    """A visit that the concern is about."""

    source: base.Source
    visit: Reference


class Raising(Data):
    """What the worry is."""

    person: Reference
    risk_types: Annotated[list[str], Field(min_length=1)]
    location: str
    source_of_risk: Literal[
        "service_provider", "known_to_individual", "unknown_to_individual"
    ]
    provider: Reference | None = None
    contract: Reference | None = None
    visits: list[VisitNamed] | None = None
    harm: bool
    narrative: Words | None = None


class Triage(Data):
    """The decision, held against the three limbs of section 42(1)."""

    decision: Literal[
        "section_42_enquiry", "other_enquiry", "quality_route", "no_further_action"
    ]
    has_care_needs: bool
    at_risk: bool
    cannot_protect_self: bool
    reason: Words


class Conclusion(Data):
    """What the enquiry found, and whether the person's wishes were asked and met."""

    risk_assessment: str
    risk_outcome: Literal["removed", "reduced", "remained", "not_identified"]
    lacked_capacity: Literal["yes", "no", "not_known"]
    advocate: bool | None = None
    wishes_asked: bool
    wishes_met: Literal["fully", "partially", "not", "none_expressed"]


class Closing(Data):
    """Why the concern was closed."""

    reason: Words


class RaisedBy(Raising):
    """The worry, and who of the council's people put it on record."""

    by: Reference


class TriagedBy(Triage):
    """The decision, and who took it."""

    by: Reference


class ConcludedBy(Conclusion):
    """The outcome, and who recorded it."""

    by: Reference


class ClosedBy(Closing):
    """Why it was closed, and by whom."""

    by: Reference


def draft_name(finding: str, person: str) -> str:
    """The name of the draft of a concern about *person*, made of an episode of a finding."""
    digits = sha256(person.encode()).hexdigest()[:DIGITS]
    return f"D-{finding.removeprefix('F-')}-{digits}"


class Drafting(Data):
    """Why a concern may have to be raised: a pattern that was found, and whom it is about.

    A draft is no concern: it is counted nowhere, and a person decides.
    """

    finding: Reference
    ground: str
    person: Reference
    provider: Reference | None = None
    visits: list[VisitNamed]


class DraftDismissal(Data):
    """Why no concern is raised. `by` names the officer by a pseudonym."""

    by: Reference
    reason: Words


class Wishes(Data):
    """What the person wants to come of it, asked under Making Safeguarding Personal."""

    by: Reference
    asked: bool
    expressed: bool
    wishes: Words | None = None
    reason: Words | None = None


class Raised(Event, topic="concern.raised", said_by=("council",)):
    """Somebody is worried about a person."""

    SLOT = ()
    data: Raising


class Triaged(Event, topic="concern.triaged", said_by=("council",)):
    """It was decided what becomes of the concern."""

    SLOT = ()
    data: Triage


class EnquiryConcluded(Event, topic="concern.enquiry_concluded", said_by=("council",)):
    """The enquiry came to an end."""

    SLOT = ()
    data: Conclusion


class Drafted(Event, topic="concern.drafted"):
    """A pattern was found for which a concern is likely to be needed. Never said by a feed."""

    data: Drafting


class DraftDismissed(Event, topic="concern.draft_dismissed"):
    """An officer decided not to raise it."""

    data: DraftDismissal


class WishesAsked(Event, topic="concern.wishes_asked"):
    """The person was asked what they want, or could not be."""

    data: Wishes


class Closed(Event, topic="concern.closed", said_by=("council",)):
    """The concern was closed."""

    SLOT = ()
    data: Closing

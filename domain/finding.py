"""A finding's life: opened when it first holds, acted on by officers, withdrawn when it no longer does.

What holds is concluded from the log (findings.md); this records that it was concluded, and
when: so who was told what, and what was done, can be replayed. One episode is one aggregate,
named by the finding's key and the episode's number.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

from domain import base
from domain.values import Count, Data, Day, Reference, Total, Words

Cause = Literal["late_evidence", "retraction", "correction", "policy", "time"]
"""Why a finding no longer holds: what was said since of its subject (evidence that came
late; something taken back; something said otherwise), other thresholds, or time alone."""

KEY_DIGITS = 24
"""Of the key's digest, in an episode's name: a key may be longer than a reference."""


class Finding(base.Aggregate):
    """One episode of a finding."""


class Event(base.Event):
    """Something concluded of a finding, or done about it. Never said by a feed."""

    AGGREGATE = Finding


def episode_name(key: str, episode: int) -> str:
    """The name of a finding's episode, the first being 1: `F-<digits>-<episode>`."""
    return f"F-{sha256(key.encode()).hexdigest()[:KEY_DIGITS]}-{episode}"


class Opening(Data):
    """What was found, in the words of findings.md, when it first held."""

    key: str
    episode: Count
    kind: str
    severity: str
    stage: str | None = None
    provider: Reference | None = None
    contract: Reference | None = None
    person: Reference | None = None
    visit: Reference | None = None
    carer: Reference | None = None
    since: str
    minutes: Total | None = None
    pence: Total | None = None
    reason: str


class Withdrawal(Data):
    """Why it no longer holds."""

    key: str
    episode: Count
    cause: Cause


class Opened(Event, topic="finding.opened"):
    """The finding holds, and did not before."""

    data: Opening


class Withdrawn(Event, topic="finding.withdrawn"):
    """The finding holds no longer."""

    data: Withdrawal


class Act(Data):
    """Something an officer does about a finding. `by` names the officer by a pseudonym."""

    by: Reference


class Acknowledgement(Act):
    """The officer has seen it."""


class Assignment(Act):
    """It is somebody's to look into."""

    to: Reference


class Query(Act):
    """The provider is asked for an answer by a day."""

    due_on: Day
    question: Words | None = None


class Reply(Act):
    """What the provider answered."""

    reply: Words


class Upholding(Act):
    """It is as the finding says."""

    reason: Words | None = None


class Dismissal(Act):
    """It is not to be pursued, and why. `minutes` are those of the finding on that day."""

    reason: Words
    minutes: Total | None = None


class Draft(Act):
    """A safeguarding concern was drafted from it."""

    concern: Reference


class Acknowledged(Event, topic="finding.acknowledged"):
    """An officer has seen it."""

    data: Acknowledgement


class Assigned(Event, topic="finding.assigned"):
    """An officer is to look into it."""

    data: Assignment


class QuerySent(Event, topic="finding.query_sent"):
    """The provider was asked."""

    data: Query


class ProviderReplied(Event, topic="finding.provider_replied"):
    """The provider answered."""

    data: Reply


class Upheld(Event, topic="finding.upheld"):
    """An officer finds that it is so."""

    data: Upholding


class Dismissed(Event, topic="finding.dismissed"):
    """An officer decided not to pursue it."""

    data: Dismissal


class ConcernDrafted(Event, topic="finding.concern_drafted"):
    """A concern was drafted from it."""

    data: Draft

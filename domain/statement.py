"""A statement taken back: what its speaker says it never said.

A retraction may arrive before what it retracts, and its subject may be a visit, a contract
or anything else: so it is a thing of its own, named by source and subject.
"""

from __future__ import annotations

from domain import base
from domain.values import Data, Reference, Words


class Statement(base.Aggregate):
    """What one source has taken back about one subject."""


class Event(base.Event):
    """Something said of an earlier statement."""

    AGGREGATE = Statement
    NAMED_BY_SOURCE = True


class Retraction(Data):
    """Which earlier event of this source about this subject is as if never said."""

    retracts: Reference
    reason: Words


class Retracted(Event, topic="statement.retracted", said_by=("providers", "council")):
    """The speaker takes a statement back. This itself cannot be taken back."""

    data: Retraction

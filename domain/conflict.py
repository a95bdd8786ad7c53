"""A conflict: one source said two things under one id, and a person decides which stands.

The first stands until then. When the second is to stand, it is recorded as a statement at
the end of the log, after this event, which says whose place it takes: what was known before
the decision stays as it was known.
"""

from __future__ import annotations

from domain import base
from domain.values import Count, Data, Words


class Conflict(base.Aggregate):
    """Two contents under one (source, id)."""


class Event(base.Event):
    """Something decided about a conflict. Never said by a feed: by the council's people."""

    AGGREGATE = Conflict
    NAMED_BY_SOURCE = True


class Ruling(Data):
    """The second content takes the place of the event at this position of the log."""

    replaces_position: Count
    reason: Words


class Decided(Event, topic="conflict.decided"):
    """A person decided that the second content stands."""

    data: Ruling

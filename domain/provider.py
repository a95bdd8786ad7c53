"""A provider: an organisation that gives care under contract, named by its reference."""

from __future__ import annotations

from domain import base
from domain.values import Data, Hours


class Provider(base.Aggregate):
    """An organisation that gives care."""


class Event(base.Event):
    """Something said of, or by, a provider as a whole."""

    AGGREGATE = Provider


class Registration(Data):
    """How the council knows the provider.

    `upload_hours` is how long its evidence may take to arrive.
    """

    name: str
    cqc_location: str | None = None
    upload_hours: Hours | None = None
    contact: str | None = None


class Nothing(Data):
    """A statement that says only that its speaker is there."""


class Registered(Event, topic="provider.registered", said_by=("council",)):
    """The council knows this provider."""

    SLOT = ()
    data: Registration


class Heartbeat(Event, topic="provider.heartbeat", said_by=("providers",)):
    """The feed is alive although nothing happened."""

    data: Nothing

"""What every aggregate is made of: what was said, and by whom; events; an identity.

A statement is recorded, not judged: an aggregate of claims may begin with any of its
events, in any order, and `evolve` only remembers. Conclusions are drawn by the projections.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID, uuid5

from eventsourcing.domain import CanMutateAggregate
from pydantic import ConfigDict, Field, SerializeAsAny

from domain.values import Data, Instant, Reference, Value

NAMESPACE = UUID("c0f7e4f0-11a1-5c0d-9a3e-7a11e5c0f01f")
"""Under which every aggregate's id is derived from its name. Never changed."""

Speaker = Literal["providers", "council"]

Source = Annotated[
    str, Field(pattern=r"\A/(providers|council)/[a-z0-9][a-z0-9-]{0,62}\z")
]
"""Who speaks: `/providers/<provider>` or `/council/<system>`."""

SequenceNumber = Annotated[str, Field(pattern=r"\A[0-9]{1,18}\z")]
"""The source's own version of its statements about a subject; absent means 0."""


class Envelope(Value):
    """Who said it, of what, and when: the attributes of a CloudEvent (version 1.0).

    `time` is when it happened in the world, `recordedtime` when the source wrote it down.
    Further attributes are kept as they came.
    """

    model_config = ConfigDict(extra="allow")

    specversion: Literal["1.0"]
    id: Reference
    source: Source
    type: str
    time: Instant
    subject: Reference
    recordedtime: Instant | None = None
    sequence: SequenceNumber | None = None


class Aggregate:
    """A thing that is spoken of. Its version is the number of statements about it."""

    id: UUID
    version: int
    heard: tuple[Event, ...]

    def __init__(self, aggregate_id: UUID) -> None:
        self.id = aggregate_id
        self.version = 0
        self.heard = ()

    def evolve(self, event: Event) -> None:
        """Take in one event. Replay depends on this never deciding and never raising."""
        self.heard = (*self.heard, event)

    def collect_events(self) -> list[Event]:
        """Nothing is ever pending: statements are appended by `record`, in bulk."""
        return []


class Event(Value, CanMutateAggregate[UUID]):
    """A recorded statement; `TOPIC` is its name in storage and on the wire, for ever.

    `timestamp` is `received_at`: the instant at which we recorded it. It never goes
    backwards along the log.
    """

    TOPIC: ClassVar[str] = ""
    SAID_BY: ClassVar[frozenset[Speaker]] = frozenset()
    AGGREGATE: ClassVar[type[Aggregate]] = Aggregate
    SLOT: ClassVar[tuple[str, ...] | None] = None
    """What two statements must share to compete, beyond the thing spoken of; None where
    statements of this type never compete (feed.md, "Which statement holds")."""
    NAMED_BY_SOURCE: ClassVar[bool] = False
    """Whether the thing's name is (source, subject), not the subject alone."""
    class_version: ClassVar[int] = 1

    model_config = ConfigDict(populate_by_name=True)

    originator_id: UUID
    originator_version: int
    timestamp: Instant = Field(alias="received_at")
    said: Envelope
    data: SerializeAsAny[Data]

    def __init_subclass__(
        cls, *, topic: str = "", said_by: tuple[Speaker, ...] = (), **kwargs: Any
    ) -> None:
        super().__init_subclass__(**kwargs)
        if topic:
            cls.TOPIC = topic
        if said_by:
            cls.SAID_BY = frozenset(said_by)

    @classmethod
    def reads(cls) -> type[Data]:
        """The shape of this event's `data`."""
        shape = cls.model_fields["data"].annotation
        assert isinstance(shape, type)
        assert issubclass(shape, Data)
        return shape

    @classmethod
    def speaker(cls, said: Envelope, data: Data) -> str:  # noqa: ARG003  # some need it
        """The source whose thing is spoken of; another's where the data name a provider."""
        return said.source

    @classmethod
    def thing(cls, said: Envelope, data: Data) -> UUID:
        """The id of the aggregate that is spoken of, derived from its name."""
        source = cls.speaker(said, data) if cls.NAMED_BY_SOURCE else ""
        return cls.named(said.subject, source)

    @classmethod
    def named(cls, subject: str, source: str = "") -> UUID:
        """The id of the aggregate of that name; *source* where it is part of the name."""
        kind = cls.AGGREGATE.__name__.lower()
        return uuid5(NAMESPACE, f"{kind}\x1f{source}\x1f{subject}")

    def mutate(self, aggregate: Any) -> Any:
        """Apply to *aggregate*, or to a new one: any statement may come first."""
        if aggregate is None:
            aggregate = self.AGGREGATE(self.originator_id)
        return super().mutate(aggregate)

    def apply(self, aggregate: Any) -> None:
        """Let the aggregate remember."""
        aggregate.evolve(self)

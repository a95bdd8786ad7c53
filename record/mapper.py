"""How an event becomes bytes under a stable name, and comes back.

The state is plain JSON that an auditor or DuckDB can read: `received_at`, `said` (the
envelope) and `data`, as they were said. A topic that the catalogue does not hold is
refused: a stored topic must never import code.
"""

from __future__ import annotations

import json
from typing import cast
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent

from domain.base import Event
from domain.catalogue import TOPICS

ADDRESS = {"originator_id", "originator_version"}


class UnknownTopic(MapperDeserialisationError):
    """The log holds a topic that this release does not know."""


class StatementMapper(Mapper[UUID]):
    """Stores what pydantic serialises; upcasts, then validates, what it reads back."""

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """The event as JSON. `class_version` is written from the second on."""
        event = cast(Event, domain_event)
        state = event.model_dump_json(exclude=ADDRESS, exclude_unset=True, by_alias=True)
        if event.class_version > 1:
            state = f'{{"class_version":{event.class_version},{state[1:]}'
        return StoredEvent(
            originator_id=event.originator_id,
            originator_version=event.originator_version,
            topic=event.TOPIC,
            state=state.encode(),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Event:
        """The event as it was. Raises `UnknownTopic` for a topic of no release."""
        kind = TOPICS.get(stored_event.topic)
        if kind is None:
            raise UnknownTopic(
                f"the log holds a topic unknown here: {stored_event.topic}"
            )
        state = json.loads(stored_event.state)
        for version in range(state.pop("class_version", 1), kind.class_version):
            getattr(kind, f"upcast_v{version}_v{version + 1}")(state)
        return kind.model_validate(
            {
                "originator_id": stored_event.originator_id,
                "originator_version": stored_event.originator_version,
                "received_at": state["received_at"],
                "said": state["said"],
                "data": kind.reads().model_validate(state["data"]),
            }
        )

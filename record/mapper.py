"""How an event becomes bytes under a stable name, and comes back.

The state is JSON that an auditor or DuckDB can read: `received_at`, `said` (the envelope) and
`data`, as they were said, but for words that may tell of a person: these are `sealed`. A topic
that the catalogue does not hold is refused: a stored topic must never import code.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent

from domain.base import Event
from domain.catalogue import TOPICS
from domain.values import personal, texts
from record.errors import NotOurs
from record.keyring import Key
from record.sealing import Address, open_state, sealed_state

ADDRESS = {"originator_id", "originator_version"}


class UnknownTopic(MapperDeserialisationError):
    """The log holds a topic that this release does not know."""


def no_key(id_: str) -> Key:
    """No key is at hand. Raises `NotOurs`."""
    raise NotOurs(id_)


class StatementMapper(Mapper[UUID]):
    """Stores what pydantic serialises; upcasts, then validates, what it reads back."""

    key: Callable[[str], Key] = staticmethod(no_key)
    """Finds a key by its name; raises as `Keyring.key` does."""

    def to_stored_event(
        self, domain_event: DomainEventProtocol[UUID], key: Key | None = None
    ) -> StoredEvent:
        """The event as JSON, its words under *key*, which is needed where there are any.

        `class_version` is written from the second on.
        """
        event = cast(Event, domain_event)
        state = sealed_state(event, key, ADDRESS)
        if event.class_version > 1:
            state = f'{{"class_version":{event.class_version},{state[1:]}'
        return StoredEvent(
            originator_id=event.originator_id,
            originator_version=event.originator_version,
            topic=event.TOPIC,
            state=state.encode(),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Event:
        """The event as it was; where words cannot be read, `[erased]` or the like instead.

        Raises `UnknownTopic` for a topic of no release.
        """
        kind = TOPICS.get(stored_event.topic)
        if kind is None:
            raise UnknownTopic(
                f"the log holds a topic unknown here: {stored_event.topic}"
            )
        state = json.loads(stored_event.state)
        for version in range(state.pop("class_version", 1), kind.class_version):
            getattr(kind, f"upcast_v{version}_v{version + 1}")(state)
        thing = cast(UUID, stored_event.originator_id)
        at = Address(thing, stored_event.originator_version, kind.TOPIC)
        _leave_out(kind, state, open_state(state, at, self.key))
        return kind.model_validate(
            {
                "originator_id": stored_event.originator_id,
                "originator_version": stored_event.originator_version,
                "received_at": state["received_at"],
                "said": state["said"],
                "data": kind.reads().model_validate(state["data"]),
            }
        )


def _leave_out(kind: type[Event], state: dict[str, Any], unread: dict[str, str]) -> None:
    """What cannot be read and is no text is left out: it need not have been said."""
    shape = kind.reads()
    for field in (personal(shape) - texts(shape)) & unread.keys():
        del state["data"][field]

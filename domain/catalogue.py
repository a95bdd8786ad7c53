"""Every event there is, by its topic: what the feed may say, and what the log may hold."""

from __future__ import annotations

from typing import Final

from domain import (
    base,
    concern,
    conflict,
    contract,
    finding,
    invoice,
    person,
    policy,
    provider,
    statement,
    visit,
)

_ROOMS = (
    visit, provider, invoice, contract, person, concern, policy, statement, conflict, finding
)  # fmt: skip


def _events_of(room: object) -> list[type[base.Event]]:
    return [
        kind
        for kind in vars(room).values()
        if isinstance(kind, type) and issubclass(kind, base.Event) and kind.TOPIC
    ]


TOPICS: Final[dict[str, type[base.Event]]] = {
    kind.TOPIC: kind for room in _ROOMS for kind in _events_of(room)
}
"""What the log may hold: a stored topic that is not here is refused, never imported."""

WIRE: Final[dict[str, type[base.Event]]] = {
    topic: kind for topic, kind in TOPICS.items() if kind.SAID_BY
}
"""What the feed may say (feed.md, catalogue version 1)."""

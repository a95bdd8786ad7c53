"""Small feeds, told event by event."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from consumers.messages import read_event
from record.arrivals import Statement

Event = dict[str, Any]

ASH = "/providers/ash"
BIRCH = "/providers/birch"
ADULTS = "/council/adults"
MORNING = "2026-06-15T08:00:00+01:00"
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def event(
    type_: str,
    subject: str,
    source: str,
    time: str = MORNING,
    /,
    *,
    id_: str | None = None,
    more: Mapping[str, Any] | None = None,
    **data: Any,
) -> Event:
    """One CloudEvent; without *id_* its id follows from what it says.

    *more* holds further attributes of the envelope.
    """
    said: Event = {
        "specversion": "1.0",
        "source": source,
        "type": type_,
        "subject": subject,
        "time": time,
        **(more or {}),
        "data": data,
    }
    written = json.dumps(said, sort_keys=True).encode()
    return {"id": id_ or sha256(written).hexdigest()[:16], **said}


def heartbeat(id_: str, provider: str = "ash", **data: Any) -> Event:
    """A provider says that its feed is alive."""
    return event(
        "provider.heartbeat", provider, f"/providers/{provider}", id_=id_, **data
    )


def check_in(id_: str, visit: str = "V1", **data: Any) -> Event:
    """A carer came."""
    told = {"carer": "K1", "method": "app", **data}
    return event("visit.checked_in", visit, ASH, id_=id_, **told)


def assessed(id_: str, weekly_minutes: Any = 30, **data: Any) -> Event:
    """A person's need was assessed."""
    told = {"assessed_on": "2026-06-01", "eligible": True, **data}
    told["weekly_minutes"] = weekly_minutes
    return event("person.need_assessed", "P1", ADULTS, id_=id_, **told)


def line(said: Mapping[str, Any]) -> bytes:
    """One event as it travels."""
    return json.dumps(said, ensure_ascii=False).encode()


def lines(events: Iterable[Mapping[str, Any]]) -> list[bytes]:
    """Events as they travel."""
    return [line(said) for said in events]


def statement(said: Mapping[str, Any]) -> Statement:
    """A readable event as the reader finds it."""
    arrival = read_event(line(said))
    assert isinstance(arrival, Statement), arrival
    return arrival

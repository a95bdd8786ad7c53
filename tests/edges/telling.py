"""The words in which edges are told: one contract, one visit, one Monday in June."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.feeds import ADULTS, Event, event

EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DUE = datetime.fromisoformat("2026-06-15T07:00:00+00:00")
"""The visit V1 is due at eight on a Monday, London time; it lasts half an hour."""
SPOKEN = "2026-06-05T09:00:00Z"


@dataclass(frozen=True)
class Edge:
    """A feed on one side of a clause: whether a finding of the kind holds at *at*."""

    kind: str
    says: str
    holds: bool
    at: str
    feed: Callable[[], list[Event]]
    fields: dict[str, Any] | None = None
    """What the finding says, where the clause decides that."""
    received: str | None = None
    """When all of it was received; None: at the clock."""
    known: str | None = None
    """What had been received by then is known; None: everything."""

    def instants(self) -> tuple[datetime, datetime, datetime | None]:
        """The clock, when the feed was received, and by when what was known is known."""
        clock = datetime.fromisoformat(self.at)
        received = datetime.fromisoformat(self.received) if self.received else clock
        return clock, received, datetime.fromisoformat(self.known) if self.known else None


def at(minutes: float, seconds: float = 0) -> str:
    """So long after V1 is due."""
    moment = DUE + timedelta(minutes=minutes, seconds=seconds)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def line(name: str = "L1", start: str = "08:00", **more: Any) -> dict[str, Any]:
    """A call on every day."""
    return {"line": name, "days": EVERY_DAY, "start": start, "minutes": 30} | more


def contract(ref: str = "C1", provider: str = "ash", **more: Any) -> Event:
    """A package from the first of June on."""
    data: dict[str, Any] = {
        "provider": provider, "person": "P1", "kind": "spot", "service": "home_care",
        "starts_on": "2026-06-01", "notice_days": 7, "weekly_minutes": 210,
        "rate_pence_per_hour": 2400, "payment": "planned", "lines": [line()],
    }  # fmt: skip
    told = {name: value for name, value in (data | more).items() if value is not None}
    return event("contract.commissioned", ref, ADULTS, "2026-02-20T09:00:00Z", **told)


def received(time: str, *events: Event) -> list[Event]:
    """Events that were received at an instant of their own."""
    return [{**event, "received_at": time} for event in events]


def instead(event: Event, time: str, **data: Any) -> Event:
    """Another content under the name of *event*, decided to stand at *time*."""
    return {
        **event, "data": event["data"] | data, "received_at": time, "instead": True
    }  # fmt: skip


def numbered(sequence: int, *events: Event) -> list[Event]:
    """Events by their source's own version."""
    return [{**event, "sequence": str(sequence)} for event in events]


def visit(
    ref: str = "V1", day: str = "2026-06-15", start: str = "07:00", end: str = "07:30",
    provider: str = "ash", said: str = SPOKEN, **more: Any,
) -> Event:  # fmt: skip
    """A visit that is planned."""
    told = {"contract": "C1", "person": "P1"} | more
    return event(
        "visit.scheduled", ref, f"/providers/{provider}", said,
        planned_start=f"{day}T{start}:00Z", planned_end=f"{day}T{end}:00Z", **told,
    )  # fmt: skip


def tap(way: str, time: str, ref: str = "V1", carer: str = "K1", **more: Any) -> Event:
    """A carer comes ("in") or goes ("out")."""
    provider, recorded = more.pop("provider", "ash"), more.pop("recorded", None)
    return event(
        f"visit.checked_{way}", ref, f"/providers/{provider}", time,
        more={"recordedtime": recorded} if recorded else {},
        **({"carer": carer, "method": "app"} | more),
    )  # fmt: skip


def stay(
    came: str, went: str, ref: str = "V1", carer: str = "K1", **more: Any
) -> list[Event]:
    """A carer comes and goes."""
    return [tap("in", came, ref, carer, **more), tap("out", went, ref, carer, **more)]


def alive(time: str, provider: str = "ash") -> Event:
    """The provider is heard."""
    return event("provider.heartbeat", provider, f"/providers/{provider}", time)


def said(
    kind: str, time: str, ref: str = "V1", *, provider: str = "ash", **data: Any
) -> Event:
    """The provider says something of a visit."""
    return event(f"visit.{kind}", ref, f"/providers/{provider}", time, **data)


def retracted(event_: Event, time: str) -> Event:
    """Its speaker takes a statement back."""
    return event(
        "statement.retracted", event_["subject"], event_["source"], time,
        retracts=event_["id"], reason="mistake",
    )  # fmt: skip


def council(kind: str, ref: str, time: str, **data: Any) -> Event:
    """The council says something."""
    return event(kind, ref, ADULTS, time, **data)


def life(code: str, on: str, person: str = "P1") -> Event:
    """Something happens to a person."""
    return council("person.life_event", person, f"{on}T10:00:00Z", code=code, on=on)


def assessed(on: str, minutes: int, **more: Any) -> Event:
    """A person's need is assessed."""
    told = {"assessed_on": on, "eligible": True, "weekly_minutes": minutes} | more
    return council("person.need_assessed", "P1", f"{on}T10:00:00Z", **told)


def policy(**thresholds: Any) -> Event:
    """The council adopts thresholds from the first of June on."""
    told = {"effective_on": "2026-06-01"} | thresholds
    return council("policy.adopted", "policy", "2026-05-29T09:00:00Z", **told)


def invoice(ref: str, time: str, lines: list[dict[str, Any]], **more: Any) -> Event:
    """The provider claims for the Monday."""
    told = {"period_start_on": "2026-06-15", "period_end_on": "2026-06-15"} | more
    return event("invoice.submitted", ref, "/providers/ash", time, lines=lines, **told)


def claim(pence: int = 1200, name: str = "1", **more: Any) -> dict[str, Any]:
    """A line that claims V1."""
    told = {"line": name, "contract": "C1", "visit": "V1", "minutes": 30, "pence": pence}
    return {n: v for n, v in (told | more).items() if v is not None}

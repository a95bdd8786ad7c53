"""The edges of which statements count: what was known, what was taken back, which one holds."""

from __future__ import annotations

from tests.edges.contracts import NOON
from tests.edges.packages import varied
from tests.edges.telling import (
    Edge,
    alive,
    assessed,
    at,
    contract,
    instead,
    line,
    numbered,
    policy,
    received,
    retracted,
    said,
    stay,
    tap,
    visit,
)  # fmt: skip
from tests.edges.visits import DOUBLE, HEARD
from tests.feeds import Event

FINANCE = "/council/finance"
CAME = tap("in", at(0))
NEEDS = assessed("2026-05-25", 100)
EVENING = "2026-06-15T23:59:00Z"
SAME = "2026-05-10T09:00:00Z"


def by(
    who: str, hours: int, id_: str | None = None, recorded: int | None = None
) -> Event:
    """V1 is called off so many hours before it is due, and written down so many before."""
    event = said("cancelled", at(-60 * hours), by=who, reason="other")
    more = {} if recorded is None else {"recordedtime": at(-60 * recorded)}
    return event | more | ({} if id_ is None else {"id": id_})


def needs(minutes: int, time: str = SAME, id_: str = "a", **more: str) -> Event:
    """So many minutes are bought a week, from the fifth of June on."""
    return varied("2026-06-05", said_at=time, weekly_minutes=minutes) | {"id": id_} | more


def bought(minutes: int, id_: str, **more: str) -> Event:
    """C1, as one of the council's systems has it."""
    return contract(weekly_minutes=minutes) | {"id": id_} | more


def cancelled(*events: Event) -> list[Event]:
    """V1 is called off, by several."""
    return [contract(), visit(), *events]


def priced(day: str, start: str, pence: int, what: str, rate: int = 2400) -> Edge:
    """Half an hour that was missed, at one of four rates."""
    rates = [{"when": "night", "pence_per_hour": 3000}, {"when": "weekend", "pence_per_hour": 3600},
             {"when": "bank_holiday", "pence_per_hour": 4800}]  # fmt: skip
    return Edge("missed_call", what, True, f"{day}T23:59:00Z", lambda: [
        contract(starts_on="2026-01-01", lines=[], rates=rates, rate_pence_per_hour=rate),
        visit(day=day, start=start, end=end(start), said="2026-03-01T09:00:00Z")], {"pence": pence})  # fmt: skip


def end(start: str) -> str:
    """Half an hour later."""
    minutes = 60 * int(start[:2]) + int(start[3:]) + 30
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


EDGES: tuple[Edge, ...] = (
    # what was known, and had happened
    Edge("missed_call", "the evidence had not been received by then", True, NOON, lambda: [
        contract(), visit(), HEARD, *received(at(500), *stay(at(0), at(30)))], known=at(499)),
    Edge("missed_call", "the evidence had just been received", False, NOON, lambda: [
        contract(), visit(), HEARD, *received(at(500), *stay(at(0), at(30)))], known=at(500)),
    Edge("missed_call", "come this very moment", False, NOON, lambda: [contract(), visit(), HEARD, tap("in", NOON)]),
    Edge("missed_call", "said to come later", True, NOON, lambda: [contract(), visit(), HEARD, tap("in", at(340))]),
    Edge("many_carers", "one content of two was decided to stand", False, NOON, lambda: [
        policy(many_carers=1), visit(), CAME, instead(CAME, at(100), carer="K2")]),
    Edge("many_carers", "one of two, at the moment of the decision", False, NOON, lambda: [
        policy(many_carers=1), visit(), CAME, instead(CAME, at(100), carer="K2")], received=at(50), known=at(100)),
    Edge("missed_call", "before the decision the first content stands", False, NOON, lambda: [
        contract(), visit(), CAME, instead(CAME, at(100), carer="K2")], received=at(50), known=at(99)),
    # what was taken back
    Edge("missed_call", "come, and taken back", True, NOON, lambda: [
        contract(), visit(), HEARD, CAME, retracted(CAME, at(10))]),
    Edge("missed_call", "taken back before it was said", True, NOON, lambda: [
        contract(), visit(), HEARD, CAME, retracted(CAME, at(-10))]),
    Edge("missed_call", "another provider cannot take it back", False, NOON, lambda: [
        contract(), visit(), HEARD, CAME, retracted(CAME | {"source": "/providers/birch"}, at(10))]),
    Edge("missed_call", "taken back of another visit", False, NOON, lambda: [
        contract(), visit(), HEARD, CAME, retracted(CAME | {"subject": "V2"}, at(10))]),
    Edge("missed_call", "something else was taken back", False, NOON, lambda: [
        contract(), visit(), HEARD, CAME, retracted(CAME | {"id": "none"}, at(10))]),
    Edge("missed_call", "a retraction cannot be taken back", True, NOON, lambda: [
        contract(), visit(), HEARD, CAME, retracted(CAME, at(10)), retracted(retracted(CAME, at(10)), at(20))]),
    # of two in one slot the later
    Edge("provider_cancelled", "the later version, though said before", True, NOON, lambda: cancelled(
        *numbered(1, by("provider", 3)), by("person", 2))),
    Edge("provider_cancelled", "no version is the version naught", True, NOON, lambda: cancelled(
        by("provider", 2), *numbered(0, by("person", 3)))),
    Edge("provider_cancelled", "of one version what was written down later", True, NOON, lambda: cancelled(
        by("provider", 3, recorded=1), by("person", 2))),
    Edge("provider_cancelled", "not written down is written down when it happened", True, NOON, lambda: cancelled(
        by("provider", 2), by("person", 4, recorded=3))),
    Edge("provider_cancelled", "written down at once: what happened later", True, NOON, lambda: cancelled(
        by("provider", 2, "a", recorded=1), by("person", 3, "b", recorded=1))),
    Edge("provider_cancelled", "all alike: the name that sorts later", True, NOON, lambda: cancelled(
        by("provider", 2, "b"), by("person", 2, "a"))),
    Edge("above_need", "all alike: the system that sorts later, whatever the name", False, NOON, lambda: [
        bought(210, "z"), bought(100, "a", source=FINANCE), NEEDS]),
    Edge("above_need", "of two assessments of one day the later version", True, NOON, lambda: [
        contract(), NEEDS, *numbered(1, assessed("2026-05-25", 110))], {"minutes": 100}),
    # field by field, where each field is by itself
    Edge("above_need", "a field as it was written down later", False, NOON, lambda: [
        contract(), NEEDS, needs(300, "2026-05-11T09:00:00Z", "b"), needs(100, recordedtime="2026-05-12T09:00:00Z")]),
    Edge("above_need", "a field as it happened later", False, NOON, lambda: [
        contract(), NEEDS, needs(300, "2026-05-10T08:00:00Z", "b", recordedtime="2026-05-12T09:00:00Z"),
        needs(100, recordedtime="2026-05-12T09:00:00Z")]),
    Edge("above_need", "a field by the system that sorts later", False, NOON, lambda: [
        contract(), NEEDS, needs(300, id_="z"), needs(100, id_="a", source=FINANCE)]),
    Edge("above_need", "a field by the name that sorts later", False, NOON, lambda: [
        contract(), NEEDS, needs(300, id_="a"), needs(100, id_="b")]),
    Edge("above_need", "a field by the name that sorts later, though it came first", False, NOON, lambda: [
        contract(), NEEDS, needs(100, id_="b"), needs(300, id_="a")]),
    # local time
    Edge("unrostered_call", "of a time that clocks show twice the first", True, "2026-10-25T12:00:00Z", lambda: [
        contract(starts_on="2026-10-25", lines=[line(start="01:30")]), alive("2026-10-25T11:00:00Z")],
        {"key": "unrostered_call:C1/L1/2026-10-25T00:30:00Z"}),
    Edge("unrostered_call", "a time that clocks never show, as before the change", True, "2026-03-29T12:00:00Z", lambda: [
        contract(starts_on="2026-03-29", lines=[line(start="01:30")]), alive("2026-03-29T11:00:00Z")],
        {"key": "unrostered_call:C1/L1/2026-03-29T01:30:00Z"}),
    Edge("unrostered_call", "in winter at eight by Greenwich", True, "2026-03-10T12:00:00Z", lambda: [
        contract(starts_on="2026-03-10"), alive("2026-03-10T11:00:00Z")],
        {"key": "unrostered_call:C1/L1/2026-03-10T08:00:00Z"}),
    # who was there together
    Edge("short_call", "two carers who meet count once", True, NOON, lambda: [
        contract(), visit(), *stay(at(0), at(20)), *stay(at(10), at(23), carer="K2")], {"minutes": 7}),
    Edge("incomplete_double_up", "one gone before the other comes", True, NOON, lambda: [
        DOUBLE, visit(), *stay(at(0), at(14)), *stay(at(16), at(30), carer="K2")], {"minutes": 30}),
    # money
    Edge("missed_call", "half a penny is a penny", True, NOON, lambda: [
        contract(rate_pence_per_hour=2401), visit()], {"pence": 1201}),
    priced("2026-06-15", "09:00", 1200, "by day"),
    priced("2026-06-19", "09:00", 1200, "on a Friday"),
    priced("2026-06-20", "09:00", 1800, "on a Saturday"),
    priced("2026-06-21", "09:00", 1800, "on a Sunday"),
    priced("2026-06-20", "21:00", 1800, "on a Saturday at ten in the evening: the weekend"),
    priced("2026-05-25", "09:00", 2400, "on a bank holiday"),
    priced("2026-05-25", "21:00", 2400, "on a bank holiday at ten in the evening: the holiday"),
    priced("2026-06-15", "21:00", 1500, "at ten in the evening"),
    priced("2026-06-15", "20:59", 1200, "a minute before that"),
    priced("2026-06-15", "05:00", 1500, "at six in the morning"),
    priced("2026-06-15", "06:00", 1200, "at seven in the morning"),
    Edge("missed_call", "at the rate of its due time, not of the provider's plan", True, EVENING,
         lambda: [contract(lines=[line(start="21:30")], rates=[{"when": "night", "pence_per_hour": 3000}]),
                  visit(start="20:30", end="21:00"),
                  said("rescheduled", at(-60), planned_start="2026-06-15T21:30:00Z", planned_end="2026-06-15T22:00:00Z",
                       asked_by="provider")], {"pence": 1200}),
)  # fmt: skip

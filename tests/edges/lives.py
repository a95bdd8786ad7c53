"""The edges of stays, rests, who was heard, and which policy was in force."""

from __future__ import annotations

from typing import Any

from tests.edges.contracts import NOON, SAID
from tests.edges.evidence import MONDAY, NAMES, exact, missed, silent, taps
from tests.edges.packages import suspended
from tests.edges.patterns import LATER
from tests.edges.telling import (
    Edge,
    alive,
    assessed,
    at,
    claim,
    contract,
    council,
    invoice,
    line,
    numbered,
    policy,
    retracted,
    said,
    stay,
    tap,
    visit,
)  # fmt: skip
from tests.edges.visits import HEARD
from tests.feeds import Event

NEXT_DAY = "2026-06-16T12:00:00Z"
TUESDAY = visit(day="2026-06-16")
PLAN = {"planned_start": "2026-06-20T07:00:00Z", "planned_end": "2026-06-20T07:30:00Z"}


def life(code: str, on: str, time: str | None = None) -> Event:
    """Something happens to P1, and is said to have, at a time."""
    return council("person.life_event", "P1", time or f"{on}T10:00:00Z", code=code, on=on)


def rest(on: str, time: str = SAID) -> Event:
    """C1 rests from a day on."""
    return council("contract.suspended", "C1", time, from_on=on, reason="holiday")


def back(on: str, time: str = SAID, ref: str = "C1") -> Event:
    """It goes on."""
    return council("contract.resumed", ref, time, on=on)


def heard(event: Event, *more: Event) -> Edge:
    """The provider has said something when the call was overdue."""
    return Edge("missed_call", f"heard by its {event['type']}{' taken back' if more else ''}", True, NOON,
                lambda: [contract(), visit(), event, *more], {"stage": "presumed"})  # fmt: skip


def adopted(time: str, on: str = "2026-06-01", **thresholds: Any) -> Event:
    """The council adopts thresholds at a time, from a day on."""
    return council("policy.adopted", "policy", time, effective_on=on, **thresholds)


def late(*more: Event, minutes: float = 40) -> list[Event]:
    """V1 was so late."""
    return [contract(), visit(), *stay(at(minutes), at(minutes + 30)), *more]


def many_visits(*missed_calls: int) -> list[Event]:
    """Providers that missed so many of a hundred calls of the week before."""
    feed = []
    for provider, count in zip(NAMES, missed_calls, strict=False):
        feed.append(alive(at(-60), provider))
        for n in range(100):
            feed.append(visit(f"O{n}", "2026-06-09", provider=provider))
            if n >= count:
                feed += stay(
                    "2026-06-09T07:00:00Z",
                    "2026-06-09T07:30:00Z",
                    f"O{n}",
                    provider=provider,
                )
    return feed


MISSED = said("missed", at(60), "V7")
SCHEDULED = visit("V7", "2026-06-20", said=at(60))
EDGES: tuple[Edge, ...] = (
    # stays
    Edge("missed_call", "on the day of the discharge the person still is away", False, NOON, lambda: [
        contract(), visit(), HEARD, life("hospital_admission", "2026-06-10"), life("hospital_discharge", "2026-06-15")]),
    Edge("missed_call", "on the day after it not", True, NOON, lambda: [
        contract(), visit(), HEARD, life("hospital_admission", "2026-06-10"), life("hospital_discharge", "2026-06-14")]),
    Edge("missed_call", "back from respite, and still in hospital", False, NOON, lambda: [
        contract(), visit(), HEARD, life("hospital_admission", "2026-06-10"), life("respite_start", "2026-06-12"),
        life("respite_end", "2026-06-13")]),
    Edge("missed_call", "a discharge dated before the admission, though said later", False, NOON, lambda: [
        contract(), visit(), HEARD, life("hospital_admission", "2026-06-12", "2026-06-14T09:00:00Z"),
        life("hospital_discharge", "2026-06-11", "2026-06-15T06:00:00Z")]),
    Edge("missed_call", "discharged, and admitted again on one day", False, NEXT_DAY, lambda: [
        contract(), TUESDAY, alive("2026-06-16T11:00:00Z"), life("hospital_admission", "2026-06-10"),
        life("hospital_discharge", "2026-06-15", "2026-06-15T09:00:00Z"),
        life("hospital_admission", "2026-06-15", "2026-06-15T11:00:00Z")]),
    Edge("missed_call", "between two stays", True, "2026-06-19T12:00:00Z", lambda: [
        contract(), visit(), HEARD, life("hospital_admission", "2026-06-02"), life("hospital_discharge", "2026-06-03"),
        life("hospital_admission", "2026-06-17"), life("hospital_discharge", "2026-06-18")]),
    Edge("missed_call", "on the first day of respite", False, NOON, lambda: [
        contract(), visit(), HEARD, life("respite_start", "2026-06-15")]),
    # rests
    Edge("unmatched_visit", "resumed on a day before it rested, though said later", True, NOON, lambda: [
        contract(), visit(), rest("2026-06-12", "2026-06-10T09:00:00Z"), back("2026-06-11", "2026-06-12T09:00:00Z")]),
    Edge("unmatched_visit", "resumed, and resting again on one day", True, NEXT_DAY, lambda: [
        contract(), TUESDAY, rest("2026-06-10"), back("2026-06-15", "2026-06-12T09:00:00Z"),
        rest("2026-06-15", "2026-06-12T11:00:00Z")]),
    Edge("unmatched_visit", "between two rests", False, NOON, lambda: [
        contract(), visit(), rest("2026-06-02"), back("2026-06-03"), rest("2026-06-17"), back("2026-06-20")]),
    Edge("unmatched_visit", "another contract was resumed", True, NOON, lambda: [
        contract(), visit(), rest("2026-06-05"), suspended("2026-06-02", "C2"), back("2026-06-10", ref="C2")]),
    # who was heard
    *map(heard, (
        SCHEDULED, said("rescheduled", at(60), "V7", asked_by="provider", **PLAN),
        said("cancelled", at(60), "V7", by="person", reason="declined"), tap("in", at(60), "V7"), tap("out", at(60), "V7"),
        MISSED, said("frustrated", at(60), "V7", carer="K1", outcome="refused"), invoice("I1", at(60), [claim()]),
        alive(at(60)), retracted(tap("in", at(-90), "V7"), at(60)))),
    heard(MISSED, retracted(MISSED, at(-10))),
    heard(SCHEDULED, retracted(SCHEDULED, at(-10))),
    Edge("missed_call", "heard twice on that day, by the later", True, NOON, lambda: [
        contract(), visit(), alive(at(-300)), alive(at(60))], {"stage": "presumed"}),
    Edge("missed_call", "heard twice in that hour, by the later", True, NOON, lambda: [
        contract(lines=[line(start="08:20")]), visit(start="07:20", end="07:50"), alive(at(70)), alive(at(85))],
        {"stage": "presumed"}),
    Edge("missed_call", "the council is not the provider", True, NOON, lambda: [
        contract(), visit(), council("statement.retracted", "C1", at(60), retracts="none", reason="mistake")],
        {"stage": "cannot_assess"}),
    # which failures are sure
    Edge("missed_pattern", "twice, and both may still have been made", False, NOON, lambda: [
        policy(evidence_hours=999), HEARD, *(e for d in ("2026-06-10", "2026-06-14") for e in missed(f"M{d}", d)[:1])]),
    Edge("missed_pattern", "twice, and nothing was heard", False, NOON, lambda: silent(2)),
    # which week, which day
    Edge("manual_share", "of the week before, on a Wednesday", True, LATER, lambda: [policy(manual_min=20), *taps(4, 16)],
         {"since": "2026-06-08"}),
    Edge("manual_share", "by the policy of that Monday", True, MONDAY, lambda: [
        *taps(6, 24), policy(effective_on="2026-06-09", manual_min=99)], {"policy": {"manual_share": 0.15, "manual_min": 30}}),
    Edge("above_need", "today is the day in London", False, "2026-06-15T23:30:00Z", lambda: [
        contract(ends_on="2026-06-15"), assessed("2026-05-25", 100)]),
    Edge("unmatched_visit", "due on the day in London", True, LATER, lambda: [
        contract(ends_on="2026-06-15", lines=[]), visit(start="23:15", end="23:45")]),
    # which policy
    Edge("late_call", "adopted after it was due, from a day before", True, LATER,
         lambda: late(adopted("2026-06-16T09:00:00Z", late_after=60))),
    Edge("late_call", "adopted on the day after in London, from a day before", True, LATER,
         lambda: late(adopted("2026-06-15T23:30:00Z", late_after=60))),
    Edge("late_call", "adopted later that day", False, LATER, lambda: late(adopted("2026-06-15T20:00:00Z", late_after=60))),
    Edge("late_call", "adopted before, from a day after", True, LATER,
         lambda: late(adopted("2026-05-29T09:00:00Z", "2026-06-16", late_after=60))),
    Edge("late_call", "adopted from that day on", True, LATER,
         lambda: late(adopted("2026-05-29T09:00:00Z", "2026-06-15", late_after=10)), {"policy": {"late_after": 10}}),
    Edge("late_call", "of two adopted for one day the later version", False, NOON, lambda: late(
        *numbered(1, policy(late_after=60)), adopted("2026-05-30T09:00:00Z", late_after=10))),
    Edge("late_call", "what a later one does not name stays", False, NOON, lambda: late(
        policy(late_after=60), adopted("2026-06-02T09:00:00Z", "2026-06-05", missed_after=90))),
    Edge("late_call", "what another of that day does not name stays", False, NOON, lambda: late(
        policy(late_after=60), *numbered(1, policy(missed_after=90)))),
    Edge("many_carers", "thirteen, and no policy was adopted", True, NOON, lambda: [
        visit(), *(e for n in range(13) for e in stay(at(0), at(30), carer=f"K{n}"))],
        {"policy": {"many_carers": 12, "recent_days": 28}}),
    Edge("many_carers", "twelve, and no policy was adopted", False, NOON, lambda: [
        visit(), *(e for n in range(12) for e in stay(at(0), at(30), carer=f"K{n}"))]),
    Edge("manual_share", "five of thirty, and no policy was adopted", True, MONDAY, lambda: taps(5, 25)),
    Edge("manual_share", "of twenty-nine, and no policy was adopted", False, MONDAY, lambda: taps(29, 0)),
    Edge("round_times", "fifty, and no policy was adopted", True, MONDAY, lambda: exact(50, 0)),
    Edge("round_times", "forty-nine, and no policy was adopted", False, MONDAY, lambda: exact(49, 0)),
    Edge("provider_outlier", "a hundred calls, and no policy was adopted", True, MONDAY,
         lambda: many_visits(4, 4, 4, 4, 4, 20), {"provider": "larch"}),
)  # fmt: skip

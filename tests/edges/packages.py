"""More edges of the rules about contracts: no longer needed, bought twice, ending, blocks."""

from __future__ import annotations

from typing import Any

from tests.edges.contracts import BLOCK, MONDAY, NOON, SAID, WEEK, drawn, other
from tests.edges.telling import (
    Edge,
    alive,
    assessed,
    at,
    contract,
    council,
    life,
    line,
    policy,
    said,
    stay,
    visit,
)
from tests.feeds import Event

EARLIER = "2026-05-02T09:00:00Z"
BEGAN = {"starts_on": "2026-05-01"}
DRAWING = {"draws_on": "B1", "lines": []}


def varied(on: str, ref: str = "C1", said_at: str = EARLIER, **terms: Any) -> Event:
    """A contract is varied from a day on."""
    return council("contract.varied", ref, said_at, effective_on=on, reason="r", **terms)


def suspended(on: str, ref: str = "C1") -> Event:
    """A contract rests from a day on."""
    return council("contract.suspended", ref, EARLIER, from_on=on, reason="holiday")


def resumed(on: str, ref: str = "C1") -> Event:
    """It goes on."""
    return council("contract.resumed", ref, EARLIER, on=on)


def notice(ends_on: str, by: str = "council", ref: str = "C1") -> Event:
    """Notice is given."""
    return council("contract.notice_given", ref, SAID, ends_on=ends_on, by=by)


def foretold(kind: str, **data: Any) -> Event:
    """Something is said of the person on the ninth, whatever day it is dated."""
    return council(f"person.{kind}", "P1", SAID, **data)


def turned_down(
    day: str, reason: str = "declined", when: str = "06:00", ref: str = "V8", **more: Any
) -> list[Event]:
    """A visit of that day, called off by the person at that time."""
    return [
        visit(ref, day, said=EARLIER, **more),
        said("cancelled", f"{day}T{when}:00Z", ref, by="person", reason=reason),
    ]


def two_weeks(first: int, second: int, *more: Event, **block: Any) -> list[Event]:
    """A block of 100 minutes a week, of which so many were drawn in the two weeks before."""
    feed: list[Event] = [
        policy(lookback_weeks=2, persist_weeks=1),
        contract("B1", **(BLOCK | block)),
        contract(**DRAWING),
        *more,
    ]
    for ref, day, minutes in (("W1", "2026-06-02", first), ("W2", "2026-06-09", second)):
        if minutes:
            feed.append(visit(ref, day, "07:00", "09:30", said=EARLIER))
            end = f"{7 + minutes // 60:02d}:{minutes % 60:02d}"
            feed += stay(f"{day}T07:00:00Z", f"{day}T{end}:00Z", ref)
    return feed


EDGES: tuple[Edge, ...] = (
    Edge("no_longer_needed", "not in force yet", False, NOON, lambda: [
        contract(starts_on="2026-06-20"), *turned_down("2026-06-09")]),
    Edge("no_longer_needed", "on the terms of today", True, NOON, lambda: [
        contract(**BEGAN, weekly_minutes=140), varied("2026-06-01", weekly_minutes=70), life("died", "2026-06-01")],
        {"pence": 2800}),
    Edge("no_longer_needed", "moved to a care home", True, NOON, lambda: [
        contract(), life("moved_to_care_home", "2026-06-10")],
        {"severity": "high", "reason": "moved_to_care_home since 2026-06-10, and the contract is still in force."}),
    Edge("no_longer_needed", "moved away", True, NOON, lambda: [contract(), life("moved_away", "2026-06-10")],
         {"severity": "high", "reason": "moved_away since 2026-06-10, and the contract is still in force."}),
    Edge("no_longer_needed", "died after a move: the death is named", True, NOON, lambda: [
        contract(), life("moved_to_care_home", "2026-06-08"), life("died", "2026-06-10")], {"since": "2026-06-10"}),
    Edge("no_longer_needed", "moved away and then to a care home: the care home is named", True, NOON, lambda: [
        contract(), life("moved_away", "2026-06-08"), life("moved_to_care_home", "2026-06-10")],
        {"since": "2026-06-10"}),
    Edge("no_longer_needed", "moved away after an assessment: the move is named", True, NOON, lambda: [
        contract(), assessed("2026-06-08", 0, eligible=False), life("moved_away", "2026-06-10")],
        {"since": "2026-06-10"}),
    Edge("no_longer_needed", "died on the day it began", True, NOON, lambda: [contract(), life("died", "2026-06-01")]),
    Edge("no_longer_needed", "to move tomorrow", False, NOON, lambda: [
        contract(), foretold("life_event", code="moved_away", on="2026-06-16")]),
    Edge("no_longer_needed", "said to have died on two days: the first", True, NOON, lambda: [
        contract(), life("died", "2026-06-05"), life("died", "2026-06-10")], {"since": "2026-06-05"}),
    Edge("no_longer_needed", "not eligible before it began", False, NOON, lambda: [
        contract(starts_on="2026-06-02"), assessed("2026-06-01", 0, eligible=False)]),
    Edge("no_longer_needed", "not eligible on the day it began", True, NOON, lambda: [
        contract(), assessed("2026-06-01", 0, eligible=False)], {"severity": "high"}),
    Edge("no_longer_needed", "to be assessed tomorrow", False, NOON, lambda: [
        contract(), foretold("need_assessed", assessed_on="2026-06-16", eligible=False, weekly_minutes=0)]),
    Edge("no_longer_needed", "in hospital for longer than it runs", False, NOON, lambda: [
        contract(), life("hospital_admission", "2026-05-01")]),
    Edge("no_longer_needed", "in hospital since before it began", True, NOON, lambda: [
        contract(starts_on="2026-05-10"), life("hospital_admission", "2026-05-01")], {"since": "2026-05-10"}),
    Edge("no_longer_needed", "back from a long stay in hospital", False, NOON, lambda: [
        contract(**BEGAN), life("hospital_admission", "2026-05-10"), life("hospital_discharge", "2026-06-10")]),
    Edge("no_longer_needed", "discharged today, and so not still in hospital", False, NOON, lambda: [
        contract(**BEGAN), life("hospital_admission", "2026-05-10"), life("hospital_discharge", "2026-06-15")]),
    Edge("no_longer_needed", "discharged tomorrow", True, NOON, lambda: [
        contract(**BEGAN), life("hospital_admission", "2026-05-10"),
        foretold("life_event", code="hospital_discharge", on="2026-06-16")]),
    Edge("no_longer_needed", "suspended for 28 days", False, NOON, lambda: [contract(**BEGAN), suspended("2026-05-18")]),
    Edge("no_longer_needed", "suspended for longer than it runs", False, NOON, lambda: [
        contract(), suspended("2026-05-02")]),
    Edge("no_longer_needed", "suspended since before it began", True, NOON, lambda: [
        contract(starts_on="2026-05-10"), suspended("2026-05-02")], {"since": "2026-05-10", "severity": "medium"}),
    Edge("no_longer_needed", "resumed after a long rest", False, NOON, lambda: [
        contract(**BEGAN), suspended("2026-05-05"), resumed("2026-06-10")]),
    Edge("no_longer_needed", "resumed today", False, NOON, lambda: [
        contract(**BEGAN), suspended("2026-05-05"), resumed("2026-06-15")]),
    Edge("no_longer_needed", "to be resumed tomorrow", True, NOON, lambda: [
        contract(**BEGAN), suspended("2026-05-05"), resumed("2026-06-16")]),
    Edge("no_longer_needed", "declined when it was too late", False, NOON, lambda: [
        contract(), *turned_down("2026-06-09", when="07:00")]),
    Edge("no_longer_needed", "the family does it", True, NOON, lambda: [
        contract(), *turned_down("2026-06-09", "family_covering")], {"since": "2026-05-18"}),
    Edge("no_longer_needed", "not at home", True, NOON, lambda: [contract(), *turned_down("2026-06-09", "not_home")]),
    Edge("no_longer_needed", "declined 28 days ago", True, NOON, lambda: [contract(), *turned_down("2026-05-18")]),
    Edge("no_longer_needed", "declined 29 days ago", False, NOON, lambda: [contract(), *turned_down("2026-05-17")]),
    Edge("no_longer_needed", "declined yesterday", True, NOON, lambda: [contract(), *turned_down("2026-06-14")]),
    Edge("no_longer_needed", "declined today only", False, NOON, lambda: [contract(), *turned_down("2026-06-15")]),
    Edge("no_longer_needed", "declined once, and once not", False, NOON, lambda: [
        contract(), *turned_down("2026-06-09"), visit("V9", "2026-06-10"),
        *stay("2026-06-10T07:00:00Z", "2026-06-10T07:30:00Z", "V9")]),
    Edge("no_longer_needed", "declined of another provider", False, NOON, lambda: [
        contract(), visit("V8", "2026-06-09", provider="birch"),
        said("cancelled", "2026-06-09T06:00:00Z", "V8", provider="birch", by="person", reason="declined")]),
    Edge("no_longer_needed", "a direct payment, declined", False, NOON, lambda: [
        contract(kind="direct_payment"), *turned_down("2026-06-09")]),
    Edge("no_longer_needed", "a fund, declined", False, NOON, lambda: [
        contract(kind="individual_service_fund"), *turned_down("2026-06-09")]),
    Edge("no_longer_needed", "a block, declined", False, NOON, lambda: [
        contract(kind="block"), *turned_down("2026-06-09")]),
    Edge("no_longer_needed", "out of it when the notice ends", True, NOON, lambda: [
        contract(), notice("2026-06-30"), life("died", "2026-06-10")], {"exit_on": "2026-06-30"}),
    Edge("no_longer_needed", "half a penny and more is a penny", True, NOON, lambda: [
        contract(weekly_minutes=10), life("died", "2026-06-04")], {"pence": 229}),
    Edge("no_longer_needed", "idle since 28 days", True, NOON, lambda: [
        contract(starts_on="2026-05-18"), alive(at(-1440))],
        {"since": "2026-05-18", "severity": "medium",
         "reason": "idle since 2026-05-18, and the contract is still in force."}),
    Edge("duplicate_contract", "drawn from the other", False, NOON, lambda: [contract(), other(draws_on="C1")]),
    Edge("duplicate_contract", "making up for the other", False, NOON, lambda: [
        contract(), other(compensates_for="C1")]),
    Edge("duplicate_contract", "begun on one day: the reference that sorts later", True, NOON, lambda: [
        contract(), other(rate_pence_per_hour=3000)],
        {"key": "duplicate_contract:C2/C1", "pence": 10500, "severity": "high"}),
    Edge("duplicate_contract", "the later one, whatever its reference", True, NOON, lambda: [
        contract(starts_on="2026-06-05"), other()], {"key": "duplicate_contract:C1/C2", "since": "2026-06-05"}),
    Edge("duplicate_contract", "no longer at the same time", False, NOON, lambda: [
        contract(), other(), varied("2026-06-05", lines=[line(start="13:00")])]),
    Edge("paid_twice_for_failure", "only drawn from it", False, NOON, lambda: [contract(), other(draws_on="C1")]),
    Edge("paid_twice_for_failure", "it cannot make up for itself", False, NOON, lambda: [
        contract(compensates_for="C1")]),
    Edge("paid_twice_for_failure", "since the second began", True, NOON, lambda: [
        contract(), other(compensates_for="C1", starts_on="2026-06-09")], {"since": "2026-06-09"}),
    Edge("block_unused", "nothing is drawn at all", True, MONDAY, lambda: [policy(**WEEK), contract("B1", **BLOCK)],
         {"minutes": 100, "since": "2026-06-08"}),
    Edge("block_unused", "ended in the week", False, MONDAY, lambda: [
        policy(**WEEK), contract("B1", **BLOCK, ends_on="2026-06-13")]),
    Edge("block_unused", "ended with the week", True, MONDAY, lambda: [
        policy(**WEEK), contract("B1", **BLOCK, ends_on="2026-06-14")]),
    Edge("block_unused", "another provider's visit draws nothing", True, MONDAY, lambda: [
        policy(**WEEK), contract("B1", **BLOCK), contract(**DRAWING),
        visit("V8", "2026-06-09", "07:00", "09:00", provider="birch"),
        *stay("2026-06-09T07:00:00Z", "2026-06-09T08:40:00Z", "V8", provider="birch")], {"minutes": 100}),
    Edge("block_unused", "held against the minutes of that week", True, MONDAY, lambda: [
        *drawn(79), varied("2026-06-15", "B1", weekly_minutes=80)], {"minutes": 21}),
    Edge("block_unused", "by the share of that week", True, MONDAY, lambda: [
        *drawn(79), policy(effective_on="2026-06-15", unused_share=0.5)]),
    Edge("block_unused", "from the first week of which too little was drawn", True, MONDAY,
         lambda: two_weeks(100, 60), {"since": "2026-06-08", "minutes": 0}),
    Edge("block_unused", "no week in which too little was drawn, where none is asked for", False, MONDAY,
         lambda: [*drawn(100), policy(persist_weeks=0)]),
    Edge("block_unused", "at the rate of the last week", True, MONDAY,
         lambda: two_weeks(40, 40, varied("2026-06-08", "B1", rate_pence_per_hour=3000)), {"minutes": 60, "pence": 3000}),
    Edge("block_unused", "more drawn than bought leaves nothing to spare", True, MONDAY,
         lambda: two_weeks(120, 50), {"minutes": 0}),
    Edge("end_approaching", "somebody else's contract does not follow", True, NOON, lambda: [
        contract(ends_on="2026-06-30"), other(person="P2")]),
    Edge("end_approaching", "what ends before it begins does not follow", True, NOON, lambda: [
        contract(ends_on="2026-06-30"), other(starts_on="2026-12-01", ends_on="2026-11-01")]),
    Edge("end_approaching", "the person gives notice", True, NOON, lambda: [
        contract(), notice("2026-06-30", "person")], {"severity": "low"}),
)  # fmt: skip

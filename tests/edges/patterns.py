"""More edges of the rules about evidence, providers, and patterns of missed calls."""

from __future__ import annotations

from tests.edges.evidence import (
    MONDAY,
    NAMES,
    NOON,
    exact,
    missed,
    shares,
    silent,
    spread,
    taps,
    two,
)
from tests.edges.telling import (
    Edge,
    alive,
    at,
    contract,
    numbered,
    policy,
    retracted,
    said,
    stay,
    tap,
    visit,
)
from tests.feeds import Event

LATER = "2026-06-17T12:00:00Z"
AHEAD = tap("in", at(11))
"""Received at eight, and said to have happened eleven minutes later."""
GAP = " The provider's record has gaps: they may have been made and not logged."
FIRST, NEXT = "2026-06-07T23:00:00Z", "2026-06-14T23:00:00Z"
"""Midnight of the last complete week's Monday, and of this one's, by London's clocks."""
AT_MIDNIGHT = ("2026-06-14T23:10:00Z", "2026-06-14T23:40:00Z")
"""On Monday already, by London's clocks."""


def unnamed(ref: str, start: str) -> list[Event]:
    """A call that was only ever moved, so that nobody knows whose it is; it was missed."""
    return [
        said("rescheduled", "2026-06-01T09:00:00Z", ref, planned_start=f"{start}:00Z", planned_end=f"{start}:30Z",
             asked_by="provider"),
        said("missed", f"{start}:50Z", ref),
    ]  # fmt: skip


def kept(ref: str, start: str, day: str = "2026-06-15") -> list[Event]:
    """A call of somebody else that was made."""
    return [
        visit(ref, day, start, f"{start[:3]}59", contract=f"D-{ref}", person=f"Q-{ref}"),
        *stay(f"{day}T{start}:00Z", f"{day}T{start[:3]}59:00Z", ref, f"K-{ref}"),
    ]


def not_logged(day: str, *people: str) -> list[Event]:
    """Calls without any record."""
    return [
        visit(f"N{n}", day, contract=f"C-{who}", person=who)
        for n, who in enumerate(people)
    ]


EDGES: tuple[Edge, ...] = (
    Edge("overlapping_carer", "from where they overlap", True, NOON, lambda: [
        visit(), visit("V2", contract="C2", person="P2"), *stay(at(0), at(5)), *stay(at(20), at(30)),
        *stay(at(10), at(40), "V2")], {"since": "2026-06-15T07:20:00Z", "minutes": 10, "visit": "V2"}),
    Edge("overlapping_carer", "twice for a while is added up", True, NOON, lambda: [
        visit(), visit("V2", contract="C2", person="P2"), *stay(at(0), at(12)), *stay(at(20), at(30)),
        *stay(at(8), at(23), "V2")], {"minutes": 7}),
    Edge("overlapping_carer", "whole minutes of it", True, NOON, lambda: two(at(24, 20), at(50)), {"minutes": 5}),
    Edge("overlapping_carer", "as much as the later visit's contract allows", False, NOON, lambda: [
        contract(), contract("C2", person="P2", terms={"overlap_minutes": 15}), *two(at(20), at(50))]),
    Edge("overlapping_carer", "at the rate of the later visit", True, NOON, lambda: [
        contract(), contract("C2", person="P2", rate_pence_per_hour=3000), *two(at(20), at(50))], {"pence": 500}),
    Edge("overlapping_carer", "another provider's carer of the same name", False, NOON, lambda: [
        visit(), visit("V2", contract="C2", person="P2"), *stay(at(5), at(35)),
        visit("V2", contract="C3", person="P3", provider="birch"), *stay(at(0), at(30), "V2", provider="birch")]),
    Edge("implausible_times", "without a contract it is nobody's live-in care", True, LATER,
         lambda: [visit(), *stay(at(0), at(960, 1))]),
    Edge("implausible_times", "ten minutes ahead are allowed", False, NOON,
         lambda: [visit(), tap("in", at(10))], received=at(0)),
    Edge("implausible_times", "and no second more", True, NOON,
         lambda: [visit(), tap("in", at(10, 1))], {"since": "2026-06-15T07:10:01Z"}, received=at(0)),
    Edge("implausible_times", "nor when a carer goes", True, NOON,
         lambda: [visit(), tap("in", at(0)), tap("out", at(10, 1))], {"since": "2026-06-15T07:10:01Z"}, received=at(0)),
    Edge("implausible_times", "come too early to be true, but taken back", False, NOON,
         lambda: [visit(), AHEAD, retracted(AHEAD, at(20))], received=at(0)),
    Edge("implausible_times", "gone too early to be true, but taken back", False, NOON, lambda: [
        visit(), tap("out", at(11)), retracted(tap("out", at(11)), at(20))], received=at(0)),
    Edge("implausible_times", "a tap that has been put right still was said", True, NOON, lambda: [
        visit(), AHEAD, *numbered(1, tap("in", at(0)))], received=at(0)),
    Edge("implausible_times", "from the first such tap", True, NOON, lambda: [
        visit(), AHEAD, tap("in", at(30), carer="K2")], {"since": "2026-06-15T07:11:00Z"}, received=at(0)),
    Edge("implausible_times", "from the first of both grounds", True, LATER, lambda: [
        visit(), *stay(at(0), at(960, 1))], {"since": "2026-06-15T07:00:00Z"}, received=at(0)),
    Edge("implausible_times", "from the first such stay", True, LATER, lambda: [
        visit(), *stay(at(0), at(961)), *stay(at(5), at(970), carer="K2")], {"since": "2026-06-15T07:00:00Z"}),
    Edge("implausible_times", "from the planned start", True, NOON,
         lambda: [visit(end="06:30")], {"since": "2026-06-15T07:00:00Z"}),
    Edge("backdated_entry", "put right by a later one", False, LATER, lambda: [
        visit(), tap("in", at(0), recorded=at(1441)), *numbered(1, tap("in", at(0)))]),
    Edge("backdated_entry", "only the going", True, LATER,
         lambda: [visit(), tap("in", at(0)), tap("out", at(30), recorded=at(1471))], {"since": "2026-06-15T07:30:00Z"}),
    Edge("backdated_entry", "from the first", True, LATER,
         lambda: [visit(), *stay(at(0), at(30), recorded=at(2000))], {"since": "2026-06-15T07:00:00Z"}),
    Edge("manual_share", "not of this week", False, NOON, lambda: [policy(manual_min=20), *taps(4, 16, "2026-06-15")]),
    Edge("manual_share", "nor of this week by London's clocks", False, NOON, lambda: [
        policy(manual_min=1), tap("in", AT_MIDNIGHT[0], method="manual", reason="phone flat")]),
    Edge("manual_share", "at the first instant of the week by London's clocks", True, MONDAY, lambda: [
        policy(manual_min=1, effective_on="2026-05-30"), tap("in", FIRST, method="manual", reason="phone flat")]),
    Edge("manual_share", "at the first instant of the next", False, MONDAY, lambda: [
        policy(manual_min=1), tap("in", NEXT, method="manual", reason="phone flat")]),
    Edge("round_times", "at the first instant of the week by London's clocks", True, MONDAY, lambda: [
        policy(round_min=1), visit(day="2026-06-07", start="23:00", end="23:30"), *stay(FIRST, "2026-06-07T23:30:00Z")]),
    Edge("round_times", "at the first instant of the next", False, MONDAY, lambda: [
        policy(round_min=1), visit(day="2026-06-14", start="23:00", end="23:30"), *stay(NEXT, "2026-06-14T23:30:00Z")]),
    Edge("implausible_times", "too long from the first coming, although another was said meanwhile", True, LATER, lambda: [
        visit(), tap("in", at(0)), tap("in", at(600)), tap("out", at(1020))]),
    Edge("round_times", "to the second, whatever the fraction of it", True, MONDAY, lambda: [
        policy(round_min=1), visit("R0", "2026-06-09"),
        *stay("2026-06-09T07:00:00.500Z", "2026-06-09T07:30:00.500Z", "R0")]),
    Edge("round_times", "the week before does not count", False, at(7 * 1440), lambda: [
        policy(round_min=1), *exact(2, 0)]),
    Edge("round_times", "nor does this week", False, NOON, lambda: [policy(round_min=1), visit(), *stay(at(0), at(30))]),
    Edge("round_times", "nor this week by London's clocks", False, NOON, lambda: [
        policy(round_min=1), visit(day="2026-06-14", start="23:10", end="23:40"), *stay(*AT_MIDNIGHT)]),
    Edge("round_times", "what is not complete is no attendance", False, MONDAY, lambda: [
        policy(round_min=2, round_share=0.4), *exact(1, 0), visit("R9", "2026-06-09"),
        tap("in", "2026-06-09T07:00:00Z", "R9")]),
    Edge("many_carers", "at a visit without a plan it is not known to whom", False, NOON, lambda: [
        policy(many_carers=1), tap("in", at(0)), tap("in", at(0), carer="K2")]),
    Edge("many_carers", "one who comes twice", False, NOON, lambda: [
        policy(many_carers=1), visit(), *stay(at(0), at(10)), *stay(at(12), at(30))]),
    Edge("silent_feed", "what it says is high", True, NOON, lambda: silent(3), {"severity": "high"}),
    Edge("missed_pattern", "by two providers, once each", True, NOON, lambda: [
        *missed("V1", "2026-06-10"), visit("V2", provider="birch", contract="C2"),
        said("missed", at(80), "V2", provider="birch")], {"person": "P1"}),
    Edge("missed_pattern", "of nobody known", False, NOON, lambda: [
        *unnamed("V1", "2026-06-09T07:00"), *unnamed("V2", "2026-06-10T07:00"), *unnamed("V3", "2026-06-10T07:00")]),
    Edge("missed_pattern", "harm to nobody known", False, NOON, lambda: [
        unnamed("V1", "2026-06-09T07:00")[0], said("missed", "2026-06-09T08:00:00Z", harm=True)]),
    Edge("missed_pattern", "from the first of three", True, NOON, lambda: [
        *missed("V1", "2026-06-08"), *missed("V2", "2026-06-12"), *missed("V3", "2026-06-15")],
        {"since": "2026-06-08T07:00:00Z"}),
    Edge("missed_pattern", "a run that began before those days", True, at(28 * 1440), lambda: [
        *missed("V1", "2026-06-12"), *missed("V2", "2026-06-15")], {"since": "2026-06-12T07:00:00Z"}),
    Edge("missed_pattern", "harm 28 days ago", True, at(28 * 1440), lambda: missed("V1", "2026-06-15", harm=True)),
    Edge("missed_pattern", "from the first harm", True, NOON, lambda: [
        *missed("V1", "2026-06-02", harm=True), *missed("V2", "2026-06-15", harm=True)],
        {"since": "2026-06-02T07:00:00Z"}),
    Edge("missed_pattern", "from the first of both grounds", True, NOON, lambda: [
        *missed("V1", "2026-06-08"), *missed("V2", "2026-06-15", harm=True)], {"since": "2026-06-08T07:00:00Z"}),
    Edge("missed_pattern", "three people, two of them a day before those days", True, at(28 * 1440), lambda: [
        *missed("V0", "2026-06-14", "P0"), *missed("V1", "2026-06-14", "P1"), *missed("V2", "2026-06-15", "P2")],
        {"since": "2026-06-14T07:00:00Z"}),
    Edge("missed_pattern", "three people 28 days ago and a second", False, at(28 * 1440, 1), lambda: spread(3, 3)),
    Edge("missed_pattern", "three people 28 days ago", True, at(28 * 1440), lambda: spread(3, 3)),
    Edge("missed_pattern", "two people, one of them twice", False, NOON, lambda: [
        policy(recurring_missed=9), *missed("V0", "2026-06-15", "P0"), *missed("V1", "2026-06-15", "P1"),
        *missed("V2", "2026-06-15", "P1")]),
    Edge("missed_pattern", "three of seven, though four of these were long before the last call", False, NOON, lambda: [
        policy(spread_share=0.5), *spread(3, 3), *kept("E0", "07:30", "2026-06-14"), *kept("E1", "07:00", "2026-06-14"),
        *kept("E2", "07:00", "2026-06-14"), *kept("E3", "07:00", "2026-06-14"), *kept("E4", "07:01")]),
    Edge("missed_pattern", "three people of two providers", False, NOON, lambda: [
        *missed("V0", "2026-06-15", "P0"), *missed("V1", "2026-06-15", "P1"),
        visit("V2", provider="birch", contract="C2", person="P2"), said("missed", at(80), "V2", provider="birch")]),
    Edge("missed_pattern", "from the first that was missed", True, NOON, lambda: [
        *kept("E0", "06:00"), *spread(3, 3)], {"since": "2026-06-15T07:00:00Z"}),
    Edge("missed_pattern", "of one person, where the record has gaps", True, MONDAY, lambda: [
        *not_logged("2026-06-09", "P1", "P1"), alive(at(-60))],
        {"reason": f"recurrence: calls to this person were missed in a way that must be looked into.{GAP}"}),
    Edge("missed_pattern", "of one provider, where the record has gaps", True, MONDAY, lambda: [
        *not_logged("2026-06-09", "P1", "P2", "P3"), alive(at(-60))],
        {"reason": f"spread: 3 of 3 calls within 24 hours were missed, of 3 people.{GAP}"}),
    Edge("logging_gap", "not of this week", False, NOON, lambda: [
        policy(evidence_hours=0), visit(), alive(at(300))]),
    Edge("provider_outlier", "the highest of ten, and it may be chance", False, MONDAY,
         lambda: shares(16, 14, 9, 14, 15, 19, 15, 16, 14, 25)),
    Edge("provider_outlier", "one far below the others draws no limit", True, MONDAY,
         lambda: shares(10, 2, 9, 10, 10, 25), {"provider": "larch"}),
    Edge("provider_outlier", "the highest of six that differ", False, MONDAY, lambda: shares(3, 0, 4, 4, 6, 15)),
    Edge("provider_outlier", "with visits that are not judged there would be enough", False, MONDAY, lambda: [
        *shares(*(0,) * 9, 20, of=41), contract("C9", "nobody"),
        *(visit("X", "2026-06-09", provider=name, contract="C9") for name in NAMES)]),
    Edge("provider_outlier", "calls that may still have been made are not missed", False, at(4 * 1440 - 30), lambda: [
        policy(lookback_weeks=1, outlier_min_visits=40, evidence_hours=9999), *shares(*(0,) * 9, 20)[1:]]),
    Edge("provider_outlier", "the weeks before do not count", False, at(7 * 1440), lambda: shares(*(0,) * 9, 20)),
    Edge("provider_outlier", "from the first of the weeks", True, MONDAY, lambda: [
        policy(lookback_weeks=2, outlier_min_visits=40), *shares(*(0,) * 9, 20)[1:]], {"since": "2026-06-01"}),
)  # fmt: skip

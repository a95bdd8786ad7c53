"""The edges of the rules about evidence and providers."""

from __future__ import annotations

from tests.edges.telling import (
    Edge,
    alive,
    at,
    contract,
    line,
    policy,
    said,
    stay,
    tap,
    visit,
)  # fmt: skip
from tests.feeds import Event

NOON = at(330)
NAMES = ("ash", "birch", "cedar", "elder", "hazel", "larch", "maple", "oak", "rowan", "yew")  # fmt: skip
MONDAY = at(-30)
"""The morning after the week before."""


def two(came: str, went: str, person: str = "P2", **more: str) -> list[Event]:
    """V1 from eight to half past, and V2 of another person with the same carer."""
    return [visit(), visit("V2", contract="C2", person=person), *stay(at(0), at(30)),
            *stay(came, went, "V2", **more)]  # fmt: skip


def taps(manual: int, others: int, day: str = "2026-06-09") -> list[Event]:
    """So many check-ins by hand and by telephone, in the week before."""
    return [
        tap("in", f"{day}T07:{n:02d}:00Z", f"T{n}", method="manual" if n < manual else "app",
            **({"reason": "phone flat"} if n < manual else {}))
        for n in range(manual + others)
    ]  # fmt: skip


def exact(count: int, others: int) -> list[Event]:
    """Attendances as planned, and others a second late."""
    feed: list[Event] = []
    for n in range(count + others):
        late = "00" if n < count else "01"
        feed += [visit(f"R{n}", "2026-06-09"),
                 *stay(f"2026-06-09T07:00:{late}Z", "2026-06-09T07:30:00Z", f"R{n}")]  # fmt: skip
    return feed


def silent(calls: int, **more: object) -> list[Event]:
    """So many calls of which nothing is known."""
    return [
        contract(lines=[line(**more)]),
        *(visit(f"S{n}", f"2026-06-{n:02d}") for n in range(8, 8 + calls)),
    ]


def missed(ref: str, day: str, person: str = "P1", **more: object) -> list[Event]:
    """A call that is said to be missed."""
    return [
        visit(ref, day, contract=f"C-{person}", person=person),
        said("missed", f"{day}T09:00:00Z", ref, **more),
    ]


def spread(people: int, judged: int) -> list[Event]:
    """Calls of so many people missed at once, and others that were made."""
    feed = [e for n in range(people) for e in missed(f"M{n}", "2026-06-15", f"P{n}")]
    for n in range(judged - people):
        feed += [
            visit(f"J{n}", contract=f"D{n}", person=f"Q{n}"),
            *stay(at(0), at(30), f"J{n}", f"K{n}"),
        ]
    return feed


def gap(missed_calls: int, judged: int) -> list[Event]:
    """Of the calls of the week before, so many have no record."""
    feed: list[Event] = [alive(at(-60))]
    for n in range(judged):
        feed.append(visit(f"G{n}", "2026-06-09"))
        if n >= missed_calls:
            feed += stay("2026-06-09T07:00:00Z", "2026-06-09T07:30:00Z", f"G{n}")
    return feed


def shares(*missed_calls: int, of: int = 40) -> list[Event]:
    """Providers that missed so many of 40 calls of the week before."""
    feed: list[Event] = [policy(lookback_weeks=1, outlier_min_visits=of)]
    for provider, count in zip(NAMES, missed_calls, strict=False):
        feed.append(alive(at(-60), provider))
        for n in range(40):
            feed.append(visit(f"O{n}", "2026-06-09", provider=provider))
            if n >= count:
                feed += stay(
                    "2026-06-09T07:00:00Z",
                    "2026-06-09T07:30:00Z",
                    f"O{n}",
                    provider=provider,
                )
    return feed


OUTLYING = (*(0,) * 9, 20)
LIVE_IN = contract(service="live_in")
EDGES: tuple[Edge, ...] = (
    Edge("overlapping_carer", "five minutes are allowed", False, NOON, lambda: two(at(25), at(50))),
    Edge("overlapping_carer", "and no second more", True, NOON, lambda: two(at(24, 59), at(50)),
         {"minutes": 5, "visit": "V2", "carer": "K1"}),
    Edge("overlapping_carer", "one person's two visits", False, NOON, lambda: two(at(5), at(35), "P1")),
    Edge("overlapping_carer", "another carer", False, NOON, lambda: two(at(5), at(35), carer="K2")),
    Edge("overlapping_carer", "the later check-in, though planned first", True, NOON,
         lambda: two(at(-20), at(10)), {"visit": "V1", "minutes": 10}),
    Edge("overlapping_carer", "a tie goes to the reference that sorts later", True, NOON,
         lambda: two(at(0), at(20)), {"visit": "V2"}),
    Edge("overlapping_carer", "over midnight", True, "2026-06-17T12:00:00Z", lambda: [
        visit(), visit("V2", contract="C2", person="P2"),
        *stay("2026-06-15T23:50:00Z", "2026-06-16T00:10:00Z"),
        *stay("2026-06-15T23:55:00Z", "2026-06-16T00:05:00Z", "V2")], {"minutes": 10}),
    Edge("implausible_times", "ends as it starts", True, NOON, lambda: [visit(end="07:00")]),
    Edge("implausible_times", "a minute long", False, NOON, lambda: [visit(end="07:01")]),
    Edge("implausible_times", "16 hours", False, "2026-06-17T12:00:00Z", lambda: [
        contract(), visit(), *stay(at(0), at(960))]),
    Edge("implausible_times", "a second more", True, "2026-06-17T12:00:00Z", lambda: [
        contract(), visit(), *stay(at(0), at(960, 1))]),
    Edge("implausible_times", "live-in care lasts", False, "2026-06-17T12:00:00Z", lambda: [
        LIVE_IN, visit(), *stay(at(0), at(960, 1))]),
    Edge("backdated_entry", "a day is allowed", False, "2026-06-17T12:00:00Z", lambda: [
        visit(), *stay(at(0), at(30), recorded=at(1440))]),
    Edge("backdated_entry", "and no second more", True, "2026-06-17T12:00:00Z", lambda: [
        visit(), *stay(at(0), at(30), recorded=at(1440, 1))]),
    Edge("manual_share", "15 in 100 are allowed", False, MONDAY, lambda: [policy(manual_min=20), *taps(3, 17)]),
    Edge("manual_share", "one more is not", True, MONDAY, lambda: [policy(manual_min=20), *taps(4, 16)]),
    Edge("manual_share", "too few to judge", False, MONDAY, lambda: [policy(manual_min=21), *taps(4, 16)]),
    Edge("manual_share", "of the week before only", False, MONDAY,
         lambda: [policy(manual_min=20), *taps(4, 16, "2026-06-07")]),
    Edge("round_times", "six in ten are allowed", False, MONDAY, lambda: [policy(round_min=5), *exact(3, 2)]),
    Edge("round_times", "more are not", True, MONDAY, lambda: [policy(round_min=5), *exact(4, 1)]),
    Edge("round_times", "as planned when they come, and not when they go", False, MONDAY, lambda: [
        policy(round_min=1), visit("R0", "2026-06-09"), *stay("2026-06-09T07:00:00Z", "2026-06-09T07:30:01Z", "R0")]),
    Edge("round_times", "too few to judge", False, MONDAY, lambda: [policy(round_min=6), *exact(4, 1)]),
    Edge("silent_feed", "two calls", False, NOON, lambda: silent(2)),
    Edge("silent_feed", "three", True, NOON, lambda: silent(3), {"since": "2026-06-05T09:00:00Z"}),
    Edge("silent_feed", "one that is time-critical", True, NOON, lambda: silent(1, time_critical=True)),
    Edge("silent_feed", "heard since", False, NOON, lambda: [*silent(3), alive(at(0))]),
    Edge("many_carers", "as many as allowed", False, NOON, lambda: [
        policy(many_carers=2), visit(), *stay(at(0), at(30)), *stay(at(0), at(30), carer="K2")]),
    Edge("many_carers", "one more", True, NOON, lambda: [
        policy(many_carers=1), visit(), *stay(at(0), at(30)), *stay(at(0), at(30), carer="K2")]),
    Edge("many_carers", "one that only left", False, NOON, lambda: [
        policy(many_carers=1), visit(), *stay(at(0), at(30)), tap("out", at(30), carer="K2")]),
    Edge("many_carers", "28 days ago to the second", False, at(28 * 1440), lambda: [
        policy(many_carers=1), visit(), *stay(at(0), at(30)), *stay(at(1), at(30), carer="K2")]),
    Edge("missed_pattern", "twice in seven days", True, NOON, lambda: [
        *missed("V1", "2026-06-08"), *missed("V2", "2026-06-15")], {"since": "2026-06-08T07:00:00Z"}),
    Edge("missed_pattern", "twice in eight", False, NOON, lambda: [
        *missed("V1", "2026-06-07"), *missed("V2", "2026-06-15")]),
    Edge("missed_pattern", "once", False, NOON, lambda: missed("V1", "2026-06-15")),
    Edge("missed_pattern", "once, with harm", True, NOON, lambda: missed("V1", "2026-06-15", harm=True)),
    Edge("missed_pattern", "the last 28 days ago", True, at(28 * 1440), lambda: [
        *missed("V1", "2026-06-14"), *missed("V2", "2026-06-15")]),
    Edge("missed_pattern", "and a second", False, at(28 * 1440, 1), lambda: [
        *missed("V1", "2026-06-14"), *missed("V2", "2026-06-15")]),
    Edge("missed_pattern", "harm 28 days ago and a second", False, at(28 * 1440, 1),
         lambda: missed("V1", "2026-06-15", harm=True)),
    Edge("missed_pattern", "three people at once", True, NOON, lambda: spread(3, 60), {"provider": "ash"}),
    Edge("missed_pattern", "beside visits that are not judged", True, NOON, lambda: [
        *spread(3, 60), contract("C9", "birch"), visit("V9", contract="C9", person="P9")]),
    Edge("missed_pattern", "the latest of two bad days", True, NOON, lambda: [
        e for day, who in (("2026-06-10", "A"), ("2026-06-15", "B")) for n in range(3)
        for e in missed(f"{who}{n}", day, f"{who}{n}")], {"since": "2026-06-15T07:00:00Z"}),
    Edge("missed_pattern", "two people", False, NOON, lambda: spread(2, 20)),
    Edge("missed_pattern", "three of more than sixty calls", False, NOON, lambda: spread(3, 61)),
    Edge("missed_pattern", "three people in a day and a second", False, NOON, lambda: [
        *missed("V0", "2026-06-14", "P0"), *missed("V1", "2026-06-15", "P1"),
        visit("V2", start="07:01", contract="C", person="P2"), said("missed", at(60), "V2")]),
    Edge("missed_pattern", "three people in a day", True, NOON, lambda: [
        *missed("V0", "2026-06-14", "P0"), *missed("V1", "2026-06-15", "P1"), *missed("V2", "2026-06-15", "P2")]),
    Edge("logging_gap", "one in twenty", False, MONDAY, lambda: gap(1, 20)),
    Edge("logging_gap", "more", True, MONDAY, lambda: gap(1, 19)),
    Edge("logging_gap", "beside visits that are not judged", True, MONDAY, lambda: [
        *gap(1, 19), contract("C9", "birch"), visit("V9", "2026-06-09", contract="C9")]),
    Edge("logging_gap", "said to be missed", False, MONDAY, lambda: [
        *gap(1, 19), said("missed", "2026-06-09T09:00:00Z", "G0")]),
    Edge("logging_gap", "the week before that", False, at(7 * 1440), lambda: gap(1, 19)),
    Edge("provider_outlier", "half of its calls, where nobody else misses any", True, MONDAY,
         lambda: shares(*OUTLYING), {"provider": "yew", "since": "2026-06-08"}),
    Edge("provider_outlier", "too few to judge", False, MONDAY, lambda: shares(*OUTLYING, of=41)),
    Edge("provider_outlier", "all alike", False, MONDAY, lambda: shares(5, 6, 4, 5, 6)),
    Edge("provider_outlier", "two providers cannot be compared", False, MONDAY, lambda: shares(0, 20)),
    Edge("provider_outlier", "spread alone explains it", False, MONDAY, lambda: shares(0, 4, 8, 12, 16)),
)  # fmt: skip

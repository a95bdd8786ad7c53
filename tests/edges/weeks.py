"""The edges of a contract's weeks: what was bought, given, failed, not known and not used."""

from __future__ import annotations

from typing import Any

from tests.edges.contracts import MONDAY, SPOKEN, week
from tests.edges.packages import EARLIER, suspended, varied
from tests.edges.telling import (
    Edge,
    alive,
    at,
    contract,
    life,
    line,
    policy,
    said,
    stay,
    tap,
    visit,
)
from tests.feeds import Event

TASKS = {"planned": 2, "done": 2}
TWO = {"lookback_weeks": 2, "persist_weeks": 1}
GIVEN = ["given"] * 10


def bought(
    fates: list[str],
    day: str = "2026-06-09",
    ref: str = "W",
    heard: str | None = at(-60),
    **more: Any,
) -> list[Event]:
    """Ten half hours bought for that day, and what became of each; of one that is silent
    nothing is said, and it is due on the Sunday."""
    lines = [
        line(f"L{n}", f"{8 + n:02d}:00", days=["sun" if fate == "silent" else "tue"], **more.pop("each", {}))
        for n, fate in enumerate(fates)
    ]  # fmt: skip
    feed = [contract(**({"lines": lines, "weekly_minutes": 300} | more))] if lines else []
    feed += [alive(heard)] if heard else []
    for n, fate in enumerate(fates):
        feed += call(
            f"{ref}{n}", "2026-06-14" if fate == "silent" else day, f"{7 + n:02d}", fate
        )
    return feed


def call(ref: str, day: str, hour: str, fate: str) -> list[Event]:
    """One of them."""
    planned, came = (
        visit(ref, day, f"{hour}:00", f"{hour}:30", said=EARLIER),
        f"{day}T{hour}:00:00Z",
    )
    gone = {
        "given": "30",
        "short": "10",
        "short done": "10",
        "half known": "20",
        "half a pair": "30",
    }
    told: list[Event] = []
    if fate in gone:
        told = stay(came, f"{day}T{hour}:{gone[fate]}:00Z", ref)
    if fate == "short done":
        told[1] = told[1] | {"data": told[1]["data"] | {"tasks": TASKS}}
    if fate == "half known":
        told.append(tap("in", f"{day}T{hour}:25:00Z", ref))
    if fate == "half a pair":
        told += stay(came, f"{day}T{hour}:10:00Z", ref, "K2")
    if fate == "lone":
        told = [tap("in", came, ref)]
    if fate in ("declined", "no staff"):
        by, reason = (
            ("person", "declined") if fate == "declined" else ("provider", "no_staff")
        )
        told = [said("cancelled", EARLIER, ref, by=by, reason=reason)]
    return [planned, *told]


def fates(given: int, rest: str = "declined") -> list[str]:
    """So many given, and the rest not."""
    return ["given"] * given + [rest] * (10 - given)


def one(*feed: Event) -> list[Event]:
    """Only the week before is looked at."""
    return [policy(lookback_weeks=1, persist_weeks=1), *feed]


def two(
    first: list[str], second: list[str], *more: Event, **thresholds: Any
) -> list[Event]:
    """Two weeks are looked at."""
    return [policy(**(TWO | thresholds)), *bought(first, "2026-06-02", "V"),
            *(e for e in bought(second) if not e["type"].startswith("contract")), *more]  # fmt: skip


def six(*unused: int) -> list[Event]:
    """Six weeks, with so many of ten half hours unused in each; no policy was adopted."""
    feed = bought(GIVEN, "2026-05-05", "U0-", starts_on="2026-05-01")[:1]
    for n, count in enumerate(unused):
        day = (
            "2026-05-05",
            "2026-05-12",
            "2026-05-19",
            "2026-05-26",
            "2026-06-02",
            "2026-06-09",
        )[n]
        feed += [
            e
            for e in bought(fates(10 - count), day, f"U{n}-")
            if not e["type"].startswith("contract")
        ]
    return feed


EDGES: tuple[Edge, ...] = (
    Edge("over_commissioned", "of another provider's visits no week is made", False, MONDAY, lambda: [
        policy(**TWO), contract(weekly_minutes=30, lines=[]), alive("2026-06-10T09:00:00Z"),
        visit("A1", "2026-06-02", said=EARLIER), *stay("2026-06-02T07:00:00Z", "2026-06-02T07:30:00Z", "A1"),
        visit("B1", "2026-06-09", provider="birch", said=EARLIER),
        *stay("2026-06-09T07:00:00Z", "2026-06-09T07:05:00Z", "B1", provider="birch")]),
    *(Edge("over_commissioned", f"also where it is {kind}", True, MONDAY, lambda kind=kind: week(7, kind=kind))
      for kind in ("framework_call_off", "in_house")),
    *(Edge("over_commissioned", f"also where it is {service}", True, MONDAY, lambda service=service: week(7, service=service))
      for service in ("extra_care", "sitting", "waking_night")),
    Edge("over_commissioned", "four weeks of six", True, MONDAY, lambda: six(3, 3, 3, 3, 0, 0),
         {"since": "2026-05-04", "minutes": 90}),
    Edge("over_commissioned", "three weeks of six", False, MONDAY, lambda: six(3, 3, 3, 2, 2, 2)),
    Edge("over_commissioned", "the week before those does not count", True, MONDAY, lambda: [
        *two(fates(5), fates(7)), policy(effective_on="2026-06-02", lookback_weeks=1)], {"since": "2026-06-08"}),
    Edge("over_commissioned", "nor does the week that is not complete", False, "2026-06-13T12:00:00Z",
         lambda: one(*bought(fates(5)))),
    Edge("over_commissioned", "since the first week that counts, though all was used in it", True, MONDAY,
         lambda: two(GIVEN, fates(5)), {"since": "2026-06-01", "minutes": 0, "severity": "medium"}),
    Edge("over_commissioned", "at the rate of the last week", True, MONDAY,
         lambda: two(fates(5), fates(4), varied("2026-06-08", rate_pence_per_hour=3000)), {"minutes": 150, "pence": 7500}),
    Edge("over_commissioned", "half of the last week is high, of the first is not", True, MONDAY,
         lambda: two(fates(4), fates(4), varied("2026-06-08", weekly_minutes=400)), {"minutes": 180, "severity": "medium"}),
    Edge("over_commissioned", "in two weeks, and it was in one", False, MONDAY,
         lambda: two(GIVEN, fates(5), persist_weeks=2)),
    Edge("over_commissioned", "by the share of each week", False, MONDAY, lambda: two(
        fates(7), fates(7), policy(effective_on="2026-06-08", unused_share=0.5), persist_weeks=2)),
    Edge("over_commissioned", "more given than bought leaves nothing unused", True, MONDAY, lambda: two(
        GIVEN, fates(5), varied("2026-06-01", weekly_minutes=100), varied("2026-06-08", weekly_minutes=300)),
        {"minutes": 0}),
    Edge("over_commissioned", "begun on the Monday", True, MONDAY, lambda: week(7, starts_on="2026-06-08")),
    Edge("over_commissioned", "ended on the Sunday", True, MONDAY, lambda: week(7, ends_on="2026-06-14")),
    Edge("over_commissioned", "ended on the Saturday", False, MONDAY, lambda: week(7, ends_on="2026-06-13")),
    Edge("over_commissioned", "resting since the week was over", True, MONDAY,
         lambda: [*week(7), suspended("2026-06-15")]),
    Edge("over_commissioned", "back from a stay on the Monday", False, MONDAY, lambda: [
        *week(7), life("respite_start", "2026-06-01"), life("respite_end", "2026-06-08")]),
    Edge("over_commissioned", "not heard in the week, though before and after it", False, MONDAY,
         lambda: one(*bought(fates(0)), alive("2026-06-07T22:00:00Z"))),
    Edge("over_commissioned", "heard in the week", True, MONDAY,
         lambda: one(*bought(fates(0)), alive("2026-06-07T23:00:00Z"))),
    Edge("over_commissioned", "heard just before the week was over, and just after", True, MONDAY,
         lambda: one(*bought(fates(0)), alive("2026-06-14T22:30:00Z"), alive("2026-06-14T23:30:00Z"))),
    Edge("over_commissioned", "another provider was heard in the week", False, MONDAY,
         lambda: one(*bought(fates(0)), alive("2026-06-09T09:00:00Z", "birch"))),
    Edge("over_commissioned", "a week without any visit does not count", True, MONDAY, lambda: [
        policy(**TWO), *bought(fates(7)), alive("2026-06-02T09:00:00Z")], {"since": "2026-06-08"}),
    Edge("over_commissioned", "what another provider gave is not of this contract", True, MONDAY, lambda: one(
        *bought(fates(7)), visit("X1", "2026-06-10", "07:00", "09:00", provider="birch", said=EARLIER),
        *stay("2026-06-10T07:00:00Z", "2026-06-10T09:00:00Z", "X1", provider="birch")), {"minutes": 90}),
    Edge("over_commissioned", "what another provider called off is not of this week", False, MONDAY, lambda: one(
        contract(lines=[]), alive("2026-06-09T09:00:00Z"),
        visit("X1", "2026-06-10", provider="birch", said=EARLIER))),
    Edge("over_commissioned", "not known when three ended", False, MONDAY, lambda: one(*bought(fates(7, "lone")))),
    Edge("over_commissioned", "what was given of one that is not known does not count twice", True, MONDAY, lambda: one(
        *bought(["given"] * 6 + ["half known"] + ["declined"] * 3)), {"minutes": 90}),
    Edge("over_commissioned", "silent about three", False, MONDAY, lambda: one(*bought(fates(7, "silent"), heard=None))),
    Edge("over_commissioned", "clipped with all tasks done: not used", True, MONDAY,
         lambda: one(*bought(fates(5, "short done"))), {"minutes": 100}),
    Edge("over_commissioned", "what was never planned is not unused", False, MONDAY, lambda: one(*bought(
        GIVEN, weekly_minutes=480, lines=[line(f"M{n}", f"{8 + n:02d}:00", days=["tue"]) for n in range(10)]
        + [line(f"N{n}", f"{9 + n:02d}:30", days=["wed"], carers=2) for n in range(3)]))),
    Edge("over_commissioned", "held against the minutes of that Monday", False, MONDAY,
         lambda: [*week(8), varied("2026-06-15", weekly_minutes=600)]),
    Edge("over_commissioned", "by the share of that Monday", False, MONDAY,
         lambda: [*week(8), policy(effective_on="2026-06-15", unused_share=0.1)]),
    Edge("under_delivered", "silent about three: that is not failed", False, MONDAY,
         lambda: one(*bought(fates(7, "silent"), heard=None))),
    Edge("under_delivered", "clipped with all tasks done: that is not failed", False, MONDAY,
         lambda: one(*bought(fates(5, "short done")))),
    Edge("under_delivered", "clipped: what is missing", True, MONDAY, lambda: one(*bought(fates(5, "short"))),
         {"minutes": 100, "severity": "high"}),
    Edge("under_delivered", "half of a pair: what is missing", True, MONDAY, lambda: one(*bought(
        ["half a pair"] * 10, weekly_minutes=600, lines=[
            line(f"L{n}", f"{8 + n:02d}:00", days=["tue"], carers=2) for n in range(10)])), {"minutes": 200}),
    Edge("under_delivered", "never planned, for two carers", True, MONDAY, lambda: one(*bought(
        GIVEN, weekly_minutes=480, lines=[line(f"M{n}", f"{8 + n:02d}:00", days=["tue"]) for n in range(10)]
        + [line(f"N{n}", f"{9 + n:02d}:30", days=["wed"], carers=2) for n in range(3)])), {"minutes": 180}),
    Edge("under_delivered", "since the first week that counts, though nothing failed in it", True, MONDAY,
         lambda: two(GIVEN, fates(5, "no staff")), {"since": "2026-06-01", "minutes": 0}),
    Edge("under_delivered", "at the rate of the last week", True, MONDAY, lambda: two(
        fates(5, "no staff"), fates(4, "no staff"), varied("2026-06-08", rate_pence_per_hour=3000)),
        {"minutes": 150, "pence": 7500}),
    Edge("under_delivered", "in two weeks, and it was in one", False, MONDAY,
         lambda: two(GIVEN, fates(5, "no staff"), persist_weeks=2)),
    Edge("under_delivered", "in two weeks", True, MONDAY,
         lambda: two(fates(5, "no staff"), fates(5, "no staff"), persist_weeks=2)),
    Edge("under_delivered", "called off by the provider at the last moment", True, MONDAY, lambda: one(
        *bought(fates(7, "missed")), said("cancelled", SPOKEN, "W9", by="provider", reason="no_staff")), {"minutes": 90}),
)  # fmt: skip

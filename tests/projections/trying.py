"""Back-tests held against another reading: a log in which the thresholds were adopted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from domain.policy import thresholds
from projections import backtest
from projections.asking import Moment
from projections.questions import kinds as all_kinds
from projections.trial import Period, Trial
from tests.councils import policies
from tests.feeds import ADULTS, Event, event
from tests.projections import memory

RECEIVED = datetime(2026, 6, 15, 9, tzinfo=UTC)
EVER = Period(date(2000, 1, 1), date(2100, 1, 1))
NAMES = ("kind", "key", "provider", "contract", "person", "visit", "carer")
STANDING = ("since", "severity", "stage", "minutes", "pence")
OF_ONE_DAY = {"invoice_over_claim", "unrostered_call"}
"""Kinds of which each finding is of one day, as are all those that name a visit."""
VALUES = {
    **policies.VISIT_THRESHOLDS, **policies.OTHER_VISIT_THRESHOLDS,
    **policies.COUNCIL_THRESHOLDS, **policies.OTHER_COUNCIL_THRESHOLDS,
}  # fmt: skip

Told = Mapping[str, Any]
Rows = Sequence[dict[str, Any]]


def some_thresholds(most: int = 8) -> st.SearchStrategy[dict[str, float]]:
    """Thresholds that a council might try, often those that few visits can meet."""
    pairs = [(name, value) for name, values in VALUES.items() for value in values]
    usual = [pair for pair in pairs if pair[0] in dict(policies.USUAL)]
    one = st.sampled_from(usual) | st.sampled_from(pairs)
    return st.lists(one, max_size=most).map(dict)


def adopting(feed: Iterable[Event], told: Told) -> list[Event]:
    """The same feed of a council that had adopted these thresholds for ever, and no others."""
    changed = []
    for said in feed:
        if said["type"] == "policy.adopted":
            kept = {n: value for n, value in said["data"].items() if n not in told}
            said = {**said, "data": kept}
        changed.append(said)
    adopted = event(
        "policy.adopted", "policy", ADULTS, "2000-01-01T00:00:00Z", id_="for ever",
        effective_on="2000-01-01", **told,
    )  # fmt: skip
    return [*changed, adopted]


def tried(
    feed: Iterable[Event], at: datetime, after: Told, before: Told,
    period: Period = EVER, kinds: tuple[str, ...] | None = None,
) -> tuple[Rows, Rows]:  # fmt: skip
    """The sums of a back-test and its findings that differ; all it judged stays to be read."""
    memory.load(feed, RECEIVED)
    con = memory.columns()
    tried_ = thresholds(after), thresholds(before)
    trial = Trial(period, Moment(at), *tried_, kinds or all_kinds())
    backtest.compare(con, trial)
    return backtest.summed(con), list(backtest.differing(con))


def judged(anew: bool) -> Counter[tuple[Any, ...]]:
    """What the last back-test found by one of its policies."""
    names = ", ".join(backtest.TOLD)
    rows = memory.columns().execute(f"SELECT {names} FROM judged WHERE anew = ?", [anew])
    return Counter(rows.fetchall())


def found(feed: Iterable[Event], at: datetime) -> Rows:
    """The findings of a feed."""
    return memory.findings(feed, at, RECEIVED)


def plainly(rows: Rows) -> Counter[tuple[Any, ...]]:
    """Findings as far as a back-test tells them."""
    return Counter(tuple(row[name] for name in backtest.TOLD) for row in rows)


def differences(before: Rows, after: Rows, period: Period) -> Counter[tuple[Any, ...]]:
    """By plain loops: (change, kind, provider, pence before, pence after) of the period."""
    groups: dict[Any, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((before, after)):
        for row in rows:
            groups[tuple(row[name] for name in NAMES)][side].append(row)
    told: Counter[tuple[Any, ...]] = Counter()
    for name, sides in groups.items():
        ordered = [sorted(side, key=_place) for side in sides]
        for one, other in zip_longest(*ordered):
            of_one_day = name[0] in OF_ONE_DAY or name[5] is not None
            if of_one_day and not any(
                period.first <= _day(row["since"]) <= period.last
                for row in (one, other)
                if row is not None
            ):
                continue
            pence = [row and row["pence"] for row in (one, other)]
            told[(_change(one, other), name[0], name[2], *pence)] += 1
    return told


def added_up(told: Counter[tuple[Any, ...]]) -> Rows:
    """What these come to, as a back-test sums them up."""
    rows: dict[Any, dict[str, Any]] = {}
    for (change, kind, provider, before, after), times in told.items():
        row = rows.setdefault(
            (kind, provider),
            {"kind": kind, "provider": provider}
            | dict.fromkeys(("before", "after", "new", "lost", "changed"), 0)
            | dict.fromkeys(("pence_before", "pence_after", "pence_difference")),
        )
        row["before"] += times * (change != "new")
        row["after"] += times * (change != "lost")
        if change != "same":
            row[change] += times
        if before is not None or after is not None:
            row["pence_before"] = (row["pence_before"] or 0) + times * (before or 0)
            row["pence_after"] = (row["pence_after"] or 0) + times * (after or 0)
            row["pence_difference"] = row["pence_after"] - row["pence_before"]
    order = sorted(rows, key=lambda place: (place[0], place[1] or ""))
    return [rows[place] for place in order]


def _change(one: Told | None, other: Told | None) -> str:
    if one is None:
        return "new"
    if other is None:
        return "lost"
    same = all(one[name] == other[name] for name in STANDING)
    return "same" if same else "changed"


def _place(row: Told) -> list[tuple[bool, Any]]:
    names = ("since", "minutes", "pence", "severity", "stage")
    return [(row[name] is None, row[name]) for name in names]


def _day(since: str) -> date:
    if "T" not in since:
        return date.fromisoformat(since)
    there = datetime.fromisoformat(since).astimezone(ZoneInfo("Europe/London"))
    return there.date()

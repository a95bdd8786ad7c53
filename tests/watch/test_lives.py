"""The lives of findings: what is on record as opened and withdrawn is what held, and when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

import watch.watcher
from consumers.intake import Intake
from projections.mirror import columns_folder
from projections.present import Present
from projections.renewing import Refreshed
from projections.segments import Segments
from record import ourselves
from record.clock import SteppedClock
from record.log import Log
from simulation import Arrival, Plan, simulate
from tests import reading
from tests.conftest import LONG
from tests.edges.telling import retracted
from tests.feeds import ADULTS, Event, event, lines
from tests.projections.logs import PARTS, NewLog
from tests.projections.test_laws import (
    BEGIN,
    LIMITS,
    SMALL,
    Case,
    in_any_order,
    receive,
)
from tests.projections.test_present import STEPS
from watch.watcher import Watcher

CASES = 400 if LONG else 12

History = list[tuple[str, str, int]]
"""opened or withdrawn, the key, the episode."""


class Watching:
    """A process that keeps the present of a log, and watches it."""

    def __init__(self, log: Log, clock: datetime) -> None:
        self.log, self.clock = log, SteppedClock(clock)
        segments = Segments(columns_folder(log.url), log.id)
        self.present = Present(log, segments, clock, LIMITS)
        self.watcher = Watcher(log, self.present, self.clock)

    def refresh(self, clock: datetime) -> Refreshed:
        """Take in what was said, and the time that passed."""
        self.clock.at = clock
        return self.present.refresh(clock)

    def look(self, clock: datetime) -> tuple[int, int]:
        """Take it in and look; how much was recorded."""
        return self.watcher.look(self.refresh(clock))


@contextmanager
def watching(log: Log, clock: datetime) -> Iterator[Watching]:
    """A watcher at work."""
    at_work = Watching(log, clock)
    try:
        yield at_work
    finally:
        at_work.present.close()


def recorded(log: Log) -> History:
    """What is on record of findings' lives, in order."""
    history: History = []
    for rows in log.rows():
        for _, topic, state in rows:
            if topic in ("finding.opened", "finding.withdrawn"):
                data = json.loads(state)["data"]
                history.append((topic[8:], data["key"], data["episode"]))
    return history


class Model:
    """What held at each look, by the second reading of the rules, and what follows of it."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.holding: list[dict[str, Any]] = []
        self.open: dict[str, int] = {}
        self.episodes: dict[str, int] = {}

    def hears(self, batch: list[dict[str, Any]], received: datetime) -> None:
        """The council is told."""
        at = received.isoformat()
        self.told += [{**json.loads(json.dumps(one)), "received_at": at} for one in batch]

    def look(self, clock: datetime) -> set[tuple[str, str, int]]:
        """What is to be put on record now."""
        log = reading.as_log(self.told, clock)
        self.holding = reading.findings(log, clock)
        holding = {finding["key"] for finding in self.holding}
        ended = {("withdrawn", k, n) for k, n in self.open.items() if k not in holding}
        begun = set()
        for key in holding - set(self.open):
            self.episodes[key] = self.episodes.get(key, 0) + 1
            begun.add(("opened", key, self.episodes[key]))
        self.open = {key: self.episodes[key] for key in holding}
        return ended | begun


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_on_record_is_what_held_at_each_look(part: int, new_log: NewLog) -> None:
    seen: set[str] = set()

    # given any feed in any order, and a clock that is put on between its batches
    @seed(BEGIN + part)
    @settings(max_examples=CASES // PARTS)
    @given(SMALL, st.data())
    def same(case: Case, draw: st.DataObject) -> None:
        feed, at = case
        batches = in_any_order(draw, feed)
        steps = [draw.draw(st.sampled_from(STEPS), "step") for _ in batches]
        clock, model = at - sum(steps, timedelta()), Model()
        with new_log() as log, watching(log, clock) as watcher:
            for batch, step in zip(batches, steps, strict=True):
                receive(log, batch, clock)
                model.hears(batch, clock)
                clock += step
                before = recorded(log)
                # when it is looked at
                watcher.look(clock)
                # then what began to hold is opened, and what holds no longer withdrawn
                now = recorded(log)
                assert set(now[len(before) :]) == model.look(clock)
                assert len(now) == len(set(now))
                # and looking again changes nothing
                assert watcher.look(clock) == (0, 0)
            seen.update(what for what, _, _ in recorded(log))

    same()
    assert seen == {"opened", "withdrawn"}


class Killed(Exception):
    """The process is gone, at this very point."""


class Weeks:
    """A compressed week: who watches, what the model expects, and chance."""

    def __init__(self, log: Log, monkeypatch: pytest.MonkeyPatch, chance: Random) -> None:
        self.log, self.monkeypatch, self.chance = log, monkeypatch, chance
        self.model, self.expected = Model(), 0
        self.watchers: list[Watching] = []

    def begin(self, clock: datetime) -> None:
        """Two watchers begin."""
        self.watchers = [Watching(self.log, clock) for _ in range(2)]

    def look(self, clock: datetime) -> None:
        """One of them looks, or both at once, or one that is killed while it records."""
        way = self.chance.choice(
            ["one", "one", "both", "killed before", "killed between"]
        )
        before = recorded(self.log)
        if way == "one":
            self.chance.choice(self.watchers).look(clock)
        elif way == "both":
            done = [each.refresh(clock) for each in self.watchers]
            for each, refreshed in zip(self.watchers, done, strict=True):
                each.watcher.look(refreshed)
        else:
            number = self.chance.randrange(2)
            self._kill(self.watchers[number], clock, 0 if way == "killed before" else 1)
            self.watchers[number] = Watching(self.log, clock)
            self.watchers[number].look(clock)
        now = recorded(self.log)
        assert set(now[len(before) :]) == self.model.look(clock), way
        assert len(now) == len(set(now))

    def afterthoughts(self, clock: datetime) -> Iterator[Event]:
        """Of calls that failed: what is said late, taken back, corrected, judged otherwise."""
        time = clock.isoformat()
        failed = [one for one in self.model.holding if one["visit"]]
        for found in self.chance.sample(failed, min(6, len(failed))):
            source, visit = f"/providers/{found['provider']}", found["visit"]
            told = [
                one for one in self.model.told
                if (one["source"], one["subject"]) == (source, visit)
                and one["type"] != "statement.retracted"
            ]  # fmt: skip
            way = self.chance.choice(["said late", "taken back", "corrected"])
            if way == "said late":
                start = next((one["data"]["planned_start"] for one in told
                              if one["type"] == "visit.scheduled"), time)  # fmt: skip
                yield event("visit.checked_in", visit, source, start,
                            carer="K-LATE", method="app")  # fmt: skip
            elif way == "taken back":
                yield retracted(self.chance.choice(told), time)
            else:
                version = {"sequence": str(len(told))}
                yield event("visit.cancelled", visit, source, time, more=version,
                            by=self.chance.choice(["person", "provider"]), reason="other")  # fmt: skip
        if self.chance.random() < 0.2:
            late_after = self.chance.choice([15, 30, 45])
            yield event("policy.adopted", "policy", ADULTS, time,
                        effective_on=time[:10], late_after=late_after)  # fmt: skip

    def _kill(self, one: Watching, clock: datetime, after: int) -> None:
        """It is killed when it has recorded its first findings, or before."""
        times = iter(range(after))

        def conclude(*args: Any, **more: Any) -> Any:
            if next(times, None) is None:
                raise Killed
            return ourselves.conclude(*args, **more)

        with self.monkeypatch.context() as out:
            out.setattr(watch.watcher, "AT_ONCE", 2)
            out.setattr(watch.watcher, "conclude", conclude)
            with suppress(Killed):
                one.look(clock)
        one.present.close()

    def end(self) -> None:
        """The watchers end."""
        for each in self.watchers:
            each.present.close()


MINUTES_BETWEEN = (20, 60, 240, 600) if LONG else (240, 600, 900)
WEEKS = PARTS if LONG else 1
"""The last of them is kept on PostgreSQL."""


@pytest.mark.parametrize("part", range(WEEKS))
def test_a_week_of_two_watchers_that_are_killed_leaves_one_history(
    part: int, new_log: NewLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_log() as log:
        watch_a_week(log, monkeypatch, BEGIN + part)


def watch_a_week(log: Log, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Two watchers, a week, and what they should have recorded of it."""
    # given a simulated council, whose events come late, twice, in disorder and corrected
    arrivals = list(simulate(Plan(seed=number, people=8, weeks=2)))
    weeks = Weeks(log, monkeypatch, Random(number))
    clock = datetime.fromtimestamp(arrivals[-1].at, UTC) - timedelta(days=7)
    cut = next(n for n, one in enumerate(arrivals) if one.at >= clock.timestamp())

    def tell(some: list[Arrival]) -> None:
        batch = [json.loads(arrival.event) for arrival in some]
        batch += list(weeks.afterthoughts(clock))
        receive_anything(log, batch, clock)
        weeks.model.hears(batch, clock)

    # when two watchers look at its last week, now one, now both, and are killed
    tell(arrivals[:cut])
    weeks.begin(clock)
    while cut < len(arrivals):
        weeks.look(clock)
        clock += timedelta(minutes=weeks.chance.choice(MINUTES_BETWEEN))
        until = next(
            (n for n, one in enumerate(arrivals) if one.at > clock.timestamp()),
            len(arrivals),
        )
        tell(arrivals[cut:until])
        cut = until
    weeks.end()

    # then the history was that of what held at every look, and ends had causes of several kinds
    assert len(set(causes(log).values())) >= 3


def receive_anything(log: Log, feed: list[dict[str, Any]], at: datetime) -> None:
    """Record a batch, conflicts and all."""
    Intake(log).receive(lines(feed), SteppedClock(at))


def causes(log: Log) -> dict[tuple[str, int], str]:
    """Why each episode ended."""
    found = {}
    for rows in log.rows():
        for _, topic, state in rows:
            if topic == "finding.withdrawn":
                data = json.loads(state)["data"]
                found[data["key"], data["episode"]] = data["cause"]
    return found

"""Mishaps of a long-lived process: what it keeps afterwards is what would be asked anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

import projections.council
import projections.present
from consumers.intake import Intake
from consumers.release import decide
from projections import asking, keeping
from projections import kept as facts
from projections.asking import Moment
from projections.council import Council
from projections.engine import connect
from projections.mirror import write_segments
from projections.present import Present
from record.aside import conflicts
from record.clock import SteppedClock
from record.log import Log
from tests.edges.telling import alive, at, contract, council, line, stay, tap, visit
from tests.feeds import lines
from tests.projections.comparing import differences
from tests.projections.logs import on_sqlite
from tests.projections.test_keeping import (
    FIRST,
    NOON,
    anew,
    asked,
    near,
    rows,
    segments_of,
    written_out,
)
from tests.projections.test_laws import LIMITS, receive
from tests.projections.test_present import anew as asked_anew

LATER = NOON + timedelta(days=2)


def test_a_refreshing_that_fails_over_midnight_is_made_good_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a node, and what was agreed for the next day
    agreed = council(
        "contract.varied", "C1", at(-1440), effective_on="2026-06-17", reason="r",
        lines=[line(start="07:30", minutes=60)], terms={"line_reach": 500},
    )  # fmt: skip
    notice = council(
        "contract.notice_given", "C1", at(-1440), by="council", ends_on="2026-06-30"
    )
    days = [visit("V3", day="2026-06-17"), visit("V4", day="2026-06-18")]
    with on_sqlite() as log, closing(connect(LIMITS)) as con:
        receive(log, [*FIRST, *days, agreed, notice])
        write_segments(con, log, segments_of(log), from_events=1)
        with closing(Present(log, segments_of(log), NOON, LIMITS)) as present:
            # when its first refreshing on that day fails
            receive(log, [alive(at(2000))])
            with monkeypatch.context() as broken, pytest.raises(duckdb.IOException):
                broken.setattr(projections.present, "dirty", fails)
                present.refresh(LATER)
            assert present.day() == NOON.date()
            # then the next does all of it, and what is written out is true
            present.refresh(LATER)
            assert differences(present.findings(), asked_anew(log, LATER)) == []
            assert written_out(present, anew=True)
        with asked(log, LATER) as (other, kept):
            assert rows(other, kept) == anew(other)


def fails(*_: Any) -> None:
    """A segment was merged away meanwhile."""
    raise duckdb.IOException("merged away")


def test_a_ruling_counts_by_every_clock_as_soon_as_it_was_received(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given two contents under one name, and what is kept before a person has ruled
    first = tap("in", at(10))
    second = {**tap("in", at(10), "V2", "K9"), "id": first["id"]}
    clock = NOON + timedelta(hours=1)
    with on_sqlite() as log:
        receive(log, [*FIRST, first])
        with (
            asked(log, NOON),
            closing(Present(log, segments_of(log), NOON, LIMITS)) as present,
        ):
            Intake(log).receive(lines([second]), SteppedClock(NOON))
            (conflict,) = conflicts(log)
            # when the ruling is made by a clock ahead of that by which findings are asked
            ruled = SteppedClock(NOON + timedelta(hours=3))
            decide(log, conflict["entry"], "second", "r", ruled)
            present.refresh(clock)
            # then it counts for what is kept, in the files and in a node
            with closing(Council(log, limits=LIMITS)) as one:
                found = one.findings(Moment(clock))
            monkeypatch.setattr(projections.council, "instead", lambda *_: {})
            assert differences(found, asked_anew(log, clock)) == []
            assert differences(present.findings(), asked_anew(log, clock)) == []


def test_a_node_whose_log_was_restored_begins_anew_and_writes_out_nothing_that_was_lost(
    tmp_path: Path,
) -> None:
    # given a node that has followed what a backup does not hold
    store, backup = tmp_path / "council.db", tmp_path / "backup.db"
    with (
        Log(f"sqlite:///{store}", simulated=True) as log,
        closing(connect(LIMITS)) as con,
    ):
        receive(log, FIRST)
        copy(store, backup)
        receive(log, [*stay(at(10), at(40)), alive(at(100))])
        with closing(Present(log, segments_of(log), NOON, LIMITS)) as present:
            # when the log is restored, and has grown beyond what the node had followed
            copy(backup, store)
            receive(log, [alive(at(101 + n)) for n in range(6)])
            write_segments(con, log, segments_of(log), from_events=1)
            # then the node writes out nothing of the lost, and at its next look begins anew
            assert not written_out(present, anew=True)
            assert present.refresh(NOON).whole
            assert differences(present.findings(), asked_anew(log, NOON)) == []
            assert any(one["kind"] == "missed_call" for one in present.findings())
        with asked(log, NOON) as (other, kept):
            assert rows(other, kept) == anew(other)


def copy(source: Path, target: Path) -> None:
    """Make *target* the store that *source* is, as the guide has it."""
    with (
        closing(sqlite3.connect(source)) as one,
        closing(sqlite3.connect(target)) as other,
    ):
        one.backup(other)


def test_a_question_that_ran_out_of_memory_leaves_nothing_in_the_way_of_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a council of which facts are kept
    with on_sqlite() as log:
        receive(log, [contract(), visit(), *stay(at(10), at(25))])
        with asked(log, NOON):
            receive(log, [alive(at(90))])
        with closing(Council(log, limits=LIMITS)) as one:
            make = asking.make

            def full(con: Any, question: Any, table: str) -> None:
                if question.name == "visits":
                    raise duckdb.OutOfMemoryException("full")
                make(con, question, table)

            # when a question about it fails
            with (
                monkeypatch.context() as broken,
                pytest.raises(duckdb.OutOfMemoryException),
            ):
                broken.setattr(asking, "make", full)
                one.findings(Moment(NOON))
            # then the next is answered, with what is kept and without
            found = one.findings(Moment(NOON))
            assert found == one.findings(Moment(NOON, known_at=NOON)) != []


def test_files_of_which_another_release_kept_fewer_are_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given what is kept
    with on_sqlite() as log:
        receive(log, [*FIRST, tap("in", at(10))])
        with asked(log, NOON) as (_, kept):
            assert not near(kept)
        # when a release would keep one more fact
        more = (*facts.KEPT, "plans")
        for module in (facts, keeping):
            monkeypatch.setattr(module, "KEPT", more)
        for cached in (facts.asked, facts.by_visit, facts.read, facts.shape):
            cached.cache_clear()
        try:
            # then everything is asked, and that one is kept too
            with asked(log, NOON) as (_, kept):
                assert "plans" in kept
        finally:
            monkeypatch.undo()
            for cached in (facts.asked, facts.by_visit, facts.read, facts.shape):
                cached.cache_clear()

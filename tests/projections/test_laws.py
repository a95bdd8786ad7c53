"""Laws that every answer obeys, end to end with a real store."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from consumers.intake import Intake
from projections.asking import Moment
from projections.columns import tables
from projections.council import Council
from projections.engine import Limits, connect
from projections.mirror import columns_folder, rebuild, write_segments
from projections.scope import Scope
from projections.segments import Segments
from record.clock import SteppedClock
from record.log import Log
from tests.conftest import LONG
from tests.councils import cases
from tests.feeds import lines
from tests.projections.comparing import differences
from tests.projections.logs import PARTS, NewLog

CASES = 1_000 if LONG else 8
BEGIN = random.randrange(2**32) if LONG else 4711
LARGEST_FEED = 150
"""Events; a law that fails fails on few."""
SMALL = cases().filter(lambda case: len(case[0]) <= LARGEST_FEED)
RECEIVED = datetime(2026, 6, 15, 9, tzinfo=UTC)
LIMITS = Limits(threads=1)

Feed = list[dict[str, Any]]
Case = tuple[Feed, datetime]
parts = pytest.mark.parametrize("part", range(PARTS))


def receive(log: Log, feed: Feed, at: datetime = RECEIVED) -> None:
    """Record a batch at the instant *at*."""
    for receipt in Intake(log).receive(lines(feed), SteppedClock(at)):
        assert receipt.status in {"recorded", "duplicate"}, receipt


def asked(log: Log, moment: Moment, scope: Scope | None = None) -> list[dict[str, Any]]:
    """The findings of a log."""
    council = Council(log, limits=LIMITS, scope=scope)
    try:
        return council.findings(moment)
    finally:
        council.close()


def in_any_order(draw: st.DataObject, feed: Feed) -> list[Feed]:
    """The feed in another order, some of it twice, in batches."""
    told = [*feed, *draw.draw(st.lists(st.sampled_from(feed), max_size=20), "again")]
    draw.draw(st.randoms(use_true_random=False), "order").shuffle(told)
    cuts = sorted(draw.draw(st.sets(st.integers(0, len(told)), max_size=4), "cuts"))
    return [told[a:b] for a, b in zip([0, *cuts], [*cuts, len(told)], strict=True)]


@parts
def test_order_duplication_and_splitting_of_a_feed_change_no_finding(
    part: int, new_log: NewLog
) -> None:
    # given any feed, and the same in another order, some twice, in batches
    @seed(BEGIN + part)
    @settings(max_examples=CASES // PARTS)
    @given(SMALL, st.data())
    def same(case: Case, draw: st.DataObject) -> None:
        feed, at = case
        with new_log() as one, new_log() as other:
            receive(one, feed)
            for batch in in_any_order(draw, feed):
                receive(other, batch)
            # when both logs are asked, then they give the same findings
            assert one.head() == other.head()
            found = differences(asked(one, Moment(at)), asked(other, Moment(at)))
            assert found == []

    same()


def columns(council: Council) -> dict[str, list[Any]]:
    """Every row of every table of a log."""
    con = council.con
    return {
        table.name: con.execute(
            "SELECT "
            + ", ".join(f'"{name}"' for name in table.columns)
            + f" FROM log.{table.name} ORDER BY position"
        ).fetchall()
        for table in tables().values()
    }


def both(log: Log, at: datetime) -> tuple[dict[str, list[Any]], list[dict[str, Any]]]:
    """The columns and the findings of a log."""
    council = Council(log, limits=LIMITS)
    try:
        return columns(council), council.findings(Moment(at))
    finally:
        council.close()


@parts
def test_columns_rebuilt_from_nothing_are_those_decoded_from_the_tail(
    part: int, new_log: NewLog
) -> None:
    # given any feed in two parts
    @seed(BEGIN + part)
    @settings(max_examples=CASES // PARTS)
    @given(SMALL, st.integers(0, 10))
    def same(case: Case, tenths: int) -> None:
        feed, at = case
        cut = len(feed) * tenths // 10
        with new_log() as log:
            segments = Segments(columns_folder(log.url), log.id)
            con = connect(LIMITS)
            # when the first part is in a segment, and the second in the tail
            receive(log, feed[:cut])
            write_segments(con, log, segments, from_events=1)
            receive(log, feed[cut:])
            mixed = both(log, at)
            # and when a second segment holds the rest, merged with the first or not
            write_segments(con, log, segments, from_events=1)
            assert columns_of(log) == mixed[0]
            # and when all is rebuilt, and when there are no segments at all
            assert rebuild(con, log, segments)
            rebuilt = both(log, at)
            assert Path(segments.folder).exists()
            with segments.lease() as mine:
                assert mine
                segments.clear()
            from_tail = both(log, at)
            con.close()
            # then columns and findings are always the same
            assert mixed[0] == rebuilt[0] == from_tail[0]
            assert sum(map(len, from_tail[0].values())) == log.head()
            assert differences(mixed[1], from_tail[1]) == []
            assert differences(rebuilt[1], from_tail[1]) == []

    same()


def columns_of(log: Log) -> dict[str, list[Any]]:
    """The columns of a log."""
    council = Council(log, limits=LIMITS)
    try:
        return columns(council)
    finally:
        council.close()


@parts
def test_known_at_is_a_log_that_holds_only_what_was_received_by_then(
    part: int, new_log: NewLog
) -> None:
    # given any feed that was received at three instants
    @seed(BEGIN + part)
    @settings(max_examples=CASES // PARTS)
    @given(
        SMALL,
        st.tuples(st.integers(0, 10), st.integers(0, 10)).map(sorted),
        st.sampled_from([0, 1, 2]),
        st.sampled_from([timedelta(0), timedelta(microseconds=1), timedelta(hours=1)]),
    )
    def same(case: Case, tenths: list[int], last: int, later: timedelta) -> None:
        feed, at = case
        first, second = (len(feed) * n // 10 for n in tenths)
        batches = [feed[:first], feed[first:second], feed[second:]]
        instants = [RECEIVED + n * timedelta(hours=2) for n in range(3)]
        with new_log() as whole, new_log() as earlier:
            for number, (batch, instant) in enumerate(
                zip(batches, instants, strict=True)
            ):
                receive(whole, batch, instant)
                if number <= last:
                    receive(earlier, batch, instant)
            # when the log is cut at what was known by an instant, or shortly after it
            known = asked(whole, Moment(at, instants[last] + later))
            # then it answers as the log that held no more
            assert differences(known, asked(earlier, Moment(at))) == []

    same()


@parts
def test_a_question_within_a_scope_is_the_whole_answer_filtered(
    part: int, new_log: NewLog
) -> None:
    # given any feed, and something that is named in it
    @seed(BEGIN + part)
    @settings(max_examples=CASES // PARTS)
    @given(SMALL, st.data())
    def same(case: Case, draw: st.DataObject) -> None:
        feed, at = case
        subjects = {"contract": {"C1"}, "person": {"P1", "P2"}}
        for said in feed:
            for name in subjects:
                if isinstance(said["data"].get(name), str):
                    subjects[name].add(said["data"][name])
        with new_log() as log:
            receive(log, feed)
            whole = asked(log, Moment(at))
            for name in subjects:
                ref = draw.draw(st.sampled_from(sorted(subjects[name])), name)
                # when only its findings are asked for
                within = asked(log, Moment(at), Scope(**{name: ref}))
                # then they are those of the whole answer that name it
                wanted = [finding for finding in whole if finding[name] == ref]
                assert differences(within, wanted) == []

    same()

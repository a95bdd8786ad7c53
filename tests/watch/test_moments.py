"""The next moment: until then nothing begins or ceases to hold, if nobody says a word."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, seed, settings

from projections import asking
from projections.lives import next_moment
from projections.questions import kinds
from projections.touched import make_room
from tests.conftest import LONG
from tests.projections import memory
from tests.projections.logs import PARTS
from tests.projections.test_laws import BEGIN, RECEIVED, SMALL, Case

CASES = 400 if LONG else 8
MOVING = {"many_carers", "missed_pattern", "unrostered_call"}
"""Kinds that look so many days back from the clock itself: they may end between two moments,
and are looked at once a minute."""


def holding(at: datetime) -> set[str]:
    """What holds at a clock."""
    return {finding["key"] for finding in memory.ask(at, set(kinds()) - MOVING)}


@pytest.mark.parametrize("part", range(PARTS))
def test_until_the_next_moment_nothing_changes_by_itself(part: int) -> None:
    long_waits = 0

    # given any council at any clock
    @seed(BEGIN + part)
    @settings(max_examples=CASES // PARTS)
    @given(SMALL)
    def same(case: Case) -> None:
        nonlocal long_waits
        feed, at = case
        memory.load(feed, RECEIVED)
        before = holding(at)
        # when it is asked when something may come to hold next
        con = memory.columns()
        asking.derive(con, {"visits", "roster", "concerns"})
        make_room(con)
        moment = next_moment(con)
        # then that is still to come, and just before it everything is as it was
        assert moment is not None
        assert moment > at
        assert holding(moment - timedelta(microseconds=1)) == before
        long_waits += moment - at > timedelta(minutes=1)

    same()
    assert long_waits

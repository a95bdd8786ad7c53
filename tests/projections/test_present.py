"""What a long-lived process keeps is what a question asked anew would answer."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from projections.asking import Moment
from projections.engine import connect
from projections.mirror import columns_folder, write_segments
from projections.present import Present
from projections.segments import Segments
from record.log import Log
from tests.conftest import LONG
from tests.projections.comparing import differences
from tests.projections.logs import PARTS, NewLog
from tests.projections.test_laws import (
    BEGIN,
    LIMITS,
    SMALL,
    Case,
    Feed,
    asked,
    in_any_order,
    receive,
)

CASES = 1_000 if LONG else 12
STEPS = (
    *(timedelta(), timedelta(seconds=1), timedelta(minutes=20), timedelta(hours=1)),
    *(timedelta(hours=7), timedelta(days=1), timedelta(days=4), timedelta(days=30)),
)
"""How far a clock may be put on between two batches."""


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_kept_is_what_would_be_answered_anew(part: int, new_log: NewLog) -> None:
    partly = 0

    # given any feed in any order, and a clock that is put on between its batches
    @seed(BEGIN + part)
    @settings(max_examples=CASES // PARTS)
    @given(SMALL, st.data())
    def same(case: Case, draw: st.DataObject) -> None:
        nonlocal partly
        feed, at = case
        with new_log() as log:
            first = [one for one in feed if one["type"] == "policy.adopted"]
            receive(log, first if draw.draw(st.booleans(), "policies come first") else [])
            batches = in_any_order(draw, feed)
            kept, rest = halved(batches[0])
            receive(log, kept)
            steps = [draw.draw(st.sampled_from(STEPS), "step") for _ in batches]
            clock = at - sum(steps, timedelta())
            segments = Segments(columns_folder(log.url), log.id)
            if len(feed) % 2:
                # and, of some, facts of visits that are kept already
                keep_facts(log, segments, clock)
            receive(log, rest)
            present = Present(log, segments, clock, LIMITS)
            try:
                for batch, step in zip([[], *batches[1:]], steps, strict=True):
                    # when a batch is recorded, and the present refreshed
                    receive(log, batch)
                    clock += step
                    done = present.refresh(clock)
                    partly += done.visits > 0 and not done.whole
                    # then it holds what is found by asking everything at that clock
                    assert differences(present.findings(), anew(log, clock)) == []
            finally:
                present.close()

    same()
    assert partly > CASES // PARTS // 4, "what was kept was hardly ever changed in part"


def halved(batch: Feed) -> tuple[Feed, Feed]:
    """A batch in two."""
    return batch[: len(batch) // 2], batch[len(batch) // 2 :]


def keep_facts(log: Log, segments: Segments, clock: datetime) -> None:
    """Put the log into segments, and ask it once: facts of its visits are kept then."""
    with closing(connect(LIMITS)) as con:
        write_segments(con, log, segments, from_events=1)
    anew(log, clock)


def anew(log: Log, clock: datetime) -> list[dict[str, Any]]:
    """The findings of a log, asked at once."""
    return asked(log, Moment(clock))

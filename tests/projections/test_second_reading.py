"""The findings are those of a second reading of the rules, in plain loops (tests.reading)."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, seed, settings

from projections.questions import kinds
from tests import reading
from tests.conftest import LONG
from tests.councils import cases
from tests.projections import memory
from tests.projections.comparing import differences

CASES = 1_000 if LONG else 24
PARTS = 8
"""So that several processes may share the work."""
BEGIN = random.randrange(2**32) if LONG else 20260615
RECEIVED = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 6, 15, 9, tzinfo=UTC))
"""Before the taps, which makes them implausible, or amid them."""


def test_the_second_reading_knows_every_kind() -> None:
    # given the kinds that the product finds, then the second reading finds the same
    assert set(kinds()) == reading.KINDS


def compared(
    feed: list[dict[str, Any]],
    at: datetime,
    received: datetime,
    ours: list[dict[str, Any]] | None = None,
) -> list[str]:
    """In what the two readings of one feed differ. Which events are cited is not compared:
    the rules leave open how much of what was used need be named."""
    told = reading.as_log(json.loads(json.dumps(feed)), received)
    if ours is None:
        ours = memory.findings(feed, at, received)
    return differences(ours, reading.findings(told, at), without={"evidence", "reason"})


def rests_on(feed: list[dict[str, Any]], finding: dict[str, Any]) -> bool:
    """Whether a finding cites events that were said, and says why."""
    names = {(said["source"], said["id"]) for said in feed}
    evidence = {(one["source"], one["id"]) for one in finding["evidence"]}
    return (
        evidence <= names
        and bool(finding["reason"])
        and finding["severity"] in {"critical", "high", "medium", "low"}
        and finding["key"].startswith(f"{finding['kind']}:")
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_both_readings_conclude_the_same_of_any_small_council_and_say_why(
    part: int,
) -> None:
    # given any small council's feed and a clock
    @seed(BEGIN + part)
    @settings(max_examples=CASES // PARTS)
    @given(cases())
    def same(case: tuple[list[dict[str, Any]], datetime]) -> None:
        feed, at = case
        # when both readings are asked
        ours = memory.findings(feed, at, RECEIVED[part % 2])
        # then they conclude the same, in every field
        assert compared(feed, at, RECEIVED[part % 2], ours) == []
        # and each finding rests on events that were said, and says why
        assert all(rests_on(feed, finding) for finding in ours)

    same()

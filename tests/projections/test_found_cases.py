"""Cases that generated feeds once found, each now a test of its own."""

from __future__ import annotations

from datetime import datetime
from itertools import chain, permutations
from typing import Any

import pytest

from tests.feeds import ADULTS, ASH, Event, event
from tests.projections.memory import findings
from tests.projections.test_second_reading import RECEIVED, compared

LINE = {"line": "L1", "days": ["mon"], "start": "08:00", "minutes": 30}
AT = datetime.fromisoformat("2026-06-08T08:00:00+00:00")


def commission(source: str, sequence: str, **data: Any) -> Event:
    """The contract C1, as one council system has it."""
    return event(
        "contract.commissioned", "C1", source, "2026-04-10T08:00:00Z",
        more={"sequence": sequence}, provider="ash", person="P1", kind="spot",
        service="home_care", starts_on="2026-04-13", notice_days=7, weekly_minutes=30,
        rate_pence_per_hour=2000, payment="planned", **data,
    )  # fmt: skip


def a_visit() -> Event:
    """A visit under the contract C1 on a Monday."""
    return event(
        "visit.scheduled", "V1", ASH, "2026-06-08T07:00:00Z", contract="C1", person="P1",
        planned_start="2026-06-15T07:00:00Z", planned_end="2026-06-15T07:30:00Z",
    )  # fmt: skip


@pytest.mark.parametrize("won", [{}, {"lines": []}], ids=["no lines", "empty lines"])
def test_a_commission_that_does_not_hold_lends_the_holding_one_no_lines(
    won: dict[str, Any],
) -> None:
    # given a commission with a line, and a later one without any
    feed = [
        commission("/council/finance", "0", lines=[LINE]),
        commission(ADULTS, "1", **won),
        a_visit(),
    ]

    # when both readings are asked, then they conclude the same
    assert compared(feed, AT, RECEIVED[0]) == []


def test_a_contract_known_only_by_its_variation_has_no_rate() -> None:
    # given a visit under a contract that was varied and never commissioned
    varied = event(
        "contract.varied", "C1", ADULTS, "2026-06-01T08:00:00Z",
        effective_on="2026-06-01", reason="r", rate_pence_per_hour=1801,
    )  # fmt: skip
    late = datetime.fromisoformat("2026-06-15T12:00:00+00:00")

    # when both readings are asked, then they conclude the same
    assert compared([varied, a_visit()], late, RECEIVED[0]) == []


def test_of_two_calls_missed_at_one_moment_the_same_is_cited_in_any_order() -> None:
    # given two calls due at one moment and a third before them, all said to be missed
    calls = []
    for name, start in (("V0", "06:00"), ("V1", "07:00"), ("V2", "07:00")):
        calls.append([
            event(
                "visit.scheduled", name, ASH, "2026-06-08T07:00:00Z", contract="C1",
                person="P1", planned_start=f"2026-06-15T{start}:00Z",
                planned_end=f"2026-06-15T{start}:30Z",
            ),
            event(
                "visit.missed", name, ASH, "2026-06-15T09:00:00Z", reason="no_staff",
            ),
        ])  # fmt: skip
    late = datetime.fromisoformat("2026-06-15T12:00:00+00:00")

    # when they arrive in any order, then the pattern cites the same calls
    cited = set()
    for order in permutations(calls):
        feed = [commission(ADULTS, "1", lines=[LINE]), *chain(*order)]
        found = findings(feed, late, RECEIVED[0], ["missed_pattern"])
        evidence = (tuple(sorted(e["id"] for e in one["evidence"])) for one in found)
        cited.add(tuple(evidence))
    assert len(cited) == 1
    assert cited != {()}

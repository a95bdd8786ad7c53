"""The Safeguarding Adults Collection: every case is counted once, where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from consumers.intake import Intake
from officers.sac import COLUMNS, collection
from projections.asking import Moment
from projections.council import Council
from record.clock import SteppedClock
from record.log import Log
from tests.conftest import LONG
from tests.councils import feeds
from tests.documents import COUNTERFOIL, blocks, clean_environment, run
from tests.feeds import NOON, Event, lines
from tests.projections.test_concerns import concluded, raised, triaged

CASES = 60 if LONG else 5
YEARS = (2024, 2025, 2026, 2027)
LATER = Moment(NOON + timedelta(days=900))


def counted(folder: Path, feed: list[Event], year: int) -> list[dict[str, Any]]:
    """The tables of a year, of what was said."""
    with Log(f"sqlite:///{folder}/c.db", simulated=True) as log:
        Intake(log).receive(lines(feed), SteppedClock(NOON + timedelta(days=800)))
        return collection(Council(log), LATER, year)


def not_zero(rows: list[dict[str, Any]]) -> set[tuple[str, str, str, int]]:
    """Table, enquiry, category and total of what was counted."""
    return {
        (r["table"], r["enquiry"], r["category"], r["total"]) for r in rows if r["total"]
    }


def test_the_guide_shows_what_the_command_gives(tmp_path: Path) -> None:
    # given the guide's example; when its session is run
    (feed,) = blocks("docs/guides/safeguarding-return.md", "ndjson")
    (expected,) = blocks("docs/guides/safeguarding-return.md", "csv")
    (session,) = blocks("docs/guides/safeguarding-return.md", "console")
    (tmp_path / "concerns.ndjson").write_text(feed, encoding="utf-8")
    for line in session.splitlines():
        words = line.removeprefix("$ ").split()
        answer = run([str(COUNTERFOIL), *words[1:]], tmp_path, clean_environment())
    # then what is not zero is what the guide shows
    head, *rows = answer.stdout.splitlines()
    assert head == ",".join(COLUMNS)
    assert [row for row in rows if not row.endswith(",0")] == expected.splitlines()


@pytest.mark.parametrize(
    ("time", "year"),
    [
        ("2026-03-31T23:59:59+01:00", 2025),
        ("2026-04-01T00:00:00+01:00", 2026),
        ("2026-03-31T23:30:00+00:00", 2026),
        ("2027-03-31T23:59:59+01:00", 2026),
    ],
)
def test_a_year_is_from_1_april_by_londons_days(
    tmp_path: Path, time: str, year: int
) -> None:
    # given a concern at the edge of a year; when the years are counted, then it is in one
    rows = {y: counted(tmp_path, [raised(time)], y) for y in (2025, 2026, 2027)}
    found = [y for y in rows if ("SG1f", "", "concerns", 1) in not_zero(rows[y])]
    assert found == [year]


def test_each_step_counts_in_the_year_it_was_taken_in(tmp_path: Path) -> None:
    # given a concern of March whose enquiry was decided on in April and ended a year later
    feed = [
        raised("2026-03-30T09:00:00+01:00"), triaged(time="2026-04-02T09:00:00+01:00"),
        concluded("2027-04-05T09:00:00+01:00"),
    ]  # fmt: skip
    # when three years are counted
    told = {y: not_zero(counted(tmp_path, feed, y)) for y in (2025, 2026, 2027)}
    # then each holds its own step
    assert told[2025] == {("SG1f", "", "concerns", 1)}
    assert told[2026] == {("SG1f", "", "section_42_enquiry", 1)}
    assert {table for table, *_ in told[2027]} == {
        "SG2a", "SG2b", "SG2c", "SG2d", "SG3a", "SG4a",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "category"),
    [
        ({"lacked_capacity": "yes", "advocate": True}, "lacked_capacity_with_advocate"),
        (
            {"lacked_capacity": "yes", "advocate": False},
            "lacked_capacity_without_advocate",
        ),
        ({"lacked_capacity": "yes"}, "lacked_capacity_advocate_not_recorded"),
        ({"lacked_capacity": "not_known"}, "not_known"),
        ({"wishes_met": "fully"}, "asked_and_met_fully"),
        ({"wishes_met": "not"}, "asked_and_not_met"),
        ({"wishes_met": "none_expressed"}, "asked_and_none_expressed"),
        ({"wishes_asked": False, "wishes_met": "none_expressed"}, "not_asked"),
        ({"wishes_asked": False}, "not_asked_and_said_to_be_met"),
        ({"risk_assessment": "who knows"}, "not_a_category_of_the_collection"),
        ({"risk_outcome": "removed"}, "removed"),
    ],
)
def test_an_outcome_is_counted_in_its_category(
    tmp_path: Path, more: Mapping[str, Any], category: str
) -> None:
    # given an enquiry that ended so; when it is counted, then it is in its category
    rows = counted(tmp_path, [raised(), triaged(), concluded(**more)], 2026)
    assert category in {name for _, _, name, _ in not_zero(rows)}


def test_an_enquiry_that_nobody_decided_on_is_counted_by_itself(tmp_path: Path) -> None:
    # given an outcome without a concern and without a decision
    rows = counted(tmp_path, [concluded()], 2026)
    # when it is counted, then nothing of it is left out
    assert {enquiry for _, enquiry, _, _ in not_zero(rows)} == {"not_decided"}
    assert ("SG2a", "not_decided", "not_recorded", 1) in not_zero(rows)
    assert ("SG2b", "not_decided", "not_recorded", 1) in not_zero(rows)


@given(feed=feeds())
@settings(max_examples=CASES)
def test_every_case_of_any_council_is_counted_in_some_year(
    tmp_path_factory: pytest.TempPathFactory, feed: list[Event]
) -> None:
    # given any council; when all its years are counted
    folder = tmp_path_factory.mktemp("sac")
    with Log(f"sqlite:///{folder}/c.db", simulated=True) as log:
        Intake(log).receive(lines(feed), SteppedClock(NOON + timedelta(days=800)))
        council = Council(log)
    rows = [row for year in YEARS for row in collection(council, LATER, year)]
    # then the sources of risk add up, and there are as many concerns as were raised and stand
    for row in rows:
        assert row["total"] == sum(row[name] for name in COLUMNS[3:-1])
    council.prepare(LATER, ("concerns",))
    (count,) = council.con.execute("SELECT count(*) FROM concerns").fetchone() or (0,)
    told = [row["total"] for row in rows if row["category"] == "concerns"]
    assert sum(told) == count

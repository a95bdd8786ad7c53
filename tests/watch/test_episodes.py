"""What is on record of findings: how far each has come, whose it is, and until when it held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain import acting
from domain.acting import Decision
from domain.finding import (
    Acknowledgement,
    Assignment,
    Dismissal,
    Draft,
    Finding,
    Opened,
    Opening,
    Query,
    Reply,
    Upholding,
    Withdrawal,
    Withdrawn,
    episode_name,
)
from domain.values import Total
from projections.asking import Moment
from projections.council import Council
from projections.episodes import STATUSES, episodes
from record.clock import SteppedClock
from record.log import Log
from record.ourselves import act, conclude, our_statement
from tests.feeds import NOON


@pytest.fixture(autouse=True)
def _on_a_file(store: Path) -> None:
    """On one kind of store: what is asked here is asked of the columns, alike for both."""


KEY = "missed_call:/providers/ash/V1"
NAME = episode_name(KEY, 1)
Step = Callable[[Finding], Decision]

SEEN: Step = lambda it: acting.acknowledge(it, Acknowledgement(by="O1"))  # noqa: E731
GIVEN: Step = lambda it: acting.assign(it, Assignment(by="O1", to="O2"))  # noqa: E731
ASKED: Step = lambda it: acting.ask_provider(  # noqa: E731
    it, Query(by="O1", due_on=NOON.date(), question="why?"), NOON.date()
)
REPLIED: Step = lambda it: acting.record_reply(it, Reply(by="O2", reply="sorry"))  # noqa: E731
UPHELD: Step = lambda it: acting.uphold(it, Upholding(by="O3"))  # noqa: E731
DISMISSED: Step = lambda it: acting.dismiss(  # noqa: E731
    it, Dismissal(by="O3", reason="no", minutes=Total(30)), NOON
)
DRAFTED: Step = lambda it: acting.draft_concern(it, Draft(by="O3", concern="K1"))  # noqa: E731


def opened(log: Log, clock: SteppedClock, *steps: Step) -> None:
    """A finding is on record, and this was done about it."""
    data = Opening(
        key=KEY, episode=1, kind="missed_call", severity="high", provider="ash",
        contract="C1", person="P1", visit="V1", since="2026-06-15T07:00:00Z",
        minutes=Total(30), reason="nobody came",
    )  # fmt: skip
    said = our_statement(Opened, f"{NAME}-opened", NAME, data, clock.now())
    assert conclude(log, [said], clock, after=0, topics=[Opened.TOPIC])
    for step in steps:
        act(log, Opened, NAME, step, clock)


def told(log: Log, at: datetime = NOON, **within: list[str]) -> list[dict[str, Any]]:
    """What is told of everything on record."""
    return episodes(Council(log), Moment(at), STATUSES, within)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((), {"status": "open", "by": None}),
        ((SEEN,), {"status": "acknowledged", "by": "O1"}),
        ((SEEN, GIVEN), {"status": "assigned", "by": "O1", "assigned_to": "O2"}),
        (
            (GIVEN, ASKED),
            {"status": "queried", "assigned_to": "O2", "due_on": "2026-06-15"},
        ),
        ((ASKED, REPLIED), {"status": "replied", "by": "O2", "due_on": None}),
        ((UPHELD,), {"status": "upheld", "by": "O3"}),
        ((SEEN, DISMISSED), {"status": "dismissed", "by": "O3"}),
        ((DRAFTED,), {"status": "drafted", "by": "O3"}),
    ],
)
def test_a_finding_has_come_as_far_as_the_last_that_was_done(
    log: Log, clock: SteppedClock, steps: tuple[Step, ...], expected: dict[str, Any]
) -> None:
    # given a finding on record, and what was done about it
    opened(log, clock, *steps)
    # when it is listed, then it says how far it has come, and by whom
    (row,) = told(log)
    assert {name: row[name] for name in expected} == expected
    assert (row["until"], row["minutes"], row["person"]) == (None, 30, "P1")


def test_a_dismissal_that_has_lapsed_counts_no_longer(
    log: Log, clock: SteppedClock
) -> None:
    # given a finding that was seen and then dismissed
    opened(log, clock, SEEN, DISMISSED)
    # when 90 days have passed it is still dismissed, and a moment later it is not
    ninety = NOON + timedelta(days=90)
    assert [row["status"] for row in told(log, ninety)] == ["dismissed"]
    later = told(log, ninety + timedelta(seconds=1))
    assert [(row["status"], row["by"]) for row in later] == [("acknowledged", "O1")]


def test_a_finding_that_holds_no_longer_says_until_when_it_held_and_why(
    log: Log, clock: SteppedClock
) -> None:
    # given a finding that was withdrawn an hour later
    opened(log, clock, SEEN)
    clock.at = NOON + timedelta(hours=1)
    gone = Withdrawal(key=KEY, episode=1, cause="late_evidence")
    said = our_statement(Withdrawn, f"{NAME}-withdrawn", NAME, gone, clock.now())
    conclude(log, [said], clock, after=log.head(), topics=[Opened.TOPIC])
    # when it is listed after that, and before it
    (after,) = told(log, NOON + timedelta(hours=2))
    (before,) = told(log, NOON + timedelta(minutes=30))
    # then each tells how it stood
    assert (after["status"], after["until"], after["cause"]) == (
        "withdrawn", "2026-06-15T13:00:00Z", "late_evidence",
    )  # fmt: skip
    assert (before["status"], before["until"]) == ("acknowledged", None)


def test_what_is_listed_is_narrowed_by_what_it_names(
    log: Log, clock: SteppedClock
) -> None:
    # given one finding on record; when others are asked for, then it is not among them
    opened(log, clock)
    assert len(told(log, kind=["missed_call"], person=["P1"], provider=["ash"])) == 1
    for other in ({"kind": ["late_call"]}, {"person": ["P2"]}, {"contract": ["C2"]}):
        assert told(log, **other) == []
    assert episodes(Council(log), Moment(NOON), ["withdrawn"], {}) == []

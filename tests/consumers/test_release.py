"""Conflicts that a person decides, and stores whose names are unusual."""

from __future__ import annotations

from pathlib import Path

import pytest

from consumers.intake import Intake
from consumers.messages import read_event, unreadable
from consumers.release import _ruling, decide, release
from record import aside
from record.arrivals import Statement
from record.clock import SteppedClock
from record.deciding import decide as note_decision
from record.errors import NotFound
from record.log import Log
from tests.feeds import NOON, check_in, heartbeat, line


def test_of_two_officers_who_decide_at_once_the_second_is_told(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a conflict that two officers look at, and one of them decides
    intake.receive([line(check_in("a", carer=name)) for name in ("K1", "K2")], clock)
    seen = aside.conflicts(log, entry=1)[0]
    second = read_event(aside.raw_second(log, 1))
    assert isinstance(second, Statement)
    decide(log, 1, "second", "typo", clock)
    head = log.head()

    # when the other decides by what was seen before, then that is refused
    with pytest.raises(NotFound):
        note_decision(
            log, 1, second, "too", clock, lambda p, now: _ruling(seen, p, "too", now)
        )

    # and nothing was recorded by it, and the first decision stands
    assert log.head() == head == 3
    assert aside.conflicts(log, entry=1)[0]["reason"] == "typo"


def test_a_store_may_have_any_name_that_a_file_may_have(tmp_path: Path) -> None:
    # given a store whose name has what other addresses give a meaning to
    with Log(f"sqlite:///{tmp_path}/a#b?c%20.db", simulated=True) as log:
        Intake(log).receive([line(heartbeat("a"))], SteppedClock(NOON))

    # then it is kept under that name
    assert (tmp_path / "a#b?c%20.db").stat().st_size > 0


def test_a_batch_that_was_set_aside_whole_is_released_event_by_event(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a batch that was set aside because its reader did not end
    raw = b"[" + line(heartbeat("a")) + b"," + line(heartbeat("b")) + b",{}]"
    intake.receive([unreadable(raw, "reading it never ended")], clock)

    # when it is released
    rows = release(log, None, clock)

    # then what can be read is recorded, and the rest waits by itself
    assert [(row["entry"], row["status"]) for row in rows] == [
        (1, "recorded"), (1, "recorded"), (1, "quarantined")
    ]  # fmt: skip
    assert [(row["entry"], row["size"]) for row in aside.quarantined(log)] == [(2, 2)]

"""Why a finding ended: what was said since of its subject, other thresholds, or time alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from record.log import Log
from tests.edges.telling import (
    alive,
    at,
    contract,
    council,
    numbered,
    policy,
    retracted,
    said,
    stay,
    visit,
)
from tests.feeds import Event
from tests.projections.test_laws import receive
from tests.watch.test_lives import causes, recorded, watching

DAY = 24 * 60
PLANNED = [contract(), visit()]
LATE = stay(at(40), at(70))
BY_PROVIDER = said("cancelled", at(-60), by="provider", reason="no_staff")
ENDING = contract(ends_on="2026-06-20", notice_days=7)
NOTICE = council(
    "contract.notice_given", "C1", at(-DAY), by="council", ends_on="2026-06-20"
)
STRICT = policy(late_after=5)

STORIES: dict[str, tuple[str, list[Event], float, list[Event], float, str]] = {
    "the carer had come, and her phone was late": (
        "missed_call", [*PLANNED, alive(at(90))], 100, [*stay(at(0), at(30))], 110,
        "late_evidence"),
    "the late check-in was taken back": (
        "late_call", [*PLANNED, *LATE], 80, [retracted(LATE[0], at(90))], 100, "retraction"),
    "the council took its notice back": (
        "end_approaching", [contract(), NOTICE], 60, [retracted(NOTICE, at(70))], 80, "retraction"),
    "the council took its thresholds back": (
        "late_call", [*PLANNED, *stay(at(20), at(50)), STRICT], 80, [retracted(STRICT, at(90))], 100,
        "policy"),
    "it was the person who called off": (
        "provider_cancelled", [*PLANNED, BY_PROVIDER], 40,
        numbered(1, said("cancelled", at(-50), by="person", reason="declined")), 50,
        "correction"),
    "the package was varied": (
        "end_approaching", [ENDING], 60,
        [council("contract.varied", "C1", at(70), effective_on="2026-06-15", reason="r",
                 ends_on="2026-12-31")], 80, "correction"),
    "lateness is judged otherwise from today on": (
        "late_call", [*PLANNED, *LATE], 80, [policy(late_after=60)], 90, "policy"),
    "lateness was to be judged otherwise from tomorrow on": (
        "review_overdue", [contract(starts_on="2026-01-01"),
                        policy(effective_on="2026-06-16", first_review_weeks=60)],
        80, [], DAY, "policy"),
    "the package has ended": ("end_approaching", [ENDING], 60, [], 7 * DAY, "time"),
    "the package has ended, whatever else was said of it": (
        "end_approaching", [ENDING], 60, [visit(), *LATE], 7 * DAY, "time"),
}  # fmt: skip


@pytest.mark.usefixtures("store")  # on a file: which store it is says nothing of why
@pytest.mark.parametrize("story", STORIES)
def test_an_end_is_recorded_with_its_cause(story: str, log: Log) -> None:
    # given a finding that holds, and was recorded
    kind, before, first, after, then, expected = STORIES[story]
    with watching(log, instant(first)) as watcher:
        receive(log, before, instant(first))
        watcher.look(instant(first))
        key = only(key for what, key, _ in recorded(log) if key.startswith(kind))
        # when something is said, or only time passes
        receive(log, after, instant(then))
        watcher.look(instant(then))
        # then it is withdrawn, and why
        assert ("withdrawn", key, 1) in recorded(log)
        assert causes(log)[key, 1] == expected


def test_what_holds_again_is_a_new_episode(log: Log) -> None:
    # given a call that was missed, then seen to have been kept, and the check-in taken back
    came = stay(at(0), at(30))
    with watching(log, instant(100)) as watcher:
        for minutes, events in (
            (100, [*PLANNED, alive(at(90))]),
            (110, came),
            (120, [retracted(one, at(115)) for one in came]),
        ):
            receive(log, events, instant(minutes))
            watcher.look(instant(minutes))
        # then it is the same finding's second episode
        lives = of_the_call(log)
    assert lives == [("opened", 1), ("withdrawn", 1), ("opened", 2)]


def test_a_watcher_whose_clock_is_behind_withdraws_nothing_that_another_has_opened(
    log: Log,
) -> None:
    # given a watcher by whose clock a call is overdue, and one by whose clock it is not yet
    receive(log, [*PLANNED, alive(at(30))], instant(40))
    with watching(log, instant(40)) as ahead, watching(log, instant(40)) as behind:
        ahead.look(instant(60))
        overdue = [("opened", 1)]
        assert of_the_call(log) == overdue
        # when the second looks, then it looks no earlier than the first did
        behind.refresh(instant(59))
        earliest = behind.watcher.earliest()
        assert earliest == instant(60)
        assert behind.look(earliest) == (0, 0)
    assert of_the_call(log) == overdue


def of_the_call(log: Log) -> list[tuple[str, int]]:
    """What is on record of the missed call: opened or withdrawn, and the episode."""
    return [(what, n) for what, key, n in recorded(log) if key.startswith("missed_call")]


def instant(minutes: float) -> datetime:
    """So long after V1 is due."""
    return datetime.fromisoformat(at(minutes))


def only(keys: Iterator[str]) -> str:
    """The one key that there is."""
    (key,) = keys
    return key

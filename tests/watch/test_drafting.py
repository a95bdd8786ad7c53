"""A pattern of missed calls drafts a concern for each adult it is about, once, and no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import watch.watcher
from domain.concern import draft_name
from domain.finding import episode_name
from record import ourselves
from record.log import Log
from tests.edges.telling import DUE, contract, visit
from tests.feeds import Event, event
from tests.projections.test_laws import receive
from tests.sealing import states
from tests.watch.test_lives import watching


@pytest.fixture(autouse=True)
def _on_a_file(store: Path) -> None:
    """On one kind of store: what is asked here is asked of the columns, alike for both."""


NOW = DUE + timedelta(days=2)
SOON = DUE + timedelta(days=3)


def missed(ref: str, **more: Any) -> Event:
    """The provider says that nobody came."""
    return event("visit.missed", ref, "/providers/ash", "2026-06-15T08:30:00Z", **more)


TWICE = [
    contract(), visit("V1", day="2026-06-14"), visit("V2"), missed("V1"), missed("V2"),
]  # fmt: skip
"""P1 was missed on two days."""


def drafts(log: Log) -> dict[str, dict[str, Any]]:
    """What each draft says, by its name; each is on record once."""
    found: dict[str, dict[str, Any]] = {}
    for _, topic, state in states(log):
        if topic == "concern.drafted":
            assert state["said"]["subject"] not in found
            found[state["said"]["subject"]] = state["data"]
    return found


def looked(log: Log, feed: list[Event], *at: datetime) -> dict[str, dict[str, Any]]:
    """What is drafted when a watcher has looked at these instants."""
    receive(log, feed, NOW - timedelta(hours=1))
    with watching(log, NOW) as watcher:
        for each in at:
            watcher.look(each)
    return drafts(log)


def test_calls_that_are_missed_again_draft_one_concern_with_those_calls(log: Log) -> None:
    # given a person whose calls were missed twice; when the watcher has looked, and again
    finding = episode_name("missed_pattern:P1", 1)
    found = looked(log, TWICE, NOW, SOON)
    # then there is one draft, named after the pattern and the person, with both calls
    assert list(found) == [draft_name(finding, "P1")]
    (told,) = found.values()
    assert (told["finding"], told["person"], told["provider"]) == (finding, "P1", "ash")
    assert told["ground"].startswith("recurrence")
    assert told["visits"] == [
        {"source": "/providers/ash", "visit": "V1"},
        {"source": "/providers/ash", "visit": "V2"},
    ]


def test_a_provider_that_misses_many_drafts_one_concern_for_each_of_them(
    log: Log,
) -> None:
    # given a morning on which a provider missed four people, one of them for the second time
    feed = [*TWICE]
    for number in "345":
        more = {"contract": f"C{number}", "person": f"P{number}"}
        feed += [contract(f"C{number}", person=f"P{number}"),
                 visit(f"V{number}", **more), missed(f"V{number}")]  # fmt: skip
    # when the watcher has looked
    found = looked(log, feed, NOW)
    # then each has one: who has a pattern of their own, of that
    spread = episode_name("missed_pattern:ash", 1)
    assert sorted(told["person"] for told in found.values()) == ["P1", "P3", "P4", "P5"]
    assert {told["person"] for told in found.values() if told["finding"] == spread} == {
        "P3", "P4", "P5",
    }  # fmt: skip
    for told in found.values():
        assert len(told["visits"]) == (2 if told["person"] == "P1" else 1)


def test_one_missed_call_without_harm_drafts_nothing_and_one_with_harm_does(
    log: Log,
) -> None:
    # given one missed call; when the watcher looks, then nothing is drafted
    assert looked(log, [contract(), visit(), missed("V1")], NOW) == {}
    # and when harm is said of it, then one is
    receive(log, [missed("V1", harm=True) | {"sequence": "2"}], NOW)
    with watching(log, SOON) as watcher:
        watcher.look(SOON)
    assert [told["ground"].partition(":")[0] for told in drafts(log).values()] == ["harm"]


def test_a_watcher_that_is_killed_before_the_finding_leaves_one_draft_in_the_end(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a watcher that is killed after its first record, which is the draft
    class Killed(Exception):
        """As if the process had ended."""

    times = iter((1,))

    def conclude(*args: Any, **more: Any) -> Any:
        if next(times, None) is None:
            raise Killed
        return ourselves.conclude(*args, **more)

    with monkeypatch.context() as out:
        out.setattr(watch.watcher, "AT_ONCE", 1)
        out.setattr(watch.watcher, "conclude", conclude)
        with pytest.raises(Killed):
            looked(log, TWICE, NOW)
    assert len(drafts(log)) == 1
    # when two others look after it
    with watching(log, SOON) as one, watching(log, SOON) as other:
        one.look(SOON)
        other.look(SOON)
    # then the draft is there once, and the pattern is on record
    assert len(drafts(log)) == 1
    opened = [
        s["data"]["key"] for _, topic, s in states(log) if topic == "finding.opened"
    ]
    assert opened.count("missed_pattern:P1") == 1

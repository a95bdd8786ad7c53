"""The follower: what is recorded is found within moments, and nothing is ever skipped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

import projections.present
import watch.follower
from consumers.intake import Intake
from projections import mirror
from projections.asking import Moment
from projections.engine import Limits
from projections.kept import records_of
from projections.present import Present
from projections.segments import Segments
from record.clock import SteppedClock
from record.errors import StoreOutOfReach
from record.log import Log
from tests.edges.telling import policy
from tests.feeds import NOON, check_in, heartbeat, lines
from tests.projections.test_laws import asked
from watch.follower import Follower

LIMITS = Limits(threads=1)


@pytest.fixture
def segments(log: Log, tmp_path: Path) -> Segments:
    """Where the columns of the test's log are kept."""
    return Segments(tmp_path / "columns", log.id)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, and look at the clock often."""
    monkeypatch.setattr(watch.follower, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(watch.follower, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(watch.follower, "LONGEST_WAIT", 0.02)


@contextmanager
def running(follower: Follower) -> Iterator[Follower]:
    """The follower at work in a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(target=follower.run, args=(stop,))
    thread.start()
    try:
        yield follower
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.01)


def keys(found: list[dict[str, Any]]) -> list[str]:
    """The keys of findings."""
    return [finding["key"] for finding in found]


def visits(first: int, count: int) -> list[bytes]:
    """Check-ins at so many visits of which there is no plan."""
    return lines(check_in(f"i{n}", f"V{n}") for n in range(first, first + count))


def test_what_is_recorded_is_found_by_a_follower_that_runs(
    log: Log, intake: Intake, clock: SteppedClock, segments: Segments
) -> None:
    # given a follower at work on an empty log
    with running(Follower(log, segments, clock, LIMITS)) as follower:
        until(lambda: follower.ready)
        # when a visit without a plan is recorded
        intake.receive(visits(1, 1), clock)
        until(lambda: follower.position == 1)
        # then it is found, and nothing is left unread
        assert follower.present is not None
        assert keys(follower.present.findings()) == ["unplanned_visit:/providers/ash/V1"]
        assert follower.lag().events == 0


def test_two_followers_of_one_log_agree_with_a_question_asked_anew(
    log: Log, intake: Intake, clock: SteppedClock, segments: Segments
) -> None:
    # given two followers of one log
    one, other = (Follower(log, segments, clock, LIMITS) for _ in range(2))
    with running(one), running(other):
        # when events come in several batches
        for batch in range(5):
            intake.receive(visits(10 * batch, 10), clock)
        until(lambda: one.position == other.position == 50)
        # then both hold what anybody would find who asked now
        assert one.present is not None
        assert other.present is not None
        found = one.present.findings()
        assert len(found) == 50
        assert found == other.present.findings() == asked(log, Moment(NOON))


def test_how_far_behind_a_follower_is_can_be_told(
    log: Log, intake: Intake, clock: SteppedClock, segments: Segments
) -> None:
    # given a follower that has not begun, and events received a minute ago
    follower = Follower(log, segments, clock, LIMITS)
    intake.receive(lines([heartbeat("a"), heartbeat("b")]), clock)
    clock.at = NOON.replace(minute=1)
    # when it is asked how far behind it is, then it says so in events and in seconds
    lag = follower.lag()
    assert (lag.events, lag.seconds) == (2, 60)


@pytest.mark.usefixtures("soon")
def test_an_event_that_cannot_be_followed_is_parked_before_and_never_skipped(
    log: Log,
    intake: Intake,
    clock: SteppedClock,
    segments: Segments,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a follower that fails at the fourth event
    decode = projections.present.decode_tail
    broken = True

    def fail(con: Any, rows: Any) -> None:
        if broken and any(position == 4 for position, _, _ in rows):
            raise ValueError("zebra")
        decode(con, rows)

    monkeypatch.setattr(projections.present, "decode_tail", fail)
    with capture_logs() as logged, running(Follower(log, segments, clock, LIMITS)) as it:
        until(lambda: it.ready)
        # when more events than that are recorded
        intake.receive(visits(1, 6), clock)
        until(lambda: it.parked is not None)
        # then it follows those before, says at which it is parked, and repeats no contents
        assert it.position == 3
        assert it.parked == "the event at position 4 cannot be followed (ValueError)"
        assert "zebra" not in str(logged)
        assert any(one["event"] == "parked" for one in logged)
        # and once what was wrong is mended it goes on, with nothing left out
        broken = False
        until(lambda: it.position == 6)
        until(lambda: it.parked is None)
        assert it.present is not None
        assert len(it.present.findings()) == 6


@pytest.mark.usefixtures("soon")
def test_a_log_that_is_away_for_a_while_parks_nobody(
    log: Log,
    intake: Intake,
    clock: SteppedClock,
    segments: Segments,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a follower at work, and a log that goes away
    with running(Follower(log, segments, clock, LIMITS)) as follower:
        until(lambda: follower.ready)
        head, asked_for = log.head, 0

        def away() -> int:
            nonlocal asked_for
            asked_for += 1
            raise StoreOutOfReach("away")

        monkeypatch.setattr(log, "head", away)
        until(lambda: asked_for > 8)
        # when it comes back
        assert follower.parked is None
        monkeypatch.setattr(log, "head", head)
        intake.receive(visits(1, 2), clock)
        # then it is followed on
        until(lambda: follower.position == 2)


def test_a_refreshing_that_fails_leaves_everything_as_it_was(
    log: Log,
    intake: Intake,
    clock: SteppedClock,
    segments: Segments,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given what is kept, and a refreshing that fails when all but its end is done
    intake.receive(visits(1, 3), clock)
    present = Present(log, segments, clock.now(), LIMITS)
    before = present.findings()
    intake.receive(visits(4, 3), clock)
    answer_again = projections.present.answer_again
    asked_again = 0

    def fail(*words: Any) -> Any:
        nonlocal asked_again
        asked_again += 1
        if asked_again == 2:
            raise ValueError
        return answer_again(*words)

    monkeypatch.setattr(projections.present, "answer_again", fail)
    with pytest.raises(ValueError, match=r"^$"):
        present.refresh(clock.now())
    # when it is asked, then it is as it was; and the next refreshing does it all
    assert present.findings() == before
    assert present.head == 3
    present.refresh(clock.now())
    assert len(present.findings()) == 6
    present.close()


def test_a_long_tail_is_put_into_segments_and_changes_no_answer(
    log: Log,
    intake: Intake,
    clock: SteppedClock,
    segments: Segments,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a follower that finds twenty events worth a segment
    monkeypatch.setattr(watch.follower, "SEGMENT_FROM", 20)
    monkeypatch.setattr(mirror, "SEGMENT_FROM", 20)
    monkeypatch.setattr(mirror.write_segments, "__kwdefaults__", {
        **(mirror.write_segments.__kwdefaults__ or {}), "from_events": 20,
    })  # fmt: skip
    follower = Follower(log, segments, clock, LIMITS)
    # when it has followed more than that, twice
    follower.follow_once()
    for batch in range(2):
        intake.receive(visits(25 * batch, 25), clock)
        follower.follow_once()
    # then they are in segments, and what is found is what it was
    assert segments.manifest().segments[-1].last == 50
    assert follower.present is not None
    assert follower.present.findings() == asked(log, Moment(NOON))
    # and what it has of all visits is kept: at once, and again when all was asked anew
    assert kept_until(log, segments) == 25
    intake.receive(lines([policy(late_after=20)]), clock)
    intake.receive(visits(50, 25), clock)
    follower.follow_once()
    assert kept_until(log, segments) == 76
    follower.present.close()


def kept_until(log: Log, segments: Segments) -> int | None:
    """Up to which position facts of visits are kept."""
    note = records_of(log, segments).note()
    return note.reached if note else None


def skip(follower: Follower, _: Exception) -> None:
    """What a follower must never do: go on behind an event that it could not follow."""
    assert follower.present is not None
    follower.present.head += 1


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("cheats", [False, True], ids=["honest", "skips on error"])
def test_a_follower_that_skips_what_it_cannot_follow_is_seen(
    log: Log,
    intake: Intake,
    clock: SteppedClock,
    segments: Segments,
    monkeypatch: pytest.MonkeyPatch,
    cheats: bool,
) -> None:
    # given a follower, honest or not, that cannot follow the fourth of seven visits
    decode = projections.present.decode_tail

    def fail(con: Any, rows: Any) -> None:
        if rows[0][0] == 4:
            raise ValueError
        decode(con, [row for row in rows if row[0] < 4] if rows[0][0] < 4 else rows)

    monkeypatch.setattr(projections.present, "decode_tail", fail)
    monkeypatch.setattr(watch.follower, "AT_MOST", 1)
    if cheats:
        monkeypatch.setattr(Follower, "_failed", skip)
    with running(Follower(log, segments, clock, LIMITS)) as it:
        until(lambda: it.ready)
        intake.receive(visits(1, 7), clock)

        # when it has come as far as it comes
        until(lambda: it.parked is not None or it.position == 7)
        assert it.present is not None
        found = {key.rpartition("/")[2] for key in keys(it.present.findings())}

        # then it has found all visits up to where it says it is, unless it skipped one
        told = {f"V{n}" for n in range(1, it.position + 1)}
        assert (found == told) != cheats

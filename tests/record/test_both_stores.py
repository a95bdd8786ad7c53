"""What every store must do alike, whichever database keeps it."""

from __future__ import annotations

import threading
import time
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent

from consumers.intake import Intake
from record import aside
from record.clock import SteppedClock
from record.errors import StoreNotUsable
from record.log import Log
from record.log_reading import ASK_SECONDS
from record.tables import SCHEMA_VERSION
from tests.feeds import assessed, check_in, heartbeat, line, lines, statement

HINDRANCES = {
    "sqlite": "CREATE TRIGGER no_such BEFORE INSERT ON stored_events"
    " WHEN new.topic = 'visit.checked_in' BEGIN SELECT RAISE(ABORT, 'no'); END",
    "postgresql": "ALTER TABLE stored_events ADD CHECK (topic <> 'visit.checked_in')",
}


def positions(log: Log) -> list[int]:
    """The positions of the log's events, in order."""
    return [row[0] for chunk in log.rows() for row in chunk]


def test_a_statement_that_the_store_refuses_takes_no_other_down(
    log: Log, intake: Intake, clock: SteppedClock, store_kind: str
) -> None:
    # given a store that refuses some events for a reason of their own
    with log.recorder.altering() as ledger:
        ledger.tell(HINDRANCES[store_kind])
    # when they arrive among others
    batch = [heartbeat("a"), check_in("b"), heartbeat("c"), check_in("d"), heartbeat("e")]
    receipts = intake.receive(lines(batch), clock)
    # then they are quarantined with their bytes, the others recorded, all in order
    assert [(receipt.status, receipt.id) for receipt in receipts] == [
        ("recorded", "a"), ("quarantined", "b"), ("recorded", "c"), ("quarantined", "d"),
        ("recorded", "e"),
    ]  # fmt: skip
    assert positions(log) == [1, 2, 3]
    kept = {row["id"]: b"".join(aside.raw_pieces(log, row["entry"]))
            for row in aside.quarantined(log)}  # fmt: skip
    assert kept == {said["id"]: line(said) for said in (batch[1], batch[3])}


def test_positions_are_dense_although_transactions_were_given_up(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a batch that was appended and then given up
    intake.receive(lines([heartbeat("a"), heartbeat("b")]), clock)
    with pytest.raises(ZeroDivisionError), log.recorder.writing() as ledger:
        told = StoredEvent(uuid4(), 1, "provider.heartbeat", b"{}")
        log.recorder.append(ledger, [told])
        assert ledger.head() == 3
        raise ZeroDivisionError
    # when the next events arrive
    receipts = intake.receive(lines([heartbeat("a"), heartbeat("c")]), clock)
    # then nothing of it is left, and no position is left out
    assert [(r.status, r.position) for r in receipts] == [
        ("duplicate", None),
        ("recorded", 3),
    ]
    assert positions(log) == [1, 2, 3]


def test_a_reader_sees_one_whole_state_while_others_write(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a reader in the middle of its questions
    intake.receive([line(heartbeat("a"))], clock)
    with log.recorder.reading() as ledger:
        assert ledger.head() == 1
        # when an event, a conflict and rubbish are received meanwhile
        intake.receive([line(assessed("b", 1)), line(assessed("b", 2)), b"{"], clock)
        # then it sees none of them, in whatever it asks
        counts = [
            ledger.ask(f"SELECT count(*) FROM {table}")[0][0]
            for table in ("stored_events", "receipts", "conflicts", "quarantine")
        ]
    assert counts == [1, 1, 0, 0]
    assert log.head() == 2


def test_a_reader_never_misses_what_two_writers_append(
    url: str, log: Log, clock: SteppedClock
) -> None:
    # given two writers at work, each on connections of its own
    def write(source: str) -> None:
        with Log(url) as mine:
            for number in range(60):
                Intake(mine).receive([line(heartbeat(str(number), source))], clock)

    writers = [threading.Thread(target=write, args=(name,)) for name in ("ash", "birch")]
    for writer in writers:
        writer.start()
    # when somebody reads along, always from where they were
    seen: list[int] = []
    give_up = time.monotonic() + 60
    while len(seen) < 120 and time.monotonic() < give_up:
        head = log.wait(len(seen), 1)
        seen += [row[0] for chunk in log.rows(len(seen), head) for row in chunk]
    for writer in writers:
        writer.join()
    # then they have seen every position, once and in order
    assert seen == list(range(1, 121))


def test_whoever_waits_is_told_soon_that_something_was_appended(
    url: str, log: Log, clock: SteppedClock
) -> None:
    # given somebody who waits for the first event
    told: list[Any] = []

    def wait() -> None:
        told.append((log.wait(0, 20), time.monotonic()))

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.3)
    # when another process records one
    with Log(url) as other:
        Intake(other).receive([line(heartbeat("a"))], clock)
        recorded = time.monotonic()
    waiting.join(20)
    # then they know it in a fraction of the time after which they would have asked
    ((head, at),) = told
    assert head == 1
    assert at - recorded < ASK_SECONDS / 2


def test_a_wait_for_nothing_ends(log: Log) -> None:
    # given an empty log; when somebody waits a little, then they are told that it is empty
    started = time.monotonic()
    assert log.wait(0, 0.2) == 0
    assert 0.2 <= time.monotonic() - started < 5


def test_a_store_that_a_newer_release_has_altered_is_no_more_written_to(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a store that a newer release brings up to date while this one is at work
    intake.receive([line(heartbeat("a"))], clock)
    with log.recorder.writing() as ledger:
        ledger.set_meta("schema_version", str(SCHEMA_VERSION + 1))
    # when the next event arrives, then it is said why it cannot be recorded
    with pytest.raises(StoreNotUsable, match="newer version"):
        intake.receive([line(heartbeat("b"))], clock)
    assert log.head() == 1


def test_the_library_reads_what_was_said_of_a_thing_alike(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a visit that was spoken of twice
    intake.receive(lines([check_in("a"), heartbeat("b"), check_in("c")]), clock)
    visit, recorder = statement(check_in("a")).thing, log.recorder
    # when the library reads it in its own ways, then it finds the same
    assert recorder.max_notification_id() == 3
    assert [e.originator_version for e in recorder.select_events(visit)] == [1, 2]
    newest = recorder.select_events(visit, gt=0, lte=2, desc=True, limit=1)
    assert [e.originator_version for e in newest] == [2]
    # and what it would do otherwise than we need is refused
    for refused in (recorder.subscribe, lambda: recorder.select_notifications(1, 2)):
        with pytest.raises(NotImplementedError):
            refused()


def test_a_name_that_no_event_may_have_is_quarantined_without_it(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given an event with an id that cannot be written as text everywhere
    said = check_in("a", method="fax") | {"id": "a\x00b"}
    # when it arrives, then it is kept, and nothing is named by it
    assert intake.receive([line(said)], clock)[0].status == "quarantined"
    (kept,) = aside.quarantined(log)
    assert kept["id"] is None
    assert b"".join(aside.raw_pieces(log, kept["entry"])) == line(said)

"""What is stored comes back as it was said, and nothing in the log is ever changed."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent

from consumers.intake import Intake
from domain.base import Event
from domain.catalogue import WIRE
from record.clock import SteppedClock, SystemClock
from record.errors import SimulatedClock
from record.log import Log
from record.mapper import StatementMapper, UnknownTopic
from tests.catalogue import SAID, full
from tests.feeds import ADULTS, NOON, check_in, event, heartbeat, line, lines, statement


def received(log: Log) -> list[str]:
    """The instants at which the log's events were received, in order."""
    rows = [row for chunk in log.rows() for row in chunk]
    return [json.loads(state)["received_at"] for _, _, state in rows]


def stored(log: Log) -> list[Event]:
    """Every event of the log, read back."""
    return [
        log.mapper.to_domain_event(StoredEvent(*row[1:]))
        for chunk in log.whole()
        for row in chunk
    ]


def without_seals(state: bytes) -> dict[str, Any]:
    """The state as it is stored, but for the sealed words themselves."""
    told: dict[str, Any] = json.loads(state)
    return told | {"sealed": sorted(told["sealed"]["words"])}


def log_id(number: int):  # type: ignore[no-untyped-def]
    """Some identity; it is not compared."""
    from uuid import UUID

    return UUID(int=number)


def test_received_at_never_goes_backwards_when_the_clock_does(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a clock that is put back an hour, and then on by two
    for number, hours in enumerate((0, -1, -1, 1)):
        clock.at = NOON + timedelta(hours=hours)
        intake.receive([line(heartbeat(str(number)))], clock)
    # when the log is read
    times = received(log)
    # then no event was received before the one it follows
    assert times == sorted(times)
    assert times[:3] == ["2026-06-15T12:00:00Z"] * 3
    assert times[3] == "2026-06-15T13:00:00Z"


def test_the_clock_is_held_back_by_the_store_not_by_the_process(
    url: str, intake: Intake, clock: SteppedClock
) -> None:
    # given an event, and the store opened anew
    intake.receive([line(heartbeat("a"))], clock)
    # when another process with a slower clock records
    with Log(url) as again:
        earlier = SteppedClock(NOON - timedelta(days=1))
        Intake(again).receive([line(heartbeat("b"))], earlier)
        # then its event is not received before the first
        assert received(again) == ["2026-06-15T12:00:00Z"] * 2


def test_a_stepped_clock_is_refused_by_a_store_that_is_not_simulated(
    url: str, clock: SteppedClock
) -> None:
    # given a store for real use
    with Log(url) as log:
        # when somebody brings a clock of their own
        with pytest.raises(SimulatedClock):
            Intake(log).receive([line(heartbeat("a"))], clock)
        # then nothing was recorded, and the machine's clock is welcome
        assert log.head() == 0
        Intake(log).receive([line(heartbeat("a"))], SystemClock())
        assert log.head() == 1


def test_a_store_cannot_be_marked_as_simulated_afterwards(
    url: str, clock: SteppedClock
) -> None:
    # given a store for real use
    Log(url).close()
    # when it is opened as a simulated one, then it stays what it was
    with Log(url, simulated=True) as log, pytest.raises(SimulatedClock):
        Intake(log).receive([line(heartbeat("a"))], clock)


@pytest.mark.parametrize(
    "topic",
    ["visit.dreamt", "os:system", "domain.visit:Scheduled", "record.log:Log", ""],
)
def test_a_stored_topic_that_is_not_in_the_catalogue_is_refused(topic: str) -> None:
    # given a row of a log with a topic of no release
    row = StoredEvent(log_id(1), 1, topic, b"{}")
    # when it is read, then it is refused, and nothing is imported
    with pytest.raises(UnknownTopic):
        StatementMapper(None).to_domain_event(row)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(SAID))
def test_an_event_comes_back_from_the_store_as_it_was_said(
    log: Log, intake: Intake, clock: SteppedClock, kind: str
) -> None:
    # given an event with everything that its type may say, and more
    said = full(kind) | {"traceparent": "00-ab", "sequence": "12"}
    said["data"]["unheard_of"] = {"deep": [1, None, 0.1, "two"], "é": True}
    told = statement(said)
    # when it is recorded and read back
    (receipt,) = intake.receive([line(said)], clock)
    assert receipt.status == "recorded"
    (back,) = stored(log)
    # then it equals what was read, and was said
    assert type(back) is told.kind
    assert (back.said, back.data) == (told.said, told.data)
    assert back.timestamp == NOON
    (row,) = next(log.whole())
    written, unread = log.read(row)
    assert (row.position, row.topic, unread) == (1, kind, {})
    assert written["data"]["unheard_of"] == said["data"]["unheard_of"]
    assert {**written["said"], "data": written["data"]}.keys() == said.keys()
    # and what is made of it again says the same, and differs in its seals alone
    again = log.mapper.to_stored_event(
        back, log.seals.key(json.loads(row.state)["sealed"]["key"])
    )
    assert log.read(row._replace(state=again.state))[0] == written
    assert without_seals(again.state) == without_seals(row.state)


def test_the_offset_of_a_time_is_kept(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given times in three offsets; when they are recorded and read back
    times = [
        "2026-06-15T08:00:00+01:00",
        "2026-06-15T08:00:00.123456-05:30",
        "2026-06-15T08:00:00Z",
    ]
    intake.receive(
        [line(check_in(str(n)) | {"time": t}) for n, t in enumerate(times)], clock
    )
    # then each tells its own wall-clock time and offset
    back = [said.said.time for said in stored(log)]
    assert [time.isoformat() for time in back] == [
        time.replace("Z", "+00:00") for time in times
    ]


@pytest.mark.parametrize("share", ["0.1", "0.123456789", "1e-9", "33.333333333", "0.30"])
def test_a_share_is_kept_exactly_as_it_was_written(
    log: Log, intake: Intake, clock: SteppedClock, share: str
) -> None:
    # given a policy with a share that no binary fraction equals
    said = event("policy.adopted", "policy", ADULTS, id_="a", effective_on="2026-06-15")
    raw = line(said).replace(
        b'"effective_on"', f'"short_share":{share},"effective_on"'.encode()
    )
    # when it is recorded and read back
    assert intake.receive([raw], clock)[0].status == "recorded"
    (back,) = stored(log)
    # then it is that share
    assert getattr(back.data, "short_share") == Decimal(share)  # noqa: B009


def test_an_unknown_field_inside_a_field_is_kept(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given unknown fields inside a location and inside the tasks
    place = {"lat": 51.5, "lon": -0.1, "accuracy": 12}
    said = event(
        "visit.checked_out", "V1", "/providers/ash", id_="a", carer="K1", method="app",
        location=place, tasks={"planned": 3, "done": 2, "refused": 1},
    )  # fmt: skip
    # when it is recorded
    intake.receive([line(said)], clock)
    # then they are in the log
    state, _ = log.read(next(log.whole())[0])
    assert state["data"] == said["data"]


def test_a_thing_folds_to_as_many_versions_as_were_said_of_it(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given three statements of one visit and one of another, in two batches
    first = [check_in("a"), check_in("b"), check_in("c", "V2")]
    intake.receive(lines(first), clock)
    intake.receive(lines([check_in("d"), check_in("a")]), clock)
    # when the visit is read as the library reads aggregates
    visit = log.repository.get(statement(first[0]).thing)
    # then it has heard what was said of it, in order
    assert visit.version == 3  # type: ignore[attr-defined]
    assert [said.said.id for said in visit.heard] == ["a", "b", "d"]  # type: ignore[attr-defined]


def test_a_report_speaks_of_the_visit_of_the_provider_that_it_names(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a tap, and a report of the same visit by a council system
    report = full("visit.reported") | {"subject": "V1"}
    report["data"]["provider"] = "ash"
    # when both are recorded
    intake.receive(lines([check_in("a"), report]), clock)
    # then they are statements about one thing
    visit = log.repository.get(statement(check_in("a")).thing)
    assert visit.version == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE stored_events SET state = x'00' WHERE position = 1",
        "UPDATE stored_events SET position = 99 WHERE position = 1",
        "DELETE FROM stored_events WHERE position = 1",
        "DELETE FROM stored_events",
    ],
)
def test_the_log_is_never_changed_or_cut(
    log: Log, store: Path, intake: Intake, clock: SteppedClock, attempt: str
) -> None:
    # given a log of two events
    intake.receive(lines([heartbeat("a"), heartbeat("b")]), clock)
    before = list(log.rows())
    # when somebody opens the file to change or delete one, then SQLite refuses
    con = sqlite3.connect(store)
    with pytest.raises(sqlite3.IntegrityError, match="the log is never"):
        con.execute(attempt)
    con.close()
    assert list(log.rows()) == before


def test_a_position_is_never_used_again(
    log: Log, store: Path, intake: Intake, clock: SteppedClock
) -> None:
    # given a log whose newest event was cut off by force
    intake.receive(lines([heartbeat("a"), heartbeat("b")]), clock)
    con = sqlite3.connect(store)
    con.execute("DROP TRIGGER log_is_never_cut")
    con.execute("DELETE FROM stored_events WHERE position = 2")
    con.commit()
    con.close()
    # when the next event is recorded, then it has a position of its own
    receipt = intake.receive([line(heartbeat("c"))], clock)[0]
    assert receipt.position == 3


def test_every_type_of_the_catalogue_is_tried_here() -> None:
    # given the types that the feed may say, then each has its examples
    assert SAID.keys() == WIRE.keys()

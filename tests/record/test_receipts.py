"""Receipts: what becomes of an event, one each, in order (feed.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from consumers.intake import Intake
from record import aside
from record.arrivals import Receipt
from record.clock import SteppedClock
from record.log import Log
from tests.feeds import (
    ADULTS,
    ASH,
    assessed,
    check_in,
    event,
    heartbeat,
    line,
    lines,
)

MARKER = "zebra-crossing-4711"


def statuses(receipts: list[Receipt]) -> list[str]:
    """What became of each."""
    return [receipt.status for receipt in receipts]


def everything_kept(store: Path) -> bytes:
    """All bytes of the store, and of what SQLite keeps beside it."""
    return b"".join(
        file.read_bytes() for file in sorted(store.parent.glob("council.db*"))
    )


def test_a_new_and_readable_event_is_recorded_at_the_next_position(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given an empty log; when two new events arrive
    receipts = intake.receive(lines([heartbeat("a"), heartbeat("b")]), clock)
    # then each is recorded, in order
    assert receipts == [
        Receipt("recorded", ASH, "a", 1),
        Receipt("recorded", ASH, "b", 2),
    ]
    assert log.head() == 2


@pytest.mark.parametrize("apart", [True, False], ids=["later", "in one batch"])
@pytest.mark.parametrize(
    "again",
    [
        lambda said: json.dumps(said, indent=3).encode(),
        lambda said: json.dumps(dict(reversed(said.items()))).encode(),
        lambda said: json.dumps(said).replace('": 30', '": 30.0').encode(),
        lambda said: json.dumps(said).replace('": 30', '": 3e1').encode(),
        lambda said: json.dumps(said).replace('": 30', '": 300.0E-1').encode(),
        lambda said: json.dumps(said).replace("need", "\\u006eeed").encode(),
    ],
    ids=["white space", "order of names", "30.0", "3e1", "300.0E-1", "an escape"],
)
def test_the_same_content_written_otherwise_is_a_duplicate(
    log: Log, intake: Intake, clock: SteppedClock, again: Any, apart: bool
) -> None:
    # given an event, and the same content in other words
    first, second = line(assessed("a")), again(assessed("a"))
    assert first != second
    # when both arrive, in one batch or one after the other
    if apart:
        receipts = intake.receive([first], clock) + intake.receive([second], clock)
    else:
        receipts = intake.receive([first, second], clock)
    # then it is recorded once
    assert statuses(receipts) == ["recorded", "duplicate"]
    assert log.head() == 1
    assert aside.conflicts(log) == []


@pytest.mark.parametrize(
    "other",
    [
        assessed("a", 31),
        assessed("a", need_level="high"),
        assessed("a", note=None),
        assessed("a") | {"time": "2026-06-15T07:00:00Z"},
        assessed("a") | {"sequence": "0"},
    ],
    ids=["a number", "a further field", "a null", "an offset", "an attribute"],
)
@pytest.mark.parametrize("apart", [True, False], ids=["later", "in one batch"])
def test_another_content_under_the_same_name_is_a_conflict_kept_once(
    log: Log, intake: Intake, clock: SteppedClock, other: dict[str, Any], apart: bool
) -> None:
    # given an event, and another content under its source and id
    batch = lines([assessed("a"), other, other])
    # when they arrive, the other one twice
    if apart:
        receipts = [intake.receive([raw], clock)[0] for raw in batch]
    else:
        receipts = intake.receive(batch, clock)
    # then the first stands, and the other is kept once beside it
    assert statuses(receipts) == ["recorded", "conflict", "conflict"]
    assert log.head() == 1
    (kept,) = aside.conflicts(log)
    assert (kept["source"], kept["id"], kept["first_position"]) == (ADULTS, "a", 1)
    assert kept["first"]["data"]["weekly_minutes"] == 30
    assert kept["second"] == other


def test_a_third_content_is_a_conflict_of_its_own(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given three contents under one name; when they arrive
    batch = lines([assessed("a", 30), assessed("a", 31), assessed("a", 32)])
    intake.receive(batch, clock)
    # then both others are kept, newest first
    kept = [row["second"]["data"]["weekly_minutes"] for row in aside.conflicts(log)]
    assert kept == [32, 31]


def test_another_source_may_use_the_same_id(intake: Intake, clock: SteppedClock) -> None:
    # given one id used by two providers; when both arrive, then both are recorded
    batch = lines([heartbeat("a", "ash"), heartbeat("a", "birch")])
    assert statuses(intake.receive(batch, clock)) == ["recorded", "recorded"]


WITHOUT_OFFSET = "2026-06-15T08:00:00"
UNREADABLE: dict[str, tuple[bytes, str]] = {
    "not UTF-8": (b'{"id": "\xff"}', "not UTF-8 text"),
    "not JSON": (b"{", "not JSON"),
    "no object": (b"[1, 2]", "not a CloudEvent"),
    "a string": (b'"visit.scheduled"', "not a CloudEvent"),
    "no specversion": (
        line({k: v for k, v in heartbeat("a").items() if k != "specversion"}),
        "specversion: Field required",
    ),
    "another specversion": (line(heartbeat("a") | {"specversion": "0.3"}), "specversion"),
    "no id": (line({k: v for k, v in heartbeat("a").items() if k != "id"}), "id: Field"),
    "an empty id": (line(heartbeat("a") | {"id": ""}), "id: "),
    "a long id": (line(heartbeat("i" * 129)), "id: "),
    "an unprintable id": (line(heartbeat("a\tb")), "id: "),
    "a number for an id": (line(heartbeat("a") | {"id": 7}), "id: "),
    "no source": (
        line({k: v for k, v in heartbeat("a").items() if k != "source"}),
        "source: Field required",
    ),
    "a foreign source": (line(heartbeat("a") | {"source": "/people/ash"}), "source: "),
    "a source in capitals": (
        line(heartbeat("a") | {"source": "/providers/Ash"}),
        "source",
    ),
    "no subject": (
        line({k: v for k, v in heartbeat("a").items() if k != "subject"}),
        "subject: Field required",
    ),
    "an unknown type": (line(heartbeat("a") | {"type": "visit.dreamt"}), "unknown type"),
    "a type of our own": (
        line(heartbeat("a") | {"type": "conflict.decided"}),
        "unknown type",
    ),
    "no type": (
        line({k: v for k, v in heartbeat("a").items() if k != "type"}),
        "type: Field required",
    ),
    "no data": (
        line({k: v for k, v in heartbeat("a").items() if k != "data"}),
        "data: Field required",
    ),
    "a missing field": (
        line(event("visit.checked_in", "V1", ASH, id_="a", method="app")),
        "data.carer: Field required",
    ),
    "a bad field": (line(check_in("a", method="telepathy")), "data.method: "),
    "a manual entry unexplained": (line(check_in("a", method="manual")), "reason"),
    "a time without offset": (line(check_in("a") | {"time": WITHOUT_OFFSET}), "time: "),
    "a time of no calendar": (
        line(check_in("a") | {"time": "2026-02-30T08:00:00Z"}),
        "time: ",
    ),
    "a recordedtime without offset": (
        line(check_in("a") | {"recordedtime": WITHOUT_OFFSET}),
        "recordedtime: ",
    ),
    "a sequence that is a number": (line(check_in("a") | {"sequence": 1}), "sequence: "),
    "a sequence of letters": (line(check_in("a") | {"sequence": "one"}), "sequence: "),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_is_quarantined_with_its_bytes_and_the_reason(
    log: Log, intake: Intake, clock: SteppedClock, case: str
) -> None:
    # given bytes that are no event we can read
    raw, reason = UNREADABLE[case]
    # when they arrive between two good events
    batch = [line(heartbeat("first")), raw, line(heartbeat("last"))]
    receipts = intake.receive(batch, clock)
    # then they are kept as they came, and the others are recorded
    assert statuses(receipts) == ["recorded", "quarantined", "recorded"]
    assert reason in str(receipts[1].reason)
    (kept,) = aside.quarantined(log)
    assert (kept["reason"], kept["size"]) == (receipts[1].reason, len(raw))
    assert b"".join(aside.raw_pieces(log, kept["entry"])) == raw
    assert log.head() == 2


def test_the_same_bytes_are_kept_once_and_counted(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given bytes that cannot be read; when they arrive three times
    receipts = intake.receive([b"{", b"{"], clock) + intake.receive([b"{"], clock)
    # then each time has its receipt, and one entry counts them
    assert statuses(receipts) == ["quarantined"] * 3
    (kept,) = aside.quarantined(log)
    assert kept["times"] == 3
    assert b"".join(aside.raw_pieces(log, kept["entry"])) == b"{"


def test_sending_the_event_again_in_order_releases_what_was_quarantined(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given an event that could not be read, though its name could, and one that waits
    intake.receive([line(check_in("a", method="fax")), b"{"], clock)
    # when it is sent again as it should be
    receipts = intake.receive([line(check_in("a"))], clock)
    # then it is recorded, and leaves the quarantine; the other still waits
    assert statuses(receipts) == ["recorded"]
    assert [row["reason"][:8] for row in aside.quarantined(log)] == ["not JSON"]
    assert len(aside.quarantined(log, everything=True)) == 2


@pytest.mark.parametrize(
    "said",
    [
        event(
            "contract.commissioned", "C1", ASH, id_="a", provider=MARKER, officer=MARKER
        ),
        event("visit.checked_in", MARKER, ADULTS, id_="a", carer=MARKER, method="app"),
        event("visit.reported", "V1", ASH, id_="a", note=MARKER),
        event("policy.adopted", "policy", ASH, id_="a", effective_on=MARKER),
    ],
    ids=["a contract", "a tap", "a report", "a policy"],
)
def test_what_is_not_theirs_to_say_is_rejected_and_its_content_is_kept_nowhere(
    log: Log, store: Path, intake: Intake, clock: SteppedClock, said: dict[str, Any]
) -> None:
    # given an event of a type that its source may not say
    batch = [line(heartbeat("first")), line(said), line(heartbeat("last"))]
    # when it arrives among others
    receipts = intake.receive(batch, clock)
    # then it is refused with the reason, and the attempt is logged
    assert statuses(receipts) == ["recorded", "rejected", "recorded"]
    assert said["type"] in str(receipts[1].reason)
    with log.recorder.reading() as ledger:
        rows = ledger.ask("SELECT source, type FROM refusals")
    assert [tuple(row) for row in rows] == [(said["source"], said["type"])]
    # and no byte of its content is in the store
    log.close()
    kept = everything_kept(store)
    assert b"provider.heartbeat" in kept
    assert MARKER.encode() not in kept
    assert aside.quarantined(Log(log.url)) == []


def test_every_event_of_a_mixed_batch_has_one_receipt_in_its_order(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a batch with all five ends in it
    batch = [
        b"",
        *lines([assessed("a"), assessed("a"), assessed("a", 31), heartbeat("a")]),
        line(event("visit.missed", "V1", ADULTS, id_="b")),
        b"\x00",
        line(heartbeat("c")),
    ]
    # when it arrives
    receipts = intake.receive(batch, clock)
    # then there is one receipt each, in order
    assert statuses(receipts) == [
        "quarantined", "recorded", "duplicate", "conflict", "recorded", "rejected",
        "quarantined", "recorded",
    ]  # fmt: skip
    assert [receipt.position for receipt in receipts if receipt.position] == [1, 2, 3]
    assert log.head() == 3


def test_an_empty_batch_has_no_receipts(intake: Intake, clock: SteppedClock) -> None:
    # given nothing; when it arrives, then nothing is said of it
    assert intake.receive([], clock) == []


MOST_VALUES = {"sqlite": 250_000, "postgresql": 65_535}
"""In one statement, as the stores are built that we install."""


def test_a_batch_may_be_larger_than_one_statement_of_the_store_can_name(
    log: Log, intake: Intake, clock: SteppedClock, store_kind: str
) -> None:
    # given more events, each with two names, than the store takes values in one question
    number_of_events = MOST_VALUES[store_kind] // 2 + 1
    batch = lines(heartbeat(str(number)) for number in range(number_of_events))
    # when they arrive in one batch
    receipts = intake.receive(batch, clock)
    # then each is recorded
    assert {receipt.status for receipt in receipts} == {"recorded"}
    assert log.head() == len(batch)

"""The desk: many requests in one transaction, each with its own receipts and its own luck."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from consumers.desk import Desk
from consumers.intake import Intake
from consumers.messages import unreadable
from record.answers import answers
from record.arrivals import Arrival
from record.clock import SteppedClock
from record.errors import StoreOutOfReach
from record.log import Log
from record.senders import Sender
from tests.feeds import ASH, BIRCH, heartbeat, line

ASHS = Sender("ash", frozenset({ASH}))
BIRCHS = Sender("birch", frozenset({BIRCH}))


class Held:
    """A log whose next transaction waits until it is let go; it notes how large each is."""

    def __init__(self, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        self.begun, self.go = threading.Event(), threading.Event()
        self._receive = log.receive
        monkeypatch.setattr(log, "receive", self._held)

    def _held(self, batch: list[Arrival], clock: Any) -> Any:
        self.begun.set()
        assert self.go.wait(30)
        self.sizes.append(len(batch))
        return self._receive(batch, clock)


@contextmanager
def opened(desk: Desk) -> Iterator[Desk]:
    """A desk at work."""
    desk.open()
    try:
        yield desk
    finally:
        desk.close()


def beats(provider: str, *ids: str) -> list[bytes]:
    """Events of one provider."""
    return [line(heartbeat(id_, provider)) for id_ in ids]


def test_what_queues_up_while_it_writes_is_recorded_together(
    log: Log, intake: Intake, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a desk that is writing
    held = Held(log, monkeypatch)
    with opened(Desk(intake, clock)) as desk:
        first = desk.hand_in(beats("ash", "1"), ASHS)
        assert held.begun.wait(30)

        # when several requests of two senders come meanwhile
        second = desk.hand_in(beats("ash", "2", "1", "3"), ASHS)
        third = desk.hand_in(beats("birch", "2"), BIRCHS)
        fourth = desk.hand_in([*beats("ash", "4"), b"{"], BIRCHS)
        held.go.set()

        # then they are one transaction, and each has its own receipts in order
        given = [f.result(30) for f in (first, second, third, fourth)]
    assert held.sizes == [1, 6]
    assert [[(r.status, r.id) for r in its] for its in given] == [
        [("recorded", "1")],
        [("recorded", "2"), ("duplicate", "1"), ("recorded", "3")],
        [("recorded", "2")],
        [("rejected", "4"), ("quarantined", None)],
    ]
    with log.recorder.reading() as ledger:
        kept = {name: answers(ledger, name) for name in ("ash", "birch")}
    sizes = {n: [len(a["receipts"]) for a in its] for n, its in kept.items()}
    assert sizes == {"ash": [1, 3], "birch": [3]}


def test_a_transaction_is_not_made_larger_than_it_may_be(
    log: Log, intake: Intake, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a desk that takes three events at a time, and is writing
    held = Held(log, monkeypatch)
    with opened(Desk(intake, clock, most=3)) as desk:
        handed = [desk.hand_in(beats("ash", "first"), ASHS)]
        assert held.begun.wait(30)

        # when eight requests come meanwhile, one of them larger than that
        for number, size in enumerate((1, 1, 1, 5, 1, 1, 1, 1)):
            ids = [f"{number}-{n}" for n in range(size)]
            handed.append(desk.hand_in(beats("ash", *ids), ASHS))
        held.go.set()
        for future in handed:
            future.result(30)

    # then none is cut, and none waits for more than the bound
    assert held.sizes == [1, 3, 5, 3, 1]


def test_with_one_at_a_time_every_request_is_alone(
    log: Log, intake: Intake, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a desk that takes one event at a time
    held = Held(log, monkeypatch)
    held.go.set()
    with opened(Desk(intake, clock, most=1)) as desk:
        # when many requests come
        for future in [desk.hand_in(beats("ash", str(n)), ASHS) for n in range(5)]:
            future.result(30)

    # then each has a transaction
    assert held.sizes == [1] * 5


def test_one_request_that_cannot_be_recorded_does_not_take_the_others_down(
    log: Log, intake: Intake, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given three requests at once, of which one has a fault that is no event's
    held = Held(log, monkeypatch)
    with opened(Desk(intake, clock)) as desk:
        first = desk.hand_in(beats("ash", "1"), ASHS)
        assert held.begun.wait(30)
        good = desk.hand_in(beats("ash", "2"), ASHS)
        broken = unreadable(b"x", "why")
        object.__setattr__(broken, "pieces", [object()])
        bad = desk.hand_in([broken], BIRCHS)
        also_good = desk.hand_in(beats("birch", "3"), BIRCHS)
        held.go.set()

        # when they are recorded, then the others are, and it alone is told so
        assert bad.exception(30) is not None
        assert first.result(30)[0].status == "recorded"
        assert {f.result(30)[0].status for f in (good, also_good)} <= {
            "recorded",
            "duplicate",
        }
    assert log.head() == 3


def test_while_the_store_is_away_all_are_told_and_the_desk_goes_on(
    log: Log, intake: Intake, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a store that is away for one transaction
    receive = log.receive
    calls: list[int] = []

    def away(batch: list[Arrival], clock: Any) -> Any:
        calls.append(len(batch))
        if len(calls) == 1:
            raise StoreOutOfReach("away")
        return receive(batch, clock)

    monkeypatch.setattr(log, "receive", away)
    with opened(Desk(intake, clock)) as desk:
        # when an event is handed in, and again
        assert isinstance(
            desk.hand_in(beats("ash", "1"), ASHS).exception(30), StoreOutOfReach
        )
        again = desk.hand_in(beats("ash", "1"), ASHS).result(30)

    # then nothing was recorded the first time, and it was not tried behind its back
    assert again[0].status == "recorded"
    assert calls == [1, 1]


def test_what_is_cancelled_before_its_turn_is_not_recorded(
    log: Log, intake: Intake, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a desk that is writing, and a request behind it
    held = Held(log, monkeypatch)
    with opened(Desk(intake, clock)) as desk:
        first = desk.hand_in(beats("ash", "1"), ASHS)
        assert held.begun.wait(30)
        second = desk.hand_in(beats("ash", "2"), ASHS)

        # when the second is called off
        assert second.cancel()
        held.go.set()
        assert first.result(30)[0].status == "recorded"

    # then the first alone is in the log
    assert log.head() == 1


def test_at_its_end_it_records_what_was_handed_in_and_takes_no_more(
    log: Log, intake: Intake, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a desk with requests that wait
    held = Held(log, monkeypatch)
    desk = Desk(intake, clock)
    with pytest.raises(StoreOutOfReach):
        desk.hand_in(beats("ash", "early"), ASHS)
    desk.open()
    handed = [desk.hand_in(beats("ash", str(n)), ASHS) for n in range(20)]

    # when it is closed
    closing = threading.Thread(target=desk.close)
    closing.start()
    held.go.set()
    closing.join(30)

    # then they are recorded, and a later one is told to come again
    assert [future.result(0)[0].status for future in handed] == ["recorded"] * 20
    with pytest.raises(StoreOutOfReach):
        desk.hand_in(beats("ash", "late"), ASHS)
    desk.close()
    assert log.head() == 20

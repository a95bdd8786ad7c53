"""The courier, with messages in memory: what becomes of a batch, whichever broker brought it."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs

from consumers import courier as courier_room
from consumers.courier import Courier
from consumers.delivery import Delivery, delay, written
from consumers.intake import Intake
from consumers.suspects import MOST_ATTEMPTS, SUSPECT_AFTER
from record import aside
from record.arrivals import Receipt
from record.clock import SteppedClock
from record.errors import StoreFull, StoreOutOfReach
from record.log import Log
from tests.brokers import know_everybody
from tests.feeds import heartbeat, line, lines


class Message(Delivery):
    """A message in memory, which notes what is done with it, in order."""

    def __init__(self, payload: bytes, sender: str = "ash", times: int = 1) -> None:
        self._payload, self._sender, self._times = payload, sender, times
        self.done: list[str] = []
        self.delays: list[float] = []
        self.told: list[Receipt] = []

    @property
    def payload(self) -> bytes:
        return self._payload

    @property
    def sender(self) -> str:
        return self._sender

    @property
    def times(self) -> int:
        return self._times

    async def ack(self) -> None:
        self.done.append("acknowledged")

    async def give_back(self, seconds: float) -> None:
        self.done.append("given back")
        self.delays.append(seconds)

    async def hold(self) -> None:
        self.done.append("held")

    async def answer(self, receipts: Sequence[Receipt]) -> None:
        self.done.append("answered")
        self.told += receipts


@pytest.fixture
def courier(log: Log, clock: SteppedClock) -> Courier:
    """A courier of the test's log, who knows its senders."""
    know_everybody(log)
    return Courier(Intake(log), clock)


async def bring(courier: Courier, *messages: Message) -> None:
    """Bring one batch to its end."""
    await courier.take(messages)
    await courier.settle()


def away(error: Exception) -> Any:
    """A function that raises."""

    def raise_it(*_: Any) -> Any:
        raise error

    return raise_it


def attempts(log: Log) -> list[int]:
    """What our own count says."""
    with log.recorder.reading() as ledger:
        return [
            row[0] for row in ledger.ask("SELECT times FROM attempts WHERE times > 0")
        ]


async def test_a_message_is_acknowledged_after_it_is_recorded_then_answered(
    log: Log, courier: Courier
) -> None:
    # given a message that looks at the log when it is acknowledged
    heads: list[int] = []

    class Looking(Message):
        async def ack(self) -> None:
            await super().ack()
            heads.append(log.head())

    message = Looking(line(heartbeat("a")))

    # when it is brought
    await bring(courier, message)

    # then it was recorded before, and answered after
    assert heads == [1]
    assert message.done == ["acknowledged", "answered"]
    assert [(one.status, one.id, one.position) for one in message.told] == [
        ("recorded", "a", 1)
    ]


async def test_a_batch_is_recorded_in_one_transaction(
    log: Log, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a log that counts its transactions
    received: list[int] = []
    receive = log.receive

    def counted(batch: Any, *more: Any) -> Any:
        received.append(len(batch))
        return receive(batch, *more)

    monkeypatch.setattr(log, "receive", counted)
    both = b"[" + b",".join(lines([heartbeat("b"), heartbeat("c")])) + b"]"

    # when messages of one event and of several are brought together
    messages = [Message(line(heartbeat("a"))), Message(both), Message(b"[]")]
    await bring(courier, *messages)

    # then all their events were received at once, and each message has its own answer
    assert received == [3]
    assert [[one.id for one in message.told] for message in messages] == [
        ["a"], ["b", "c"], []
    ]  # fmt: skip


async def test_the_next_batch_is_read_while_one_is_recorded_and_recorded_after_it(
    log: Log, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a store that does not come to the end of the first batch until it may
    may, receive, read = threading.Event(), log.receive, list[str]()

    def waiting(*arguments: Any) -> Any:
        assert may.wait(20)
        return receive(*arguments)

    def reading(raw: bytes, *more: Any) -> Any:
        read.append(json.loads(raw)["id"])
        return usual(raw, *more)

    usual = courier_room.read_event
    monkeypatch.setattr(log, "receive", waiting)
    monkeypatch.setattr(courier_room, "read_event", reading)

    # when two batches are brought
    await courier.take([Message(line(heartbeat("a")))])
    second = asyncio.create_task(courier.take([Message(line(heartbeat("b")))]))
    while read != ["a", "b"]:
        await asyncio.sleep(0.01)

    # then the second is read, and not taken before the first is recorded
    assert not second.done()
    may.set()
    await second
    await courier.settle()
    said = [json.loads(state)["said"]["id"] for _, _, state in next(log.rows())]
    assert said == ["a", "b"]


@pytest.mark.parametrize("error", [StoreOutOfReach("away"), ValueError("Mrs Ash is ill")])
async def test_what_cannot_be_recorded_now_is_given_back_and_nothing_acknowledged(
    log: Log, courier: Courier, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    # given a store that is away, or an error that nobody foresaw
    monkeypatch.setattr(log, "receive", away(error))
    messages = [Message(line(heartbeat(str(n))), times=n) for n in (1, 3)]

    # when messages are brought
    with capture_logs() as said:
        await bring(courier, *messages)

    # then they come again, later the more often they came, and no contents are logged
    assert [message.done for message in messages] == [["given back"]] * 2
    assert 1.5 <= messages[0].delays[0] <= 2.5
    assert 6 <= messages[1].delays[0] <= 10
    assert len(said) == 1
    assert "Mrs Ash" not in str(said)


async def test_a_store_that_is_away_before_reading_is_asked_once_a_batch(
    log: Log, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a store that cannot even say who the senders are
    asked: list[str] = []

    def lost(name: str) -> Any:
        asked.append(name)
        raise StoreOutOfReach("away")

    monkeypatch.setattr(courier.senders, "of", lost)
    messages = [Message(line(heartbeat(str(n)))) for n in range(5)]

    # when messages are brought, then all are given back after one question
    await bring(courier, *messages)
    assert asked == ["ash"]
    assert [message.done for message in messages] == [["given back"]] * 5


async def test_a_message_that_breaks_its_reader_takes_no_other_with_it(
    log: Log, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a reader that one message breaks
    usual = courier_room.read_event

    def breaking(raw: bytes, *more: Any) -> Any:
        if b"poison" in raw:
            raise RecursionError
        return usual(raw, *more)

    monkeypatch.setattr(courier_room, "read_event", breaking)
    messages = [Message(raw) for raw in (b"poison", line(heartbeat("a")))]

    # when it is brought with another
    await bring(courier, *messages)

    # then it alone is given back
    assert messages[0].done == ["given back"]
    assert messages[1].done == ["acknowledged", "answered"]


async def test_a_failed_acknowledgement_stops_nothing(log: Log, courier: Courier) -> None:
    # given a message whose acknowledgement does not reach the broker
    class Deaf(Message):
        async def ack(self) -> None:
            raise TimeoutError

    messages = [Deaf(line(heartbeat("a"))), Message(line(heartbeat("b")))]

    # when it is brought with another
    with capture_logs() as said:
        await bring(courier, *messages)

    # then both are recorded and answered, and it is said that one will come again
    assert log.head() == 2
    assert messages[0].done == ["answered"]
    assert messages[1].done == ["acknowledged", "answered"]
    assert said[-1]["unacknowledged"] == 1


async def test_a_message_that_came_too_often_is_tried_alone_and_then_set_aside(
    log: Log, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a message that breaks its reader every time, delivered again and again
    usual, begun = courier_room.read_event, list[list[int]]()

    def breaking(raw: bytes, *more: Any) -> Any:
        if b"poison" in raw:
            begun.append(attempts(log))
            raise MemoryError
        return usual(raw, *more)

    monkeypatch.setattr(courier_room, "read_event", breaking)
    messages = [Message(b"poison", times=times) for times in range(1, 10)]
    good = Message(line(heartbeat("a")), times=SUSPECT_AFTER + 1)

    # when it is brought each time
    for message in messages:
        await bring(courier, *[good, message] if message.times == 6 else [message])

    # then each attempt was written down before it was begun, once it was suspect
    assert begun == [[], [], [], [], [], [1], [2], [3]]
    # and in the end its bytes are set aside, acknowledged and answered, once
    assert [message.done[0] for message in messages[:-1]] == ["given back"] * 8
    assert messages[-1].done == ["acknowledged", "answered"]
    waiting = aside.quarantined(log)
    assert [(row["sender"], row["size"], row["times"]) for row in waiting] == [
        ("ash", len(b"poison"), 1)
    ]
    assert str(MOST_ATTEMPTS) in waiting[0]["reason"]
    assert b"".join(aside.raw_pieces(log, waiting[0]["entry"])) == b"poison"
    # while a good message that came as often is recorded, and no count is left
    assert good.done == ["acknowledged", "answered"]
    assert attempts(log) == []


async def test_the_same_bytes_of_another_sender_are_counted_apart(
    log: Log, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a sender whose message was tried as often as may be
    receive = log.receive
    monkeypatch.setattr(log, "receive", away(ValueError()))
    raw = line(heartbeat("a", "birch"))
    for _ in range(MOST_ATTEMPTS):
        await bring(courier, Message(raw, "ash", times=9))
    monkeypatch.setattr(log, "receive", receive)

    # when another sends the same bytes, then they are read
    other = Message(raw, "birch", times=9)
    await bring(courier, other)
    assert [one.status for one in other.told] == ["recorded"]


@pytest.mark.parametrize("error", [StoreOutOfReach("away"), StoreFull("full")])
@pytest.mark.parametrize("whole", [True, False])
async def test_a_long_outage_sets_nothing_aside(
    log: Log,
    courier: Courier,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    whole: bool,
) -> None:
    # given a store that is away for as long as a message is delivered forty times: wholly,
    # or so that an attempt is still written down, and sometimes not taken back
    chance = random.Random(7)
    with monkeypatch.context() as out:
        out.setattr(log, "receive", away(error))
        if whole:
            out.setattr(log.recorder, "writing", away(error))
        else:
            usual = courier.suspects._take_back

            def sometimes(name: bytes) -> None:
                if chance.random() < 0.5:
                    courier.suspects._owed[name] += 1
                else:
                    usual(name)

            out.setattr(courier.suspects, "_take_back", sometimes)
        for times in range(1, 41):
            message = Message(line(heartbeat("a")), times=times)
            await bring(courier, message)
            assert message.done == ["given back"]

    # when it is back
    last = Message(line(heartbeat("a")), times=41)
    await bring(courier, last)

    # then the message is recorded
    assert [one.status for one in last.told] == ["recorded"]
    assert aside.quarantined(log) == []
    assert attempts(log) == []


async def test_of_an_unknown_sender_everything_is_refused_and_nothing_kept(
    log: Log, courier: Courier
) -> None:
    # given a sender without a credential; when it sends events and rubbish
    said = [
        heartbeat("a"),
        heartbeat("b") | {"source": "x"},
        heartbeat("c") | {"time": 0},
    ]
    messages = [Message(raw, "nobody") for raw in [*lines(said), b"{"]]
    await bring(courier, *messages)

    # then each is rejected, acknowledged and logged, and nothing is kept
    statuses = [one.status for message in messages for one in message.told]
    assert statuses == ["rejected"] * 4
    assert {message.done[0] for message in messages} == {"acknowledged"}
    assert log.head() == 0
    assert aside.quarantined(log) == []


async def test_what_takes_long_is_held(
    log: Log, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a store that takes its time
    monkeypatch.setattr(courier_room, "HOLD_SECONDS", 0.05)
    may, receive = threading.Event(), log.receive

    def waiting(*arguments: Any) -> Any:
        assert may.wait(20)
        return receive(*arguments)

    monkeypatch.setattr(log, "receive", waiting)
    message = Message(line(heartbeat("a")))

    # when a message is brought
    await courier.take([message])
    while message.done.count("held") < 2:
        await asyncio.sleep(0.01)
    may.set()
    await courier.settle()

    # then the broker is told again and again that it is worked on, and no more at the end
    after = len(message.done)
    assert message.done[-2:] == ["acknowledged", "answered"]
    await asyncio.sleep(0.2)
    assert len(message.done) == after


def test_delays_double_up_to_a_minute_and_are_spread() -> None:
    # given chance; when delays are drawn for messages delivered ever more often
    chance = random.Random(1)
    drawn = {
        n: [delay(n, chance) for _ in range(200)] for n in (1, 2, 3, 5, 6, 50, 10_000)
    }

    # then they double from two seconds to sixty, a quarter more or less
    for times, middle in (
        (1, 2),
        (2, 4),
        (3, 8),
        (5, 32),
        (6, 60),
        (50, 60),
        (10_000, 60),
    ):
        assert 0.75 * middle <= min(drawn[times]) < 0.85 * middle
        assert 1.15 * middle < max(drawn[times]) <= 1.25 * middle


@pytest.mark.parametrize("largest", [1, 300, 1000, 10**6])
def test_receipts_are_told_in_messages_that_the_broker_takes(largest: int) -> None:
    # given more receipts than one message may hold
    given = [Receipt("recorded", "/providers/ash", f"id-{n}", n) for n in range(50)]

    # when they are written
    bodies = list(written(given, largest))

    # then no message is too large that could be smaller, and all are there in order
    told = [json.loads(body)["receipts"] for body in bodies]
    for body, some in zip(bodies, told, strict=True):
        assert len(body) <= largest or len(some) == 1
    assert [one["id"] for some in told for one in some] == [one.id for one in given]


def test_no_receipts_are_an_answer_too() -> None:
    # given an empty batch; when its receipts are written, then there is one empty answer
    assert list(written([], 1000)) == [b'{"receipts":[]}']

"""Pulls: every message that the broker gave is given, and nothing but silence is raised."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from nats.aio.msg import Msg
from nats.errors import ConnectionClosedError
from nats.errors import TimeoutError as NothingCame
from nats.js.errors import ServiceUnavailableError

from consumers import pulling
from consumers.pulling import Pull

Answer = Callable[["Broker", dict[str, Any], str], Awaitable[None]]


class Broker:
    """A client whose broker answers pulls as the test says."""

    def __init__(self, *answers: Answer) -> None:
        self.is_connected, self.is_closed = True, False
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []
        self.said: list[tuple[str, bytes]] = []

    def new_inbox(self) -> str:
        return "_INBOX.x"

    async def subscribe(self, subject: str, cb: Any, **_: Any) -> Broker:
        self.on_message = cb
        return self

    async def drain(self) -> None:
        pass

    async def publish(self, subject: str, payload: bytes = b"", reply: str = "") -> None:
        if not reply:
            self.said.append((subject, payload))
            return
        self.asked.append(json.loads(payload))
        if self.answers:
            await self.answers.pop(0)(self, self.asked[-1], reply)

    async def give(self, body: bytes, headers: dict[str, str] | None = None) -> None:
        reply = "$JS.ACK.S.C.1.1.1.1.0"
        message = Msg(
            _client=self, subject="e.x", reply=reply, data=body, headers=headers
        )  # type: ignore[arg-type]
        await self.on_message(message)

    async def end(self, to: str, status: str, words: str = "") -> None:
        headers = {"Status": status, "Description": words}
        await self.on_message(Msg(_client=self, subject=to, headers=headers))  # type: ignore[arg-type]


def gives(*bodies: bytes, end: tuple[str, ...] = ("408", "Request Timeout")) -> Answer:
    """An answer of some messages, and how the pull ends."""

    async def answer(broker: Broker, asked: dict[str, Any], reply: str) -> None:
        for body in bodies:
            await broker.give(body)
        if end:
            await broker.end(reply, *end)

    return answer


def raises(error: Exception) -> Answer:
    """An answer that cannot be asked for."""

    async def answer(broker: Broker, asked: dict[str, Any], reply: str) -> None:
        raise error

    return answer


async def pull_from(broker: Broker) -> Pull:
    """A pull subscription at a broker."""
    return await Pull(broker, "S", "C").open()  # type: ignore[arg-type]


async def fetched(pull: Pull, batch: int = 10, timeout: float = 0.1) -> list[bytes]:
    """What came, or nothing."""
    try:
        return [one.data for one in await pull.fetch(batch, timeout)]
    except NothingCame:
        return []


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is waited for as long as a real broker."""
    monkeypatch.setattr(pulling, "GRACE_SECONDS", 0.05)
    monkeypatch.setattr(pulling, "PAUSE_SECONDS", 0.02)


@pytest.mark.parametrize(
    "end",
    [("408", "Request Timeout"), ("404", "No Messages"), ("503", ""), ("400", "Bad Request"),
     ("409", "Consumer Deleted"), ("409", "Leadership Change"), ("409", "Server Shutdown"), ()],
    ids=str,
)  # fmt: skip
async def test_however_a_pull_ends_what_came_is_given(end: tuple[str, ...]) -> None:
    # given a broker that gives two messages of ten, and then ends the pull in some way
    pull = await pull_from(Broker(gives(b"a", b"b", end=end)))

    # when they are fetched, then both are there: nats-py and FastStream lose them to some
    assert await fetched(pull) == [b"a", b"b"]


@pytest.mark.parametrize(
    "error",
    [ConnectionClosedError(), ServiceUnavailableError(), TimeoutError(), OSError()],
    ids=repr,
)
async def test_nothing_but_silence_is_ever_raised(error: Exception) -> None:
    # given a broker that cannot be asked
    pull = await pull_from(Broker(raises(error), gives(b"a")))

    # when it is asked, then nothing came; asked again, it gives
    with pytest.raises(NothingCame):
        await pull.fetch(10, 0.1)
    assert await fetched(pull) == [b"a"]


async def test_a_lost_connection_lets_everything_else_run() -> None:
    # given a connection that is closed for good
    broker = Broker()
    pull = await pull_from(broker)
    broker.is_connected = False
    ran: list[int] = []

    async def other() -> None:
        while True:
            await asyncio.sleep(0)
            ran.append(1)

    # when it is fetched from again and again
    task = asyncio.create_task(other())
    for _ in range(3):
        assert await fetched(pull) == []
    task.cancel()

    # then others run meanwhile: FastStream's own loop lets nobody
    assert len(ran) > 10
    assert broker.asked == []


async def test_a_message_that_calls_itself_a_status_is_a_message() -> None:
    # given messages whose sender wrote the headers of a broker's status
    async def forged(broker: Broker, asked: dict[str, Any], reply: str) -> None:
        for status in ("100", "404", "408", "409", "503"):
            await broker.give(status.encode(), {"Status": status, "Description": "x"})
        await broker.end(reply, "408", "Request Timeout")

    # when they are fetched, then all are given
    pull = await pull_from(Broker(forged))
    assert await fetched(pull) == [b"100", b"404", b"408", b"409", b"503"]
    assert pull.trouble is None


async def test_what_comes_after_its_pull_ended_is_given_by_the_next() -> None:
    # given a broker whose message comes late, and another's end
    broker = Broker(gives(), gives(b"c"))
    pull = await pull_from(broker)
    assert await fetched(pull) == []
    await broker.end("_INBOX.x.0", "503")
    for body in (b"a", b"b"):
        await broker.give(body)

    # when more is fetched, then the late ones come first, and no more than are wanted
    assert await fetched(pull, 1) == [b"a"]
    assert await fetched(pull, 1) == [b"b"]
    assert await fetched(pull, 1) == [b"c"]


async def test_a_batch_ends_where_its_bytes_do() -> None:
    # given a broker that has more bytes than one pull may bring
    large = ("409", "Message Size Exceeds MaxBytes")
    broker = Broker(gives(b"a", end=large), gives(end=large), gives(b"bb", end=()))
    pull = await pull_from(broker)

    # when it is fetched from until nothing comes
    first = [await fetched(pull), await fetched(pull)]

    # then the batch is over, without asking for more
    assert first == [[b"a"], []]
    assert len(broker.asked) == 1
    # and a message that no pull has room for comes by itself, with no bound
    assert [await fetched(pull), await fetched(pull)] == [[], [b"bb"]]
    assert [one.get("max_bytes") for one in broker.asked] == [
        pulling.MOST_BYTES, pulling.MOST_BYTES, None
    ]  # fmt: skip
    assert broker.asked[-1]["batch"] == 1


@pytest.mark.parametrize(
    ("end", "trouble"),
    [(("503", ""), True), (("409", "Consumer Deleted"), True), ((), False),
     (("409", "Leadership Change"), False), (("408", "Request Timeout"), False)],
    ids=str,
)  # fmt: skip
async def test_a_refused_pull_is_trouble_until_one_is_answered(
    end: tuple[str, ...], trouble: bool
) -> None:
    # given a broker that refuses a pull, then answers one
    pull = await pull_from(Broker(gives(end=end), gives()))

    # when it is asked twice, then it is trouble, and no more
    assert await fetched(pull) == []
    assert (pull.trouble is not None) == trouble
    assert await fetched(pull) == []
    assert pull.trouble is None


async def test_a_broker_that_stays_silent_is_trouble() -> None:
    # given a broker that answers no pull
    pull = await pull_from(Broker())

    # when it is asked again and again, then it is trouble the third time
    found = []
    for _ in range(3):
        assert await fetched(pull) == []
        found.append(pull.trouble is not None)
    assert found == [False, False, True]


async def test_what_was_not_ended_is_given_back_at_the_end() -> None:
    # given three messages, of which one was acknowledged, one was not, one never fetched
    broker = Broker(gives(b"a", b"b", b"c", end=()))
    pull = await pull_from(broker)
    messages = await pull.fetch(2, 0.1)
    await messages[0].ack()
    broker.said.clear()

    # when the courier leaves
    await pull.unsubscribe()
    await pull.give_back()

    # then the two others are given back at once, for another to take
    assert [body for _, body in broker.said] == [b"-NAK", b"-NAK"]

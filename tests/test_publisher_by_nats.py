"""The example publisher on a stream, with the rights of one sender and no more."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import nats
import pytest

from consumers.batches import split
from consumers.intake import Intake
from consumers.streams import EVENTS, STREAM
from record.clock import SystemClock
from record.log import Log
from tests.documents import ROOT
from tests.feeds import heartbeat, line, lines

sys.path.insert(0, str(ROOT / "examples"))
import outbox as outboxes
import publisher

SENDER, SECRET = "ash", "a-secret"
RIGHTS = f"""
jetstream {{ store_dir: "%s" }}
max_payload: 20000
authorization {{ users: [
  {{ user: intake, password: intake }},
  {{ user: {SENDER}, password: {SECRET}, permissions: {{
    publish: ["counterfoil.events.{SENDER}"],
    subscribe: ["counterfoil.receipts.{SENDER}", "_INBOX_{SENDER}.>"] }} }},
] }}
"""
"""What a sender may do: publish as itself, and listen to its own answers."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker that gives each sender rights of its own."""
    folder = tmp_path_factory.mktemp("broker")
    (folder / "rights.conf").write_text(RIGHTS % folder)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    found = Path(sys.executable).with_name("nats-server")
    program = str(found) if found.exists() else shutil.which("nats-server")
    assert program, "nats-server is installed with the tests' requirements"
    process = subprocess.Popen(
        [program, "-a", "127.0.0.1", "-p", str(port), "-c", folder / "rights.conf"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"nats://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def real(url: str) -> Iterator[Log]:
    """A log for real use."""
    with Log(url) as log:
        yield log


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Any]:
    """An outbox on disk that another thread may use."""
    made = outboxes.Outbox(str(tmp_path / "outbox.db"))
    with closing(made.store):
        yield made


@asynccontextmanager
async def door(broker: str, log: Log, faults: list[str]) -> AsyncIterator[list[int]]:
    """Records what is published and answers with receipts, but for some faults."""
    client = await nats.connect(broker, user="intake", password="intake")
    try:
        await client.jetstream().add_stream(name=STREAM, subjects=[f"{EVENTS}>"])
        sizes: list[int] = []
        left = iter(faults)

        async def on_message(message: Any) -> None:
            events, fault = split(message.data), next(left, "")
            sizes.append(len(events))
            given = Intake(log).receive(events, SystemClock())
            receipts = [
                {"status": r.status, "id": r.id, "reason": r.reason} for r in given
            ]
            subject = message.subject.replace("events", "receipts")
            answer = json.dumps({"receipts": receipts}).encode()
            if fault == "an old answer first":
                await client.publish(subject, b'{"receipts": [{"status": "recorded"}]}')
            if fault != "silence":
                await client.publish(subject, answer)

        await client.subscribe(f"{EVENTS}>", cb=on_message)
        await client.flush()
        yield sizes
    finally:
        await client.close()


def carried(outbox_path: Path, broker: str, secret: str = SECRET) -> None:
    """Deliver all that waits, without waiting long."""
    outbox = outboxes.Outbox(str(outbox_path))
    with closing(outbox.store):
        send = publisher.by_nats(broker, SENDER, secret)
        outboxes.deliver(outbox, send, lambda _: None)


@pytest.mark.parametrize("fault", ["", "silence", "an old answer first"])
async def test_an_outbox_is_emptied_by_receipts_alone(
    fault: str,
    broker: str,
    real: Log,
    outbox: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publisher, "TIMEOUT", 0.5)
    outbox.add(lines([heartbeat("a"), heartbeat("b"), heartbeat("a", n=1)]))

    async with door(broker, real, [fault]) as sizes:
        await asyncio.to_thread(carried, tmp_path / "outbox.db", broker)

    assert sizes == [3] * (2 if fault == "silence" else 1)
    assert outbox.waiting(9) == []
    assert [row[:2] for row in outbox.to_look_at()] == [(3, "conflict")]
    assert real.head() == 2


async def test_a_message_that_the_broker_will_not_carry_is_sent_in_parts(
    broker: str, real: Log, outbox: Any, tmp_path: Path
) -> None:
    outbox.add(lines(heartbeat(str(n), note="n" * 6_000) for n in range(4)))
    outbox.add([line(heartbeat("large", note="n" * 30_000))])

    async with door(broker, real, []) as sizes:
        await asyncio.to_thread(carried, tmp_path / "outbox.db", broker)

    assert sizes == [2, 2]
    assert outbox.waiting(9) == []
    assert [row[:2] for row in outbox.to_look_at()] == [(5, "too large")]


async def test_a_secret_that_the_broker_does_not_know_is_said_to_be_wrong(
    broker: str, outbox: Any, tmp_path: Path
) -> None:
    outbox.add([line(heartbeat("a"))])

    with pytest.raises(outboxes.Refused, match="does not know"):
        await asyncio.to_thread(carried, tmp_path / "outbox.db", broker, "wrong")

    assert len(outbox.waiting(9)) == 1


async def test_a_broker_that_is_away_is_tried_again(outbox: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        away = f"nats://127.0.0.1:{free.getsockname()[1]}"

    with pytest.raises(outboxes.TryLater):
        await asyncio.to_thread(publisher.by_nats(away, SENDER, SECRET), [b"{}"])

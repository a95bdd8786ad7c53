"""The example publisher, against servers that misbehave: nothing is lost, nothing is doubled."""

from __future__ import annotations

import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from consumers.intake import Intake
from record.clock import SystemClock
from record.log import Log
from tests.consumers.test_nats import contents
from tests.documents import ROOT
from tests.feeds import heartbeat, line, lines

sys.path.insert(0, str(ROOT / "examples"))
import outbox as outboxes
import publisher

SECRET = "cct_1_secret"
FOREVER = 10**9


class Door(ThreadingHTTPServer):
    """POST /events as the product answers it, but for the faults that it is told to make."""

    daemon_threads = True

    def __init__(self, log: Log, faults: Iterable[str] = (), most: int = FOREVER) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.intake, self.faults, self.most = Intake(log), iter(faults), most
        self.url = f"http://127.0.0.1:{self.server_address[1]}/events"
        self.answered: set[bytes] = set()
        self.sizes: list[int] = []
        self.secrets: set[str | None] = set()
        self.hung, self.released = threading.Event(), threading.Event()


class Answer(BaseHTTPRequestHandler):
    """One request."""

    server: Door

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Record what is sent, and answer; or fail in one of many ways."""
        door, fault = self.server, next(self.server.faults, "")
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        events = [event for event in raw.split(b"\n") if event]
        door.sizes.append(len(events))
        door.secrets.add(self.headers["Authorization"])
        assert self.headers["Content-Type"] == "application/x-ndjson"
        if fault.isdigit():
            self.refuse(int(fault), "7")
            return
        if fault == "later":
            then = datetime.now(UTC) + timedelta(seconds=90)
            self.refuse(429, format_datetime(then, usegmt=True))
            return
        if len(events) > door.most:
            self.refuse(413)
            return
        receipts = [
            {"status": r.status, "source": r.source, "id": r.id, "reason": r.reason}
            for r in door.intake.receive(events, SystemClock())
        ]
        if fault == "hang":
            door.hung.set()
            door.released.wait(60)
            return
        if fault == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            return
        if fault == "fewer":
            receipts.pop()
        if fault == "others":
            receipts[0]["id"] = "of somebody else"
        body = (
            b"<html>" if fault == "html" else json.dumps({"receipts": receipts}).encode()
        )
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + (fault == "cut")))
        self.end_headers()
        if not fault:
            door.answered |= set(events)
        self.wfile.write(body)

    def refuse(self, code: int, again: str | None = None) -> None:
        """Answer with a problem."""
        body = b'{"title": "no"}'
        self.send_response(code)
        self.send_header("Content-Type", "application/problem+json")
        self.send_header("Content-Length", str(len(body)))
        if again:
            self.send_header("Retry-After", again)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def opened(door: Door) -> Iterator[Door]:
    """The door at work."""
    with door:
        thread = threading.Thread(target=door.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield door
        finally:
            door.released.set()
            door.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def straight(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy stands between us and ourselves."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def real(url: str) -> Iterator[Log]:
    """A log for real use."""
    with Log(url) as log:
        yield log


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Any]:
    """An outbox on disk."""
    made = outboxes.Outbox(str(tmp_path / "outbox.db"))
    with closing(made.store):
        yield made


def ids(outbox: Any) -> set[str]:
    """What waits in an outbox."""
    return {json.loads(event)["id"] for _, event in outbox.waiting(FOREVER)}


def kept(outbox: Any) -> set[bytes]:
    """All that an outbox still has, whether it waits or not."""
    return {event for (event,) in outbox.store.execute("SELECT event FROM outbox")}


def sent(outbox: Any, door: Door) -> list[float]:
    """Deliver all that waits; how long was waited each time.

    Before each try, what is gone from the outbox is what was answered for.
    """
    waits: list[float] = []
    send, everything = publisher.by_http(door.url, SECRET), kept(outbox)

    def watched(events: list[bytes]) -> Any:
        assert everything - kept(outbox) <= door.answered
        return send(events)

    with opened(door):
        outboxes.deliver(outbox, watched, waits.append)
    return waits


FAULTS = ["503", "429", "500", "later", "reset", "cut", "html", "fewer", "others"]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_not_answered_is_sent_again_and_recorded_once(
    fault: str, outbox: Any, real: Log
) -> None:
    outbox.add(lines(heartbeat(str(n)) for n in range(5)))
    door = Door(real, [fault, fault])

    waits = sent(outbox, door)

    assert door.sizes == [5, 5, 5]
    assert len(waits) == 2
    assert ids(outbox) == set()
    assert outbox.to_look_at() == []
    assert real.head() == 5
    assert door.secrets == {f"Bearer {SECRET}"}


def test_among_many_faults_nothing_is_lost_and_nothing_is_doubled(
    outbox: Any, real: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outboxes, "BATCH", 40)
    chance = random.Random(7)
    outbox.add(lines(heartbeat(str(n)) for n in range(500)))
    outbox.add(lines(heartbeat(str(n)) for n in range(100)))
    faults = [chance.choice([*FAULTS, "", ""]) for _ in range(60)]
    door = Door(real, faults, most=25)

    sent(outbox, door)

    assert ids(outbox) == set()
    assert real.head() == 500
    assert len(contents(real)["1"]) == 500


def test_a_message_that_is_too_large_is_sent_in_parts(outbox: Any, real: Log) -> None:
    outbox.add(lines(heartbeat(str(n)) for n in range(20)))
    door = Door(real, most=6)

    waits = sent(outbox, door)

    assert door.sizes == [20, 10, 5, 5, 5, 5]
    assert waits == []
    assert real.head() == 20


def test_an_event_that_is_too_large_alone_is_kept_for_a_person(
    outbox: Any, real: Log
) -> None:
    outbox.add(lines([heartbeat("a"), heartbeat("b")]))
    door = Door(real, ["", "413"], most=1)

    sent(outbox, door)

    assert ids(outbox) == set()
    (kept,) = outbox.to_look_at()
    assert kept[1:] == ("too large", "refused even when sent alone")
    assert real.head() == 1


def test_what_is_not_recorded_is_kept_with_the_reason(outbox: Any, real: Log) -> None:
    wrong = heartbeat("c") | {"time": "today"}
    outbox.add(lines([heartbeat("a"), heartbeat("a", n=1), wrong, heartbeat("d")]))
    outbox.add([b"{ no json"])

    sent(outbox, Door(real))

    assert [row[:2] for row in outbox.to_look_at()] == [
        (2, "conflict"), (3, "quarantined"), (5, "quarantined")
    ]  # fmt: skip
    assert outbox.to_look_at()[1][2].startswith("time: ")
    assert real.head() == 2


def test_the_delay_grows_and_a_retry_after_is_kept_to(outbox: Any, real: Log) -> None:
    outbox.add([line(heartbeat("a"))])

    waits = sent(outbox, Door(real, ["503", "later", *["html"] * 12]))

    assert waits[0] == 7
    assert 85 < waits[1] <= 90
    assert 2 <= waits[2] <= 4
    assert 4 <= waits[3] <= 8
    assert 150 <= waits[-1] <= 300


@pytest.mark.parametrize("code", ["400", "401", "403", "404", "415", "422"])
def test_what_no_repetition_can_mend_is_left_to_a_person(
    code: str, outbox: Any, real: Log
) -> None:
    outbox.add([line(heartbeat("a"))])

    with pytest.raises(outboxes.Refused, match=code):
        sent(outbox, Door(real, [code]))

    assert ids(outbox) == {"a"}


def test_a_door_that_is_shut_is_tried_again(outbox: Any, real: Log) -> None:
    outbox.add([line(heartbeat("a"))])
    with Door(real) as shut:
        pass
    tries: list[float] = []

    def give_up(seconds: float) -> None:
        tries.append(seconds)
        if len(tries) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outboxes.deliver(outbox, publisher.by_http(shut.url, SECRET), give_up)

    assert ids(outbox) == {"a"}


@pytest.mark.parametrize(
    "url", ["http://council.example/events", "file:///etc/passwd", ""]
)
def test_a_secret_goes_to_no_door_that_others_can_listen_at(url: str) -> None:
    with pytest.raises(outboxes.Refused, match="https"):
        publisher.by_http(url, SECRET)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [(None, 0), ("", 0), ("120", 120), ("soon", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)],
)
def test_a_retry_after_is_read_in_both_its_forms(told: str | None, seconds: int) -> None:
    assert publisher.retry_after(told) == seconds


def command(folder: Path, *words: str, feed: bytes = b"") -> subprocess.Popen[bytes]:
    """The publisher as a program of its own."""
    process = subprocess.Popen(
        [sys.executable, ROOT / "examples" / "publisher.py", *words], cwd=folder,
        env=os.environ | {"FEED_SECRET": SECRET},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    process.stdin.write(feed)
    process.stdin.close()
    process.stdin = None
    return process


def test_a_publisher_killed_before_its_answer_goes_on_where_it_was(
    tmp_path: Path, outbox: Any, real: Log
) -> None:
    feed = b"\n".join(lines(heartbeat(str(n)) for n in range(50)))
    with command(tmp_path, "add", "outbox.db", feed=feed) as adding:
        adding.communicate(timeout=30)
    with opened(Door(real, ["hang"])) as door:
        with command(tmp_path, "send", "outbox.db", door.url) as killed:
            assert door.hung.wait(30)
            killed.kill()
            killed.communicate()
        assert len(ids(outbox)) == 50
        assert real.head() == 50

        with command(tmp_path, "send", "outbox.db", door.url) as again:
            printed, complaints = again.communicate(timeout=30)

    assert (again.returncode, printed, complaints) == (0, b"", b"")
    assert ids(outbox) == set()
    assert real.head() == 50


def test_the_program_lists_what_a_person_should_look_at(
    tmp_path: Path, real: Log
) -> None:
    with command(tmp_path, "add", "outbox.db", feed=b"{ no json\n") as adding:
        adding.communicate(timeout=30)
    with (
        opened(Door(real)) as door,
        command(tmp_path, "send", "outbox.db", door.url) as sending,
    ):
        sending.communicate(timeout=30)
    with command(tmp_path, "list", "outbox.db") as listing:
        printed, _ = listing.communicate(timeout=30)

    assert (sending.returncode, listing.returncode) == (1, 1)
    assert printed.startswith(b"1\tquarantined\tnot JSON")

"""The HTTP server: who is slow is waited for, but not for ever; an end loses nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from consumers import bodies, serving
from consumers.bodies import EVENT, LARGEST_BODY
from consumers.serving import address, listen
from record import aside
from record.clock import SteppedClock
from record.log import Log
from record.settings import BadSetting, Settings
from tests.door import Server, client, door, is_problem, post_event, statuses
from tests.feeds import heartbeat, line

HEAD = (
    "POST /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: {}\r\n"
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A file: which kind of store there is makes no difference here."""
    return f"sqlite:///{tmp_path}/council.db"


@contextmanager
def wire(server: Server) -> Iterator[socket.socket]:
    """A connection by hand."""
    with socket.create_connection(("127.0.0.1", server.port), 20) as made:
        yield made


def head(token: str, *more: str) -> bytes:
    """The head of a request, whole."""
    lines = "".join(f"{each}\r\n" for each in more)
    return (HEAD.format(token, EVENT) + lines + "\r\n").encode()


def all_of(connection: socket.socket) -> bytes:
    """What comes until the other side closes, also where it does so hard."""
    got = b""
    try:
        while piece := connection.recv(65_536):
            got += piece
    except ConnectionResetError:
        pass
    return got


def test_a_body_in_chunks_is_refused_as_soon_as_it_is_too_large(
    server: Server, token: str, log: Log
) -> None:
    # given a body in chunks of which no end is in sight, and no length is told
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    most, sent = 4 * LARGEST_BODY // 65_536, 0
    with wire(server) as connection:
        connection.sendall(head(token, "Transfer-Encoding: chunked"))

        # when it is sent
        try:
            while sent < most:
                connection.sendall(chunk)
                sent += 1
        except OSError:
            pass
        answer = all_of(connection)

    # then it is cut off with 413 near the bound, and nothing is kept
    assert sent < most
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer
    assert aside.quarantined(log) == []


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(
    server: Server, token: str
) -> None:
    # given a request that asks whether its large body may come
    large = f"Content-Length: {LARGEST_BODY + 1}"
    with wire(server) as connection:
        connection.sendall(head(token, large, "Expect: 100-continue"))

        # when it is answered, then it may not, and the connection is closed
        answer = all_of(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()


def test_nobody_has_a_body_read_before_they_are_known(server: Server) -> None:
    # given a stranger who asks whether a body may come
    with wire(server) as connection:
        connection.sendall(head("x", "Content-Length: 9", "Expect: 100-continue"))

        # when it is answered, then it may not
        answer = connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 401 ")


def test_a_head_that_does_not_come_to_its_end_is_not_waited_for(
    server: Server, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a server that waits half a second for a head
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.5)
    with wire(server) as silent, wire(server) as slow, client(server, token) as usual:
        # when one says nothing, and one a letter now and then
        closed = None
        started = time.monotonic()
        for letter in HEAD * 10:
            try:
                slow.sendall(letter.encode())
            except OSError:
                closed = time.monotonic() - started
                break
            time.sleep(0.05)

        # then both are closed in time, and others are answered
        assert closed is not None
        assert closed < 5
        assert all_of(silent) == all_of(slow) == b""
        assert statuses(post_event(usual, heartbeat("a"))) == ["recorded"]


def test_a_second_head_is_not_waited_for_any_longer(
    server: Server, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a sender that has had its answer
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.5)
    said = line(heartbeat("a"))
    with wire(server) as connection:
        connection.sendall(head(token, f"Content-Length: {len(said)}") + said)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")

        # when it begins another request and goes on letter by letter
        started = time.monotonic()
        try:
            while time.monotonic() - started < 10:
                connection.sendall(b"P")
                time.sleep(0.05)
        except OSError:
            pass

        # then it is closed
        assert time.monotonic() - started < 5


def test_a_body_that_does_not_come_is_not_waited_for(
    server: Server, token: str, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a server that waits half a second for a body
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.5)
    with wire(server) as connection:
        # when a request's body stops after a few bytes
        connection.sendall(head(token, "Content-Length: 100") + b'{"id"')
        answer = all_of(connection)

    # then it is told so, and nothing is kept
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert aside.quarantined(log) == []


def test_a_request_that_is_not_over_in_time_is_cut_off(
    server: Server, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a server with half a second for a whole request
    monkeypatch.setattr(serving, "REQUEST_SECONDS", 0.5)
    started = time.monotonic()
    with wire(server) as connection:
        # when a request's body does not come, then the connection ends
        connection.sendall(head(token, "Content-Length: 100"))
        assert all_of(connection) == b""
    assert time.monotonic() - started < 5


def test_a_request_may_take_longer_than_its_head(
    server: Server, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a server that waits a short while for a head
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.3)
    said = line(heartbeat("a"))
    with wire(server) as connection:
        # when a body comes in parts, the last of them after that while
        connection.sendall(
            head(token, f"Content-Length: {len(said)}", "Connection: close")
        )
        for at in range(0, len(said), 20):
            connection.sendall(said[at : at + 20])
            time.sleep(0.08)

        # then it is answered
        assert b'"recorded"' in all_of(connection)


def test_a_sender_that_hangs_up_leaves_nothing_behind(
    server: Server, token: str, log: Log
) -> None:
    # given requests that are broken off in the middle of their bodies
    for _ in range(5):
        with wire(server) as connection:
            connection.sendall(head(token, "Content-Length: 100") + b'{"id"')

    # when another comes, then it is answered, and of the others nothing is kept
    with client(server, token) as sender:
        assert statuses(post_event(sender, heartbeat("a"))) == ["recorded"]
    assert aside.quarantined(log) == []


@pytest.mark.parametrize(
    "said",
    [
        b"no http\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 70_000,
    ],
)
def test_what_is_no_http_is_a_problem_too(server: Server, said: bytes) -> None:
    # given bytes that are no request; when they come
    with wire(server) as connection:
        connection.sendall(said)
        answer = all_of(connection)

    # then they are answered as such, and the connection ends
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer


def test_requests_that_come_before_the_last_was_answered_are_answered_in_order(
    server: Server, token: str
) -> None:
    # given three requests sent in one go
    said = line(heartbeat("a"))
    request = head(token, f"Content-Length: {len(said)}") + said
    last = head(token, f"Content-Length: {len(said)}", "Connection: close") + said

    # when they are answered
    with wire(server) as connection:
        connection.sendall(request + request + last)
        answers = all_of(connection)

    # then each has its answer
    found = [answers.count(b'"status":"' + s + b'"') for s in (b"recorded", b"duplicate")]
    assert found == [1, 2]


def test_connections_are_bounded(
    server: Server, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a server that takes three connections
    monkeypatch.setattr(serving, "MOST_CONNECTIONS", 3)
    with wire(server), wire(server), client(server, token) as usual:
        assert statuses(post_event(usual, heartbeat("a"))) == ["recorded"]

        # when a fourth comes, then it is closed at once, and the others are not
        with wire(server) as fourth:
            assert all_of(fourth) == b""
        assert statuses(post_event(usual, heartbeat("b"))) == ["recorded"]


def test_small_answers_are_sent_at_once(server: Server, ash: httpx.Client) -> None:
    # given a connection that is kept
    post_event(ash, heartbeat("0"))

    # when twenty events are posted one after the other
    waits = []
    for number in range(1, 21):
        started = time.perf_counter()
        post_event(ash, heartbeat(str(number)))
        waits.append(time.perf_counter() - started)

    # then none is held back for the acknowledgement of the one before (40 ms)
    assert sorted(waits)[len(waits) // 2] < 0.035


def test_what_is_in_flight_when_it_stops_is_finished_first(
    log: Log,
    settings: Settings,
    clock: SteppedClock,
    token: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a server whose store is slow, and requests that wait for it
    receive, entered, go = log.receive, threading.Event(), threading.Event()

    def slow(*given: Any) -> Any:
        entered.set()
        assert go.wait(30)
        return receive(*given)

    monkeypatch.setattr(log, "receive", slow)
    answers: list[httpx.Response] = []

    def send(number: int, server: Server) -> None:
        with client(server, token) as sender:
            answers.append(post_event(sender, heartbeat(str(number))))

    with door(log, clock, settings) as server:
        threads = [threading.Thread(target=send, args=(n, server)) for n in range(5)]
        for thread in threads:
            thread.start()
        assert entered.wait(30)
        time.sleep(0.3)

        # when it is told to stop, and the store answers then
        server.ask_to_stop()
        time.sleep(0.3)
        go.set()
        for thread in threads:
            thread.join()
        server.wait()

    # then each is answered and recorded, nobody listens any more, and no thread is left
    assert "desk" not in {thread.name for thread in threading.enumerate()}
    assert [became for a in answers for became in statuses(a)] == ["recorded"] * 5
    assert log.head() == 5
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port), 5)


def test_a_store_that_does_not_answer_is_not_waited_for(
    log: Log,
    settings: Settings,
    clock: SteppedClock,
    token: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a store that hangs, and a door that waits half a second
    monkeypatch.setattr("consumers.door.ANSWER_SECONDS", 0.5)
    receive, go = log.receive, threading.Event()

    def hanging(*given: Any) -> Any:
        assert go.wait(30)
        return receive(*given)

    monkeypatch.setattr(log, "receive", hanging)
    with door(log, clock, settings) as server, client(server, token) as sender:
        # when two events are posted, and the store answers later
        first = post_event(sender, heartbeat("a"))
        second = post_event(sender, heartbeat("b"))
        go.set()
        monkeypatch.setattr(log, "receive", receive)
        again = [statuses(post_event(sender, heartbeat(i))) for i in ("a", "b")]

    # then both are told to send again: what was begun is there, what was not is not
    for answer in (first, second):
        is_problem(answer, 503)
        assert answer.headers["retry-after"]
    assert again == [["duplicate"], ["recorded"]]


@pytest.mark.parametrize(
    "text", ["", "8080", "localhost", ":80", "x:y", "x:70000", "x:-1"]
)
def test_an_address_that_is_none_is_refused_by_name(text: str) -> None:
    # given what is no HOST:PORT; when it is read, then it is refused
    with pytest.raises(BadSetting, match="HOST:PORT"):
        address(text)


def test_an_address_may_be_of_either_kind() -> None:
    # given addresses; when they are read, then host and port are told apart
    assert address("127.0.0.1:80") == ("127.0.0.1", 80)
    assert address("[::1]:8080") == ("::1", 8080)


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    # given a port at which somebody listens
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        # when it is asked for, and one for all the world
        with pytest.raises(BadSetting, match="cannot listen"):
            listen("127.0.0.1", port)
        assert "plain text" not in capsys.readouterr().out
        listen("0.0.0.0", 0).close()

    # then the first is refused, and the second comes with a warning
    assert "plain text" in capsys.readouterr().out

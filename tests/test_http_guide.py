"""The guide to HTTP does what it says: its requests are sent, its commands are run."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import httpx

from consumers import bodies, limits, serving
from consumers.door import ANSWER_SECONDS
from consumers.messages import MOST_EVENTS
from record.log import Log
from record.settings import Settings
from tests.documents import blocks, text
from tests.door import client, door, door_settings, let_in
from tests.feeds import NOON
from tests.test_command_line import run

GUIDE = "docs/guides/http.md"


def request(sender: httpx.Client, said: str) -> Any:
    """Send what a line with curl sends; what is answered."""
    words = shlex.split(said)
    heads = [words[n + 1] for n, word in enumerate(words) if word == "-H"]
    named = dict(head.split(": ", 1) for head in heads)
    assert named.pop("Authorization") == "Bearer $TOKEN"
    url = next(word for word in words if word.startswith("https://"))
    path = url.removeprefix("https://events.council.example")
    if "--data-binary" not in words:
        return sender.get(path, headers=named).json()
    body = words[words.index("--data-binary") + 1]
    return sender.post(path, content=body.encode(), headers=named).json()


def test_the_requests_of_the_guide_are_answered_as_it_says(tmp_path: Path) -> None:
    # given the guide's requests, and a door at which its provider is let in
    sessions = [s for s in blocks(GUIDE, "console") if s.startswith("$ curl")]
    url = f"sqlite:///{tmp_path}/council.db"
    with Log(url, simulated=True) as log:
        from record.clock import SteppedClock

        settings = door_settings(log, tmp_path)
        token = let_in(log, settings, "fairfield", "/providers/fairfield", now=NOON)

        # when they are sent in their order
        with (
            door(log, SteppedClock(NOON), settings) as server,
            client(server, token) as it,
        ):
            told = [request(it, session.splitlines()[0]) for session in sessions]

    # then each is answered as it stands there, but for the time
    expected = [json.loads(session.splitlines()[1]) for session in sessions]
    assert len(told) == 3
    for answer in told[1]["answers"]:
        answer["received_at"] = "…"
    assert told == expected


def test_the_commands_of_the_guide_run_in_their_order(tmp_path: Path) -> None:
    # given the guide's commands; when they are run
    (session,) = [s for s in blocks(GUIDE, "console") if s.startswith("$ counterfoil")]
    for said in session.splitlines():
        done = run(tmp_path, *shlex.split(said.removeprefix("$ counterfoil ")))

        # then each does what it should
        assert done.returncode == 0, done.stderr


def test_the_numbers_of_the_guide_are_those_of_the_program() -> None:
    # given the guide; when its numbers are held against the program's
    told = re.sub(r"\s+", " ", text(GUIDE))
    usual = Settings()

    # then they are the same
    for words in (
        f"At most {bodies.LARGEST_BODY >> 20} MiB",
        f"and {MOST_EVENTS:,} events",
        f"{usual.sender_events_per_second:,} events a second over ten seconds",
        f"{usual.sender_events_in_flight:,} events that wait",
        f"{limits.MOST_REQUESTS} requests at once",
        f"{serving.MOST_CONNECTIONS:,} connections",
        f"{limits.MOST_HELD >> 20} MiB of bodies",
        f"A head must come in {serving.HEAD_SECONDS:.0f} seconds",
        f"waited for {ANSWER_SECONDS:.0f} seconds",
        f"proxy_read_timeout {serving.IDLE_SECONDS}s",
        f"after {serving.STOP_SECONDS} seconds",
    ):
        assert words in told, words
    assert (limits.BURST_SECONDS, bodies.BODY_SECONDS, serving.REQUEST_SECONDS) == (
        10,
        60,
        180,
    )

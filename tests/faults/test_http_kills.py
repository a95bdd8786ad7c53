"""The HTTP door is killed while a sender posts: what was answered is kept, and kept once."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from consumers.bodies import EVENT
from record.clock import SystemClock
from record.log import Log
from record.settings import Settings
from tests.conftest import LONG
from tests.door import let_in
from tests.feeds import ASH, heartbeat, line
from tests.test_command_line import COMMAND

KILLS = 40 if LONG else 4
LONGEST_LIFE = 0.6
SEED = int(os.environ.get("SEED", "1"))


def test_what_was_answered_survives_kills_and_what_was_not_can_be_sent_again(
    tmp_path: Path,
) -> None:
    # given a sender that sends each event until it has an answer
    print(f"seed {SEED}")
    chance, url = random.Random(SEED), f"sqlite:///{tmp_path}/counterfoil.db"
    with Log(url) as log:
        token = let_in(log, Settings(store=url), "ash", ASH, now=SystemClock().now())
    head = {"Content-Type": EVENT, "Authorization": f"Bearer {token}"}
    answered: dict[str, str] = {}
    kills = again = 0

    # when its server is killed again and again, at whatever it does
    while kills < KILLS or again:
        life = chance.uniform(0.05, LONGEST_LIFE) if kills < KILLS else 60
        with killed_after(tmp_path, life) as place, httpx.Client(headers=head) as sender:
            try:
                while kills < KILLS or again:
                    id_ = str(len(answered))
                    answer = sender.post(f"{place}/events", content=line(heartbeat(id_)))
                    assert answer.status_code == 200, answer.text
                    (receipt,) = answer.json()["receipts"]
                    answered[id_], again = receipt["status"], 0
            except httpx.TransportError:
                kills, again = kills + 1, 1

    # then each was recorded once; and a kill did fall between a commit and its answer, or not
    print(f"{len(answered)} events, {kills} kills")
    assert set(answered.values()) <= {"recorded", "duplicate"}
    assert list(answered.values()).count("duplicate") <= kills
    with Log(url) as log, log.recorder.reading() as ledger:
        ids = [row[0] for row in ledger.ask("SELECT id FROM receipts")]
        assert log.head() == len(ids) == len(answered)
    assert set(ids) == set(answered)


@contextmanager
def killed_after(folder: Path, seconds: float) -> Iterator[str]:
    """A server that is killed a while after it has begun to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [COMMAND, "intake", "--http", place], cwd=folder, stderr=subprocess.DEVNULL
    )
    for _ in range(400):
        try:
            httpx.get(f"http://{place}/")
            break
        except httpx.TransportError:
            time.sleep(0.02)
    timer = threading.Timer(seconds, os.kill, (process.pid, signal.SIGKILL))
    timer.start()
    try:
        yield f"http://{place}"
    finally:
        timer.cancel()
        timer.join()
        process.kill()
        process.wait(30)

"""Everything in one process, as a small council runs it; and the parts by themselves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.brokers import free_port
from tests.documents import COUNTERFOIL, clean_environment, run
from tests.feeds import check_in, heartbeat, line
from tests.postgres import KEYS

needs_command = pytest.mark.skipif(
    not COUNTERFOIL.exists(), reason="the command is not installed beside this Python"
)


class Process:
    """A running command of ours, and where it tells how it goes."""

    def __init__(self, folder: Path, *words: str, store: str = "") -> None:
        self.http = f"http://127.0.0.1:{free_port()}"
        self.ops = f"http://127.0.0.1:{free_port()}"
        told = clean_environment() | {
            "COUNTERFOIL_STORE": store or f"sqlite:///{folder}/council.db",
            "COUNTERFOIL_HTTP": self.http.removeprefix("http://"),
            "COUNTERFOIL_OPS": self.ops.removeprefix("http://"),
        }
        if store.startswith("postgresql"):
            told |= KEYS
        if words[0] == "intake":  # it tells how it goes only where it is asked to
            words = (*words, "--ops", told["COUNTERFOIL_OPS"])
        self.errors = (folder / f"{words[0]}-{free_port()}.log").open("w+b")
        self.running = subprocess.Popen(
            [COUNTERFOIL, *words], env=told, cwd=folder, stderr=self.errors
        )

    def ready(self) -> bool:
        """Whether it says that it is ready."""
        assert self.running.poll() is None, self.said()
        try:
            return httpx.get(f"{self.ops}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def number(self, name: str) -> float | None:
        """One of its numbers, by its name with its labels."""
        return self.numbers(f"{name} ").get(name)

    def numbers(self, begin: str) -> dict[str, float]:
        """Those of its numbers whose names, with their labels, begin so."""
        rows = httpx.get(f"{self.ops}/metrics").text.splitlines()
        told = (row.rpartition(" ") for row in rows if row.startswith(begin))
        return {name: float(value) for name, _, value in told}

    def said(self) -> str:
        """What it wrote to standard error."""
        self.errors.seek(0)
        return self.errors.read().decode()


@contextmanager
def process(folder: Path, *words: str, store: str = "") -> Iterator[Process]:
    """A command at work, ended with the test."""
    started = Process(folder, *words, store=store)
    try:
        until(started.ready)
        yield started
    finally:
        if started.running.poll() is None:
            started.running.kill()
        started.running.wait(20)
        started.errors.close()


def until(holds: object, seconds: float = 40) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.05)


def token(folder: Path) -> str:
    """Let `ash` in, by a token."""
    words = ["credential", "add", "ash", "--source", "/providers/ash", "--format", "json"]
    answer = run([str(COUNTERFOIL), *words], folder, store(folder))
    assert answer.returncode == 0, answer.stderr
    return str(json.loads(answer.stdout)["token"])


def hand_in(served: Process, letter: str, said: bytes) -> httpx.Response:
    """Hand one event in."""
    head = {
        "Authorization": f"Bearer {letter}",
        "Content-Type": "application/cloudevents+json",
    }
    return httpx.post(f"{served.http}/events", content=said, headers=head)


def store(folder: Path) -> dict[str, str]:
    """The settings of a process in *folder*."""
    return clean_environment() | {"COUNTERFOIL_STORE": f"sqlite:///{folder}/council.db"}


def topics(folder: Path) -> list[str]:
    """What the log of a process in *folder* holds, in order."""
    answer = run([str(COUNTERFOIL), "log", "--format", "json"], folder, store(folder))
    return [row["type"] for row in json.loads(answer.stdout)]


@needs_command
def test_an_event_handed_in_is_found_within_moments_and_the_end_is_graceful(
    tmp_path: Path,
) -> None:
    # given everything in one process, and a sender that was let in
    letter = token(tmp_path)
    with process(tmp_path, "serve") as served:
        # when it hands in a check-in at a visit without a plan, twice
        answers = [hand_in(served, letter, line(check_in("i1"))) for _ in range(2)]
        # then both succeed, it is recorded once, and found
        told = [answer.json()["receipts"][0]["status"] for answer in answers]
        assert told == ["recorded", "duplicate"]
        found = 'counterfoil_findings{kind="unplanned_visit",severity="low"}'
        until(lambda: served.number(found) == 1)
        assert served.number('counterfoil_receipts_total{status="duplicate"}') == 1
        # and that it was found is on record too
        until(lambda: topics(tmp_path) == ["visit.checked_in", "finding.opened"])
        until(lambda: served.number("counterfoil_follower_lag_events") == 0)
        # and when it is asked to end, it does so soon, and in good order
        os.kill(served.running.pid, signal.SIGTERM)
        assert served.running.wait(20) == 0
        assert '"stopped"' in served.said()
        assert "K1" not in served.said(), "logs never hold what was said"


@needs_command
def test_two_nodes_follow_one_log_and_the_end_of_one_is_nothing_to_the_other(
    tmp_path: Path,
) -> None:
    # given a server and two more nodes on one log
    letter = token(tmp_path)
    with (
        process(tmp_path, "serve") as taking,
        process(tmp_path, "node") as one,
        process(tmp_path, "node") as other,
    ):
        hand_in(taking, letter, line(heartbeat("a")))
        until(lambda: one.number("counterfoil_follower_position") >= 1)
        # when one of them is killed, and more is handed in
        one.running.kill()
        hand_in(taking, letter, line(check_in("i1")))
        # then the other has it all
        found = 'counterfoil_findings{kind="unplanned_visit",severity="low"}'
        until(lambda: other.number(found) == 1)


@needs_command
def test_a_node_whose_store_is_missing_says_so_and_does_not_begin(tmp_path: Path) -> None:
    # given no store
    environment = clean_environment() | {
        "COUNTERFOIL_STORE": f"sqlite:///{tmp_path}/none.db"
    }
    # when a node is begun, then it ends with the code of a store out of reach
    answer = run([str(COUNTERFOIL), "node"], tmp_path, environment)
    assert answer.returncode == 3
    assert "there is no store" in answer.stderr

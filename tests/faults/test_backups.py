"""A backup under load, a disaster, a restore, and the last day's feed again: as before."""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from projections.asking import Moment
from record.log import Log
from simulation import Plan, simulate
from tests.conftest import LONG
from tests.documents import blocks, clean_environment
from tests.faults.sent import Sent
from tests.postgres import KEYS, OWNER, Cluster
from tests.projections.comparing import differences
from tests.projections.test_laws import asked

PLAN = Plan(people=8, weeks=8)
RUNS = 5 if LONG else 1
SEED = random.randrange(2**32) if LONG else 20260615
BATCH = 20
DAY = 86_400
"""Seconds."""
MAKE, TABLES, SQLITE_BACKUP, SQLITE_RESTORE, BACKUP, RESTORE = blocks(
    "docs/guides/postgresql.md", "sh"
)
"""The commands of the guide, in its order."""

Batch = tuple[int, list[bytes]]
"""When its first event arrives (seconds), and its events."""


class Shell:
    """Runs what the guide says, in a folder, against a server."""

    def __init__(self, folder: Path, server: Cluster | None) -> None:
        self.folder, self.host = folder, "HOST"
        self.environment = clean_environment()
        if server is not None:
            os.environ |= KEYS
            self.host = f"127.0.0.1:{server.port}"
            path = f"{server.programs}{os.pathsep}{self.environment['PATH']}"
            self.environment |= {
                "PATH": path, "PGHOST": "127.0.0.1", "PGPORT": str(server.port),
                "PGUSER": OWNER,
            } | KEYS  # fmt: skip

    def run(self, *scripts: str) -> None:
        """Run some of the guide's blocks; each command must succeed."""
        script = "set -e\n" + "".join(scripts).replace("HOST", self.host)
        done = subprocess.run(
            ["sh", "-c", script], cwd=self.folder, env=self.environment,
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def url(self, name: str) -> str:
        """Where the guide keeps the store, or restores it to."""
        if self.host != "HOST":
            return f"postgresql://counterfoil_owner@{self.host}/{name}"
        return f"sqlite:///{self.folder}/{'restored/' * (name == 'restored')}council.db"


@pytest.fixture(scope="module")
def feed() -> list[Batch]:
    """A simulated council's feed, in which some events stand twice."""
    told = list(simulate(PLAN))
    return [
        (told[n].at, [one.event for one in told[n : n + BATCH]])
        for n in range(0, len(told), BATCH)
    ]


@pytest.fixture(scope="module")
def unharmed(
    feed: list[Batch], tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Any]]:
    """The findings of a store to which nothing has happened."""
    url = f"sqlite:///{tmp_path_factory.mktemp('unharmed')}/council.db"
    with Log(url) as log:
        for _, batch in feed:
            Sent().deliver(log, batch)
        return asked(log, Moment(PLAN.at))


class Load:
    """A sender at work, until it is told that the store is no more."""

    def __init__(self, url: str, feed: Sequence[Batch], sent: Sent) -> None:
        self.url, self.feed, self.sent = url, feed, sent
        self.done, self.head = 0, 0
        self.disaster = threading.Event()
        self.thread = threading.Thread(target=self.send)

    def send(self) -> None:
        """Send batch after batch."""
        with Log(self.url) as log:
            for _, batch in self.feed:
                self.sent.deliver(log, batch)
                self.done += 1
                if self.disaster.wait(0.01):
                    break
            self.head = log.head()

    def reach(self, number: int) -> None:
        """Wait until so many batches were sent."""
        while self.done < number:
            assert self.thread.is_alive()
            time.sleep(0.001)


@pytest.mark.parametrize("run", range(RUNS))
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_backup_and_the_last_days_feed_are_as_if_nothing_had_happened(
    kind: str,
    run: int,
    feed: list[Batch],
    unharmed: list[dict[str, Any]],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a store that the guide's commands made, and a sender at work
    print("seed", SEED + run)
    monkeypatch.chdir(tmp_path)
    begin = random.Random(SEED + run).randrange(len(feed) // 10, len(feed) // 2)
    server = request.getfixturevalue("durable") if kind == "postgresql" else None
    shell, sent = Shell(tmp_path, server), Sent()
    try:
        if server is not None:
            shell.run(MAKE, TABLES)
        load = Load(shell.url("council"), feed, sent)
        load.thread.start()
        try:
            # when a backup is taken under load, and then the store is lost and restored
            load.reach(begin)
            shell.run(BACKUP if server else SQLITE_BACKUP)
            load.reach(load.done + 2)
        finally:
            load.disaster.set()
            load.thread.join()
        shell.run(RESTORE if server else SQLITE_RESTORE)
        with Log(shell.url("restored"), create=False) as log:
            kept = log.head()
            sent.told = {
                name: {place for place in places if place <= kept}
                for name, places in sent.told.items()
            }
            # and the feed is sent again from a day before the backup
            again = [batch for at, batch in feed if at >= feed[begin][0] - DAY]
            statuses = {status for batch in again for status in sent.deliver(log, batch)}
            # then all is there, once, and findings are as if nothing had happened
            assert sent.amiss(log) == []
            assert differences(asked(log, Moment(PLAN.at)), unharmed) == []
        # and the backup was taken in the middle, and something was lost with the store
        assert 0 < kept < load.head
        assert statuses == {"duplicate", "recorded"}
    finally:
        if server is not None:
            for name in ("council", "restored"):
                server.tell("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            for role in ("counterfoil_owner", "counterfoil_intake", "counterfoil_node"):
                server.tell("DROP ROLE IF EXISTS {}", role)

"""A process that imports and writes columns is killed, and nothing is lost or doubled."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from projections.asking import Moment
from projections.mirror import columns_folder
from projections.segments import Segments
from record.log import Log
from simulation import Plan, simulate
from tests.conftest import LONG
from tests.projections.comparing import differences
from tests.projections.test_laws import asked

PLAN = Plan(people=8, weeks=8)
STORES = 60 if LONG else 6
KILLS_EACH = 5
LONGEST = 1.2
"""Seconds after which a child is killed at the latest."""
BEGIN = random.randrange(2**32) if LONG else 20260615
POINTS = (
    "before commit", "after commit", "between segment and manifest",
    "between manifest and sweep", "during compaction",
)  # fmt: skip


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated council's feed, in which some events stand twice."""
    path = tmp_path_factory.mktemp("feed") / "feed.ndjson"
    path.write_bytes(b"".join(arrival.event + b"\n" for arrival in simulate(PLAN)))
    return path


@pytest.fixture(scope="module")
def unharmed(
    feed: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Any]]:
    """The findings of a store that was never killed."""
    url = f"sqlite:///{tmp_path_factory.mktemp('unharmed')}/council.db"
    assert work(url, feed) == 0
    return judged(url)


def command(url: str, feed: Path, *point: str) -> list[str]:
    """The words that set a child to work."""
    return [sys.executable, "-m", "tests.faults.child", url, str(feed), *point]


def work(url: str, feed: Path, *point: str) -> int:
    """A child's work, to its end or its death; how it ended."""
    done = subprocess.run(command(url, feed, *point), capture_output=True, check=False)
    return done.returncode


def killed_at_some_moment(url: str, feed: Path, chance: random.Random) -> None:
    """A child that is killed while it works."""
    with subprocess.Popen(command(url, feed), stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(chance.random() * LONGEST)
        child.kill()


def judged(url: str) -> list[dict[str, Any]]:
    """The findings of a store at the plan's clock."""
    with Log(url, create=False) as log:
        return asked(log, Moment(PLAN.at))


def assert_whole(url: str, feed: Path) -> None:
    """Every event that was sent is recorded once, the file is sound, the columns agree."""
    sent = {
        (e["source"], e["id"]) for e in map(json.loads, feed.read_bytes().splitlines())
    }
    with Log(url, create=False) as log:
        rows = [row for chunk in log.rows() for row in chunk]
        columns = Segments(columns_folder(url), log.id)
        segments = columns.manifest().segments
        assert columns.damaged() == []
    said = [json.loads(state)["said"] for _, _, state in rows]
    assert Counter((one["source"], one["id"]) for one in said) == Counter(sent)
    assert [position for position, _, _ in rows] == list(range(1, len(sent) + 1))
    assert sum(segment.events for segment in segments) == segments[-1].last
    assert not list(columns.folder.glob("*.part"))
    with sqlite3.connect(url.removeprefix("sqlite:///")) as con:
        assert con.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert con.execute("SELECT count(*) FROM receipts").fetchone() == (len(sent),)
    con.close()


@pytest.mark.parametrize("number", ["1", "3"])
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_a_named_point_loses_and_doubles_nothing(
    point: str, number: str, feed: Path, unharmed: list[dict[str, Any]], tmp_path: Path
) -> None:
    # given a process that dies at the point
    url = f"sqlite:///{tmp_path}/council.db"
    assert work(url, feed, point, number) == -signal.SIGKILL
    # when the same feed is imported again
    assert work(url, feed) == 0
    # then all is recorded once, and findings are as if nothing had happened
    assert_whole(url, feed)
    assert differences(judged(url), unharmed) == []


@pytest.mark.parametrize("store", range(STORES))
def test_kills_at_any_moment_lose_and_double_nothing(
    store: int, feed: Path, unharmed: list[dict[str, Any]], tmp_path: Path
) -> None:
    # given a store whose imports were killed again and again, each at some moment
    chance = random.Random(BEGIN + store)
    print("seed", BEGIN + store)
    url = f"sqlite:///{tmp_path}/council.db"
    asked_after = set(range(KILLS_EACH)) if LONG else {chance.randrange(KILLS_EACH)}
    for kill in range(KILLS_EACH):
        killed_at_some_moment(url, feed, chance)
        # and that could always be asked in between
        if kill in asked_after:
            judged(url)
    # when the feed is imported to its end
    assert work(url, feed) == 0
    # then all is recorded once, and findings are as if nothing had happened
    assert_whole(url, feed)
    assert differences(judged(url), unharmed) == []

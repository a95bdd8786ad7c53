"""A disk that is full: clear words, nothing lost, and all of it recorded once there is room."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.intake import Intake
from record import aside
from record.clock import SystemClock
from record.errors import StoreFull
from record.log import Log
from simulation import Plan, simulate
from tests.faults.model import Sent
from tests.postgres import Cluster

COUNTERFOIL = Path(sys.executable).with_name("counterfoil")
SIZE = 3_000_000
"""Bytes; the feed needs more."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of a few megabytes; only root can make one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)],
        capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode != 0:
        pytest.skip("no disk may be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The command, as a process."""
    return subprocess.run(
        [COUNTERFOIL, *words], capture_output=True, text=True, check=False
    )


def test_a_full_disk_is_named_and_a_second_import_completes(
    small_disk: Path, tmp_path: Path
) -> None:
    # given a feed that is larger than the disk
    feed = tmp_path / "feed.ndjson"
    plan = Plan(people=16, weeks=8)
    feed.write_bytes(b"".join(arrival.event + b"\n" for arrival in simulate(plan)))
    sent = {
        (e["source"], e["id"]) for e in map(json.loads, feed.read_bytes().splitlines())
    }
    store = ("--store", f"sqlite:///{small_disk}/council.db")
    # when it is imported
    full = run("import", str(feed), *store)
    # then it is said that there is no room, without a traceback
    assert full.returncode == 3
    assert "no room is left" in full.stderr
    assert "Traceback" not in full.stderr
    # and what was recorded can be asked, though no columns can be written
    answer = run("findings", *store, "--at", plan.at.isoformat(), "--format", "json")
    assert answer.returncode == 0, answer.stderr
    rebuilt = run("rebuild", *store)
    assert rebuilt.returncode in (0, 3)
    assert "Traceback" not in rebuilt.stderr
    # and once there is room, a second import completes it
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    again = run("import", str(feed), *store)
    assert again.returncode == 0, again.stderr
    newest = json.loads(
        run("log", *store, "--from", str(len(sent)), "--format", "json").stdout
    )
    assert [row["position"] for row in newest] == [len(sent)]


SMALL = 16
"""Megabytes, of which the database takes half."""


@pytest.fixture
def small_database() -> Iterator[tuple[Cluster, str, Path]]:
    """A database on a disk of its own, of a few megabytes; its log is elsewhere."""
    server = Cluster(fsync=True)
    try:
        place = server.folder / "disk"
        place.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}m", "tmpfs", str(place)]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            pytest.skip("no disk may be mounted here")
        try:
            place.chmod(0o755)
            (place / "kept").mkdir()
            server.give(place / "kept")
            server.tell(f"CREATE TABLESPACE small LOCATION '{place}/kept'")
            server.tell("CREATE DATABASE council TABLESPACE small")
            yield server, server.url("council"), place
        finally:
            server.stop()
            subprocess.run(["umount", str(place)], check=True)
    finally:
        server.remove()


def test_a_full_disk_of_postgresql_loses_nothing_of_what_was_acknowledged(
    small_database: tuple[Cluster, str, Path],
) -> None:
    # given a feed that is larger than the disk of its database
    _, url, place = small_database
    sent = Sent(20260617, 30_000, again=0)
    batches = sent.batches(400)
    acknowledged: dict[tuple[str, str], int] = {}

    def take(log: Log, batch: list[bytes]) -> None:
        for receipt in Intake(log).receive(batch, SystemClock()):
            if receipt.position is not None:
                acknowledged[(str(receipt.source), str(receipt.id))] = receipt.position

    with Log(url) as log:
        # when it is received until there is no room, and then some more is tried
        full = 0
        for batch in batches:
            try:
                take(log, batch)
            except StoreFull:
                full += 1
        # then it was said that there is none
        assert full > 10
        # and what was acknowledged is there, each at its place, and nothing else is
        assert stored(log) == acknowledged
        assert 100 < len(acknowledged) < len(sent.contents)
        assert {row["source"] for row in aside.quarantined(log)} <= {None}
        # and once there is room, the feed is received to its end, and is there once
        more = ["mount", "-o", "remount,size=200m", str(place)]
        subprocess.run(more, check=True)
        for batch in batches:
            take(log, batch)
        assert stored(log) == acknowledged
        assert sent.differences(log) == []


def stored(log: Log) -> dict[tuple[str, str], int]:
    """The position of every event that a log holds."""
    rows = [row for chunk in log.rows() for row in chunk]
    said = [(json.loads(state)["said"], position) for position, _, state in rows]
    return {(one["source"], one["id"]): position for one, position in said}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    # given a store in a folder that may only be read
    feed, folder = tmp_path / "feed.ndjson", tmp_path / "kept"
    feed.write_bytes(b"")
    folder.mkdir()
    store = ("--store", f"sqlite:///{folder}/council.db")
    assert run("import", str(feed), *store).returncode == 0
    folder.chmod(0o555)
    try:
        # when it is written to, asked, and another is to be made beside it
        answers = [
            run("import", str(feed), *store), run("findings", *store), run("rebuild", *store),
            run("import", str(feed), "--store", f"sqlite:///{folder}/new.db"),
        ]  # fmt: skip
    finally:
        folder.chmod(0o755)
    # then each answers, or says what it cannot do, without a traceback
    for answer in answers:
        assert answer.returncode in (0, 1, 3)
        assert "Traceback" not in answer.stderr
    assert answers[-1].returncode == 3

"""A disk that is full: clear words, nothing lost, and all of it recorded once there is room."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulation import Plan, simulate

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

"""F9: two nodes follow one log and are killed again and again; one of them writes at a time."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from consumers.intake import Intake
from projections.asking import Moment
from projections.council import Council
from projections.engine import Limits, connect
from projections.manifest import Manifest
from projections.mirror import rebuild
from projections.segments import Segments
from record.clock import SystemClock
from record.log import Log
from tests.conftest import LONG
from tests.documents import ROOT
from tests.faults.node_child import note
from tests.feeds import check_in, lines
from tests.projections.comparing import differences

EVENTS, KILLS = (5_000, 50) if LONG else (600, 6)
BEGIN = random.randrange(2**32) if LONG else 20260621


class Nodes:
    """Two followers; where one was killed, another begins."""

    def __init__(self, url: str, folder: Path) -> None:
        self.diary = folder / "diary"
        self.words = [
            sys.executable, "-m", "tests.faults.node_child", url,
            str(folder / "columns"), str(self.diary),
        ]  # fmt: skip
        self.running = [self._begin(), self._begin()]

    def _begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self.words, cwd=ROOT)

    def kill(self, place: int) -> None:
        """End one of them at once, wherever it stands."""
        node = self.running[place]
        assert node.poll() is None, "a node ended by itself"
        note(self.diary, "killed", node.pid)
        node.kill()
        node.wait(20)

    def kill_and_begin(self, place: int) -> None:
        """Let another take its place."""
        self.kill(place)
        self.running[place] = self._begin()


def two_at_once(diary: Path) -> list[str]:
    """Where a segment was begun while a process that lived was at one."""
    wrong, writing, killed = [], set[str](), set[str]()
    for line in diary.read_text(encoding="utf-8").splitlines():
        word, pid = line.split()
        if word == "begins":
            wrong += [f"{pid} beside {other}" for other in writing - killed]
            writing = {pid}
        elif word == "ends":
            writing.discard(pid)
        else:
            killed.add(pid)
    return wrong


def until_mirrored(segments: Segments, head: int) -> Manifest:
    """Wait until the columns have come near the end of the log."""
    give_up = time.monotonic() + 60
    while True:
        manifest = segments.manifest()
        if manifest.segments and manifest.segments[-1].last > head - 100:
            return manifest
        assert time.monotonic() < give_up, "nobody writes segments any more"
        time.sleep(0.05)


def test_nodes_that_are_killed_leave_columns_that_are_those_of_the_log(
    tmp_path: Path,
) -> None:
    # given two nodes that follow one log
    print("seed", BEGIN)
    chance, url = random.Random(BEGIN), f"sqlite:///{tmp_path}/council.db"
    with Log(url) as log:
        nodes = Nodes(url, tmp_path)
        try:
            # when events come, and one node after the other is killed anywhere
            for first in range(0, EVENTS, 20):
                some = [check_in(f"i{n}", f"V{n}") for n in range(first, first + 20)]
                Intake(log).receive(lines(some), SystemClock())
                time.sleep(chance.uniform(0, 2.5 * KILLS * 20 / EVENTS))
                if chance.random() < KILLS * 20 / EVENTS:
                    nodes.kill_and_begin(chance.randrange(2))

            # then somebody goes on writing the columns, and never two at once
            segments = Segments(tmp_path / "columns", log.id)
            until_mirrored(segments, log.head())
        finally:
            for place in range(2):
                nodes.kill(place)
        assert two_at_once(nodes.diary) == []
        told = nodes.diary.read_text(encoding="utf-8")
        wrote = {line for line in told.splitlines() if line.startswith("begins")}
        assert len(wrote) > KILLS // 3, "it was nearly always the same that wrote"
        assert segments.damaged() == []

        # and what they hold is what was sent, each once, and what a rebuild would hold
        moment = Moment(SystemClock().now())
        council = Council(log, segments, Limits(threads=1))
        found = council.findings(moment)
        council.close()
        assert sorted(one["visit"] for one in found) == sorted(
            f"V{n}" for n in range(EVENTS)
        )
        con = connect(Limits(threads=1))
        assert rebuild(con, log, segments)
        con.close()
        council = Council(log, segments, Limits(threads=1))
        assert differences(found, council.findings(moment)) == []
        council.close()

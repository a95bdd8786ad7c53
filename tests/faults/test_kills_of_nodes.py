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

EVENTS, KILLS = (5_000, 50) if LONG else (200, 5)
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

    def told(self) -> list[tuple[str, str]]:
        """The diary: what, and of which process."""
        rows = self.diary.read_text(encoding="utf-8").splitlines()
        return [(what, pid) for what, _, pid in (row.partition(" ") for row in rows)]

    def begun(self) -> int:
        """How many segments were begun."""
        return (
            [what for what, _ in self.told()].count("begins")
            if self.diary.exists()
            else 0
        )

    def writing(self, otherwise: int) -> int:
        """The place of the node that wrote last, or is at it now; else *otherwise*."""
        last = next(pid for what, pid in reversed(self.told()) if what == "begins")
        places = [n for n, node in enumerate(self.running) if str(node.pid) == last]
        return places[0] if places else otherwise

    def cut_short(self) -> int:
        """How many segments were begun and never ended."""
        told = [what for what, _ in self.told()]
        return told.count("begins") - told.count("ends")

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


def two_at_once(told: list[tuple[str, str]]) -> list[str]:
    """Where a segment was begun while a process that lived was at one."""
    wrong, writing, killed = [], set[str](), set[str]()
    for word, pid in told:
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
            # when events come, and one node after the other is killed, once one has written
            sent, kills, written = 0, 0, 0
            while sent < EVENTS or kills < KILLS:
                some = [
                    check_in(f"i{n}", f"V{n}", carer=f"K{n}")
                    for n in range(sent, sent + 20)
                ]
                Intake(log).receive(lines(some), SystemClock())
                sent += 20
                time.sleep(chance.uniform(0, 0.3))
                if kills < KILLS and nodes.begun() > written:
                    nodes.kill_and_begin(nodes.writing(chance.randrange(2)))
                    kills, written = kills + 1, nodes.begun()

            # then somebody goes on writing the columns, and never two at once
            segments = Segments(tmp_path / "columns", log.id)
            until_mirrored(segments, log.head())
        finally:
            for place in range(2):
                nodes.kill(place)
        assert two_at_once(nodes.told()) == []
        assert nodes.cut_short() >= KILLS // 5, "hardly any was killed while it wrote"
        assert segments.damaged() == []

        # and what they hold is what was sent, each once, and what a rebuild would hold
        moment = Moment(SystemClock().now())
        council = Council(log, segments, Limits(threads=1))
        found = council.findings(moment)
        council.close()
        assert sorted(one["visit"] for one in found) == sorted(
            f"V{n}" for n in range(sent)
        )
        con = connect(Limits(threads=1))
        assert rebuild(con, log, segments)
        con.close()
        council = Council(log, segments, Limits(threads=1))
        assert differences(found, council.findings(moment)) == []
        council.close()

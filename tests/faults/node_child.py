"""A node's follower as a process of its own, that writes small segments and notes each.

`python -m tests.faults.node_child URL FOLDER DIARY`: follows until it is killed.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import watch.follower
from projections import mirror
from projections.engine import Limits
from projections.segments import Segments
from record.clock import SystemClock
from record.log import Log
from watch.follower import Follower

SEGMENT_FROM = 10
PAUSE_SECONDS = 0.1
"""Before a segment is listed: so that many are killed between the one and the other."""


def note(diary: Path, word: str, pid: int) -> None:
    """One line of the diary that all processes write."""
    with diary.open("a", encoding="utf-8") as lines:
        lines.write(f"{word} {pid}\n")


def main(url: str, folder: str, diary: str) -> None:
    """Follow, and note when a segment is begun and when it is listed."""
    write = Segments.write

    def noted(self: Segments, *args: Any) -> Any:
        note(Path(diary), "begins", os.getpid())
        made = write(self, *args)
        note(Path(diary), "ends", os.getpid())
        return made

    publish = Segments._publish

    def slowly(self: Segments, *args: Any) -> None:
        time.sleep(PAUSE_SECONDS)
        publish(self, *args)

    Segments.write = noted  # type: ignore[method-assign]
    Segments._publish = slowly  # type: ignore[method-assign]
    watch.follower.SEGMENT_FROM = mirror.SEGMENT_FROM = SEGMENT_FROM
    watch.follower.TICK_SECONDS = 0.05
    mirror.write_segments.__kwdefaults__["from_events"] = SEGMENT_FROM
    with Log(url) as log:
        segments = Segments(Path(folder), log.id)
        Follower(log, segments, SystemClock(), Limits(threads=1)).run(threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])

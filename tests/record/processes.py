"""What other processes do to a store in these tests. Run by `multiprocessing`, spawned."""

from __future__ import annotations

import sys
from multiprocessing.synchronize import Barrier
from pathlib import Path

from consumers.files import Summary, import_files
from consumers.intake import Intake
from record.clock import SystemClock
from record.log import Log


def import_at_once(
    url: str, raw: list[bytes], size: int, together: Barrier, tell: list[dict[str, int]]
) -> None:
    """Open the store and record *raw*, *size* events a batch, when all are ready."""
    together.wait(60)
    counts: dict[str, int] = {}
    with Log(url) as log:
        for start in range(0, len(raw), size):
            for receipt in Intake(log).receive(raw[start : start + size], SystemClock()):
                counts[receipt.status] = counts.get(receipt.status, 0) + 1
    tell.append(counts)


def import_file(url: str, name: str) -> None:
    """Record a file, and tell on standard output that it has begun."""
    with Log(url) as log:
        print("begun", flush=True)
        import_files(Intake(log), [name], SystemClock(), Summary())


if __name__ == "__main__":
    import_file(sys.argv[1], str(Path(sys.argv[2])))

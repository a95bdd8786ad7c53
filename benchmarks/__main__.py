"""`make bench`: medians of whole processes, the product beside the plain way, in one run."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.feed import CLOCK, feed

RUNS = int(os.environ.get("BENCH_RUNS", "3"))
CONTRACTS = 640
"""Packages of the large council: about 300,000 events."""
SMALL = 45

Timed = Callable[[], float]


def counterfoil(*words: str) -> tuple[float, str]:
    """Seconds that a command takes as a whole process, and what it prints."""
    command = Path(sys.executable).with_name("counterfoil")
    started = time.perf_counter()
    done = subprocess.run([command, *words], capture_output=True, text=True, check=True)
    return time.perf_counter() - started, done.stdout


def plain(what: str, *words: str) -> float:
    """Events a second of the plain way."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.plain", what, *words],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(done.stdout)


def median(measure: Timed, runs: int = RUNS) -> float:
    """The middle one of so many runs."""
    return statistics.median(measure() for _ in range(runs))


def write_feed(path: Path, contracts: int) -> int:
    """Write a feed; how many events it has."""
    with path.open("wb") as out:
        count = 0
        for line in feed(contracts):
            out.write(line)
            count += 1
    return count


def import_rate(folder: Path, path: Path, events: int) -> float:
    """Events a second of one import into a new store."""
    for old in folder.glob("new.db*"):
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    took, _ = counterfoil("import", str(path), "--store", f"sqlite:///{folder}/new.db")
    return events / took


def main() -> None:
    """Measure and print one line a figure."""
    with tempfile.TemporaryDirectory(prefix="counterfoil-bench-") as name:
        folder = Path(name)
        small, large = folder / "small.ndjson", folder / "large.ndjson"
        few, many = write_feed(small, SMALL), write_feed(large, CONTRACTS)
        store = f"sqlite:///{folder}/large.db"
        ours = median(lambda: import_rate(folder, small, few))
        theirs = median(lambda: plain("import", str(small)))
        print(
            f"import {few:,} events: {ours:,.0f}/s, plain {theirs:,.0f}/s: {ours / theirs:.1f}x"
        )
        took, _ = counterfoil("import", str(large), "--store", store)
        print(
            f"import {many:,} events: {many / took:,.0f}/s: {many / took / theirs:.1f}x"
        )
        rate = median(
            lambda: many / _seconds(counterfoil("rebuild", "--store", store)[1])
        )
        runner = median(lambda: plain("project"))
        print(
            f"rebuild {many:,} events: {rate:,.0f}/s, plain {runner:,.0f}/s: {rate / runner:.0f}x"
        )
        at = ("--at", CLOCK.isoformat(), "--store", store, "--format", "ndjson")
        every = median(lambda: counterfoil("findings", *at)[0])
        print(f"all findings of {many:,} events, cold: {every:.2f} s")
        one = median(lambda: counterfoil("findings", "--contract", "C25", *at)[0])
        then = ("--known-at", "2100-01-01T00:00:00+00:00")
        as_known = median(
            lambda: counterfoil("findings", "--contract", "C25", *then, *at)[0]
        )
        print(f"one contract's findings: {one:.2f} s; as known: {as_known:.2f} s")
        print(f"--help: {median(lambda: counterfoil('--help')[0], 5):.2f} s")


def _seconds(printed: str) -> float:
    return float(json.loads(printed)["seconds"])


if __name__ == "__main__":
    main()

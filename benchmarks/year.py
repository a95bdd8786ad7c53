"""`make bench-year`: a council's year beside a tenth of it, whole processes, in one run.

PEOPLE of 1,000 gives about 830,000 visits; what is printed first is what was made.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "1300"))
WEEKS = 52
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
NEW = 1_000
"""Events that arrive after all the others."""


def counterfoil(*words: str) -> tuple[float, int, str]:
    """Seconds a command takes, the most memory it used (MB), and what it prints."""
    command = Path(sys.executable).with_name("counterfoil")
    started = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([command, *words], stdout=out)
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - started
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            raise SystemExit(f"{words[0]} failed")
        out.seek(0)
        return took, used.ru_maxrss // 1024, out.read().decode()


def middle(*words: str) -> tuple[float, int]:
    """The middle of some runs: seconds and memory (MB)."""
    runs = sorted(counterfoil(*words)[:2] for _ in range(RUNS))
    return runs[len(runs) // 2]


def simulate(folder: Path, people: int) -> tuple[Path, int, str]:
    """A simulated council's feed, its number of events, and the clock to judge it by."""
    feed, truth = folder / f"{people}.ndjson", folder / f"{people}.truth"
    took, memory, _ = counterfoil(
        "simulate", "--people", str(people), "--weeks", str(WEEKS),
        "--truth", str(truth), "--out", str(feed),
    )  # fmt: skip
    with feed.open("rb") as lines:
        events = sum(1 for _ in lines)
    with truth.open("rb") as rows:
        at = str(json.loads(rows.readline())["at"])
        visits = sum(1 for row in rows if row.startswith(b'{"visit"'))
    print(
        f"{people} people, {visits:,} visits, {events:,} events: simulated in {took:.0f} s"
        f" ({events / took:,.0f}/s), {memory} MB"
    )
    return feed, events, at


def keep_back(feed: Path, count: int) -> tuple[Path, list[Path]]:
    """A feed without its last lines, and those in files of their own, *count* in each.

    In the last of them every provider's invoice for the week arrives, some 400 lines each; in
    the one before it there are visits alone. Streamed, for the memory of this process would
    count as that of those it starts.
    """
    most = feed.with_suffix(".most")
    rest = [feed.with_suffix(".visits"), feed.with_suffix(".invoices")]
    waiting: deque[bytes] = deque()
    with feed.open("rb") as lines, most.open("wb") as out:
        for line in lines:
            waiting.append(line)
            if len(waiting) > count * len(rest):
                out.write(waiting.popleft())
    for place, file in enumerate(rest):
        file.write_bytes(b"".join(list(waiting)[place * count :][:count]))
    feed.unlink()
    return most, rest


def measure(folder: Path, people: int) -> Iterator[float]:
    """Print one line a figure; yield the seconds an event costs, import and findings."""
    feed, events, at = simulate(folder, people)
    most, rest = keep_back(feed, NEW)
    store = ("--store", f"sqlite:///{folder}/{people}.db")
    took, memory, _ = counterfoil("import", str(most), *store)
    print(f"  import: {took:.0f} s ({events / took:,.0f}/s), {memory} MB")
    yield took / events
    took, memory, _ = counterfoil("rebuild", *store)
    print(f"  columns made anew: {took:.1f} s ({events / took:,.0f}/s), {memory} MB")
    asked = ("findings", *store, "--at", at, "--format", "ndjson")
    took, memory, _ = counterfoil(*asked)
    print(f"  all findings, cold, nothing kept yet: {took:.1f} s, {memory} MB")
    yield took / events
    took, memory = middle(*asked)
    print(f"  all findings, cold, facts of visits kept: {took:.1f} s, {memory} MB")
    cards = ("scorecard", *store, "--at", at, "--format", "ndjson")
    took, memory = middle(*cards)
    print(f"  scorecards of all providers, four weeks: {took:.1f} s, {memory} MB")
    took, memory = middle(*cards, "--from", f"{int(at[:4]) - 1}{at[4:10]}")
    print(f"  scorecards of all providers, the whole year: {took:.1f} s, {memory} MB")
    for name, ref in (("contract", "C-0100"), ("person", "P-0100")):
        took, memory = middle(*asked, f"--{name}", ref)
        print(f"  one {name}'s findings: {took:.2f} s, {memory} MB")
    summer = f"{int(at[:4])}-06-01T12:00:00+00:00"
    then = (*asked[:-4], "--at", summer, "--known-at", "2100-01-01T00:00:00+00:00")
    took, memory = middle(*then, "--contract", "C-0100")
    print(f"  one contract, as known, at mid-year: {took:.2f} s, {memory} MB")
    backtest(folder, store, at)
    refresh(f"sqlite:///{folder}/{people}.db", at, rest)


def backtest(folder: Path, store: tuple[str, str], at: str) -> None:
    """Print how long another policy takes to try on the year before the clock *at*.

    Its thresholds are of lines, visits and packages, so that little can be asked once only.
    """
    policy, last = folder / "new.toml", date.fromisoformat(at[:10]) - timedelta(days=1)
    policy.write_text("late_after = 10\nline_reach = 60\nunused_share = 0.1\n")
    took, memory = middle(
        "backtest", *store, "--policy", str(policy), "--from",
        str(last - timedelta(days=364)), "--to", str(last), "--format", "ndjson",
    )  # fmt: skip
    print(f"  back-test of the year: {took:.1f} s, {memory} MB")


def refresh(url: str, at: str, rest: list[Path]) -> None:
    """Print how long a long-lived process takes to follow the last events of the year."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.refresh", url, at, *map(str, rest)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    print(f"  a node: begun in {told['began']:.1f} s, {told['memory']} MB")
    for file, (events, visits, took) in zip(rest, told["refreshed"], strict=True):
        print(
            f"    {events:,} new events ({file.suffix[1:]}), {visits:,} visits judged anew:"
            f" {took:.2f} s"
        )


def main() -> None:
    """The tenth, then the year, then what an event costs in one and the other."""
    with tempfile.TemporaryDirectory(prefix="counterfoil-year-") as name:
        costs = [list(measure(Path(name), people)) for people in (PEOPLE // 10, PEOPLE)]
    for what, small, large in zip(("import", "findings"), *costs, strict=True):
        print(f"cost of an event, {what}: {large / small:.2f} of the tenth's")
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"most memory of any process: {most} MB")


if __name__ == "__main__":
    main()

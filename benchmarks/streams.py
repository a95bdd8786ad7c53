"""`make bench-streams`: JetStream to PostgreSQL with fsync, one worker, beside the plain way.

Real servers from wheels on free ports of this machine. Then the time from a publish to a
finding that can be seen, at the pace of a morning's peak, over a council of 300,000 events.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import nats

from benchmarks.feed import feed
from consumers.access import Access
from consumers.carrying import transport
from projections.segments import Segments
from record.clock import SystemClock
from record.log import Log
from tests.brokers import NatsServer, know, subject
from tests.postgres import Cluster
from watch.follower import Follower

EVENTS = int(os.environ.get("BENCH_EVENTS", "60000"))
PLAIN_EVENTS = 3_000
IN_A_BATCH = 100
PEAK = 500
"""Events a second: the busiest morning hour of home care in the United Kingdom."""
PEAK_SECONDS = int(os.environ.get("BENCH_PEAK_SECONDS", "40"))
SOURCE = "/providers/ash"
PEAK_COUNCIL = 640
"""Packages of the council that is there before the peak: about 300,000 events."""


def said(number: int) -> bytes:
    """A check-in of this moment; its id ends in the instant it was made, in nanoseconds."""
    told = {
        "specversion": "1.0", "id": f"{uuid4().hex}-{time.time_ns()}", "source": SOURCE,
        "type": "visit.checked_in", "subject": f"V{number}",
        "time": datetime.now(UTC).isoformat(),
        "data": {"carer": f"K{number}", "method": "app"},
    }  # fmt: skip
    return json.dumps(told).encode()


@contextmanager
def worker(url: str, broker: str) -> Iterator[subprocess.Popen[bytes]]:
    """One intake worker in a process of its own."""
    command = Path(sys.executable).with_name("counterfoil")
    process = subprocess.Popen(
        [command, "intake", "--broker", broker, "--store", url],
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def status(pid: int) -> tuple[int, int]:
    """A process's resident memory in MB, and how many files it has open."""
    told = Path(f"/proc/{pid}/status").read_text()
    resident = next(row for row in told.splitlines() if row.startswith("VmRSS"))
    return int(resident.split()[1]) // 1024, len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def publish(broker: str, messages: Iterator[bytes]) -> None:
    """Put messages on the stream, a hundred on their way at a time."""
    client = await nats.connect(broker)
    stream = client.jetstream()
    waiting: list[asyncio.Future[object]] = []
    for message in messages:
        waiting.append(asyncio.ensure_future(stream.publish(subject("ash"), message)))
        if len(waiting) == 100:
            await asyncio.gather(*waiting)
            waiting = []
    await asyncio.gather(*waiting)
    await client.close()


async def make_stream(broker: str) -> None:
    """Let the courier itself make the stream, as it does where there is none."""
    way, stop = transport(Access(broker, stream_bytes=4 << 30)), asyncio.Event()
    with (
        tempfile.TemporaryDirectory() as folder,
        Log(f"sqlite:///{folder}/none.db") as log,
    ):
        from consumers.courier import Courier
        from consumers.intake import Intake

        task = asyncio.create_task(way.carry(Courier(Intake(log), SystemClock()), stop))
        while not way.ready:
            await asyncio.sleep(0.02)
        stop.set()
        await task


def carried(
    cluster: Cluster, server: NatsServer, messages: list[bytes], events: int
) -> float:
    """Events a second from a full stream into an empty store."""
    url = cluster.url(cluster.new())
    with Log(url) as log:
        know(log, "ash", SOURCE)
        asyncio.run(make_stream(server.url))
        asyncio.run(publish(server.url, iter(messages)))
        with worker(url, server.url) as process:
            while log.head() == 0:
                time.sleep(0.005)
            begun, first = time.perf_counter(), log.head()
            early = status(process.pid)
            while log.head() < events:
                time.sleep(0.02)
            rate = (events - first) / (time.perf_counter() - begun)
            late = status(process.pid)
        print(f"    memory {early[0]} → {late[0]} MB, open files {early[1]} → {late[1]}")
    return rate


def plain(cluster: Cluster) -> float:
    """Events a second of a handler that loads and saves one event at a time."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.plain_handler", cluster.url(cluster.new()),
         str(PLAIN_EVENTS)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(done.stdout)


def fresh(folder: Path) -> NatsServer:
    """A broker with an empty folder."""
    place = folder / uuid4().hex
    place.mkdir()
    server = NatsServer(place)
    server.start()
    return server


def throughput(cluster: Cluster, folder: Path) -> None:
    """Print how many events a second are carried, in single messages and in batches."""
    theirs = plain(cluster)
    print(f"one event at a time, the plain way: {theirs:,.0f} events/s")
    for name, size in (
        ("messages of one event", 1),
        (f"batches of {IN_A_BATCH}", IN_A_BATCH),
    ):
        server = fresh(folder)
        events = EVENTS if size == 1 else 3 * EVENTS
        everything = [said(number) for number in range(events)]
        messages = (
            everything
            if size == 1
            else [
                b"[" + b",".join(everything[n : n + size]) + b"]"
                for n in range(0, events, size)
            ]
        )
        rate = carried(cluster, server, messages, events)
        server.stop()
        print(f"{events:,} events in {name}: {rate:,.0f} events/s, {rate / theirs:.1f}x")


class Seen:
    """Notes, for each event, when the findings that follow from it could be seen."""

    def __init__(self, log: Log, folder: Path) -> None:
        segments = Segments(folder / "columns", log.id)
        self.log = log
        self.follower = Follower(log, segments, SystemClock())
        self.follower.follow_once()
        self.first = self.follower.position
        self.steps: list[tuple[int, int]] = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._follow)
        self.thread.start()

    def _follow(self) -> None:
        while not self.ended.is_set():
            self.follower.follow_once(self.ended)
            self.steps.append((self.follower.position, time.time_ns()))

    def seconds(self, last: int) -> list[float]:
        """From publish to finding, for each event, once all up to *last* were followed."""
        give_up = time.monotonic() + 60
        while self.follower.position < last and time.monotonic() < give_up:
            time.sleep(0.05)
        self.ended.set()
        self.thread.join()
        steps, found = iter(self.steps), []
        position, at = next(steps)
        for rows in self.log.rows(self.first, last):
            for place, _, state in rows:
                while position < place:
                    position, at = next(steps)
                made = int(json.loads(state)["said"]["id"].rpartition("-")[2])
                found.append((at - made) / 1e9)
        return found


async def peak(broker: str) -> int:
    """Publish at the pace of a morning's peak; how many events it was."""
    client = await nats.connect(broker)
    stream = client.jetstream()
    waiting: set[asyncio.Task[object]] = set()
    begun, count = time.perf_counter(), 0
    while (passed := time.perf_counter() - begun) < PEAK_SECONDS:
        while count < passed * PEAK:
            task = asyncio.create_task(stream.publish(subject("ash"), said(count)))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
            count += 1
        await asyncio.sleep(0.005)
    await asyncio.gather(*waiting)
    await client.close()
    return count


def freshness(cluster: Cluster, folder: Path) -> None:
    """Print the time from publish to visible finding at a morning's peak."""
    url = cluster.url(cluster.new())
    path = folder / "council.ndjson"
    path.write_bytes(b"".join(feed(PEAK_COUNCIL)))
    command = Path(sys.executable).with_name("counterfoil")
    subprocess.run(
        [command, "import", str(path), "--store", url], check=True, cwd=folder,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    server = fresh(folder)
    with Log(url) as log:
        know(log, "ash", SOURCE)
        asyncio.run(make_stream(server.url))
        with worker(url, server.url):
            asyncio.run(publish(server.url, iter([said(0)])))
            start = log.head()
            while log.head() == start:
                time.sleep(0.05)
            seen = Seen(log, folder)
            before = log.head()
            count = asyncio.run(peak(server.url))
            found = sorted(seen.seconds(before + count))
    server.stop()
    middle, slow = statistics.median(found), found[int(len(found) * 0.99)]
    print(
        f"publish to visible finding, {PEAK} events/s for {PEAK_SECONDS} s over {before:,}"
        f" events: median {middle:.2f} s, p99 {slow:.2f} s, longest {found[-1]:.2f} s"
    )


def main() -> None:
    """Measure and print one line a figure."""
    cluster = Cluster(fsync=True)
    try:
        with tempfile.TemporaryDirectory(prefix="counterfoil-streams-") as name:
            throughput(cluster, Path(name))
            freshness(cluster, Path(name))
    finally:
        cluster.remove()


if __name__ == "__main__":
    main()

"""`make bench-watch`: a call becomes missed with no event arriving, amid 100,000 that are pending.

Printed: how long after its moment it is on record, and what a quiet minute costs.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from consumers.intake import Intake
from projections.mirror import columns_folder
from projections.segments import Segments
from record.clock import SystemClock
from record.ledger import portions
from record.log import Log
from watch.follower import Follower

PENDING = 100_000
BATCH = 5_000
MISSED_AFTER = timedelta(minutes=60)
"""The threshold's default."""
FIRST_MOMENT = timedelta(seconds=40)
"""From now until the first call becomes missed: the watcher has begun by then."""
CALLS, APART = 5, timedelta(seconds=7)
QUIET_SECONDS = 60


def plans(now: datetime) -> Iterator[bytes]:
    """Calls of the coming month, and a few that are about to be missed."""
    said = (now - timedelta(days=2)).isoformat()
    for number in range(PENDING + CALLS):
        if number < CALLS:
            start = now + FIRST_MOMENT + number * APART - MISSED_AFTER
        else:
            start = now + timedelta(hours=3) + number * timedelta(seconds=25)
        yield json.dumps(
            {
                "specversion": "1.0", "id": f"p{number}", "source": "/providers/ash",
                "type": "visit.scheduled", "time": said, "subject": f"V{number}",
                "data": {
                    "contract": f"C{number % 900}", "person": f"P{number % 900}",
                    "planned_start": start.isoformat(),
                    "planned_end": (start + timedelta(minutes=30)).isoformat(),
                },
            }
        ).encode()  # fmt: skip


def delays(log: Log, now: datetime) -> dict[str, float]:
    """Of each call on record as missed: seconds from its moment until it was recorded."""
    found = {}
    for rows in log.rows():
        for _, topic, state in rows:
            event = json.loads(state) if topic == "finding.opened" else None
            if event is None or event["data"]["kind"] != "missed_call":
                continue
            number = int(event["data"]["visit"][1:])
            moment = now + FIRST_MOMENT + number * APART
            recorded = datetime.fromisoformat(event["received_at"])
            found[event["data"]["visit"]] = (recorded - moment).total_seconds()
    return found


def main() -> None:
    """Watch, and print what was measured."""
    clock, stop = SystemClock(), threading.Event()
    with (
        tempfile.TemporaryDirectory() as folder,
        Log(f"sqlite:///{folder}/council.db") as log,
    ):
        now = datetime.now(UTC)
        for batch in portions(list(plans(now)), BATCH):
            Intake(log).receive(batch, clock)
        segments = Segments(columns_folder(log.url), log.id)
        follower = Follower(log, segments, clock, watching=True)
        thread = threading.Thread(target=follower.run, args=(stop,))
        thread.start()
        time.sleep((FIRST_MOMENT + CALLS * APART).total_seconds())
        found = delays(log, now)
        print(
            f"{len(found)} of {CALLS} calls on record as missed, seconds after their moment:"
        )
        print("  " + ", ".join(f"{found[name]:.2f}" for name in sorted(found)))
        begun = time.process_time()
        time.sleep(QUIET_SECONDS)
        spent = time.process_time() - begun
        print(f"a quiet minute: {spent:.2f} s of processor")
        stop.set()
        thread.join()


if __name__ == "__main__":
    main()

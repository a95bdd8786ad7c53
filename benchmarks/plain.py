"""The plain ways that the product is compared with.

To import: one `repository.get` and one `save` an event. To project: the library's runner,
one event and one transaction at a time. Both print events per second.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.popo import POPOTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner


class Thing(Aggregate):
    """Something that is spoken of."""

    @event("Said")
    def __init__(self, subject: str, data: str) -> None:  # noqa: ARG002  # recorded
        """Begin with the first statement."""
        self.heard = 1

    @event("SaidMore")
    def say(self, data: str) -> None:  # noqa: ARG002  # recorded
        """Hear another."""
        self.heard += 1


def plain_import(feed: Path, most: int) -> float:
    """Events a second, each loaded, told and saved by itself on SQLite."""
    with feed.open() as lines, tempfile.TemporaryDirectory() as folder:
        said = [json.loads(line) for _, line in zip(range(most), lines, strict=False)]
        app: Application[UUID] = Application(
            {
                "PERSISTENCE_MODULE": "eventsourcing.sqlite",
                "SQLITE_DBNAME": f"{folder}/plain.db",
            }
        )
        known: dict[tuple[str, str], UUID] = {}
        started = time.perf_counter()
        for one in said:
            name, data = (one["source"], one["subject"]), json.dumps(one["data"])
            if name in known:
                thing: Any = app.repository.get(known[name])
                thing.say(data)
            else:
                thing = Thing(one["subject"], data)
                known[name] = thing.id
            app.save(thing)
        took = time.perf_counter() - started
        app.close()
    return len(said) / took


def plain_project(events: int) -> float:
    """Events a second through the library's projection runner into SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        db = sqlite3.connect(
            f"{folder}/view.db", check_same_thread=False, isolation_level=None
        )
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE view (id TEXT PRIMARY KEY, heard INT)")
        db.execute("CREATE TABLE tracking (position INT)")

        class Counts(Projection[POPOTrackingRecorder]):
            def process_event(self, domain_event: Any, tracking: Tracking) -> None:
                db.execute("BEGIN")
                db.execute(
                    "INSERT INTO view VALUES (?, 1)"
                    " ON CONFLICT (id) DO UPDATE SET heard = heard + 1",
                    (str(domain_event.originator_id),),
                )
                db.execute("INSERT INTO tracking VALUES (?)", (tracking.notification_id,))
                db.execute("COMMIT")
                self.view.insert_tracking(tracking)

        with ProjectionRunner(
            application_class=Application,
            projection_class=Counts,
            view_class=POPOTrackingRecorder,
            env={},
        ) as runner:
            things = []
            for number in range(events // 2):
                things.append(Thing(str(number), "{}"))
                things[-1].say("{}")
            started = time.perf_counter()
            last = runner.app.save(*things)[-1].notification.id
            runner.wait(last, timeout=300)
            took = time.perf_counter() - started
        db.close()
    return events / took


if __name__ == "__main__":
    if sys.argv[1] == "import":
        print(plain_import(Path(sys.argv[2]), 3000))
    else:
        print(plain_project(4000))

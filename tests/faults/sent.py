"""What was sent, kept apart from the store: by it the tests know what a log must hold.

Names are given out so that one sender alone speaks under each; so of two contents under one
name the first that was sent is the one that stands, and every other is a conflict.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from consumers.intake import Intake
from record import aside
from record.clock import Clock, SystemClock
from record.errors import StoreOutOfReach
from record.log import Log
from tests.sealing import states

Name = tuple[str, str]
PAUSE_SECONDS = 0.02
GIVE_UP_SECONDS = 20.0


def content(said: dict[str, Any]) -> str:
    """An event as it can be compared."""
    return json.dumps(said, sort_keys=True)


class Sent:
    """The account of all senders: what they said, and what they were told of it."""

    def __init__(self) -> None:
        self.contents: dict[Name, list[str]] = {}
        self.unreadable: set[bytes] = set()
        self.told: dict[Name, set[int]] = {}
        self.out_of_reach: Counter[str] = Counter()
        """How often senders were told so, and why."""
        self.found_again = 0
        """Events that were recorded although their sender was told nothing of it."""
        self._lock = threading.Lock()

    def note(self, raw: bytes) -> None:
        """One event is about to be sent."""
        try:
            said = json.loads(raw)
        except ValueError:
            self.unreadable.add(raw)
            return
        known = self.contents.setdefault((said["source"], said["id"]), [])
        if content(said) not in known:
            known.append(content(said))

    def deliver(
        self, log: Log, batch: Sequence[bytes], clock: Clock | None = None
    ) -> list[str]:
        """Send a batch again and again until it has its receipts; their statuses.

        Raises:
            StoreOutOfReach: the store does not come back.
        """
        give_up = time.monotonic() + GIVE_UP_SECONDS
        with self._lock:
            for raw in batch:
                self.note(raw)
        while True:
            try:
                receipts = Intake(log).receive(batch, clock or SystemClock())
                break
            except StoreOutOfReach as error:
                with self._lock:
                    self.out_of_reach[str(error)] += 1
                if time.monotonic() > give_up:
                    raise
                time.sleep(PAUSE_SECONDS)
        with self._lock:
            for one in receipts:
                if one.source is None or one.id is None:
                    continue
                places = self.told.setdefault((one.source, one.id), set())
                if one.position is not None:
                    places.add(one.position)
                self.found_again += one.status == "duplicate" and not places
        return [one.status for one in receipts]

    def amiss(self, log: Log) -> list[str]:
        """What a log holds too little of, or too much; nothing where it is right."""
        rows = states(log)
        said = [state for _, _, state in rows]
        held = [(one["said"]["source"], one["said"]["id"]) for one in said]
        times = Counter(held)
        found = [f"lost: {name}" for name in self.contents if name not in times]
        found += [f"of nobody: {name}" for name in times if name not in self.contents]
        found += [
            f"{number} times: {name}" for name, number in times.items() if number > 1
        ]
        found += [
            f"another content stands: {name}"
            for name, one in zip(held, said, strict=True)
            if content({**one["said"], "data": one["data"]})
            not in self.contents.get(name, [])[:1]
        ]
        if [position for position, _, _ in rows] != list(range(1, len(rows) + 1)):
            found.append("positions are not dense")
        at = {name: position for position, name in enumerate(held, 1)}
        found += [
            f"told of another place: {name}"
            for name, places in self.told.items()
            if places - {at.get(name)}
        ]
        return found + self._amiss_beside(log, at)

    def _amiss_beside(self, log: Log, at: dict[Name, int]) -> list[str]:
        """Likewise of receipts, conflicts and quarantine."""
        with log.recorder.reading() as ledger:
            receipts = ledger.ask("SELECT source, id, position FROM receipts")
        filed = Counter(((row[0], row[1]), row[2]) for row in receipts)
        conflicts = Counter(
            content(one["second"]) for one in aside.conflicts(log, everything=True)
        )
        others = Counter(one for told in self.contents.values() for one in told[1:])
        kept = Counter(
            b"".join(aside.raw_pieces(log, row["entry"]))
            for row in aside.quarantined(log, everything=True)
        )
        found = []
        if filed != Counter(at.items()):
            found.append("receipts are not those of the log")
        if conflicts != others:
            found.append(f"conflicts: {conflicts.total()} of {others.total()}")
        if kept != Counter(self.unreadable):
            found.append(f"quarantined: {kept.total()} of {len(self.unreadable)}")
        return found

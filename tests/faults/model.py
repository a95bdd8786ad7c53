"""What was sent, kept apart from all that is ours: against it a store is judged after a fault.

Nothing here asks the product what it believes. The events are made here, and what a store
holds is read from its tables and held against them: nothing lost, nothing doubled,
nothing that nobody sent, every conflict and every piece of rubbish kept exactly once.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from consumers.intake import Intake
from record import aside
from record.arrivals import Receipt
from record.clock import SystemClock
from record.errors import StoreOutOfReach
from record.log import Log
from tests.feeds import check_in, line
from tests.sealing import states

Name = tuple[str, str]
PATIENCE = 120
"""Seconds after which a sender whose events are never taken gives up the test."""


class Sent:
    """Events of a feed with some sent again, some under a name of another, and rubbish."""

    def __init__(
        self, seed: int, unique: int, *, again: float = 0.25, other: float = 0.01,
        rubbish: float = 0.01,
    ) -> None:  # fmt: skip
        print("seed", seed)
        self.chance = random.Random(seed)
        first = [
            check_in(f"i{n}", f"V{n % 97}", carer=f"K{n % 13}") for n in range(unique)
        ]
        disputed = self.chance.sample(first, max(1, int(unique * other)))
        second = [
            said | {"data": {**said["data"], "carer": "another"}} for said in disputed
        ]
        self.rubbish = {
            b'{"rubbish": %d' % n for n in range(max(1, int(unique * rubbish)))
        }
        self.contents: dict[Name, list[Any]] = {}
        for said in first + second:
            self.contents.setdefault((said["source"], said["id"]), []).append(said)
        whole = [line(said) for said in first + second] + sorted(self.rubbish)
        twice = [self.chance.choice(whole) for _ in range(int(unique * again))]
        self.deliveries = whole + twice
        self.chance.shuffle(self.deliveries)

    def batches(self, largest: int) -> list[list[bytes]]:
        """The deliveries in batches of one to *largest* events."""
        found, at = [], 0
        while at < len(self.deliveries):
            size = self.chance.randint(1, largest)
            found.append(self.deliveries[at : at + size])
            at += size
        return found

    def differences(self, log: Log) -> list[str]:
        """What is in *log* that should not be, or is not that should be."""
        rows = states(log)
        with log.recorder.reading() as ledger:
            receipts = ledger.ask("SELECT source, id, position FROM receipts")
        conflicts = [
            (one["source"], one["id"], one["second"])
            for one in aside.conflicts(log, everything=True)
        ]
        quarantine = [
            piece
            for one in aside.quarantined(log, everything=True)
            for piece in aside.raw_pieces(log, one["entry"])
        ]
        stored = [_content(topic, state) for _, topic, state in rows]
        names = Counter((said["source"], said["id"]) for said in stored)
        wrong = [f"lost {name}" for name in self.contents.keys() - names.keys()]
        wrong += [f"alien {name}" for name in names.keys() - self.contents.keys()]
        wrong += [f"doubled {name}" for name, times in names.items() if times > 1]
        wrong += [f"gap at {n}" for n, row in enumerate(rows, 1) if row[0] != n][:1]
        kept: dict[Name, list[Any]] = {}
        for said in stored:
            kept.setdefault((said["source"], said["id"]), []).append(said)
        for source, id_, raw in conflicts:
            kept.setdefault((source, id_), []).append(raw)
        wrong += [
            f"contents of {name}"
            for name, contents in self.contents.items()
            if not _same(contents, kept.get(name, []))
        ]
        places = {
            (s["source"], s["id"]): row[0] for s, row in zip(stored, rows, strict=True)
        }
        if {(source, id_): at for source, id_, at in receipts} != places:
            wrong.append("receipts")
        if Counter(quarantine) != Counter(self.rubbish):
            wrong.append("quarantine")
        return wrong


def _content(topic: str, state: Any) -> dict[str, Any]:
    return {**state["said"], "type": topic, "data": state["data"]}


def _same(some: list[Any], others: list[Any]) -> bool:
    """Whether both hold the same contents, each as often."""
    written = [sorted(json.dumps(said, sort_keys=True) for said in each)
               for each in (some, others)]  # fmt: skip
    return written[0] == written[1]


class Senders:
    """Threads that send batches, each until it has its receipts, as a courier does."""

    def __init__(
        self, logs: Sequence[Log], batches: list[list[bytes]], threads: int
    ) -> None:
        self.receipts: list[Receipt] = []
        self.away = 0
        self.wrong: list[BaseException] = []
        self._logs = [logs[n % len(logs)] for n in range(threads)]
        self.send(batches)

    def send(self, batches: list[list[bytes]]) -> None:
        """Send these; those before must have been sent."""
        self._left = list(reversed(batches))
        self._threads = [
            threading.Thread(target=self._send, args=(log,)) for log in self._logs
        ]
        for thread in self._threads:
            thread.start()

    @property
    def at_work(self) -> bool:
        """Whether something is still to be sent, by somebody who lives."""
        return any(thread.is_alive() for thread in self._threads)

    def join(self) -> None:
        """Wait for the end; what a sender did not expect is raised here."""
        for thread in self._threads:
            thread.join()
        if self.wrong:
            raise self.wrong[0]

    def _send(self, log: Log) -> None:
        try:
            while self._left and not self.wrong:
                try:
                    batch = self._left.pop()
                except IndexError:
                    return
                self.receipts += self._until_it_has_receipts(log, batch)
        except BaseException as error:
            self.wrong.append(error)

    def _until_it_has_receipts(self, log: Log, batch: list[bytes]) -> list[Receipt]:
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                return Intake(log).receive(batch, SystemClock())
            except StoreOutOfReach:
                self.away += 1
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.02)

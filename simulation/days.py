"""Day after day: visits are planned, happen, and are spoken of; events leave as they arrive."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from typing import Any, NamedTuple

import orjson

from simulation.cast import cast
from simulation.invoices import Ledger, invoice_ref
from simulation.noise import Noise
from simulation.opening import opening
from simulation.plan import AHEAD_DAYS, DAY, LEAD_DAYS, Plan, instant, spell
from simulation.scripts import Script
from simulation.truth import Truth
from simulation.visits import happen, spoken

Tell = Callable[[dict[str, Any]], None]


class Arrival(NamedTuple):
    """One event on the wire, and when it arrives (seconds)."""

    at: int
    event: bytes


def simulate(plan: Plan, tell: Tell | None = None) -> Iterator[Arrival]:
    """Every event in the order in which it arrives; the truth goes to *tell*, row by row."""
    yield from _Council(plan, tell or (lambda _: None)).play()


class _Council:
    """A council being played."""

    def __init__(self, plan: Plan, tell: Tell) -> None:
        self.plan, self.tell = plan, tell
        self.scripts = cast(plan)
        self.truth, self.noise = Truth(plan), Noise(plan)
        self.ledger = Ledger(self.truth)
        self.chance = [Random(f"{plan.seed}/{s.number}") for s in self.scripts]
        self.names: Counter[str] = Counter()
        self.last: dict[str, str] = {}
        self.waiting: list[tuple[int, int, bytes]] = []
        self.end = int(plan.at.timestamp()) - 1

    def play(self) -> Iterator[Arrival]:
        """Day after day, from the commissions to the last night."""
        self.tell({
            "truth": 1, "seed": self.plan.seed, "people": self.plan.people,
            "weeks": self.plan.weeks, "noise": "usual" if self.plan.noise else "none",
            "at": self.plan.at.isoformat(),
        })  # fmt: skip
        opened = self.plan.begins_on - LEAD_DAYS * DAY
        for said in opening(self.plan, self.scripts, opened):
            self._say(*said)
        day = opened
        while day <= self.plan.ends_on:
            self._day(day)
            yield from self._arrived(instant(day + DAY, "00:00"))
            day += DAY
        yield from self._arrived(self.end + 1)
        for kind, key in self.truth.conclude(self.scripts):
            self.tell({"planted": kind, "key": key})

    def _day(self, day: date) -> None:
        ahead = day + AHEAD_DAYS * DAY
        for script, chance in zip(self.scripts, self.chance, strict=True):
            for said in script.said.pop(day, ()):
                self._say(*said)
            if self.plan.begins_on <= ahead <= self.plan.ends_on:
                self._plan(script, ahead, chance)
        if day < self.plan.begins_on:
            return
        for provider in self.plan.providers:
            source = f"/providers/{provider}"
            if day.weekday() == 6:
                claimed = self.ledger.submit(provider, day)
                name = invoice_ref(provider, day - 6 * DAY)
                at = instant(day, "23:00")
                self._say(at, source, "invoice.submitted", name, claimed)
            at = instant(day, "23:30")
            self._say(at, source, "provider.heartbeat", provider, {})

    def _plan(self, script: Script, day: date, chance: Random) -> None:
        for contract, line in script.calls(day):
            visit = happen(script, contract, line, day, chance)
            self.truth.see(visit)
            self.ledger.enter(visit)
            self.tell({
                "visit": visit.ref, "source": visit.source, "contract": contract.ref,
                "person": contract.person, "due": spell(visit.due), "minutes": line.minutes,
                "carers": line.carers, "what": visit.outcome.what,
                "came": spell(visit.came) if visit.carers else None,
                "stayed": list(visit.stays),
            })  # fmt: skip
            for arrives, again, said, sequence in self.noise.send(visit, spoken(visit)):
                at, kind, data, written = said
                recorded = at + written if written else None
                event = self._event(
                    at, visit.source, kind, visit.ref, data, recorded, sequence
                )
                self._send(arrives + written if not self.plan.noise else arrives, event)
                if again:
                    self._send(arrives + again, event)

    def _say(
        self, at: int, source: str, kind: str, subject: str, data: dict[str, Any]
    ) -> None:
        if data.get("retracts") == "last":
            data = data | {"retracts": self.last[subject]}
        self._send(at, self._event(at, source, kind, subject, data, None, None))

    def _event(
        self, at: int, source: str, kind: str, subject: str, data: dict[str, Any],
        recorded: int | None, sequence: str | None,
    ) -> bytes:  # fmt: skip
        self.names[source] += 1
        name = f"{self.names[source]:08d}"
        if kind == "person.life_event":
            self.last[subject] = name
        event: dict[str, Any] = {
            "specversion": "1.0", "id": name, "source": source, "type": kind,
            "subject": subject, "time": spell(at),
        }  # fmt: skip
        if recorded is not None:
            event["recordedtime"] = spell(recorded)
        if sequence is not None:
            event["sequence"] = sequence
        event["data"] = data
        return orjson.dumps(event)

    def _send(self, arrives: int, event: bytes) -> None:
        number = self.names["sent"] = self.names["sent"] + 1
        heapq.heappush(self.waiting, (min(arrives, self.end), number, event))

    def _arrived(self, until: int) -> Iterator[Arrival]:
        while self.waiting and self.waiting[0][0] < until:
            at, _, event = heapq.heappop(self.waiting)
            yield Arrival(at, event)

"""What was sent and by whom, kept apart from the product, and what the log must hold of it.

"The findings equal those of a replay" is true of a log that lost half of what it was sent.
So the judge is a model that never reads the log: it knows what was sent, and says what is
lost, doubled, in conflict, set aside, or another's.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from record import aside
from record.log import Log
from simulation import Plan, simulate
from tests.brokers import know
from tests.feeds import heartbeat, line
from tests.sealing import states

Name = tuple[str, str]
HUB, COUNCIL = "hub", "adults"
"""The senders: an ECM hub speaks for all providers, a council system for itself."""


@dataclass(frozen=True)
class Sent:
    """One message: who published it, and its bytes."""

    sender: str
    payload: bytes


@dataclass
class Model:
    """What must come of what was sent."""

    sources: dict[str, set[str]] = field(
        default_factory=lambda: {HUB: set(), COUNCIL: set()}
    )
    unique: dict[Name, list[dict[str, Any]]] = field(default_factory=dict)
    poison: set[Sent] = field(default_factory=set)
    alien: set[Name] = field(default_factory=set)

    def introduce(self, log: Log) -> None:
        """Give each sender its credential."""
        for sender, sources in self.sources.items():
            know(log, sender, *sources)

    def wrong(self, log: Log) -> list[str]:
        """What of the log is not as it must be, in words: nothing if all is well."""
        rows = states(log)
        said = [state for _, _, state in rows]
        times = Counter((one["said"]["source"], one["said"]["id"]) for one in said)
        found = [f"lost: {name}" for name in self.unique if name not in times]
        found += [f"doubled: {name}" for name, n in times.items() if n > 1]
        found += [f"alien: {name}" for name in times if name not in self.unique]
        for one in said:
            name = (one["said"]["source"], one["said"]["id"])
            if one["data"] not in [said["data"] for said in self.unique.get(name, [])]:
                found.append(f"other content: {name}")
        return [*found, *self._kept(log), *_receipts(log, rows)]

    def _kept(self, log: Log) -> Iterator[str]:
        """Every other content is one conflict, every unreadable message one entry."""
        twice = Counter(
            (c["source"], c["id"]) for c in aside.conflicts(log, everything=True)
        )
        expected = Counter(
            {name: len(all_) - 1 for name, all_ in self.unique.items() if len(all_) > 1}
        )
        if twice != expected:
            yield f"conflicts: {twice - expected} too many, {expected - twice} missing"
        entries = Counter(
            Sent(row["sender"], b"".join(aside.raw_pieces(log, row["entry"])))
            for row in aside.quarantined(log, everything=True)
        )
        if entries != Counter(self.poison):
            more, less = entries - Counter(self.poison), Counter(self.poison) - entries
            yield f"quarantine: {len(more)} too many, {len(less)} missing"


def _receipts(log: Log, rows: list[tuple[int, str, Any]]) -> Iterator[str]:
    """Each event has one receipt, and its sender was told of it once."""
    with log.recorder.reading() as ledger:
        receipts = ledger.ask("SELECT position FROM receipts ORDER BY position")
        answers = ledger.ask("SELECT receipts FROM answers")
    positions = [row[0] for row in rows]
    if [row[0] for row in receipts] != positions:
        yield f"receipts: {len(receipts)} of {len(positions)} events"
    told = Counter(
        one["position"]
        for (text,) in answers
        for one in json.loads(text)
        if one["status"] == "recorded"
    )
    if told != Counter(positions):
        yield f"told: {sum(told.values())} of {len(positions)} events"


def load(
    plan: Plan, chance: random.Random, most: int | None = None
) -> tuple[Model, list[Sent]]:
    """A simulated council's events and what becomes of feeds: a fifth of them twice.

    One in a hundred has another content under its name, one in a hundred cannot be read,
    and a few speak for a source that is not their sender's. All in a shuffled order.
    """
    model, sent = Model(), list[Sent]()
    for arrival in simulate(plan):
        said = json.loads(arrival.event)
        name = (said["source"], said["id"])
        if name in model.unique or len(model.unique) == most:
            continue
        model.unique[name] = [said]
        sent.append(Sent(_sender(model, said["source"]), arrival.event))
    each = max(3, len(sent) // 100)
    for number in range(each):
        for beats in (1, 2):
            said = heartbeat(f"contested-{number}", note=beats)
            model.unique.setdefault((said["source"], said["id"]), []).append(said)
            sent.append(Sent(_sender(model, said["source"]), line(said)))
        unreadable = Sent(HUB, b'{"id": "poison-%d", ' % number)
        model.poison.add(unreadable)
        stranger = heartbeat(f"alien-{number}", "ash")
        model.alien.add((stranger["source"], stranger["id"]))
        sent += [unreadable, Sent(COUNCIL, line(stranger))]
    sent += chance.sample(sent, len(sent) // 5)
    chance.shuffle(sent)
    return model, sent


def _sender(model: Model, source: str) -> str:
    """Who speaks for a source, which is noted."""
    sender = HUB if source.startswith("/providers/") else COUNCIL
    model.sources[sender].add(source)
    return sender


def batched(sent: list[Sent], chance: random.Random, largest: int = 6) -> list[Sent]:
    """The same in messages of one event or several, as senders like."""
    messages: list[Sent] = []
    together: list[Sent] = []
    size = 1
    for one in [*sent, None]:
        fits = one is not None and one.payload.endswith(b"}") and len(together) < size
        if together and not (
            fits and one is not None and one.sender == together[0].sender
        ):
            messages.append(_joined(together))
            together, size = [], chance.randint(1, largest)
        if one is None:
            continue
        if one.payload.endswith(b"}"):
            together.append(one)
        else:
            messages.append(one)
    return messages


def _joined(together: list[Sent]) -> Sent:
    if len(together) == 1:
        return together[0]
    bodies = b",".join(one.payload for one in together)
    return Sent(together[0].sender, b"[" + bodies + b"]")

"""Erasing a person's words: their keys are destroyed, and it is on record that they were.

What is sealed stays in the log, so every proof and count stands; nobody can read it any more
(ICO, "Deleting personal data", calls such data beyond use). The record comes first: should the
power fail between the two, whoever opens the store next finds it and destroys the keys.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from domain.catalogue import TOPICS
from domain.person import Erasure, WordsErased
from domain.values import personal
from record.clock import Clock
from record.filing import file_batch
from record.log import Log
from record.ourselves import our_statement
from record.subjects import person_subject, thing_subject


@dataclass(frozen=True)
class Erased:
    """What was done: how many keys were destroyed, and where it is on record."""

    keys: int
    position: int | None


def erase(
    log: Log, person: str, things: Collection[UUID], by: str, reason: str, clock: Clock
) -> Erased:
    """Destroy the keys of *person*, and those of *things* that are the person's.

    Words said of the person afterwards are sealed under a new key.

    Raises:
        NotOurs, StoreNotUsable: this process may not destroy keys; nothing was done.
    """
    ring = log.seals.ring
    names = [person_subject(person), *map(thing_subject, things)]
    with log.recorder.writing() as ledger:
        log.seals.heed(ledger)
        keys = ring.named(names)
        now = log.stamp(ledger, clock)
        data = Erasure(by=by, reason=reason, keys=keys)
        id_ = f"erasure-{person}-{ledger.head() + 1}"
        said = our_statement(WordsErased, id_, person, data, clock.now())
        (receipt,) = file_batch(log, ledger, [said], now)
        ledger.put("erasures", ("key", "position"), ((k, receipt.position) for k in keys))
    ring.destroy(keys)
    return Erased(len(keys), receipt.position)


def in_clear(log: Log, things: Collection[UUID]) -> int:
    """How many statements about *things* hold words that were recorded before words were sealed."""
    count = 0
    with log.recorder.reading() as ledger:
        for thing in things:
            for _, topic, state in ledger.events_of(thing):
                words = personal(TOPICS[topic].reads())
                count += not words.isdisjoint(json.loads(state)["data"])
    return count

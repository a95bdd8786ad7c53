"""What the system itself, or the council's people through it, put on the record.

Such statements name no sender and come by no door; they are recorded like any other, with a
receipt under their name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.base import Aggregate, Envelope, Event
from domain.statement import Retracted, Retraction
from domain.values import Data
from record.arrivals import Receipt, Statement
from record.clock import Clock
from record.filing import file_batch
from record.ledger import Ledger
from record.log import Log

OURSELVES = "/council/counterfoil"


def our_statement(
    kind: type[Event], id_: str, subject: str, data: Data, time: datetime
) -> Statement:
    """A statement of our own about *subject*, which happened at *time*."""
    said = Envelope(
        specversion="1.0",
        id=id_,
        source=OURSELVES,
        type=kind.TOPIC,
        time=time,
        subject=subject,
    )
    raw = b"%s%s" % (said.model_dump_json().encode(), data.model_dump_json().encode())
    thing = kind.thing(said, data)
    return Statement(kind, said, data, sha256(raw).digest(), thing, raw)


def conclude(
    log: Log,
    batch: Sequence[Statement],
    clock: Clock,
    *,
    after: int,
    topics: Sequence[str],
) -> list[Receipt] | None:
    """Record what was concluded from the log as it stood at position *after*.

    Nothing is recorded, and None returned, where somebody else has recorded one of *topics*
    since: then the conclusion may be another by now. Raises as `Log.receive` does.
    """
    marks = ",".join("?" * len(topics))
    with log.recorder.writing() as ledger:
        since = ledger.ask(
            f"SELECT 1 FROM stored_events WHERE position > ? AND topic IN ({marks}) LIMIT 1",
            after,
            *topics,
        )
        if since:
            return None
        return file_batch(log, ledger, batch, log.stamp(ledger, clock))


def history(log: Log, kind: type[Event], subject: str) -> Aggregate:
    """The thing of that name with all that was recorded of it; it may be nothing.

    *kind* is any event of its aggregate, which must be one that is named by its subject alone.
    """
    with log.recorder.reading() as ledger:
        return _history(log, ledger, kind, subject)


def act(
    log: Log,
    kind: type[Event],
    subject: str,
    decide: Callable[[Any], tuple[type[Event], Data]],
    clock: Clock,
) -> Receipt:
    """Record what *decide* makes of the thing's history, inside the transaction that read it.

    So of two people who act at once the second decides on what the first has done. Raises
    what *decide* raises, and as `Log.receive` does; then nothing is recorded.
    """
    with log.recorder.writing() as ledger:
        thing = _history(log, ledger, kind, subject)
        chosen, data = decide(thing)
        id_ = f"{subject}-{thing.version + 1}"
        said = our_statement(chosen, id_, subject, data, clock.now())
        return file_batch(log, ledger, [said], log.stamp(ledger, clock))[0]


def _history(log: Log, ledger: Ledger, kind: type[Event], subject: str) -> Aggregate:
    """What was recorded of a thing, but for what its speakers have taken back (feed.md)."""
    events = _events(log, ledger, kind.named(subject))
    taken_back = {
        (source, each.data.retracts)
        for source in {event.said.source for event in events}
        for each in _events(log, ledger, Retracted.named(subject, source))
        if isinstance(each.data, Retraction)
    }
    thing = kind.AGGREGATE(kind.named(subject))
    for event in events:
        if (event.said.source, event.said.id) not in taken_back:
            event.apply(thing)
    thing.version = len(events)
    return thing


def _events(log: Log, ledger: Ledger, thing: UUID) -> list[Event]:
    return [
        log.mapper.to_domain_event(StoredEvent(thing, version, topic, state))
        for version, topic, state in ledger.events_of(thing)
    ]

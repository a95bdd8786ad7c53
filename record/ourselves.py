"""What the system itself, or the council's people through it, put on the record.

Such statements name no sender and come by no door; they are recorded like any other, with a
receipt under their name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from domain.base import Envelope, Event
from domain.values import Data
from record.arrivals import Receipt, Statement
from record.clock import Clock
from record.filing import file_batch
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

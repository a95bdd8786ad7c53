"""What becomes of a batch: recorded, duplicate, conflict, quarantined or rejected.

All inside one transaction, by one writer at a time, so nothing can come between the
question "was this said before?" and its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from eventsourcing.persistence import StoredEvent

from record import kept
from record.answers import answer
from record.arrivals import Arrival, NotTheirs, Receipt, Statement, Unreadable
from record.ledger import Ledger, Name
from record.mapper import StatementMapper
from record.seals import Seals


class Appends(Protocol):
    """Gives stored events their positions, inside the ledger's transaction."""

    def append(self, ledger: Ledger, events: Sequence[StoredEvent]) -> Sequence[int]:
        """The positions of *events*, in order."""
        ...


class Writer(Protocol):
    """What a log offers to those who file."""

    mapper: StatementMapper
    recorder: Appends
    seals: Seals


@dataclass
class _Known:
    """What was recorded under each name: before, or just now at a place of this batch."""

    before: dict[Name, tuple[bytes, int]]
    now: dict[Name, tuple[bytes, int]] = field(default_factory=dict)

    def digest(self, name: Name) -> bytes | None:
        found = self.before.get(name) or self.now.get(name)
        return found[0] if found else None


def file_batch(
    log: Writer, ledger: Ledger, batch: Sequence[Arrival], received_at: datetime
) -> list[Receipt]:
    """Record what is new, keep what is not, and answer each arrival, in order."""
    statements = [item for item in batch if isinstance(item, Statement)]
    names = [(item.said.source, item.said.id) for item in statements]
    known = _Known(ledger.receipts(list(dict.fromkeys(names))))
    fresh: list[Statement] = []
    others: list[tuple[Statement, Name]] = []
    receipts: list[Receipt | Statement] = []
    for item in batch:
        if not isinstance(item, Statement):
            receipts.append(_set_aside(log, ledger, item, received_at))
            continue
        name = (item.said.source, item.said.id)
        digest = known.digest(name)
        if digest is None:
            known.now[name] = (item.digest, len(fresh))
            fresh.append(item)
            receipts.append(item)
        elif digest == item.digest:
            receipts.append(Receipt("duplicate", *name))
        else:
            others.append((item, name))
            receipts.append(Receipt("conflict", *name, reason=OTHER_CONTENT))
    positions = _record(log, ledger, fresh, received_at)
    keys = log.seals.keys_for(ledger, [item for item, _ in others], received_at)
    for number, (item, name) in enumerate(others):
        first = known.before[name][1] if name in known.before else None
        place = positions[known.now[name][1]] if first is None else first
        kept.keep_conflict(ledger, item, keys.get(number), place, received_at)
    given = iter(positions)
    answered = [
        Receipt("recorded", item.said.source, item.said.id, next(given))
        if isinstance(item, Statement)
        else item
        for item in receipts
    ]
    answer(ledger, [item.sender for item in batch], answered, received_at)
    return answered


OTHER_CONTENT = "another content was recorded under this source and id"


def _record(
    log: Writer, ledger: Ledger, fresh: Sequence[Statement], received_at: datetime
) -> Sequence[int]:
    """Append what is new with its receipts; the positions, in order."""
    if not fresh:
        return []
    versions = ledger.versions(list({item.thing for item in fresh}))
    keys = log.seals.keys_for(ledger, fresh, received_at)
    stored = []
    for place, item in enumerate(fresh):
        version = versions[item.thing] = versions.get(item.thing, 0) + 1
        event = item.kind(
            originator_id=item.thing,
            originator_version=version,
            timestamp=received_at,
            said=item.said,
            data=item.data,
        )
        stored.append(log.mapper.to_stored_event(event, keys.get(place)))
    positions = log.recorder.append(ledger, stored)
    names = [(item.said.source, item.said.id) for item in fresh]
    ledger.file_receipts(
        (*name, item.digest, position)
        for name, item, position in zip(names, fresh, positions, strict=True)
    )
    kept.release(ledger, names, received_at)
    ledger.set_meta("received_at", received_at.isoformat())
    return positions


def _set_aside(
    log: Writer, ledger: Ledger, item: Unreadable | NotTheirs, received_at: datetime
) -> Receipt:
    """Keep what cannot be read; log what was not theirs to say."""
    if isinstance(item, Unreadable):
        sealed = log.seals.seal_pieces(ledger, item.digest, item.pieces, received_at)
        kept.quarantine(ledger, item, sealed, received_at)
        return Receipt("quarantined", item.source, item.id, reason=item.reason)
    kept.log_refusal(ledger, item, received_at)
    return Receipt("rejected", item.source, item.id, reason=item.reason)

"""Deciding a conflict: which of two contents stands is a person's decision, and is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from record import kept
from record.arrivals import Statement
from record.clock import Clock
from record.errors import NotFound
from record.filing import file_batch
from record.ledger import Ledger
from record.log import Log


def decide(
    log: Log,
    entry: int,
    second: Statement | None,
    reason: str,
    clock: Clock,
    ruling: Callable[[int, datetime], Statement],
) -> int | None:
    """Note a person's decision of the conflict *entry*, in one transaction.

    With *second* that content takes the place of the first: the ruling and then the
    content are recorded, and its position is returned. Without, the first stands.
    Raises `NotFound` where it was decided before, if only a moment ago.
    """
    with log.recorder.writing() as ledger:
        now = log.stamp(ledger, clock)
        _note(log, ledger, entry, "second" if second else "first", reason, now)
        if second is None:
            return None
        name = (second.said.source, second.said.id)
        replaced = ledger.receipts([name])[name][1]
        file_batch(log, ledger, [ruling(replaced, now)], now)
        ledger.forget_receipt(name)
        return file_batch(log, ledger, [second], now)[0].position


def _note(
    log: Log, ledger: Ledger, entry: int, decision: str, reason: str, now: datetime
) -> None:
    """Note the decision, its reason sealed for whom the conflict speaks of."""
    rows = ledger.ask("SELECT first_position FROM conflicts WHERE entry = ?", entry)
    if rows:
        key = log.seals.key_at(ledger, rows[0][0], now)
        sealed = kept.sealed_text(key, reason, kept.decision_bound(entry))
        if kept.mark_decided(ledger, entry, decision, sealed, now):
            return
    raise NotFound(f"no conflict {entry} waits for a decision")

"""Answers: the receipts that each sender is owed, kept until it has fetched them.

They are written in the transaction of the events they are about: an answer that can be read
is of something that is recorded. One row a sender and batch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from record.arrivals import Receipt
from record.ledger import Ledger


def answer(
    ledger: Ledger,
    senders: Sequence[str | None],
    receipts: Sequence[Receipt],
    received_at: datetime,
) -> None:
    """Keep the receipts of a batch for those who sent it; what came in a file has none."""
    owed: dict[str, list[dict[str, Any]]] = {}
    for sender, receipt in zip(senders, receipts, strict=True):
        if sender is not None:
            owed.setdefault(sender, []).append(asdict(receipt))
    for sender, given in owed.items():
        ledger.tell(
            "INSERT INTO answers (sender, received_at, receipts) VALUES (?, ?, ?)",
            sender,
            received_at.isoformat(),
            json.dumps(given),
        )


def answers(
    ledger: Ledger, sender: str, since: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """The answers to *sender* after entry *since*, oldest first, at most *limit*.

    Each has `entry`, `received_at` and its `receipts` in the order of the batch.
    """
    rows = ledger.ask(
        "SELECT entry, received_at, receipts FROM answers"
        " WHERE sender = ? AND entry > ? ORDER BY entry LIMIT ?",
        sender,
        since,
        limit,
    )
    return [
        {"entry": entry, "received_at": at, "receipts": json.loads(given)}
        for entry, at, given in rows
    ]


def forget_answers(ledger: Ledger, before: datetime) -> None:
    """Let go of answers given before an instant: receipts themselves are kept for ever."""
    ledger.tell("DELETE FROM answers WHERE received_at < ?", before.isoformat())

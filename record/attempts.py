"""Attempts: how often a message was begun and never ended, by our own count.

A broker's count also grows while the store is away, when nothing is wrong with the message.
Ours is written before a suspicious message is tried, in a transaction of its own, so that
one which takes the worker down is counted all the same.
"""

from __future__ import annotations

from record.ledger import Ledger


def begin_attempt(ledger: Ledger, digest: bytes) -> int:
    """Note that the message with this SHA-256 is about to be tried; how often it was."""
    rows = ledger.ask(
        "INSERT INTO attempts (digest, times) VALUES (?, 1)"
        " ON CONFLICT (digest) DO UPDATE SET times = attempts.times + 1 RETURNING times",
        digest,
    )
    return int(rows[0][0])


def end_attempts(ledger: Ledger, digest: bytes) -> None:
    """The message has its receipts: there is nothing left to count."""
    ledger.tell("DELETE FROM attempts WHERE digest = ?", digest)


def take_back_attempt(ledger: Ledger, digest: bytes) -> int:
    """An attempt ended for a reason that is not the message's; how often it was tried."""
    rows = ledger.ask(
        "UPDATE attempts SET times = times - 1 WHERE digest = ? AND times > 0"
        " RETURNING times",
        digest,
    )
    return int(rows[0][0]) if rows else 0

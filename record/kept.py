"""What is kept beside the log: conflicts, quarantined bytes, and refused attempts."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from record.arrivals import NotTheirs, Statement, Unreadable
from record.keyring import Key
from record.ledger import Ledger, Name
from record.seals import piece_bound, wrapped

NOBODY = ""
"""The sender of what came in a file: its name in a column that is part of a key."""


def keep_conflict(
    ledger: Ledger,
    other: Statement,
    key: Key | None,
    first_position: int,
    received_at: datetime,
) -> None:
    """Keep a second content said under the same name, once; under *key* where it has words."""
    bound = conflict_bound(other.digest)
    raw = other.raw if key is None else wrapped(key, other.raw, bound)
    ledger.tell(
        "INSERT INTO conflicts"
        " (received_at, source, id, digest, raw, first_position)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source, id, digest) DO NOTHING",
        received_at.isoformat(),
        other.said.source,
        other.said.id,
        other.digest,
        raw,
        first_position,
    )


def conflict_bound(digest: bytes) -> str:
    """What the sealed content of a conflict is bound to."""
    return f"conflict\x1f{digest.hex()}"


def decision_bound(entry: int) -> str:
    """What the sealed reason of a decision is bound to."""
    return f"decision\x1f{entry}"


def sealed_text(key: Key, words: str, bound: str) -> str:
    """Words as they are kept in a column of text."""
    return b64encode(wrapped(key, words.encode(), bound)).decode()


def quarantine(
    ledger: Ledger, what: Unreadable, pieces: Iterable[bytes], received_at: datetime
) -> None:
    """Keep bytes that cannot be read, and why; the same sender's once, but counted.

    *pieces* are its bytes as they are to be kept.
    """
    sender = what.sender or NOBODY
    known = ledger.ask(
        "SELECT entry FROM quarantine WHERE sender = ? AND digest = ?",
        sender,
        what.digest,
    )
    if known:
        ledger.tell(
            "UPDATE quarantine SET times = times + 1, released_at = NULL WHERE entry = ?",
            known[0][0],
        )
        return
    entry = ledger.ask(
        "INSERT INTO quarantine (received_at, sender, digest, source, id, reason, size)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING entry",
        received_at.isoformat(),
        sender,
        what.digest,
        what.source,
        _nameable(what.id),
        what.reason,
        what.size,
    )[0][0]
    ledger.put(
        "quarantined_bytes",
        ("entry", "piece", "bytes"),
        ((entry, number, piece) for number, piece in enumerate(pieces)),
    )


def _nameable(id_: str | None) -> str | None:
    """The id, if an event may have it: what is no name of an event releases nothing."""
    return id_ if id_ is not None and id_.isprintable() else None


def quarantined_bytes(ledger: Ledger, entry: int) -> Iterator[tuple[str, bytes]]:
    """The bytes of one quarantined message, piece by piece, as kept; what each is bound to."""
    for digest, number, piece in ledger.ask(
        "SELECT digest, piece, bytes FROM quarantined_bytes JOIN quarantine USING (entry)"
        " WHERE entry = ? ORDER BY piece",
        entry,
    ):
        yield piece_bound(bytes(digest), number), bytes(piece)


def release(ledger: Ledger, names: Sequence[Name], received_at: datetime) -> None:
    """Release what was quarantined under names that have now been recorded."""
    waiting = ledger.ask_of(
        ("source", "id"),
        names,
        "SELECT entry FROM asked CROSS JOIN quarantine AS waiting"
        " WHERE waiting.source = asked.source AND waiting.id = asked.id"
        " AND released_at IS NULL AND waiting.id IS NOT NULL",
    )
    for (entry,) in waiting:
        mark_released(ledger, entry, received_at)


def mark_released(ledger: Ledger, entry: int, received_at: datetime) -> None:
    """The quarantined message *entry* has been read after all."""
    ledger.tell(
        "UPDATE quarantine SET released_at = ? WHERE entry = ?",
        received_at.isoformat(),
        entry,
    )


def log_refusal(ledger: Ledger, what: NotTheirs, received_at: datetime) -> None:
    """Log the attempt to say what is not the speaker's to say, without its content."""
    ledger.tell(
        "INSERT INTO refusals (received_at, sender, source, type, reason)"
        " VALUES (?, ?, ?, ?, ?)",
        received_at.isoformat(),
        what.sender or NOBODY,
        what.source,
        what.type,
        what.reason,
    )


def mark_decided(
    ledger: Ledger, entry: int, decision: str, reason: str, decided_at: datetime
) -> bool:
    """Note what a person decided of a conflict, and why; False if somebody had."""
    return bool(
        ledger.ask(
            "UPDATE conflicts SET decision = ?, reason = ?, decided_at = ?"
            " WHERE entry = ? AND decision IS NULL RETURNING entry",
            decision,
            reason,
            decided_at.isoformat(),
            entry,
        )
    )

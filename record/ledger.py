"""The rows of our own beside the log: receipts, conflicts, quarantined bytes, refusals.

They are written in the transaction of the events they belong to, so that a receipt and its
effect stand or fall together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

Name = tuple[str, str]
"""(source, id): names an event for ever."""


ASKED = 2_000
"""Names in one query, at most: databases bound how many values a query may have."""


def portions(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """*things* in pieces that one query can name."""
    for start in range(0, len(things), ASKED):
        yield things[start : start + ASKED]


class Cursor(Protocol):
    """What is used of a database cursor (PEP 249)."""

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Any: ...  # noqa: D102  # as PEP 249 has it
    def executemany(self, statement: str, values: Iterable[Any], /) -> Any: ...  # noqa: D102
    def fetchone(self) -> Any: ...  # noqa: D102
    def fetchall(self) -> Any: ...  # noqa: D102


class Ledger:
    """Our rows, inside one transaction."""

    def __init__(self, cursor: Cursor, mark: str = "?") -> None:
        self.cursor = cursor
        self._mark = mark

    def ask(self, statement: str, *values: Any) -> list[Any]:
        """All rows of a query written with `?` for its values."""
        self.cursor.execute(statement.replace("?", self._mark), values)
        return list(self.cursor.fetchall())

    def tell(self, statement: str, *values: Any) -> None:
        """Carry out one statement written with `?` for its values."""
        self.cursor.execute(statement.replace("?", self._mark), values)

    def tell_each(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Carry out one statement for each of *rows*."""
        self.cursor.executemany(statement.replace("?", self._mark), rows)

    def meta(self, name: str) -> str | None:
        """What the store says of itself."""
        rows = self.ask("SELECT value FROM store WHERE name = ?", name)
        return str(rows[0][0]) if rows else None

    def set_meta(self, name: str, value: str) -> None:
        """Say something of the store, in place of what was said."""
        self.tell(
            "INSERT INTO store (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            value,
        )

    def last_received_at(self) -> datetime | None:
        """When the newest event of the log was received."""
        value = self.meta("received_at")
        return datetime.fromisoformat(value) if value else None

    def receipts(self, names: Sequence[Name]) -> dict[Name, tuple[bytes, int]]:
        """The digest and position of each of *names* that was recorded before.

        Joined to the names, in this order: SQLite reads the whole table for a list of pairs.
        """
        found: dict[Name, tuple[bytes, int]] = {}
        for some in portions(names):
            asked = ",".join(["(?,?)"] * len(some))
            rows = self.ask(
                f"WITH asked (source, id) AS (VALUES {asked})"
                " SELECT receipts.source, receipts.id, digest, position"
                " FROM asked CROSS JOIN receipts"
                " WHERE receipts.source = asked.source AND receipts.id = asked.id",
                *(part for name in some for part in name),
            )
            found |= {(row[0], row[1]): (bytes(row[2]), row[3]) for row in rows}
        return found

    def versions(self, things: Sequence[UUID]) -> dict[UUID, int]:
        """How often each of *things* has been spoken of; absent: never."""
        found: dict[UUID, int] = {}
        for some in portions(things):
            asked = ",".join("?" * len(some))
            rows = self.ask(
                "SELECT originator_id, MAX(originator_version) FROM stored_events"
                f" WHERE originator_id IN ({asked}) GROUP BY originator_id",
                *(thing.hex for thing in some),
            )
            found |= {UUID(str(row[0])): row[1] for row in rows}
        return found

    def file_receipts(self, rows: Iterable[tuple[str, str, bytes, int]]) -> None:
        """Note what was recorded where."""
        self.tell_each(
            "INSERT INTO receipts (source, id, digest, position) VALUES (?, ?, ?, ?)",
            rows,
        )

    def forget_receipt(self, name: Name) -> None:
        """Make room for the receipt of the content that a person lets stand instead."""
        self.tell("DELETE FROM receipts WHERE source = ? AND id = ?", *name)

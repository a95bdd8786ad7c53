"""Our rows beside the log, inside one transaction: what was recorded, and under which name.

They are written in the transaction of the events they belong to, so that a receipt and its
effect stand or fall together. Statements are written once, with `?` for their values, for
both kinds of database.
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


def portions(things: Sequence[Any], size: int = ASKED) -> Iterator[Sequence[Any]]:
    """*things* in pieces that one query can name."""
    for start in range(0, len(things), size):
        yield things[start : start + size]


class Cursor(Protocol):
    """What is used of a database cursor (PEP 249)."""

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Any: ...  # noqa: D102  # as PEP 249 has it
    def executemany(self, statement: str, values: Iterable[Any], /) -> Any: ...  # noqa: D102
    def fetchone(self) -> Any: ...  # noqa: D102
    def fetchall(self) -> Any: ...  # noqa: D102


class Ledger:
    """Our rows, inside one transaction. As it stands here it speaks to SQLite."""

    thing = "asked.thing"
    """How the identity of a thing is asked for."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor

    def ask(self, statement: str, *values: Any) -> list[Any]:
        """All rows of a query written with `?` for its values."""
        self.cursor.execute(statement, values)
        return list(self.cursor.fetchall())

    def tell(self, statement: str, *values: Any) -> None:
        """Carry out one statement written with `?` for its values."""
        self.cursor.execute(statement, values)

    def put(self, table: str, columns: Sequence[str], rows: Iterable[Any]) -> None:
        """Insert *rows* into *table*, however many there are."""
        marks = ",".join("?" * len(columns))
        self.cursor.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows
        )

    def ask_of(
        self, columns: Sequence[str], rows: Sequence[Sequence[str]], query: str
    ) -> list[Any]:
        """All rows of *query*, which reads *rows* as a table `asked` with *columns*."""
        marks = f"({','.join('?' * len(columns))})"
        found = []
        for some in portions(rows):
            asked = ",".join([marks] * len(some))
            found += self.ask(
                f"WITH asked ({', '.join(columns)}) AS (VALUES {asked}) {query}",
                *(value for row in some for value in row),
            )
        return found

    def metas(self) -> dict[str, str]:
        """All that the store says of itself."""
        return dict(tuple(row) for row in self.ask("SELECT name, value FROM store"))

    def meta(self, name: str) -> str | None:
        """One thing that the store says of itself."""
        return self.metas().get(name)

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

    def head(self) -> int:
        """The position of the newest event; 0 in an empty log."""
        rows = self.ask("SELECT coalesce(max(position), 0) FROM stored_events")
        return int(rows[0][0])

    def receipts(self, names: Sequence[Name]) -> dict[Name, tuple[bytes, int]]:
        """The digest and position of each of *names* that was recorded before.

        Joined to the names, in this order: SQLite reads the whole table for a list of pairs.
        """
        rows = self.ask_of(
            ("source", "id"),
            names,
            "SELECT receipts.source, receipts.id, digest, position"
            " FROM asked CROSS JOIN receipts"
            " WHERE receipts.source = asked.source AND receipts.id = asked.id",
        )
        return {(row[0], row[1]): (bytes(row[2]), row[3]) for row in rows}

    def versions(self, things: Sequence[UUID]) -> dict[UUID, int]:
        """How often each of *things* has been spoken of; absent: never."""
        rows = self.ask_of(
            ("thing",),
            [(thing.hex,) for thing in things],
            "SELECT thing, (SELECT max(originator_version) FROM stored_events"
            f" WHERE originator_id = {self.thing}) FROM asked",
        )
        return {UUID(row[0]): row[1] for row in rows if row[1] is not None}

    def events_of(self, thing: UUID) -> list[tuple[int, str, bytes]]:
        """The events about *thing* in order: version, topic, state."""
        rows = self.ask_of(
            ("thing",),
            [(thing.hex,)],
            "SELECT originator_version, topic, state FROM asked CROSS JOIN stored_events"
            f" WHERE originator_id = {self.thing} ORDER BY originator_version",
        )
        return [(version, topic, bytes(state)) for version, topic, state in rows]

    def file_receipts(self, rows: Iterable[tuple[str, str, bytes, int]]) -> None:
        """Note what was recorded where."""
        self.put("receipts", ("source", "id", "digest", "position"), rows)

    def forget_receipt(self, name: Name) -> None:
        """Make room for the receipt of the content that a person lets stand instead."""
        self.tell("DELETE FROM receipts WHERE source = ? AND id = ?", *name)

"""The log on PostgreSQL: one database, many readers beside one writer at a time.

The library's own module for PostgreSQL is not used, because of what it would take (each
point is tested): its table lock needs rights that a role which may only append has not;
it repeats writes of whose end it did not hear; it numbers events by a sequence, which
leaves gaps. Here the writer holds an advisory lock until the commit, so that positions
are dense and their order is the order of the commits; a reply that is lost is an error,
and whoever sends the batch again finds its receipts.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    InfrastructureFactory,
    StoredEvent,
)

from record import tables
from record.connections import Connections
from record.ledger import Ledger
from record.postgres_ledger import PostgresLedger

PORTION = 20_000
"""Events in one answer of the server: a question for more is asked in parts."""
CHANNEL = "counterfoil"
"""On which an append is told, as a hint: whoever misses it sees the event all the same."""
EVENT = ("position", "originator_id", "originator_version", "topic", "state")


class Recorder(ApplicationRecorder):
    """The log and our rows in one database."""

    kind = "postgresql"

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self._one_listens = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[Ledger]:
        """One transaction that holds the log's only pen."""
        with self.connections.writing() as con, con.cursor(binary=True) as cursor:
            yield PostgresLedger(cursor)

    @contextmanager
    def altering(self) -> Iterator[Ledger]:
        """One transaction that makes or alters tables, while nobody writes."""
        with self.connections.altering() as con, con.cursor() as cursor:
            yield PostgresLedger(cursor)

    @contextmanager
    def reading(self) -> Iterator[Ledger]:
        """One transaction that sees one whole state of the log."""
        with self.connections.reading() as con, con.cursor(binary=True) as cursor:
            yield PostgresLedger(cursor)

    def rows(self, after: int, until: int, limit: int) -> list[tuple[int, str, bytes]]:
        """At most *limit* events at positions in (*after*, *until*], in order."""
        found: list[tuple[int, str, bytes]] = []
        with self.reading() as ledger:
            while limit > len(found):
                some = ledger.ask(
                    "SELECT position, topic, state FROM stored_events"
                    " WHERE position > ? AND position <= ? ORDER BY position LIMIT ?",
                    found[-1][0] if found else after,
                    until,
                    min(PORTION, limit - len(found)),
                )
                found += some
                if len(some) < PORTION:
                    break
        return found

    def append(self, ledger: Ledger, events: Sequence[StoredEvent]) -> Sequence[int]:
        """Append inside the transaction of *ledger*; the positions they were given."""
        first = ledger.head() + 1
        positions = range(first, first + len(events))
        ledger.put(
            "stored_events",
            EVENT,
            (
                (at, e.originator_id, e.originator_version, e.topic, e.state)
                for at, e in zip(positions, events, strict=True)
            ),
        )
        ledger.tell("SELECT pg_notify(?, ?)", CHANNEL, str(positions[-1]))
        return positions

    def present(self, ledger: Ledger) -> set[str]:
        """Which of our tables there are."""
        rows = ledger.ask(
            "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = current_schema()::regnamespace AND relname = ANY(?)",
            list(tables.NAMES),
        )
        return {name for (name,) in rows}

    def hint(self, seconds: float) -> None:
        """Come back when something may have been appended, after *seconds* at the latest."""
        if not self._one_listens.acquire(blocking=False):
            self.connections.pause(seconds)
            return
        try:
            self.connections.listen(CHANNEL, seconds)
        finally:
            self._one_listens.release()

    def soundness(self) -> tuple[bool, str]:
        """Whether the server keeps what it has said it keeps, and what it says of itself."""
        names = ("server_version", "fsync", "full_page_writes", "synchronous_commit")
        with self.reading() as ledger:
            asked = ", ".join(f"current_setting('{name}')" for name in names)
            told = dict(zip(names, ledger.ask(f"SELECT {asked}")[0], strict=True))
        off = [name for name in names if told[name] == "off"]
        said = f"PostgreSQL {told['server_version']}"
        return not off, said + (
            f"; off, so that it may lose: {', '.join(off)}" if off else ""
        )

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **_: Any
    ) -> Sequence[int] | None:
        """Append in a transaction of its own. Never done twice."""
        with self.writing() as ledger:
            return list(self.append(ledger, stored_events)) if stored_events else []

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """What was said of one thing, in order."""
        with self.reading() as ledger:
            rows = ledger.ask(
                "SELECT originator_id, originator_version, topic, state FROM stored_events"
                " WHERE originator_id = ?::uuid AND originator_version > ?"
                " AND originator_version <= ?"
                f" ORDER BY originator_version {'DESC' if desc else 'ASC'} LIMIT ?",
                str(originator_id),
                -1 if gt is None else gt,
                2**62 if lte is None else lte,
                2**62 if limit is None else limit,
            )
        return [StoredEvent(*row) for row in rows]

    def max_notification_id(self) -> int | None:
        """The position of the newest event; None in an empty log."""
        with self.reading() as ledger:
            return ledger.head() or None

    def select_notifications(self, *_: Any, **__: Any) -> Any:
        """Refused: the log is read by position, see `Log.rows`."""
        raise NotImplementedError("the log is read by Log.rows")

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Any:
        """Refused: a subscription of the library can miss what was appended."""
        raise NotImplementedError("followers ask again: see Log.wait")


class Factory(InfrastructureFactory[Any]):
    """Makes the recorder for an `Application` whose module this is."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.connections = Connections(
            self.env["URL"], float(self.env["TIMEOUT"]), int(self.env["POOL"])
        )

    def application_recorder(self) -> Recorder:
        """The recorder of our log."""
        return Recorder(self.connections)

    def close(self) -> None:
        """Let go of all connections."""
        self.connections.close()

    def aggregate_recorder(self, purpose: str = "events") -> Any:
        """Refused: there is one log, and nothing beside it."""
        raise NotImplementedError(purpose)

    def tracking_recorder(self, tracking_recorder_class: Any = None) -> Any:
        """Refused likewise."""
        raise NotImplementedError

    def process_recorder(self) -> Any:
        """Refused likewise."""
        raise NotImplementedError

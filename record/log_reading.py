"""The log read: its rows by position, and what was said with its words in their places."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing.application import Application

from record.ledger import Ledger, portions
from record.sealing import Address, open_state
from record.seals import Seals

CHUNK = 20_000
WHOLE = 2_000
"""Events in one piece with all that their words are bound to."""
ASK_SECONDS = 1.0
"""After which whoever waits asks for the head, hint or no hint."""

Row = tuple[int, str, bytes]
"""One event of the log as it is stored: position, topic, state."""


class WholeRow(NamedTuple):
    """One event of the log with all that its words are bound to."""

    position: int
    thing: UUID
    version: int
    topic: str
    state: bytes

    @property
    def short(self) -> Row:
        """The event as `Log.rows` has it."""
        return self.position, self.topic, self.state


class Readable(Application[UUID]):
    """What may be read of a log."""

    recorder: Any
    seals: Seals

    def head(self) -> int:
        """The position of the newest event; 0 in an empty log."""
        with self.recorder.reading() as ledger:
            head: int = ledger.head()
            return head

    def wait(self, after: int, seconds: float) -> int:
        """Wait for an event after position *after*, at most *seconds*; the head.

        PostgreSQL tells of an append at once; that is a hint, and the head is asked for
        all the same, so that whoever waits here misses nothing.
        """
        give_up = monotonic() + seconds
        while (head := self.head()) <= after and (left := give_up - monotonic()) > 0:
            self.recorder.hint(min(left, ASK_SECONDS))
        return head

    def rows(
        self, after: int = 0, until: int | None = None, *, chunk: int = CHUNK
    ) -> Iterator[list[Row]]:
        """The events at positions in (*after*, *until*], in order, chunk by chunk.

        Each row is (position, topic, state), the state as JSON in UTF-8.
        """
        until = self.head() if until is None else until
        while after < until:
            rows = self.recorder.rows(after, until, chunk)
            if not rows:
                return
            yield rows
            after = rows[-1][0]

    def rows_at(self, positions: Sequence[int]) -> list[WholeRow]:
        """The events at *positions*, in order."""
        found: list[WholeRow] = []
        for some in portions(positions):
            marks = ",".join("?" * len(some))
            with self.recorder.reading() as ledger:
                found += whole_rows(ledger, f"position IN ({marks})", *some)
        return found

    def whole(self, after: int = 0) -> Iterator[list[WholeRow]]:
        """The events after position *after*, in order, with all that their words are bound to."""
        until = self.head()
        while after < until:
            with self.recorder.reading() as ledger:
                rows = whole_rows(
                    ledger,
                    "position > ? AND position <= ?",
                    after,
                    min(until, after + WHOLE),
                )
            yield rows
            after += WHOLE

    def knows(self, thing: UUID) -> bool:
        """Whether anything was ever said of *thing*."""
        with self.recorder.reading() as ledger:
            return bool(ledger.versions([thing]))

    def sealed_fields(self, row: WholeRow) -> list[str]:
        """The names of the fields of an event that are sealed; `*` are all that we do not know."""
        sealed = json.loads(row.state).get("sealed")
        return list(sealed["words"]) if sealed else []

    def read(self, row: WholeRow) -> tuple[dict[str, Any], dict[str, str]]:
        """An event's state with its words in their places, and what could not be read, and why.

        See `record.sealing.open_state`.
        """
        state = json.loads(row.state)
        at = Address(row.thing, row.version, row.topic)
        return state, open_state(state, at, self.seals.key)


def whole_rows(ledger: Ledger, where: str, *values: Any) -> list[WholeRow]:
    """The events for which the condition *where* holds, in order."""
    rows = ledger.ask(
        "SELECT position, originator_id, originator_version, topic, state"
        f" FROM stored_events WHERE {where} ORDER BY position",
        *values,
    )
    return [
        WholeRow(p, t if isinstance(t, UUID) else UUID(t), v, topic, bytes(state))
        for p, t, v, topic, state in map(tuple, rows)
    ]

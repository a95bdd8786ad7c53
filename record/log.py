"""The log: the one place where statements are recorded, once, and kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from time import monotonic
from types import TracebackType
from typing import Any, NamedTuple, Self
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.utils import Environment, EnvType

from record import kept
from record.arrivals import Arrival, NotTheirs, Receipt, Statement, Unreadable
from record.clock import Clock
from record.errors import (
    NotFound,
    SimulatedClock,
    StoreNotUsable,
    StoreOutOfReach,
)
from record.filing import file_batch
from record.key_places import KeyPlaces, key_places
from record.ledger import Ledger, portions
from record.mapper import StatementMapper
from record.migrations import identify, make_keyring, make_ready, must_not_be_newer
from record.places import environment, shown
from record.sealing import Address, open_state
from record.seals import Seals
from record.settings import Settings

CHUNK = 20_000
WHOLE = 2_000
POOL_SIZE = 10
TIMEOUT_SECONDS = 10.0
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


class Log(Application[UUID]):
    """The log of one council at *url*: `sqlite:///path` or `postgresql://…`.

    Opening creates the store unless *create* is false, and brings an older one up to date.
    A store opened once with *simulated* is marked so for ever; only such a store takes a
    simulated clock. Of a PostgreSQL store *pool* is how many may read at once, and
    *timeout* the seconds after which a connection, the pen or a statement is given up.

    Raises:
        StoreOutOfReach: it cannot be opened now.
        StoreNotUsable: it is no store of ours, or a newer version's.
        UnsafeSetting: the environment asks for what would break a guarantee.
    """

    name = "counterfoil"

    def __init__(
        self,
        url: str,
        *,
        create: bool = True,
        simulated: bool = False,
        pool: int = POOL_SIZE,
        timeout: float = TIMEOUT_SECONDS,
        keys: KeyPlaces | None = None,
    ) -> None:
        self.url = url
        given = environment(url, create)
        self.where = shown(url)
        super().__init__(given | {"POOL": str(pool), "TIMEOUT": str(timeout)})
        self.recorder: Any
        self.given: Counter[str] = Counter()
        try:
            self.found_version = make_ready(self.recorder, self.where, create=create)
            self.id, self.simulated = identify(self.recorder, simulated)
            places = keys or key_places(Settings(store=url))
            self.seals = Seals(self.recorder, places, self.id)
            self.mapper: StatementMapper
            self.mapper.key = self.seals.key
            make_keyring(self.recorder, self.seals.ring)
        except BaseException:
            self.close()
            raise

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Our own settings alone: a stray variable must not change how a log is kept."""
        return Environment(name, dict(env or {}))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def receive(self, batch: Sequence[Arrival], clock: Clock) -> list[Receipt]:
        """Record a batch in one transaction: one receipt each, in the batch's order.

        A statement that cannot be recorded for a reason of its own is quarantined, and
        never takes the rest of its batch down.

        Raises:
            StoreOutOfReach: nothing of the batch was recorded; or, where it was being
                split for an event that cannot be recorded, only what came before. It
                may be sent again: what is there is a duplicate.
            SimulatedClock: *clock* is simulated and the store is not.
        """
        if clock.simulated and not self.simulated:
            raise SimulatedClock(f"{self.where} is not marked as simulated")
        if not batch:
            return []
        try:
            with self.recorder.writing() as ledger:
                now = self.stamp(ledger, clock)
                receipts = file_batch(self, ledger, batch, now)
        except (StoreOutOfReach, StoreNotUsable):
            raise
        except Exception as error:
            return self._receive_split(batch, clock, error)
        self.given.update(receipt.status for receipt in receipts)
        return receipts

    def _receive_split(
        self, batch: Sequence[Arrival], clock: Clock, error: Exception
    ) -> list[Receipt]:
        if len(batch) > 1:
            middle = len(batch) // 2
            return self.receive(batch[:middle], clock) + self.receive(
                batch[middle:], clock
            )
        only = batch[0]
        if isinstance(only, Unreadable | NotTheirs):
            raise error
        reason = f"could not be recorded ({type(error).__name__})"
        unreadable = Unreadable(
            (only.raw,),
            len(only.raw),
            reason,
            only.digest,
            only.said.source,
            only.said.id,
            only.sender,
        )
        return self.receive([unreadable], clock)

    def stamp(self, ledger: Ledger, clock: Clock) -> datetime:
        """Now, or the newest event's instant if the clock has gone backwards.

        Refuses a store that a newer release has altered while this process was at work.
        """
        told = ledger.metas()
        must_not_be_newer(int(told["schema_version"]), self.where)
        now, last = clock.now(), told.get("received_at")
        return max(now, datetime.fromisoformat(last)) if last else now

    def decide(
        self,
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
        with self.recorder.writing() as ledger:
            now = self.stamp(ledger, clock)
            if not kept.mark_decided(
                ledger, entry, "second" if second else "first", reason, now
            ):
                raise NotFound(f"no conflict {entry} waits for a decision")
            place = None
            if second is not None:
                name = (second.said.source, second.said.id)
                replaced = ledger.receipts([name])[name][1]
                file_batch(self, ledger, [ruling(replaced, now)], now)
                ledger.forget_receipt(name)
                place = file_batch(self, ledger, [second], now)[0].position
        return place

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

    def read(self, row: WholeRow) -> tuple[dict[str, Any], dict[str, str]]:
        """An event's state with its words in their places, and what could not be read, and why.

        See `record.sealing.open_state`.
        """
        state = json.loads(row.state)
        at = Address(row.thing, row.version, row.topic)
        return state, open_state(state, at, self.seals.key)

    def close(self) -> None:
        """Let go of the store and of the keys."""
        super().close()
        if seals := getattr(self, "seals", None):
            seals.close()


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

"""The log: the one place where statements are recorded, once, and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

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
    UnsafeSetting,
)
from record.filing import file_batch
from record.ledger import Ledger, portions
from record.sqlite import SCHEMA_VERSION, must_be_ours

CHUNK = 20_000
SQLITE = "sqlite:///"

Row = tuple[int, str, bytes]
"""One event of the log as it is stored: position, topic, state."""


class Log(Application[UUID]):
    """The log of one council at *url*: `sqlite:///path` (or `postgresql://…`).

    Opening creates the store unless *create* is false. A store opened once with
    *simulated* is marked so for ever; only such a store takes a simulated clock.

    Raises:
        StoreOutOfReach: it cannot be opened now.
        StoreNotUsable: it is no store of ours, or a newer version's.
        UnsafeSetting: the environment asks for what would break a guarantee.
    """

    name = "counterfoil"

    def __init__(self, url: str, *, create: bool = True, simulated: bool = False) -> None:
        self.url = url
        super().__init__(_environment(url, create))
        self.recorder: Any
        self.id, self.simulated = self._identify(simulated)

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

    def _identify(self, simulated: bool) -> tuple[str, bool]:
        with self.recorder.reading() as ledger:
            log_id, version = ledger.meta("log_id"), ledger.meta("schema_version")
            marked = ledger.meta("simulated")
        if log_id is None:
            with self.recorder.writing() as ledger:
                log_id = _christen(ledger, simulated)
                version, marked = (
                    ledger.meta("schema_version"),
                    ledger.meta("simulated"),
                )
        if int(version or 0) > SCHEMA_VERSION:
            raise StoreNotUsable(
                f"{self.url} was written by a newer version of Counterfoil"
                f" (store version {version}, this program knows {SCHEMA_VERSION})"
            )
        return log_id, marked == "yes"

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
            raise SimulatedClock(f"{self.url} is not marked as simulated")
        if not batch:
            return []
        try:
            with self.recorder.writing() as ledger:
                now = self._stamp(ledger, clock)
                return file_batch(self, ledger, batch, now)
        except (StoreOutOfReach, StoreNotUsable):
            raise
        except Exception as error:
            return self._receive_split(batch, clock, error)

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

    def _stamp(self, ledger: Ledger, clock: Clock) -> datetime:
        """Now, or the newest event's instant if the clock has gone backwards."""
        now, last = clock.now(), ledger.last_received_at()
        return max(now, last) if last else now

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
            now = self._stamp(ledger, clock)
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
            return int(
                ledger.ask("SELECT coalesce(max(position), 0) FROM stored_events")[0][0]
            )

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

    def rows_at(self, positions: Sequence[int]) -> list[Row]:
        """The events at *positions*, in order."""
        found: list[Row] = []
        for some in portions(positions):
            marks = ",".join("?" * len(some))
            with self.recorder.reading() as ledger:
                rows = ledger.ask(
                    "SELECT position, topic, state FROM stored_events"
                    f" WHERE position IN ({marks}) ORDER BY position",
                    *some,
                )
            found += [(row[0], row[1], bytes(row[2])) for row in rows]
        return found


def _christen(ledger: Ledger, simulated: bool) -> str:
    """Give a new store its identity, unless another process was quicker."""
    log_id = ledger.meta("log_id")
    if log_id is None:
        log_id = str(uuid4())
        ledger.set_meta("log_id", log_id)
        ledger.set_meta("schema_version", str(SCHEMA_VERSION))
        ledger.set_meta("simulated", "yes" if simulated else "no")
    return log_id


def _environment(url: str, create: bool) -> dict[str, str]:
    """What the library needs to know to open *url*."""
    common = {"MAPPER_TOPIC": "record.mapper:StatementMapper"}
    if url.startswith(SQLITE):
        return common | _sqlite(url.removeprefix(SQLITE), create)
    raise UnsafeSetting(
        "the store should be sqlite:///PATH (or sqlite:////ABSOLUTE/PATH);"
        " postgresql:// comes with a later release"
    )


def _sqlite(path: str, create: bool) -> dict[str, str]:
    file = Path(path)
    if not file.parent.is_dir():
        raise StoreOutOfReach(f"there is no folder {file.parent} to keep the store in")
    if file.is_dir():
        raise StoreNotUsable(f"{path} is a folder, not a store")
    if not create and not file.exists():
        raise StoreOutOfReach(f"there is no store at {path} yet; import something first")
    if file.exists() and file.stat().st_size:
        must_be_ours(path)
    return {"PERSISTENCE_MODULE": "record.sqlite:Factory", "SQLITE_DBNAME": path}

"""The log: the one place where statements are recorded, once, and kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from eventsourcing.utils import Environment, EnvType

from record.arrivals import Arrival, NotTheirs, Receipt, Unreadable
from record.clock import Clock
from record.errors import (
    NotOurs,
    SimulatedClock,
    StoreNotUsable,
    StoreOutOfReach,
    UnsafeSetting,
)
from record.filing import file_batch
from record.key_places import KeyPlaces, key_places
from record.ledger import Ledger
from record.log_reading import Readable
from record.mapper import StatementMapper
from record.migrations import identify, make_keyring, make_ready, must_not_be_newer
from record.places import environment, shown
from record.seals import Seals
from record.settings import BadSetting, Settings

POOL_SIZE = 10
TIMEOUT_SECONDS = 10.0
OF_THE_STORE = (StoreOutOfReach, StoreNotUsable, UnsafeSetting, NotOurs, BadSetting)
"""What is wrong with the store or its keys, whichever event it is that comes."""


class Log(Readable):
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
        except OF_THE_STORE:
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

    def close(self) -> None:
        """Let go of the store and of the keys."""
        super().close()
        if seals := getattr(self, "seals", None):
            seals.close()

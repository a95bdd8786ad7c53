"""The follower: keeps the present up to the log, and the segments up to both.

It asks the log for what is new, and believes no hint that there is nothing. A failing is
tried again, ever more slowly; an event that cannot be followed is never skipped: the
follower parks in front of it, says so, and goes on trying.
"""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from time import monotonic

import duckdb
import structlog

from projections.engine import Limits, connect
from projections.keeping import write_out
from projections.lives import next_moment
from projections.mirror import SEGMENT_FROM, write_segments
from projections.present import Present
from projections.segments import Segments
from record.clock import Clock
from record.errors import StoreError
from record.log import Log
from watch.telling import Lag, Took
from watch.watcher import Watcher

TICK_SECONDS = 60.0
"""After which the clock is looked at at the latest, although nothing was said."""
AT_MOST = 20_000
"""Events taken in at once."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds between two attempts."""
PARKED_AFTER = 5
"""Failings at one event, after which it is said that the follower is parked."""

log = structlog.get_logger()


class Follower:
    """Follows one log until it is stopped. Others may ask `present` meanwhile.

    With *watching* it also puts on record when findings begin to hold and cease to.
    """

    def __init__(
        self,
        source: Log,
        segments: Segments,
        clock: Clock,
        limits: Limits | None = None,
        *,
        watching: bool = False,
    ) -> None:
        self.log, self.segments, self.clock, self.limits = (
            source, segments, clock, limits
        )  # fmt: skip
        self.watching = watching
        self.present: Present | None = None
        self._watcher: Watcher | None = None
        self.parked: str | None = None
        self.took = Took()
        self._at_most = AT_MOST
        self._failings = 0
        self._turned = False

    @property
    def position(self) -> int:
        """Up to which the findings are those of the log."""
        return self.present.head if self.present else 0

    @property
    def ready(self) -> bool:
        """Whether there are findings to be asked for."""
        return self.present is not None

    def lag(self) -> Lag:
        """How far behind the log the findings are. Raises `StoreError`."""
        position, head = self.position, self.log.head()
        if head <= position:
            return Lag(0, 0.0)
        rows = next(self.log.rows(position, position + 1), [])
        if not rows:
            return Lag(head - position, 0.0)
        received_at = datetime.fromisoformat(json.loads(rows[0][2])["received_at"])
        behind = self.clock.now() - received_at
        return Lag(head - position, max(timedelta(), behind).total_seconds())

    def run(self, stop: threading.Event) -> None:
        """Follow until *stop* is set."""
        while not stop.is_set():
            try:
                self.follow_once(stop)
                self._failings = 0
                self.parked = None
            except Exception as error:
                self._failed(error)
                wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self._failings - 1))
                stop.wait(wait)
        if self.present:
            self.present.close()

    def follow_once(self, stop: threading.Event | None = None) -> int:
        """Wait for something new, or a tick, and take it in; how many events it was."""
        if self.present is None:
            self.present = Present(self.log, self.segments, self.clock.now(), self.limits)
            log.info("present begun", position=self.position)
            return self.position
        if self.watching and self._watcher is None:
            self._watcher = Watcher(self.log, self.present, self.clock)
        else:
            self._wait(self.present, stop)
        if stop is not None and stop.is_set():
            return 0
        return self._take_in(self.present)

    def _take_in(self, present: Present) -> int:
        """Refresh the present, put on record what has changed, and write what is to be kept."""
        head, begun = self.log.head(), monotonic()
        done = present.refresh(self._now(), self._at_most)
        self._at_most = min(AT_MOST, 2 * self._at_most)
        took = monotonic() - begun
        self.took = Took(self.took.count + 1, self.took.seconds + took)
        if done.events:
            log.info(
                "events followed", events=done.events, visits=done.visits,
                whole=done.whole, position=self.position, seconds=round(took, 3),
            )  # fmt: skip
        self._turned |= done.whole
        if self._watcher:
            self._watcher.look(done)
        if head == self.position:
            self._write_segments()
        return done.events

    def _now(self) -> datetime:
        """The clock; of several watchers whose clocks differ no one looks back."""
        now = self.clock.now()
        earliest = self._watcher.earliest() if self._watcher else None
        return max(now, earliest) if earliest else now

    def _wait(self, present: Present, stop: threading.Event | None) -> None:
        """Until there is something new, the next moment has come, or we are stopped."""
        head = self.log.head()
        if head > present.head:
            return
        moment = next_moment(present.con)
        seconds = TICK_SECONDS
        if moment is not None:
            seconds = min(seconds, (moment - self.clock.now()).total_seconds())
        give_up = monotonic() + seconds
        while head <= present.head and (left := give_up - monotonic()) > 0:
            if stop is not None and stop.is_set():
                break
            head = self.log.wait(present.head, min(left, 0.5))

    def _write_segments(self) -> None:
        """Put a tail that has grown long into segments, unless another process does."""
        reached = self.segments.manifest().segments
        if self.position - (reached[-1].last if reached else 0) < SEGMENT_FROM:
            return
        con = connect(self.limits)
        try:
            write_segments(con, self.log, self.segments)
        finally:
            con.close()
        if self.present:
            self.present.mirror_again()
            self._keep(self.present)

    def _keep(self, present: Present) -> None:
        """Keep what commands need not ask again; they can do without."""
        try:
            if write_out(
                present.con, self.log, self.segments, present.head, present.ends,
                anew=self._turned,
            ):  # fmt: skip
                self._turned = False
        except (OSError, duckdb.IOException) as error:
            log.warning("records cannot be kept", error=type(error).__name__)

    def _failed(self, error: Exception) -> None:
        """Say what went wrong; find the one event that cannot be followed, and park there."""
        self._failings += 1
        kind = type(error).__name__
        if isinstance(error, StoreError):
            reason = str(error)
            log.warning("the log is out of reach", position=self.position, reason=reason)
            return
        log.error(
            "could not follow", position=self.position, error=kind, events=self._at_most
        )
        if self._at_most > 1:
            self._at_most, self._failings = max(1, self._at_most // 10), 1
        elif self._failings >= PARKED_AFTER:
            place = self.position + 1
            self.parked = f"the event at position {place} cannot be followed ({kind})"
            log.error("parked", position=self.position, error=kind)

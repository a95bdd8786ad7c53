"""A council's log, ready to be asked: what commands and pages use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import duckdb

from projections import asking, calendar
from projections.asking import Moment
from projections.cards import Card, scorecards
from projections.engine import Limits, connect
from projections.keeping import instead
from projections.kept import KEPT
from projections.mirror import ATTEMPTS, columns_folder, mirror, write_segments
from projections.questions import NOTHING, in_order
from projections.questions import kinds as all_kinds
from projections.scope import Scope, narrow
from projections.scorecard import Period
from projections.segments import Segments
from projections.statements import make_schemas
from record.log import Log

Answer = TypeVar("Answer")


class Council:
    """One whole state of a log, in columns.

    The state is that of the moment at which this was made; later events are not in it.
    """

    def __init__(
        self,
        log: Log,
        segments: Segments | None = None,
        limits: Limits | None = None,
        scope: Scope | None = None,
    ) -> None:
        calendar.begin_loading()
        self.scope = scope or Scope()
        self.con: duckdb.DuckDBPyConnection = connect(limits)
        segments = segments or Segments(columns_folder(log.url), log.id)
        # Where the columns cannot be written the log itself is read: slower, and as right.
        with suppress(OSError, duckdb.IOException):
            write_segments(self.con, log, segments)
        self._log, self._segments = log, segments
        self._read()

    def _read(self) -> None:
        self.head = mirror(self.con, self._log, self._segments)
        if self.scope.narrow:
            narrow(self.con, self.scope)
        make_schemas(self.con)

    def findings(
        self, moment: Moment, kinds: Collection[str] | None = None
    ) -> list[dict[str, Any]]:
        """The findings that hold at *moment*, sorted by kind and key."""
        asking.set_moment(self.con, moment)
        wanted = kinds or all_kinds()
        return self.whole(
            lambda: asking.findings(
                self.con, wanted, self.scope, self._instead(moment, wanted)
            )
        )

    def scorecards(self, moment: Moment, period: Period) -> list[Card]:
        """Every provider's card of a period, by name, as known at *moment*.

        Each is held against all the others: there is none of a narrowed council.
        """
        assert not self.scope.narrow
        asking.set_moment(self.con, moment)

        def ask() -> list[Card]:
            kept = NOTHING if period.short else self._instead(moment, ["visits"])
            return scorecards(self.con, moment, period, instead=kept)

        return self.whole(ask)

    def _instead(self, moment: Moment, wanted: Collection[str]) -> Mapping[str, str]:
        """What is kept of the facts of all visits, where they are read for *wanted*."""
        read = {question.name for question in in_order(wanted)}
        if self.scope.narrow or not read.intersection(KEPT):
            return NOTHING
        return instead(self.con, self._log, self._segments, self.head, moment)

    def whole(self, work: Callable[[], Answer]) -> Answer:
        """What *work* answers of the log, begun again where a segment was merged away."""
        for _ in range(ATTEMPTS):
            try:
                return work()
            except duckdb.IOException:
                # What was read while it was merged away is in another segment now.
                self._read()
        return work()

    def prepare(self, moment: Moment, facts: Collection[str]) -> None:
        """Make the tables of *facts* at *moment*, to be asked in SQL through `con`."""
        asking.set_moment(self.con, moment)
        asking.draw(self.con, facts, self.scope)

    def close(self) -> None:
        """Let go of the engine."""
        self.con.close()

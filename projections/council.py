"""A council's log, ready to be asked: what commands and pages use."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any

import duckdb

from projections import asking
from projections.asking import Moment
from projections.engine import Limits, connect
from projections.mirror import columns_folder, mirror, write_segments
from projections.questions import kinds as all_kinds
from projections.scope import Scope, narrow
from projections.segments import Segments
from record.log import Log


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
        self.scope = scope or Scope()
        self.con: duckdb.DuckDBPyConnection = connect(limits)
        segments = segments or Segments(columns_folder(log.url), log.id)
        # Where the columns cannot be written the log itself is read: slower, and as right.
        with suppress(OSError, duckdb.IOException):
            write_segments(self.con, log, segments)
        self.head = mirror(self.con, log, segments, in_memory=not self.scope.narrow)
        if self.scope.narrow:
            narrow(self.con, self.scope)
        asking.make_schemas(self.con)

    def findings(
        self, moment: Moment, kinds: Collection[str] | None = None
    ) -> list[dict[str, Any]]:
        """The findings that hold at *moment*, sorted by kind and key."""
        asking.set_moment(self.con, moment)
        return asking.findings(self.con, kinds or all_kinds(), self.scope)

    def close(self) -> None:
        """Let go of the engine."""
        self.con.close()

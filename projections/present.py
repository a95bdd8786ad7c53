"""The present: the findings that hold now, kept in memory by one long-lived process.

What is kept is what a question asked anew would answer. A batch of statements, or the clock,
touches some visits: for these the same queries are run, and their rows are replaced. What is
not kept by visit is asked whole again, where anything that it reads has changed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from projections import asking, calendar
from projections.asking import Moment, set_moment
from projections.engine import Limits, connect
from projections.keeping import instead
from projections.manifest import digest, digest_at
from projections.mirror import decode_tail, mirror
from projections.questions import kinds, with_leftovers
from projections.reclaiming import BY_INVOICE, note_owed, read_invoices_again
from projections.renewing import (
    BY_DAY,
    BY_VISIT,
    Refreshed,
    after_visits,
    answer_again,
    make,
    needed,
    order,
    read_visits_again,
)
from projections.segments import Segments
from projections.statements import make_schemas, make_statements
from projections.touched import FAR_REACHING, dirty, make_room, note, policy_turned
from record.log import Log

WHOLE_FROM = 50_000
"""Visits touched from which it is quicker to begin anew."""

APART = (BY_VISIT, BY_INVOICE)
"""What is kept so is not asked whole again."""


class Present:
    """The findings of one log that hold at the last clock it was told."""

    def __init__(
        self, log: Log, segments: Segments, now: datetime, limits: Limits | None = None
    ) -> None:
        calendar.begin_loading()
        self.log, self.segments = log, segments
        self.con = connect(limits)
        self.con.execute("CREATE SCHEMA scope; CREATE SCHEMA near")
        make_schemas(self.con)
        self.at = now
        self.head = 0
        self.ends: str | None = None
        self._begin(now)

    def _begin(self, now: datetime) -> None:
        """Ask everything, as one who has just come does."""
        self.head = mirror(self.con, self.log, self.segments)
        set_moment(self.con, Moment(now))
        kept = instead(self.con, self.log, self.segments, self.head, Moment(now))
        make_statements(self.con, kinds())
        make_room(self.con)
        note(self.con, self.head)
        self._make_new()
        for question, done in with_leftovers(needed(), kept):
            make(self.con, question)
            for name in done:
                self.con.execute(f"DROP TABLE {name}")
        self.at, self.ends = now, digest_at(self.log, self.head)

    def _make_new(self) -> None:
        """Of what was known, what was not at the refreshing before: in the schema `new`."""
        self.con.execute("CREATE SCHEMA IF NOT EXISTS new")
        for question in order():
            for room, name in question.statements() if question.kept == BY_DAY else ():
                self.con.execute(
                    f"CREATE OR REPLACE VIEW new.{name} AS"
                    f" FROM {room}.{name} WHERE position IN (SELECT position FROM main.touched)"
                )

    def mirror_again(self) -> None:
        """Read the segments that have been written since; nothing else changes by it."""
        before = self.head
        self.con.begin()
        try:
            head = mirror(self.con, self.log, self.segments, until=before)
            self.con.commit()
        except BaseException:
            self.con.rollback()
            raise
        assert head == before

    def refresh(self, now: datetime, at_most: int = 20_000) -> Refreshed:
        """Take in what was recorded since, at most so many events, and the time that passed.

        A clock that has gone backwards stands still. Others may read meanwhile: they see how
        it stood before until all of it is done. Raises what went wrong; then nothing of it
        was done.
        """
        clock = max(now, self.at)
        if digest_at(self.log, self.head) != self.ends:
            # The log was restored from a backup: what it had lost counts no more.
            self._begin(clock)
            return Refreshed(0, 0, whole=True, asked=frozenset(kinds()))
        rows = next(self.log.rows(self.head, chunk=at_most), [])
        self.con.begin()
        try:
            done = self._refresh(rows, clock)
            self.con.commit()
        except BaseException:
            self.con.rollback()
            # Nothing of it was done: the clock has not moved either.
            set_moment(self.con, Moment(self.at))
            raise
        self.at = clock
        if rows:
            self.head, self.ends = rows[-1][0], digest(rows[-1])
        return done

    def _refresh(self, rows: list[tuple[int, str, bytes]], clock: datetime) -> Refreshed:
        if rows:
            decode_tail(self.con, rows)
        day = self.day()
        self.con.execute("SET VARIABLE clock_before = ?::TIMESTAMPTZ", [self.at])
        self.con.execute("SET VARIABLE day_before = ?::DATE", [day])
        set_moment(self.con, Moment(clock))
        touched = note(self.con, self.head)
        new_day = self.day() != day
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE providers_before AS FROM providers"
        )
        changed = answer_again(
            self.con, (q for q in order() if q.name not in after_visits() and q.kept not in APART),
            touched, set(), clock > self.at, new_day,
        )  # fmt: skip
        if touched & FAR_REACHING or (new_day and policy_turned(self.con, day)):
            return self._whole(len(rows))
        visits, since = dirty(self.con)
        if visits > WHOLE_FROM:
            return self._whole(len(rows))
        if visits or touched:
            note_owed(self.con)
            if visits:
                changed |= read_visits_again(self.con, since)
            changed |= read_invoices_again(self.con)
        changed = answer_again(
            self.con, (q for q in order() if q.name in after_visits() and q.kept not in APART),
            touched, changed, clock > self.at, new_day,
        )  # fmt: skip
        return Refreshed(len(rows), visits, asked=frozenset(changed & set(kinds())))

    def day(self) -> date:
        """The day in London at the clock it was told last."""
        row = self.con.execute("SELECT this_day()").fetchone()
        assert row is not None
        return row[0]  # type: ignore[no-any-return]

    def _whole(self, events: int) -> Refreshed:
        for question in order():
            make(self.con, question)
        for question in order():
            if question.name not in needed():
                self.con.execute(f"DROP TABLE {question.name}")
        return Refreshed(events, 0, whole=True, asked=frozenset(kinds()))

    def findings(
        self, wanted: Collection[str] | None = None, within: dict[str, str] | None = None
    ) -> list[dict[str, Any]]:
        """The findings that hold, of the *wanted* kinds, naming all that *within* says."""
        return asking.told(self.con.cursor(), wanted or kinds(), within or {})

    def counts(self) -> dict[tuple[str, str], int]:
        """How many findings hold, by kind and severity."""
        parts = (
            f"SELECT '{kind}' AS kind, severity, count(*) FROM {kind} GROUP BY ALL"
            for kind in kinds()
        )
        rows = self.con.cursor().execute(" UNION ALL ".join(parts)).fetchall()
        return {(kind, severity): count for kind, severity, count in rows}

    def heard(self) -> dict[str, datetime]:
        """When each provider was last heard, by the time of its events."""
        rows = self.con.cursor().execute(
            "SELECT provider, heard_until FROM providers WHERE heard_until IS NOT NULL"
        )
        return dict(rows.fetchall())

    def close(self) -> None:
        """Let go of the engine."""
        self.con.close()

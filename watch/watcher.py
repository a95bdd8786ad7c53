"""The watcher: puts on record when a finding first holds, and when it no longer does.

It looks after each refreshing of the present. What it records is decided by the log alone:
of several watchers the first to see a change records it, and the others find it recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from typing import Any

import structlog

from domain.concern import Drafted, Drafting, draft_name
from domain.finding import (
    Cause,
    Opened,
    Opening,
    Withdrawal,
    Withdrawn,
    episode_name,
)
from projections import lives
from projections.drafting import draftings
from projections.lives import Ending
from projections.present import Present
from projections.questions import kinds
from projections.renewing import Refreshed
from record.arrivals import Statement
from record.clock import Clock
from record.log import Log
from record.ourselves import conclude, our_statement

AT_ONCE = 2_000
"""Findings in one transaction, so that no provider waits long for the pen."""
TOPICS = (Opened.TOPIC, Withdrawn.TOPIC)

log = structlog.get_logger()


class Watcher:
    """Watches one present on behalf of one log."""

    def __init__(self, source: Log, present: Present, clock: Clock) -> None:
        self.log, self.present, self.clock = source, present, clock
        self._whole = True
        self._day = present.day()
        lives.make_room(present.con)

    def earliest(self) -> datetime | None:
        """The latest moment at which something was put on record: no look is before it."""
        return lives.latest(self.present.con)

    def look(self, done: Refreshed) -> tuple[int, int]:
        """Record what has changed by a refreshing; how many findings opened and withdrawn.

        Where another watcher has recorded something meanwhile nothing is, and the next look
        compares everything again. Raises as `Log.receive` does.
        """
        con = self.present.con
        lives.listen(con)
        whole = self._whole or done.whole
        asked = frozenset(kinds()) if whole else done.asked
        recorded = Counter[str]()
        if asked:
            # Should this fail, or come too late, the next look compares everything.
            self._whole = True
            lives.compare(con, asked, partly=not whole)
            ending = list(self._withdrawn(lives.endings(con, self._day)))
            drafts = list(self._drafted(draftings(con)))
            opened = self._opened(lives.openings(con))
            found = self._record(chain(ending, drafts, opened))
            if found is None:
                return 0, 0
            recorded = found
        lives.forget(con)
        self._whole, self._day = False, self.present.day()
        if recorded:
            log.info("findings recorded", **recorded)
        return recorded["opened"], recorded["withdrawn"]

    def _record(self, statements: Iterator[Statement]) -> Counter[str] | None:
        """Record all, some at a time; how many of each. None: another has recorded some since."""
        after, recorded = self.present.head, Counter[str]()
        while some := list(islice(statements, AT_ONCE)):
            receipts = conclude(self.log, some, self.clock, after=after, topics=TOPICS)
            if receipts is None:
                return None
            after = max(one.position or 0 for one in receipts)
            recorded.update(one.kind.TOPIC.partition(".")[2] for one in some)
        return recorded

    def _drafted(self, drafting: Iterable[dict[str, Any]]) -> Iterator[Statement]:
        """Drafts of concerns; before the findings they are of, so that none is left out.

        Whoever was stopped between the two begins again, and the drafts are there already.
        """
        for row in drafting:
            finding = episode_name(row.pop("key"), row.pop("episode"))
            name = draft_name(finding, row["person"])
            told = {field: value for field, value in row.items() if value is not None}
            data = Drafting.model_validate({"finding": finding, **told})
            yield our_statement(Drafted, f"{name}-drafted", name, data, self.present.at)

    def _opened(self, opening: Iterable[dict[str, Any]]) -> Iterator[Statement]:
        for row in opening:
            name = episode_name(row["key"], row["episode"])
            told = {field: value for field, value in row.items() if value is not None}
            data = Opening.model_validate(told)
            yield our_statement(Opened, f"{name}-opened", name, data, self.present.at)

    def _withdrawn(self, ending: Iterable[Ending]) -> Iterator[Statement]:
        new_day = self.present.day() != self._day
        for one in ending:
            data = Withdrawal(
                key=one.key, episode=one.episode, cause=cause(one, new_day=new_day)
            )
            yield our_statement(
                Withdrawn, f"{one.finding}-withdrawn", one.finding, data, self.present.at
            )


def cause(ending: Ending, *, new_day: bool) -> Cause:
    """Why an episode ends: the most particular of what has happened since the last look.

    A finding that is judged by the day, and not of one call or claim, ends with the day where
    nothing was taken back or corrected: somebody always says something.
    """
    if "statement_retracted" in ending.said:
        return "retraction"
    if ending.corrected:
        return "correction"
    if "policy_adopted" in ending.said:
        return "policy"
    if new_day and lives.by_the_day(ending.kind):
        return "time"
    return "late_evidence" if ending.said else "time"

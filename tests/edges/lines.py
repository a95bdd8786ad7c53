"""The edges of which plan is in force, and which occurrence of which line a visit keeps."""

from __future__ import annotations

from typing import Any

from tests.edges.packages import varied
from tests.edges.patterns import LATER
from tests.edges.telling import (
    Edge,
    alive,
    at,
    contract,
    line,
    numbered,
    policy,
    retracted,
    said,
    stay,
    visit,
)  # fmt: skip
from tests.edges.visits import HEARD, NOON
from tests.feeds import Event

TWO = [line(), line("L2", "09:30")]
THEN = "2026-06-14T09:00:00Z"
AFTERNOON = [line(start="13:00")]
FIRST = visit()


def moved(
    minutes: float, when: str = THEN, until: float | None = None, **more: Any
) -> Event:
    """The provider moves V1."""
    end = minutes + 30 if until is None else until
    return said(
        "rescheduled",
        when,
        planned_start=at(minutes),
        planned_end=at(end),
        asked_by="provider",
        **more,
    )


def called(id_: str, event: Event) -> Event:
    """The same under another id."""
    return event | {"id": id_}


EDGES: tuple[Edge, ...] = (
    # which line
    Edge("moved_from_window", "from a line of the evening before", True, LATER, lambda: [
        contract(lines=[line(start="23:30")]), visit(start="23:45", end="23:59")], {"minutes": 75}),
    Edge("moved_from_window", "from a line of the night after", True, LATER, lambda: [
        contract(lines=[line(start="00:30")]), visit(start="22:15", end="22:45")], {"minutes": 75}),
    Edge("moved_from_window", "two days after the line that it names", False, NOON, lambda: [
        contract(lines=[line(days=["sat"])]), visit(line="L1")]),
    Edge("moved_from_window", "two days before the line that it names", False, NOON, lambda: [
        contract(lines=[line(days=["wed"])]), visit(line="L1")]),
    Edge("moved_from_window", "the day before the line that it names", True, NOON, lambda: [
        contract(lines=[line(days=["tue"])]), visit(line="L1")], {"minutes": 1440}),
    Edge("moved_from_window", "two hours from any line", True, NOON, lambda: [
        contract(), visit(start="09:00", end="09:30")], {"minutes": 120}),
    Edge("moved_from_window", "further from any line", False, NOON, lambda: [
        contract(), visit(start="09:01", end="09:31")]),
    Edge("moved_from_window", "far from the line that it names", True, NOON, lambda: [
        contract(), visit(start="12:00", end="12:30", line="L1")], {"minutes": 300}),
    Edge("moved_from_window", "the line that it names is not the nearest", True, NOON, lambda: [
        contract(lines=TWO), visit(start="08:30", end="09:00", line="L1")], {"minutes": 90}),
    Edge("moved_from_window", "the line that it names is not there, another is", True, NOON, lambda: [
        contract(), visit(start="08:30", end="09:00", line="L9")], {"minutes": 90}),
    Edge("late_call", "between two lines: the earlier", True, NOON, lambda: [
        contract(lines=[line("L2", "07:00"), line("L1", "09:00")]), visit(), *stay(at(5), at(35))], {"minutes": 65}),
    Edge("missed_call", "two lines at one time: the name that sorts first", True, NOON, lambda: [
        contract(lines=[line("L2", minutes=60), line("L1")]), visit(), HEARD], {"minutes": 30}),
    Edge("moved_from_window", "further than the contract reaches", False, NOON, lambda: [
        contract(terms={"line_reach": 60}), visit(start="08:30", end="09:00")]),
    Edge("moved_from_window", "within reach by the policy of its day, not of today", True, LATER, lambda: [
        contract(), visit(start="08:30", end="09:00"), policy(effective_on="2026-06-16", line_reach=60)]),
    Edge("moved_from_window", "within reach by the contract of its day, not of today", True, LATER, lambda: [
        contract(), visit(start="08:30", end="09:00"), varied("2026-06-16", terms={"line_reach": 60})]),
    Edge("moved_from_window", "an hour and a half away, on the night on which clocks go forward", True,
         "2026-03-29T12:00:00Z", lambda: [
             contract(starts_on="2026-03-01", lines=[line(start="00:30")]),
             visit(day="2026-03-29", start="02:00", end="02:30", said="2026-03-20T09:00:00Z")], {"minutes": 90}),
    # the lines as they had been said by then
    Edge("moved_from_window", "lines said at its start come too late for it", True, NOON, lambda: [
        contract(), visit(), moved(90), varied("2026-06-01", said_at=at(0), lines=AFTERNOON)]),
    Edge("moved_from_window", "lines said afterwards as well", True, NOON, lambda: [
        contract(), visit(), moved(90), varied("2026-06-01", said_at=at(60), lines=AFTERNOON)]),
    Edge("moved_from_window", "lines said a second before count", False, NOON, lambda: [
        contract(), visit(), moved(90), varied("2026-06-01", said_at=at(0, -1), lines=AFTERNOON)]),
    Edge("moved_from_window", "lines of the day after do not", True, LATER, lambda: [
        contract(), visit(), moved(90), varied("2026-06-16", lines=AFTERNOON)]),
    Edge("moved_from_window", "lines from that day on count", False, NOON, lambda: [
        contract(), visit(), moved(90), varied("2026-06-15", lines=AFTERNOON)]),
    Edge("moved_from_window", "a variation of something else leaves the lines", True, NOON, lambda: [
        contract(), visit(), moved(90), varied("2026-06-05", weekly_minutes=300)]),
    Edge("moved_from_window", "lines of one day: the later version", True, NOON, lambda: [
        contract(lines=[]), visit(), moved(90), *numbered(1, varied("2026-06-05", lines=[line()])),
        varied("2026-06-05", said_at="2026-05-03T09:00:00Z", lines=AFTERNOON)]),
    Edge("moved_from_window", "lines of a later day, though of an earlier version", True, NOON, lambda: [
        contract(lines=[]), visit(), moved(90), varied("2026-06-10", lines=[line()]),
        *numbered(5, varied("2026-06-05", lines=AFTERNOON))]),
    # which plan
    Edge("moved_from_window", "the line of its first plan, however far it was moved", True, NOON, lambda: [
        contract(), visit(), moved(150)], {"minutes": 150}),
    Edge("moved_from_window", "the lines of the day of its first plan", True, LATER, lambda: [
        contract(), visit(), moved(1440), varied("2026-06-16", lines=AFTERNOON)], {"minutes": 1440}),
    Edge("moved_from_window", "of plans made at one instant the later version", False, NOON, lambda: [
        contract(), visit(), called("b", moved(90)), *numbered(1, called("a", moved(0)))]),
    Edge("moved_from_window", "of plans of one version the name that sorts later", False, NOON, lambda: [
        contract(), visit(), called("a", moved(90)), called("b", moved(0))]),
    Edge("moved_from_window", "the plan made later, though of an earlier version", False, NOON, lambda: [
        contract(), visit(), *numbered(5, moved(90, "2026-06-13T09:00:00Z")), moved(0)]),
    Edge("unmatched_visit", "scheduled again, under a contract that is not known", True, NOON, lambda: [
        contract(), visit(), visit(said=THEN, contract="C9")]),
    Edge("unmatched_visit", "moved afterwards, it still is of its contract", False, NOON, lambda: [
        contract(), visit(), moved(60)]),
    Edge("changed_after_due", "made in time, and moved to before it was made", False, NOON, lambda: [
        contract(), visit(said=at(-60)), moved(-90, at(-30))]),
    Edge("changed_after_due", "only its start, too late", True, NOON, lambda: [
        contract(), visit(), moved(10, at(5), until=30)]),
    Edge("changed_after_due", "only its end, too late", True, NOON, lambda: [
        contract(), visit(), moved(0, at(5), until=45)]),
    Edge("changed_after_due", "twice too late: since the first time", True, NOON, lambda: [
        contract(), visit(), moved(60, at(5)), moved(90, at(10))], {"since": "2026-06-15T07:05:00Z"}),
    Edge("changed_after_due", "taken back at its start", True, NOON, lambda: [
        contract(), FIRST, retracted(FIRST, at(0))], {"since": "2026-06-15T07:00:00Z"}),
    Edge("changed_after_due", "taken back a second before: there is no plan", False, NOON, lambda: [
        contract(), FIRST, retracted(FIRST, at(0, -1))]),
    Edge("changed_after_due", "taken back twice: since the first time", True, NOON, lambda: [
        contract(), FIRST, retracted(FIRST, at(5)), retracted(FIRST, at(10))], {"since": "2026-06-15T07:05:00Z"}),
    Edge("changed_after_due", "a move taken back too late", True, NOON, lambda: [
        contract(), visit(), moved(60), retracted(moved(60), at(61))], {"since": "2026-06-15T08:01:00Z"}),
    Edge("changed_after_due", "a move taken back in time", False, NOON, lambda: [
        contract(), visit(), moved(60), retracted(moved(60), at(59))]),
    Edge("missed_call", "taken back too late, the plan still stands", True, NOON, lambda: [
        contract(), FIRST, retracted(FIRST, at(0)), alive(at(60))]),
    Edge("missed_call", "taken back in time, it is as if never planned", False, NOON, lambda: [
        contract(), FIRST, retracted(FIRST, at(0, -1)), alive(at(60))]),
)  # fmt: skip

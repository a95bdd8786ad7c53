"""Kinds about every visit: what its record says of itself, whatever the contract."""

from collections.abc import Callable
from datetime import datetime

from .moments import whole_minutes
from .records import Record
from .rows import Finding, about, finding, used
from .statements import Statement
from .visits import Visit


def open_visit(visit: Visit) -> Finding | None:
    """A tap stands alone, long after the visit should have been over."""
    if not visit.unknown or visit.ground.at < visit.due_end + visit.minutes("open_after"):
        return None
    since = min(tap.time for tap in visit.record.lone)
    return about("open_visit", visit, "low", since, policy=used(visit, "open_after"))


def changed_after_due(visit: Visit) -> Finding | None:
    """The plan was made, changed or called off when it was too late for that."""
    changes = changes_after_due(visit)
    if not changes:
        return None
    return about("changed_after_due", visit, "medium", min(changes))


def changes_after_due(visit: Visit) -> list[datetime]:
    """Return the time of everything that was said of the plan too late."""
    in_force = span(visit.plan)
    changes = [
        plan.time
        for plan in visit.record.plans
        if plan not in visit.effective and span(plan) != in_force
    ]
    if visit.first.time >= visit.first.moment("planned_start"):
        changes.append(visit.first.time)
    changes += [retraction.time for retraction in visit.record.late_retractions]
    cancellation = visit.record.cancellation
    if cancellation and cancellation.time >= visit.due_start:
        changes.append(cancellation.time)
    return changes


def span(plan: Statement) -> tuple[datetime, datetime]:
    """Return the start and the end that a plan statement speaks of."""
    return plan.moment("planned_start"), plan.moment("planned_end")


def contradictory_record(visit: Visit) -> Finding | None:
    """Somebody came, and somebody says that nobody did or that nobody was to."""
    record = visit.record
    if not record.taps:
        return None
    if not (record.cancellation or record.miss or record.nobody_came):
        return None
    severity = "high" if record.nobody_came else "medium"
    since = min(tap.time for tap in record.taps)
    return about("contradictory_record", visit, severity, since)


def moved_from_window(visit: Visit) -> Finding | None:
    """The provider planned the call far from the time that was bought."""
    if visit.line is None or visit.asked_for:
        return None
    difference = abs(visit.planned_start - visit.line.start)
    if difference <= visit.minutes("moved_minutes"):
        return None
    return about(
        "moved_from_window",
        visit,
        "low",
        visit.planned_start,
        whole_minutes(difference),
        policy=used(visit, "moved_minutes"),
    )


def unmatched_visit(visit: Visit) -> Finding | None:
    """The visit is not one that the contract it names stands for."""
    if visit.mismatch is None or visit.state == "cancelled":
        return None
    if visit.due_start > visit.ground.at:
        return None
    since, minutes = visit.due_start, visit.due_minutes
    return about("unmatched_visit", visit, "medium", since, minutes)


def unplanned_visit(record: Record) -> Finding | None:
    """Something happened, or did not, that was never planned."""
    claims = [*record.taps, record.frustration, record.miss]
    times = [claim.time for claim in claims if claim is not None]
    if record.plans or not times:
        return None
    return finding(
        "unplanned_visit",
        (record.source, record.reference),
        "low",
        min(times),
        provider=record.provider,
        visit=record.reference,
    )


PLANNED_KINDS: dict[str, Callable[[Visit], Finding | None]] = {
    "open_visit": open_visit,
    "changed_after_due": changed_after_due,
    "contradictory_record": contradictory_record,
    "moved_from_window": moved_from_window,
    "unmatched_visit": unmatched_visit,
}
RECORD_KINDS: dict[str, Callable[[Record], Finding | None]] = {
    "unplanned_visit": unplanned_visit,
}

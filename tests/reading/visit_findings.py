"""Kinds about judged visits: whether the care that was promised is happening."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from .attendance import present
from .moments import MINUTE, whole_minutes
from .policy import exact
from .rows import Finding, about, used
from .visits import Visit


def missed_stage(visit: Visit) -> str | None:
    """Return how sure a missed call is, None when the call was not missed."""
    if not visit.judged or visit.state != "missed":
        return None
    if visit.declared:
        return "declared"
    if visit.away:
        return None
    spoke = visit.ground.last_spoke(visit.provider)
    if spoke is None or visit.due_start + visit.minutes("missed_after") > spoke:
        return "cannot_assess"
    evidence_until = visit.due_end + visit.hours("evidence_hours")
    return "confirmed" if visit.ground.at >= evidence_until else "presumed"


def missed_call(visit: Visit) -> Finding | None:
    """Nobody came, or nobody can tell yet."""
    stage = missed_stage(visit)
    if stage is None:
        return None
    severity = "critical" if visit.time_critical else "high"
    if stage == "cannot_assess":
        severity = "high" if visit.time_critical else "medium"
    policy = used(visit, "missed_after", "evidence_hours")
    return about(
        "missed_call",
        visit,
        severity,
        visit.due_start,
        visit.due_minutes,
        stage=stage,
        policy=policy,
    )


def late_call(visit: Visit) -> Finding | None:
    """The first carer came too late."""
    name = "late_after"
    late_after = visit.line_says("late_after")
    if late_after is None:
        name = "critical_late_after" if visit.time_critical else "late_after"
        late_after = visit.threshold(name)
    came = visit.record.first_check_in
    if not visit.judged or came is None:
        return None
    if came <= visit.due_start + int(late_after) * MINUTE:
        return None
    severity = "high" if visit.time_critical else "medium"
    late = whole_minutes(came - visit.due_start)
    policy = {name: late_after}
    return about("late_call", visit, severity, visit.due_start, late, policy=policy)


def early_call(visit: Visit) -> Finding | None:
    """The first carer came too early."""
    early_before = visit.line_says("early_before")
    if early_before is None:
        early_before = visit.threshold("early_before")
    came = visit.record.first_check_in
    if not visit.judged or came is None:
        return None
    if came >= visit.due_start - int(early_before) * MINUTE:
        return None
    early = whole_minutes(visit.due_start - came)
    policy = {"early_before": early_before}
    return about("early_call", visit, "low", came, early, policy=policy)


def below(time: timedelta, share: Any, visit: Visit) -> bool:
    """Say whether a time is less than a share of what is due, rounding nothing."""
    due = visit.due_minutes * MINUTE
    return (time // timedelta.resolution) < exact(share) * (due // timedelta.resolution)


def short_call(visit: Visit) -> Finding | None:
    """Somebody came, and left too soon."""
    came = visit.record.first_check_in
    if not visit.judged or came is None or visit.unknown:
        return None
    if visit.line_says("short_visit_agreed") is True:
        return None
    there = present(visit.record.attendances, 1)
    policy = used(visit, "short_share")
    if not below(there, policy["short_share"], visit):
        return None
    severity = "low" if visit.record.all_tasks_done else "medium"
    short = visit.due_minutes - whole_minutes(there)
    return about("short_call", visit, severity, came, short, policy=policy)


def incomplete_double_up(visit: Visit) -> Finding | None:
    """Two carers or more were due, and were not there together for long enough."""
    came = visit.record.first_check_in
    if not visit.judged or came is None or visit.unknown:
        return None
    if visit.carers < 2 or short_call(visit):
        return None
    together = present(visit.record.attendances, visit.carers)
    policy = used(visit, "double_up_share")
    if not below(together, policy["double_up_share"], visit):
        return None
    short = visit.due_minutes - whole_minutes(together)
    return about("incomplete_double_up", visit, "high", came, short, policy=policy)


def provider_cancelled(visit: Visit) -> Finding | None:
    """The provider called the visit off before it was due."""
    cancellation = visit.record.cancellation
    if not visit.judged or visit.state != "cancelled" or cancellation is None:
        return None
    if cancellation.data["by"] != "provider":
        return None
    short_notice = visit.due_start - visit.hours("short_notice_hours")
    severity = "high" if cancellation.time > short_notice else "medium"
    return about(
        "provider_cancelled",
        visit,
        severity,
        cancellation.time,
        visit.due_minutes,
        policy=used(visit, "short_notice_hours"),
    )


def no_reply(visit: Visit) -> Finding | None:
    """Nobody answered the door, and nobody made sure that the person is well."""
    frustration = visit.record.frustration
    if not visit.judged or visit.state != "frustrated" or frustration is None:
        return None
    if frustration.data["outcome"] != "no_reply":
        return None
    if frustration.data.get("welfare_check") is True:
        return None
    return about("no_reply", visit, "critical", frustration.time)


JUDGED_KINDS: dict[str, Callable[[Visit], Finding | None]] = {
    "missed_call": missed_call,
    "late_call": late_call,
    "early_call": early_call,
    "short_call": short_call,
    "incomplete_double_up": incomplete_double_up,
    "provider_cancelled": provider_cancelled,
    "no_reply": no_reply,
}

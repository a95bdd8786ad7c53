"""Kinds about safeguarding concerns: decided in time, ended in time, and what went before."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from .council import Council
from .moments import DAY, bank_holidays, instant_of, local_date, local_time
from .rows import Finding, finding
from .statements import Statement
from .visit_findings import missed_stage

ENQUIRIES = ("section_42_enquiry", "other_enquiry")
ACTS = tuple(
    f"finding.{name}"
    for name in (
        "acknowledged", "assigned", "query_sent", "provider_replied", "upheld", "dismissed",
        "concern_drafted",
    )
)  # fmt: skip


def held(council: Council, type_: str) -> dict[str, Statement]:
    """Return the statement of this type that holds, by concern."""
    found: dict[str, Statement] = {}
    for statement in council.said.of(type_):
        before = found.get(statement.subject)
        if before is None or statement.later > before.later:
            found[statement.subject] = statement
    return found


def working_days_after(moment: datetime, count: int) -> datetime:
    """Return the same wall-clock time so many working days later."""
    day = local_date(moment)
    while count:
        day += DAY
        if day.weekday() < 5 and day not in bank_holidays(day.year):
            count -= 1
    return instant_of(day, local_time(moment))


def of_concern(kind: str, raised: Statement, since: datetime, **more: object) -> Finding:
    """Write a finding about a concern, of whom and what it names."""
    named = {name: raised.data.get(name) for name in ("person", "provider", "contract")}
    return finding(kind, (raised.subject,), "high", since, **named, **more)


def triage_overdue(council: Council) -> Iterator[Finding]:
    """Nobody has decided what becomes of a concern."""
    triaged = held(council, "concern.triaged")
    days = int(council.ground.today_on("triage_working_days"))
    for concern, raised in held(council, "concern.raised").items():
        due = working_days_after(raised.time, days)
        if concern not in triaged and council.at >= due:
            yield of_concern(
                "triage_overdue", raised, due, policy={"triage_working_days": days}
            )


def enquiry_overdue(council: Council) -> Iterator[Finding]:
    """An enquiry that was decided on has no outcome."""
    triaged = held(council, "concern.triaged")
    concluded = held(council, "concern.enquiry_concluded")
    days = int(council.ground.today_on("enquiry_days"))
    for concern, raised in held(council, "concern.raised").items():
        decided = triaged.get(concern)
        if decided is None or decided.data["decision"] not in ENQUIRIES:
            continue
        due = decided.time + timedelta(hours=24 * days)
        if concern not in concluded and council.at >= due:
            yield of_concern(
                "enquiry_overdue", raised, due, policy={"enquiry_days": days}
            )


def unheeded_failures(council: Council) -> Iterator[Finding]:
    """Calls were missed before a concern, and nobody had acted."""
    for raised in held(council, "concern.raised").values():
        before = [
            visit.due_start
            for visit in council.visits
            if visit.provider == raised.data.get("provider")
            and visit.person == raised.data["person"]
            and visit.judged
            and missed_stage(visit) not in (None, "cannot_assess")
            and raised.time - 28 * DAY <= visit.due_start < raised.time
            and not acted_on(council, visit.record.source, visit.record.reference, raised)
        ]
        if before:
            yield of_concern("unheeded_failures", raised, min(before))


def acted_on(council: Council, source: str, visit: str, raised: Statement) -> bool:
    """Say whether somebody had acted on a missed call's finding before the concern."""
    name = "F-" + sha256(f"missed_call:{source}/{visit}".encode()).hexdigest()[:24]
    return any(
        act.subject.startswith(name + "-") and act.time < raised.time
        for act in council.said.of(*ACTS)
    )


CONCERN_KINDS = {
    "triage_overdue": triage_overdue,
    "enquiry_overdue": enquiry_overdue,
    "unheeded_failures": unheeded_failures,
}

"""Kinds about evidence: whether a visit's record can be believed."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from .attendance import CHECK_IN, Attendance
from .council import Council
from .moments import MINUTE, whole_minutes
from .records import Record
from .rows import Finding, about, finding, price
from .visits import Visit

HOUR = 60 * MINUTE


def overlapping_carer(council: Council) -> Iterator[Finding]:
    """One carer was at two people's visits at once."""
    stays: dict[tuple[str, str], dict[str, list[Attendance]]]
    stays = defaultdict(lambda: defaultdict(list))
    visits = {(visit.provider, visit.record.reference): visit for visit in council.visits}
    for visit in council.visits:
        for attendance in visit.record.attendances:
            if visit.person is not None:
                carer = (visit.provider, attendance.carer)
                stays[carer][visit.record.reference].append(attendance)
    for (provider, carer), at_visits in stays.items():
        for pair in combinations(at_visits, 2):
            one, other = (visits[(provider, reference)] for reference in pair)
            if one.person != other.person:
                order = sorted((first_in(visit, carer), visit.record.reference)
                               for visit in (one, other))  # fmt: skip
                earlier, later = (visits[(provider, ref)] for _, ref in order)
                yield from overlap(earlier, later, carer)


def first_in(visit: Visit, carer: str) -> datetime:
    """Return when a carer first checked in at a visit."""
    return min(
        tap.time
        for tap in visit.record.taps
        if tap.type == CHECK_IN and tap.data["carer"] == carer
    )


def overlap(earlier: Visit, later: Visit, carer: str) -> Iterator[Finding]:
    """Yield the finding about a carer at two visits, if they were there for too long."""
    shared = [
        (max(a.came, b.came), min(a.went, b.went))
        for a in earlier.record.attendances
        for b in later.record.attendances
        if a.carer == b.carer == carer and max(a.came, b.came) < min(a.went, b.went)
    ]
    total = sum((until - since for since, until in shared), timedelta(0))
    allowed = later.minutes("overlap_minutes")
    if total > allowed:
        found = about(
            "overlapping_carer", later, "high", min(shared)[0], whole_minutes(total),
            policy={"overlap_minutes": later.threshold("overlap_minutes")},
        )  # fmt: skip
        key = f"{found['key']}/{earlier.record.reference}"
        yield {**found, "key": key, "carer": carer}


def implausible_times(council: Council) -> Iterator[Finding]:
    """The plan or the record says what cannot be."""
    planned = {id(visit.record): visit for visit in council.visits}
    for record in council.records:
        visit = planned.get(id(record))
        longest = of_record(council, visit, "longest_hours")
        ahead = of_record(council, visit, "ahead_minutes")
        live_in = visit and visit.contract and visit.contract.service == "live_in"
        times = [
            tap.time for tap in record.tapped if tap.time > tap.received + ahead * MINUTE
        ]
        if not live_in:
            times += [
                a.came for a in record.attendances if a.went - a.came > longest * HOUR
            ]
        if (
            visit
            and visit.plan.moment("planned_end") <= visit.planned_start
            and not times
        ):
            times = [visit.planned_start]
        if times:
            policy = {"longest_hours": longest, "ahead_minutes": ahead}
            yield of_any("implausible_times", record, visit, "medium", min(times), policy)


def backdated_entry(council: Council) -> Iterator[Finding]:
    """A tap was written down long after it is said to have happened."""
    planned = {id(visit.record): visit for visit in council.visits}
    for record in council.records:
        visit = planned.get(id(record))
        hours = of_record(council, visit, "backdated_hours")
        times = [t.time for t in record.taps if t.recorded > t.time + hours * HOUR]
        if times:
            policy = {"backdated_hours": hours}
            yield of_any("backdated_entry", record, visit, "low", min(times), policy)


def of_record(council: Council, visit: Visit | None, name: str) -> int:
    """Return a visit's threshold; of one without a plan, today's."""
    return int(visit.threshold(name) if visit else council.ground.today_on(name))


def of_any(
    kind: str,
    record: Record,
    visit: Visit | None,
    severity: str,
    since: datetime,
    policy: dict[str, Any],
) -> Finding:
    """Write a finding about a record, planned or not."""
    if visit is not None:
        return about(kind, visit, severity, since, policy=policy)
    return finding(
        kind, (record.source, record.reference), severity, since,
        provider=record.provider, visit=record.reference, pence=price(None, None),
        policy=policy,
    )  # fmt: skip


EVIDENCE_KINDS: dict[str, Callable[[Council], Iterator[Finding]]] = {
    "overlapping_carer": overlapping_carer,
    "implausible_times": implausible_times,
    "backdated_entry": backdated_entry,
}

"""Every type of the feed as feed.md has it: what it must say, and what it may."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.feeds import ADULTS, ASH, Event, event

START, END = "2026-06-15T08:00:00+01:00", "2026-06-15T08:30:00+01:00"
DAY, LATER = "2026-06-15", "2026-07-15"
TAP = {"carer": "K1", "method": "app"}
TAP_MORE = {"reason": "phone lost", "location": {"lat": 51.5, "lon": -0.1}}
LINE = {"line": "L1", "days": ["mon", "sun"], "start": "08:00", "minutes": 30}
LINE_MORE = {
    "carers": 2, "time_critical": True, "short_visit_agreed": False,
    "late_after": 15, "early_before": 20,
}  # fmt: skip
TERMS = {
    "rates": [{"when": "night", "pence_per_hour": 3000}],
    "ends_on": LATER,
    "tolerance_minutes": 5,
    "terms": {"late_after": 20, "short_share": 0.75},
    "lines": [LINE, LINE | LINE_MORE | {"line": "L2"}],
    "funding": [{"funder": "nhs", "percent": 33.3}, {"funder": "la", "percent": 66.7}],
}
POLICY = {
    name: value
    for value, names in (
        (30, "late_after critical_late_after early_before missed_after evidence_hours"
         " short_notice_hours open_after moved_minutes line_reach longest_hours"
         " ahead_minutes overlap_minutes backdated_hours lookback_weeks persist_weeks"
         " settle_days idle_days hospital_days first_review_weeks review_months"
         " many_providers many_carers recent_days recurring_missed recurring_days"
         " spread_people spread_hours silent_calls invoice_tolerance_pence end_ahead_days"
         " handover_days manual_min round_min outlier_min_visits triage_working_days"
         " enquiry_days"),
        (0.15, "short_share double_up_share unused_share above_need_share spread_share"
         " manual_share round_share"),
    )
    for name in names.split()
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """Who says a type, of what, what it must say, and what it may."""

    source: str
    subject: str
    must: dict[str, Any]
    may: dict[str, Any] = field(default_factory=dict)


SAID: dict[str, Kind] = {
    "visit.scheduled": Kind(
        ASH, "V1",
        {"contract": "C1", "person": "P1", "planned_start": START, "planned_end": END},
        {"carers": 2, "line": "L1"},
    ),
    "visit.rescheduled": Kind(
        ASH, "V1",
        {"planned_start": START, "planned_end": END, "asked_by": "person"},
        {"reason": "hairdresser"},
    ),
    "visit.cancelled": Kind(ASH, "V1", {"by": "person", "reason": "not_home"}),
    "visit.checked_in": Kind(ASH, "V1", TAP, TAP_MORE),
    "visit.checked_out": Kind(
        ASH, "V1", TAP, TAP_MORE | {"tasks": {"planned": 3, "done": 2}}
    ),
    "visit.missed": Kind(ASH, "V1", {}, {"reason": "no car", "harm": True}),
    "visit.frustrated": Kind(
        ASH, "V1", {"carer": "K1", "outcome": "no_reply"},
        {"welfare_check": True, "harm": False},
    ),
    "provider.heartbeat": Kind(ASH, "ash", {}),
    "invoice.submitted": Kind(
        ASH, "I1",
        {"period_start_on": DAY, "period_end_on": LATER, "lines": [
            {"line": "1", "contract": "C1", "minutes": 30, "pence": -50},
            {"line": "2", "contract": "C1", "visit": "V1", "minutes": 0, "pence": 1050},
        ]},
    ),
    "provider.registered": Kind(
        ADULTS, "ash", {"name": "Ash Care"},
        {"cqc_location": "1-234", "upload_hours": 48, "contact": "desk"},
    ),
    "contract.commissioned": Kind(
        ADULTS, "C1",
        {"provider": "ash", "kind": "spot", "service": "home_care", "starts_on": DAY,
         "notice_days": 28, "weekly_minutes": 420, "rate_pence_per_hour": 2100,
         "payment": "planned"},
        TERMS | {"person": "P1", "draws_on": "B1", "pairs_with": "C2",
                 "compensates_for": "C3", "area": "north", "team": "t", "officer": "o"},
    ),
    "contract.varied": Kind(
        ADULTS, "C1", {"effective_on": DAY, "reason": "need"},
        TERMS | {"weekly_minutes": 0, "rate_pence_per_hour": 1, "notice_days": 0,
                 "payment": "tolerance"},
    ),
    "contract.suspended": Kind(ADULTS, "C1", {"from_on": DAY, "reason": "hospital"}),
    "contract.resumed": Kind(ADULTS, "C1", {"on": DAY}),
    "contract.notice_given": Kind(
        ADULTS, "C1", {"ends_on": DAY, "by": "provider"}, {"reason": "no staff"}
    ),
    "contract.ended": Kind(ADULTS, "C1", {"ended_on": DAY, "reason": "done"}),
    "person.need_assessed": Kind(
        ADULTS, "P1", {"assessed_on": DAY, "eligible": False, "weekly_minutes": 0},
        {"need_level": "low", "review_due_on": LATER},
    ),
    "person.reviewed": Kind(
        ADULTS, "P1", {"reviewed_on": DAY, "outcome": "no_change"}, {"next_due_on": LATER}
    ),
    "person.life_event": Kind(ADULTS, "P1", {"code": "respite_start", "on": DAY}),
    "visit.reported": Kind(
        ADULTS, "V1", {"provider": "ash", "by": "family", "what": "came_late"},
        {"harm": False},
    ),
    "concern.raised": Kind(
        ADULTS, "S1",
        {"person": "P1", "risk_types": ["neglect"], "location": "own home",
         "source_of_risk": "service_provider", "harm": True},
        {"provider": "ash", "contract": "C1", "narrative": "words",
         "visits": [{"source": ASH, "visit": "V1"}]},
    ),
    "concern.triaged": Kind(
        ADULTS, "S1",
        {"decision": "quality_route", "has_care_needs": True, "at_risk": False,
         "cannot_protect_self": True, "reason": "words"},
    ),
    "concern.enquiry_concluded": Kind(
        ADULTS, "S1",
        {"risk_assessment": "any words", "risk_outcome": "reduced",
         "lacked_capacity": "not_known", "wishes_asked": True, "wishes_met": "not"},
        {"advocate": False},
    ),
    "concern.closed": Kind(ADULTS, "S1", {"reason": "safe"}),
    "invoice.decided": Kind(
        ADULTS, "I1",
        {"provider": "ash", "line": "1", "decision": "credited", "pence": -5},
        {"reason": "short"},
    ),
    "policy.adopted": Kind(ADULTS, "policy", {"effective_on": DAY}, POLICY),
    "statement.retracted": Kind(ASH, "V1", {"retracts": "a", "reason": "mistake"}),
}  # fmt: skip


def minimal(kind: str) -> Event:
    """An event of *kind* that says no more than it must."""
    said = SAID[kind]
    return event(kind, said.subject, said.source, **json.loads(json.dumps(said.must)))


def full(kind: str) -> Event:
    """An event of *kind* that says all that it may."""
    said = SAID[kind]
    return event(
        kind, said.subject, said.source, **json.loads(json.dumps(said.must | said.may))
    )

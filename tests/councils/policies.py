"""Policies, terms and registrations: thresholds of few values that come up elsewhere."""

from typing import Any

from .telling import PROVIDERS, SYSTEMS, Telling
from .times import DAY, midnight, wall

VISIT_THRESHOLDS: dict[str, tuple[float, ...]] = {
    "late_after": (15, 0, 45),
    "critical_late_after": (5, 30),
    "early_before": (15, 0, 60),
    "missed_after": (30, 0, 90),
    "evidence_hours": (24, 0, 48),
    "short_share": (0.5, 0.9, 1, 0.75),
    "double_up_share": (0.5, 0.9, 1),
    "short_notice_hours": (48, 0, 12),
    "open_after": (60, 0),
    "moved_minutes": (15, 0, 120),
    "line_reach": (60, 0, 30, 180),
}
OTHER_VISIT_THRESHOLDS: dict[str, tuple[float, ...]] = {
    "longest_hours": (1, 12),
    "ahead_minutes": (0,),
    "overlap_minutes": (0, 15),
    "backdated_hours": (1, 0),
}
COUNCIL_THRESHOLDS: dict[str, tuple[float, ...]] = {
    "lookback_weeks": (4, 3, 8, 2, 1),
    "persist_weeks": (1, 2, 3),
    "unused_share": (0.1, 0.5, 0.25, 0),
    "idle_days": (7, 14, 1),
    "hospital_days": (7, 14, 0),
}
OTHER_COUNCIL_THRESHOLDS: dict[str, tuple[float, ...]] = {
    "above_need_share": (0.2, 0),
    "settle_days": (0, 7),
    "first_review_weeks": (6, 0, 9),
    "review_months": (1, 0),
    "many_providers": (2, 1),
    "many_carers": (1, 0, 2),
    "recent_days": (7, 14, 0),
    "recurring_missed": (1, 3, 2),
    "recurring_days": (1, 0, 14),
    "spread_people": (1, 2, 0),
    "spread_hours": (1, 0, 72),
    "spread_share": (0.5, 0, 1),
    "silent_calls": (1, 2, 0),
    "invoice_tolerance_pence": (0, 1, 500),
    "end_ahead_days": (0, 30),
    "handover_days": (0, 7, 27),
    "manual_share": (0, 0.5, 0.25),
    "manual_min": (1, 2, 4),
    "round_share": (0, 0.5, 0.25),
    "round_min": (1, 2),
    "outlier_min_visits": (1, 2),
}
# Those that few visits can meet come up more often than the others.
USUAL = tuple((VISIT_THRESHOLDS | COUNCIL_THRESHOLDS).items())
WEEKLY = tuple(COUNCIL_THRESHOLDS.items()) + (
    ("persist_weeks", (1, 2, 3)),
    ("persist_weeks", (1, 2)),
)
RARE = tuple((OTHER_VISIT_THRESHOLDS | OTHER_COUNCIL_THRESHOLDS).items())
OF_VISITS = tuple((VISIT_THRESHOLDS | OTHER_VISIT_THRESHOLDS).items())

EFFECTIVE = (-63, -63, -63, -7, -1, 0, 0, 1, -28)
SAID_DAYS_BEFORE = (3, 3, 0, -1, 7)


def terms(telling: Telling) -> dict[str, Any] | None:
    """Choose the visit thresholds that a contract sets for itself, mostly none."""
    if not telling.chance(4):
        return None
    return {
        name: telling.pick(values)
        for _ in telling.several(3, 5)
        for name, values in (telling.pick(OF_VISITS),)
    }


def tell_policy(telling: Telling) -> None:
    """Adopt some thresholds, now or from a day on, perhaps what was adopted before."""
    effective_on = telling.date(EFFECTIVE)
    said_on = effective_on - telling.pick(SAID_DAYS_BEFORE) * DAY
    tables = (USUAL, USUAL, WEEKLY, WEEKLY, RARE, RARE, RARE)
    data: dict[str, Any] = {"effective_on": effective_on}
    for _ in telling.several(4, 5):
        name, values = telling.pick(telling.pick(tables))
        # A null adopts nothing; it is kept or left out with the statement's other nulls.
        data[name] = None if telling.chance(12) else telling.pick(values)
    time = midnight(said_on) if telling.chance(4) else wall(said_on, "09:00")
    telling.say(telling.pick(SYSTEMS), "policy.adopted", time, "policy", data)


def tell_registration(telling: Telling) -> None:
    """Register a provider, perhaps with the hours that its evidence may take."""
    data = {
        "name": "Home Care",
        "cqc_location": telling.pick((None, "1-123456789")),
        "upload_hours": telling.pick((None, None, 24, 0, 96)),
        "contact": None,
    }
    time = wall(telling.date((-63, -7, 0)), "09:00")
    provider = telling.pick(PROVIDERS)
    telling.say(telling.pick(SYSTEMS), "provider.registered", time, provider, data)

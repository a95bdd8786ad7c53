"""The thresholds: their defaults, and what the council adopted in their place."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .moments import local_date
from .statements import Later, Statement

DEFAULTS: dict[str, Any] = {
    "late_after": 30,
    "critical_late_after": 15,
    "early_before": 30,
    "missed_after": 60,
    "evidence_hours": 72,
    "short_share": 0.8,
    "double_up_share": 0.8,
    "short_notice_hours": 24,
    "open_after": 240,
    "moved_minutes": 60,
    "line_reach": 120,
    "longest_hours": 16,
    "ahead_minutes": 10,
    "overlap_minutes": 5,
    "backdated_hours": 24,
    "lookback_weeks": 6,
    "persist_weeks": 4,
    "unused_share": 0.2,
    "above_need_share": 0.1,
    "settle_days": 14,
    "idle_days": 28,
    "hospital_days": 28,
    "first_review_weeks": 8,
    "review_months": 12,
    "many_providers": 3,
    "many_carers": 12,
    "recent_days": 28,
    "recurring_missed": 2,
    "recurring_days": 7,
    "spread_people": 3,
    "spread_hours": 24,
    "spread_share": 0.05,
    "silent_calls": 3,
    "invoice_tolerance_pence": 100,
    "end_ahead_days": 14,
    "handover_days": 2,
    "manual_share": 0.15,
    "manual_min": 30,
    "round_share": 0.6,
    "round_min": 50,
    "outlier_min_visits": 100,
    "triage_working_days": 2,
    "enquiry_days": 28,
}


class Policy:
    """The thresholds in force on any day."""

    def __init__(self, adoptions: Iterable[Statement]) -> None:
        """File each adopted threshold by the day from which it is in force."""
        self._adopted: dict[str, list[tuple[date, Later, Any]]] = defaultdict(list)
        for adoption in adoptions:
            from_on = max(adoption.day("effective_on"), local_date(adoption.time))
            for name, value in adoption.data.items():
                if name in DEFAULTS and value is not None:
                    self._adopted[name].append((from_on, adoption.later, value))

    def on(self, day: date, name: str) -> Any:
        """Return a threshold as in force on a day.

        An adoption stays in force until one that is in force from a later day, or said
        later of the same day, names the same threshold.
        """
        in_force = [adopted for adopted in self._adopted[name] if adopted[0] <= day]
        if not in_force:
            return DEFAULTS[name]
        return max(in_force, key=lambda adopted: adopted[:2])[2]


def exact(number: Any) -> Fraction:
    """Read a number as the decimal that was written, so that no rounding decides."""
    return Fraction(Decimal(str(number)))


def shown(thresholds: dict[str, Any]) -> dict[str, int | float]:
    """Write thresholds as a finding shows them: shares as floats, others whole."""
    return {
        name: float(value) if name.endswith("_share") else int(value)
        for name, value in thresholds.items()
    }

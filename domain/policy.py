"""The policy: the thresholds by which care is judged, as the council adopts them.

Names, meaning and defaults are those of findings.md; the defaults stand in
`projections/sql/facts/policy.sql`. Minutes unless the name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from domain import base
from domain.values import Data, Day, Days, Hours, Share, Weeks, Whole


class BadThresholds(ValueError):
    """What should be thresholds cannot be read as such. Names them, never their values."""


class VisitThresholds(Data):
    """The thresholds of visits: a contract's `terms` may set them too."""

    late_after: Whole | None = None
    critical_late_after: Whole | None = None
    early_before: Whole | None = None
    missed_after: Whole | None = None
    evidence_hours: Hours | None = None
    short_share: Share | None = None
    double_up_share: Share | None = None
    short_notice_hours: Hours | None = None
    open_after: Whole | None = None
    moved_minutes: Whole | None = None
    line_reach: Whole | None = None
    longest_hours: Hours | None = None
    ahead_minutes: Whole | None = None
    overlap_minutes: Whole | None = None
    backdated_hours: Hours | None = None


class Thresholds(VisitThresholds):
    """All thresholds that a policy may set, each by itself."""

    lookback_weeks: Weeks | None = None
    persist_weeks: Weeks | None = None
    unused_share: Share | None = None
    above_need_share: Share | None = None
    settle_days: Days | None = None
    idle_days: Days | None = None
    hospital_days: Days | None = None
    first_review_weeks: Weeks | None = None
    review_months: Weeks | None = None
    many_providers: Whole | None = None
    many_carers: Whole | None = None
    recent_days: Days | None = None
    recurring_missed: Whole | None = None
    recurring_days: Days | None = None
    spread_people: Whole | None = None
    spread_hours: Hours | None = None
    spread_share: Share | None = None
    silent_calls: Whole | None = None
    invoice_tolerance_pence: Whole | None = None
    end_ahead_days: Days | None = None
    handover_days: Days | None = None
    manual_share: Share | None = None
    manual_min: Whole | None = None
    round_share: Share | None = None
    round_min: Whole | None = None
    outlier_min_visits: Whole | None = None
    triage_working_days: Days | None = None
    enquiry_days: Days | None = None


def thresholds(told: Mapping[str, Any]) -> dict[str, int | Decimal]:
    """The thresholds that *told* sets, by name, each in the unit of its name.

    Raises `BadThresholds`, which names all that are unknown or have no possible value.
    """
    wrong = [_unknown(name) for name in told if name not in Thresholds.model_fields]
    try:
        read = Thresholds.model_validate(dict(told))
    except ValidationError as errors:
        wrong += [f"{error['loc'][0]}: {error['msg']}" for error in errors.errors()]
    if wrong:
        raise BadThresholds("; ".join(wrong))
    return {name: getattr(read, name) for name in Thresholds.model_fields if name in told}


def _unknown(name: str) -> str:
    near = get_close_matches(name.lower(), Thresholds.model_fields, 1)
    meant = (
        f"did you mean {near[0]}?" if near else "see counterfoil schema policy.adopted"
    )
    return f"there is no threshold {name if name.isprintable() else ascii(name)}; {meant}"


class Policy(base.Aggregate):
    """The council's thresholds over time."""


class Event(base.Event):
    """Something said of the policy."""

    AGGREGATE = Policy


class Adoption(Thresholds):
    """Thresholds, and the day from which they are meant to be in force."""

    effective_on: Day


class Adopted(Event, topic="policy.adopted", said_by=("council",)):
    """The council adopted thresholds.

    In force from the later of `effective_on` and the local date of its `time`.
    """

    data: Adoption

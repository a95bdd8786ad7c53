"""A trial of a policy: which thresholds, for which days, judged by which clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from domain.values import LONDON
from projections.asking import Moment
from projections.questions import kinds as all_kinds

Thresholds = Mapping[str, int | Decimal]


@dataclass(frozen=True)
class Period:
    """Days in Europe/London, the first and the last included."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        """The instant at which its first day begins."""
        return _midnight(self.first)

    @property
    def over(self) -> datetime:
        """The instant at which its last day is over."""
        return _midnight(self.last + timedelta(days=1))


@dataclass(frozen=True)
class Trial:
    """What is tried: thresholds `after` in place of those `before`, on every day.

    What either leaves out is as it was in force, day by day. `moment` is the clock by which
    both are judged, and what was known; None: every `provider`'s.
    """

    period: Period
    moment: Moment
    after: Thresholds
    before: Thresholds = field(default_factory=dict)
    kinds: tuple[str, ...] = field(default_factory=all_kinds)
    provider: str | None = None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LONDON)

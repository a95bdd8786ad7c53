"""Calls by provider and person: what is concluded of them once they can be added up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from simulation.funnel import above
from simulation.plan import DAY_SECONDS, Plan, instant

RECENT_DAYS = 28
Finding = tuple[str, ...]
"""Its kind, and the parts of its key."""


class Calls:
    """Calls of the whole council, counted as they are judged."""

    def __init__(self, plan: Plan, first: date) -> None:
        self.at = int(plan.at.timestamp())
        self.first = first
        self.last_monday = plan.days_before(6)
        self.missed: dict[tuple[str, str], list[int]] = defaultdict(list)
        """When calls were surely missed, by provider and person."""
        self.judged: dict[str, list[int]] = defaultdict(list)
        self.silent: Counter[str] = Counter()
        """Calls of the last week that were missed and not said to be, by provider."""
        self.logged: dict[str, Counter[str]] = defaultdict(Counter)
        """Attendances of the last week by provider: all, as planned, entered by hand."""

    def findings(self) -> Iterator[Finding]:
        """Everything that holds of people and providers."""
        yield from self._patterns()
        yield from self._providers()

    def _patterns(self) -> Iterator[Finding]:
        """Missed again for one person; missed for many people of one provider at once."""
        recent = self.at - RECENT_DAYS * DAY_SECONDS
        people: dict[str, list[int]] = defaultdict(list)
        providers: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for (provider, person), missed in self.missed.items():
            people[person] += missed
            providers[provider] += [(due, person) for due in missed]
        for person, missed in people.items():
            pairs = pairwise(sorted(missed))
            if any(b - a <= 7 * DAY_SECONDS and b >= recent for a, b in pairs):
                yield "missed_pattern", person
        for provider, calls in providers.items():
            if any(
                self._spread(provider, calls, due) for due, _ in calls if due >= recent
            ):
                yield "missed_pattern", provider

    def _spread(self, provider: str, calls: list[tuple[int, str]], last: int) -> bool:
        first = last - DAY_SECONDS
        missed = [person for due, person in calls if first <= due <= last]
        judged = sum(first <= due <= last for due in self.judged[provider])
        return len(set(missed)) >= 3 and len(missed) >= 0.05 * judged

    def _providers(self) -> Iterator[Finding]:
        """Who misses more than chance explains, and whose record has gaps."""
        begin = instant(self.first, "00:00")
        week = instant(self.last_monday, "00:00")
        monday = self.last_monday.isoformat()
        shares = {}
        for provider, due in self.judged.items():
            missed = [
                m for (p, _), calls in self.missed.items() if p == provider for m in calls
            ]
            calls = sum(d >= begin for d in due)
            if calls >= 100:
                shares[provider] = (sum(m >= begin for m in missed), calls)
            if self.silent[provider] * 20 > sum(d >= week for d in due):
                yield "logging_gap", provider, monday
            logged = self.logged[provider]
            if logged["all"] >= 50 and logged["exact"] > 0.6 * logged["all"]:
                yield "round_times", provider, monday
            if logged["all"] >= 15 and logged["by hand"] > 0.15 * logged["all"]:
                yield "manual_share", provider, monday
        for provider in above(shares):
            yield "provider_outlier", provider

"""What is to happen to one person: the script that days are played from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from simulation.plan import DAY, Contract, Line, Plan, instant

ADULTS = "/council/adults"
Said = tuple[int, str, str, str, dict[str, Any]]
"""When (seconds), who, which type, of what, and what it says."""


@dataclass
class Outcome:
    """What becomes of one visit. Times in minutes, of each carer."""

    what: str = "attended"
    """attended, missed, declared (missed, and said so), cancelled, frustrated, none."""
    late: int | None = None
    share: float | None = None
    """How much of the due time the carer stayed; None: as usual."""
    second_share: float | None = None
    lone: bool = False
    tasks_done: bool = False
    by: str = "person"
    reason: str = "family_covering"
    notice_hours: float = 48
    carer: str | None = None
    hours: int | None = None
    moved: int = 0
    """Minutes by which the provider moves the plan, a day ahead."""
    moved_after: bool = False
    said_missed: bool = False
    recorded_late: bool = False
    welfare_check: bool = False
    claimed: int | None = None
    """How often it is claimed; None: once if it is payable."""


@dataclass
class Script:
    """One person, what is bought for them, and what deviates from an ordinary day."""

    plan: Plan
    number: int
    role: str
    provider: str
    contracts: list[Contract] = field(default_factory=list)
    away: list[tuple[date, date | None]] = field(default_factory=list)
    suspended: list[tuple[date, date]] = field(default_factory=list)
    died_on: date | None = None
    stops_on: dict[str, date] = field(default_factory=dict)
    """From which day on nothing is planned under a contract."""
    outcomes: dict[tuple[date, str], Outcome] = field(default_factory=dict)
    """By day and `contract/line`, or by day and '*' for all of a day."""
    usual: Outcome = field(default_factory=Outcome)
    said: dict[date, list[Said]] = field(default_factory=lambda: defaultdict(list))
    planted: list[tuple[str, str]] = field(default_factory=list)
    carers: int = 3
    reviewed: bool = True
    habit: str = ""
    """How the provider logs in the last week: 'exactly' as planned, 'by hand', or as it is."""

    @property
    def person(self) -> str:
        """The reference of the person."""
        return f"P-{self.number:04d}"

    def say(
        self, day: date, clock: str, source: str, kind: str, subject: str, **data: Any
    ) -> None:
        """Have something said on a day."""
        self.said[day].append((instant(day, clock), source, kind, subject, data))

    def council(self, day: date, kind: str, subject: str, **data: Any) -> None:
        """Have the council's system say something at nine on a day."""
        self.say(day, "09:00", ADULTS, kind, subject, **data)

    def life(self, code: str, on: date) -> None:
        """Something happens to the person, and the council hears of it on the day."""
        self.council(on, "person.life_event", self.person, code=code, on=on.isoformat())

    def plant(self, kind: str, *parts: str) -> None:
        """Say that a finding is true of the world at the clock."""
        self.planted.append((kind, f"{kind}:{'/'.join(parts)}"))

    def is_away(self, day: date) -> bool:
        """Whether the person is in hospital or respite, first and last day included."""
        return any(f <= day and (u is None or day <= u) for f, u in self.away)

    def is_suspended(self, day: date) -> bool:
        """Whether the package rests (not on the day on which it is resumed)."""
        return any(f <= day < u for f, u in self.suspended)

    def outcome(self, day: date, contract: Contract, line: Line) -> Outcome:
        """What becomes of a call."""
        named = self.outcomes.get((day, f"{contract.ref}/{line.name}"))
        return named or self.outcomes.get((day, "*")) or self.usual

    def calls(self, day: date) -> Iterator[tuple[Contract, Line]]:
        """The calls of a day for which a visit is planned."""
        for contract in self.contracts:
            stops = self.stops_on.get(contract.ref)
            ended = contract.ends_on is not None and day > contract.ends_on
            if (stops is None or day < stops) and day >= contract.starts_on and not ended:
                for line in contract.lines:
                    yield contract, line

    def last_weeks(self, weeks: int) -> Iterator[date]:
        """The days of the last weeks."""
        for n in range(7 * weeks):
            yield self.plan.ends_on - (7 * weeks - 1 - n) * DAY

"""What is simulated: its size and span, the cast, and London's calendar in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from time import gmtime, strftime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
MINUTE, HOUR, DAY_SECONDS = 60, 3_600, 86_400
LEAD_DAYS = 14
"""Days before the first on which contracts are commissioned."""
AHEAD_DAYS = 7
"""Days before a visit on which it is planned."""
NAMES = (
    "ash", "birch", "cedar", "elder", "hazel", "maple", "rowan", "willow", "alder",
    "holly", "laurel", "linden", "aspen", "beech", "juniper", "larch",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """How much is simulated. `ends_on` is a Sunday; `weeks` end with it.

    The default span holds a bank holiday (31 August 2026) and the night on which clocks
    go back (25 October 2026).
    """

    seed: int = 7
    people: int = 200
    weeks: int = 12
    ends_on: date = date(2026, 11, 22)
    noise: bool = True

    @property
    def begins_on(self) -> date:
        """The first day, a Monday."""
        return self.ends_on - (7 * self.weeks - 1) * DAY

    @property
    def at(self) -> datetime:
        """The clock at which the truth is told: six in the morning after the last day."""
        return moment(instant(self.ends_on + DAY, "06:00"))

    def days_before(self, count: int) -> date:
        """The day so many days before the last."""
        return self.ends_on - count * DAY

    @property
    def providers(self) -> list[str]:
        """Their names: one for 25 people, four at least."""
        count = max(4, self.people // 25)
        return [
            NAMES[n] if n < len(NAMES) else f"{NAMES[n % len(NAMES)]}-{n // len(NAMES)}"
            for n in range(count)
        ]


@dataclass(frozen=True)
class Line:
    """A call that is bought for every day: when, how long, by how many."""

    name: str
    start: str
    minutes: int
    carers: int = 1
    critical: bool = False


@dataclass
class Contract:
    """A package as it was commissioned."""

    ref: str
    provider: str
    person: str | None
    lines: list[Line]
    starts_on: date
    rate: int = 2_280
    bank_holiday_rate: int | None = None
    weekly_minutes: int = 0
    ends_on: date | None = None
    more: dict[str, object] = field(default_factory=dict)
    counted: bool = True
    """Whether weekly findings look at it (blocks are not)."""

    def __post_init__(self) -> None:
        """Buy as much as the lines come to, unless more is said."""
        total = sum(7 * line.minutes * line.carers for line in self.lines)
        self.weekly_minutes = self.weekly_minutes or total


@cache
def instant(day: date, clock: str) -> int:
    """The instant (seconds) at which London's clocks first show *clock* on *day*."""
    wall = datetime.combine(day, time.fromisoformat(clock), LONDON)
    return int(wall.timestamp())


def moment(seconds: int) -> datetime:
    """An instant as a date-time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def spell(seconds: int) -> str:
    """An instant as events spell it."""
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(seconds))


def visit_ref(contract: Contract, line: Line, day: date) -> str:
    """The reference of the visit that keeps a call."""
    return f"V-{contract.ref[2:]}-{day:%y%m%d}-{line.name}"

"""Which statements exist at a clock, which were retracted, and which of them holds."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .moments import instant

PLAN_TYPES = ("visit.scheduled", "visit.rescheduled")
RETRACTION = "statement.retracted"
PROVIDERS = "/providers/"

Later = tuple[int, datetime, datetime, str, str]


@dataclass(frozen=True, eq=False)
class Statement:
    """One recorded event, its times as instants."""

    type: str
    source: str
    subject: str
    id: str
    time: datetime
    recorded: datetime
    sequence: int
    data: Mapping[str, Any]
    received: datetime

    @property
    def later(self) -> Later:
        """The order in which, of statements about one slot, the later holds."""
        return (self.sequence, self.recorded, self.time, self.source, self.id)

    def day(self, field: str) -> date:
        """Return a field of the data that is a local date."""
        return date.fromisoformat(self.data[field])

    def moment(self, field: str) -> datetime:
        """Return a field of the data that is an instant."""
        return instant(self.data[field])


def known(
    log: Iterable[Mapping[str, Any]], at: datetime, known_at: datetime | None
) -> list[Statement]:
    """Cut the log: only what had been received by K and had happened by T exists."""
    return [
        statement
        for event in log
        if known_at is None or event["received_at"] <= known_at
        if not replaced(event, known_at)
        if (statement := read(event)).time <= at
    ]


def replaced(event: Mapping[str, Any], known_at: datetime | None) -> bool:
    """Say whether a person has let another content stand in an event's place by K."""
    since = event.get("replaced_at")
    return since is not None and (known_at is None or since <= known_at)


def read(event: Mapping[str, Any]) -> Statement:
    """Read one event; no `sequence` is 0, no `recordedtime` is its `time`."""
    time = instant(event["time"])
    recorded = event.get("recordedtime")
    return Statement(
        type=event["type"],
        source=event["source"],
        subject=event["subject"],
        id=event["id"],
        time=time,
        recorded=time if recorded is None else instant(recorded),
        sequence=int(event.get("sequence") or 0),
        data=event["data"],
        received=event["received_at"],
    )


class Said:
    """The statements that exist, less those that were retracted."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        """Match every retraction with what it names."""
        existing = list(statements)
        self._retractions: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
        for statement in existing:
            if statement.type == RETRACTION:
                named = (statement.source, statement.subject, statement.data["retracts"])
                self._retractions[named].append(statement)
        self._by_type: dict[str, list[Statement]] = defaultdict(list)
        for statement in existing:
            if self._stands(statement):
                self._by_type[statement.type].append(statement)

    def of(self, *types: str) -> list[Statement]:
        """Return what stands of these types."""
        return [statement for type_ in types for statement in self._by_type[type_]]

    def retractions_of(self, statement: Statement) -> list[Statement]:
        """Return the retractions that name a statement, in force or not."""
        return self._retractions[(statement.source, statement.subject, statement.id)]

    def _stands(self, statement: Statement) -> bool:
        """A retraction cannot be retracted, nor a plan once its start has come."""
        retractions = self.retractions_of(statement)
        if statement.type == RETRACTION or not retractions:
            return True
        if statement.type in PLAN_TYPES:
            start = statement.moment("planned_start")
            return all(retraction.time >= start for retraction in retractions)
        return False


def latest(statements: Iterable[Statement]) -> Statement | None:
    """Return the statement that holds of those about one slot."""
    return max(statements, key=lambda statement: statement.later, default=None)


def held(
    statements: Iterable[Statement], slot: Callable[[Statement], Hashable]
) -> list[Statement]:
    """Return the statement that holds of each slot."""
    holding: dict[Hashable, Statement] = {}
    for statement in statements:
        other = holding.get(slot(statement))
        if other is None or other.later < statement.later:
            holding[slot(statement)] = statement
    return list(holding.values())

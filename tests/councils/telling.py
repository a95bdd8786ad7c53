"""A feed being told, statement after statement, every choice in the hands of a draw."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

from .times import DAY, HOUR, MINUTE, MONDAYS, NUDGES, OFFSETS, WEEKDAY_OF_THE_DAY, spell

Event = dict[str, Any]
Choice = TypeVar("Choice")

PROVIDERS = ("ash", "birch")
SYSTEMS = ("/council/adults", "/council/finance")
PEOPLE = ("P1", "P2")

# What is told of most statements is plain; some carry more than they must.
DRESS: tuple[tuple[str, ...], ...] = (
    ((),) * 8
    + (("sequence",), ("recordedtime",), ("offsets",), ("offsets",), ("nulls",))
    + (("name",), ("extra",), ("sequence", "name"), ("recordedtime", "sequence", "nulls"))
)
SEQUENCES = ("1", "2", "0", "10", "9")
RECORDED = (timedelta(0), HOUR, MINUTE, -MINUTE, 25 * HOUR, -DAY)
# Text is compared as it stands, capitals before small letters before accents.
PREFIXES = ("a", "Z", "é", "0", "-")
# Fields that mean something elsewhere mean nothing where the catalogue has them not.
EXTRAS: tuple[tuple[str, Any], ...] = (
    ("note", "said in passing"),
    ("carers", 2),
    ("contract", "C2"),
    ("person", "P2"),
    ("line", "L2"),
    ("planned_start", "2026-06-15T08:00:00Z"),
    ("ext", {"deep": [1, None, "two"], "harm": True}),
)


@dataclass(frozen=True)
class Told:
    """A statement as it was meant, before it was written down as an event."""

    type: str
    source: str
    subject: str
    time: datetime
    data: Mapping[str, Any]
    id: str


@cache
def _below(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


@st.composite
def _part(draw: st.DrawFn, telling: "Telling", tell: Callable[["Telling"], Any]) -> Any:
    return tell(telling.drawn_by(draw))


class Telling:
    """One council's feed in the making, around the day on which most things happen."""

    def __init__(self, draw: st.DrawFn) -> None:
        """Begin with nothing told, on a day near a clock change if the draw says so."""
        self._draw = draw
        self._names: Counter[str] = Counter()
        self.events: list[Event] = []
        self.told: list[Told] = []
        self.day = self.pick(MONDAYS) + self.pick(WEEKDAY_OF_THE_DAY) * DAY
        self._usual_offset = self.pick(OFFSETS)

    def pick(self, options: Sequence[Choice]) -> Choice:
        """Choose one of several; the first is the one that a failing case ends in."""
        if len(options) == 1:
            return options[0]
        return options[self._draw(_below(len(options)))]

    def chance(self, one_in: int) -> bool:
        """Say yes once in so many times, and no when in doubt."""
        return self._draw(_below(one_in)) == one_in - 1

    def part(self, tell: Callable[["Telling"], Choice]) -> Choice:
        """Tell something as a part of its own, that a failing case can do without."""
        told: Choice = self._draw(_part(self, tell))
        return told

    def drawn_by(self, draw: st.DrawFn) -> "Telling":
        """Leave the choices from here on to *draw*."""
        self._draw = draw
        return self

    def several(self, most: int, one_in: int = 3) -> Iterator[int]:
        """Count on until, once in so many times, it is enough."""
        for number in range(most):
            if not self._draw(_below(one_in)):
                return
            yield number

    def near(self, moment: datetime, offsets: Sequence[timedelta]) -> datetime:
        """Choose an instant at one of several distances, exactly or by a second not."""
        return moment + self.pick(offsets) + self.pick(NUDGES)

    def date(self, offsets: Sequence[int]) -> date:
        """Choose a date so many days from the day."""
        return self.day + self.pick(offsets) * DAY

    def say(
        self,
        source: str,
        kind: str,
        time: datetime,
        subject: str,
        data: Mapping[str, Any],
        *,
        plain: bool = False,
    ) -> Told:
        """Write a statement down as an event; None in *data* is an absent field."""
        dress = () if plain else self.pick(DRESS)
        told = Told(kind, source, subject, time, data, self._name(source, dress))
        event: Event = {"specversion": "1.0", "id": told.id, "source": source}
        event |= {"type": kind, "subject": subject, "time": self._text(time, dress)}
        if "sequence" in dress:
            event["sequence"] = self.pick(SEQUENCES)
        if "recordedtime" in dress:
            event["recordedtime"] = self._text(time + self.pick(RECORDED), dress)
        event["data"] = self._written(data, dress)
        if "extra" in dress:
            name, value = self.pick([extra for extra in EXTRAS if extra[0] not in data])
            event["data"][name] = value
        self.events.append(event)
        self.told.append(told)
        return told

    def shuffled(self) -> list[Event]:
        """Return the events in some order: as told, or as a seed has it."""
        seed = self.pick(range(100))
        if seed:
            random.Random(seed).shuffle(self.events)
        return self.events

    def _name(self, source: str, dress: tuple[str, ...]) -> str:
        """Count each source's events apart, so that sources use each other's ids."""
        self._names[source] += 1
        prefix = self.pick(PREFIXES) if "name" in dress else ""
        return f"{prefix}{self._names[source]}"

    def _text(self, moment: datetime, dress: tuple[str, ...]) -> str:
        offset = self.pick(OFFSETS) if "offsets" in dress else self._usual_offset
        return spell(moment, offset)

    def _written(self, value: Any, dress: tuple[str, ...]) -> Any:
        """Turn what is meant into JSON; the absent is left out or an explicit null."""
        if isinstance(value, Mapping):
            return {
                name: self._written(part, dress)
                for name, part in value.items()
                if part is not None or "nulls" in dress
            }
        if isinstance(value, list | tuple):
            return [self._written(part, dress) for part in value]
        if isinstance(value, datetime):
            return self._text(value, dress)
        return value.isoformat() if isinstance(value, date) else value

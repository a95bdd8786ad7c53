"""People: when they died or moved, where they stayed, what they were found to need."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from .statements import Said, Statement, held

Spell = tuple[date, date | None]


def spells(
    opening: Iterable[Statement], closing: Iterable[Statement], opens: str = "on"
) -> list[Spell]:
    """Pair openings with closings by (date, time); a spell still open ends with None.

    *opens* is the field that dates an opening. An opening while one is open, and a
    closing while none is, change nothing. At the same date and time the opening comes
    first, as a tap in comes before a tap out.
    """
    marks = [(s.day(opens), s.time, False) for s in opening]
    marks += [(s.day("on"), s.time, True) for s in closing]
    found: list[Spell] = []
    since: date | None = None
    for day, _, closes in sorted(marks):
        if closes and since is not None:
            found.append((since, day))
            since = None
        elif not closes and since is None:
            since = day
    if since is not None:
        found.append((since, None))
    return found


@dataclass
class Person:
    """One person, as life events, assessments and reviews up to today tell."""

    events: dict[str, list[Statement]] = field(default_factory=lambda: defaultdict(list))
    assessments: list[Statement] = field(default_factory=list)
    reviews: list[Statement] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start with no stays; they are paired once all life events are known."""
        self.hospital: list[Spell] = []
        self.respite: list[Spell] = []

    def pair_stays(self) -> None:
        """Pair admissions with discharges, in hospital and in respite apart."""
        self.hospital = spells(
            self.events["hospital_admission"], self.events["hospital_discharge"]
        )
        self.respite = spells(self.events["respite_start"], self.events["respite_end"])

    def days_of(self, code: str) -> list[date]:
        """Return the days of the life events of one code, earliest first."""
        return sorted(event.day("on") for event in self.events[code])

    def died_before(self, day: date) -> bool:
        """Say whether the person died on an earlier day."""
        return any(died_on < day for died_on in self.days_of("died"))

    def is_away(self, day: date) -> bool:
        """Say whether the day lies in a stay, its first and last day included."""
        return any(
            first <= day and (last is None or day <= last)
            for first, last in self.hospital + self.respite
        )


def read_people(said: Said, today: date) -> dict[str, Person]:
    """Read everyone of whom a life event, assessment or review has come to its date."""
    people: dict[str, Person] = defaultdict(Person)
    life_events = held(
        said.of("person.life_event"), lambda s: (s.subject, s.data["code"], s.day("on"))
    )
    for event in life_events:
        if event.day("on") <= today:
            people[event.subject].events[event.data["code"]].append(event)
    assessments = held(
        said.of("person.need_assessed"), lambda s: (s.subject, s.day("assessed_on"))
    )
    for assessment in assessments:
        if assessment.day("assessed_on") <= today:
            people[assessment.subject].assessments.append(assessment)
    reviews = held(
        said.of("person.reviewed"), lambda s: (s.subject, s.day("reviewed_on"))
    )
    for review in reviews:
        if review.day("reviewed_on") <= today:
            people[review.subject].reviews.append(review)
    for person in people.values():
        person.pair_stays()
    return people

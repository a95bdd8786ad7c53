"""People: what happens to them, what they are found to need, what a review comes to."""

from .telling import PEOPLE, SYSTEMS, Event, Telling
from .times import DAY, wall

ADMITTED = (-29, -28, -30, -27, -8, -7, -1, 0, 1, -35, -15)
CODES = (
    ("hospital_admission",) * 4
    + ("hospital_discharge", "hospital_discharge", "respite_start", "respite_end")
    + ("died", "died", "moved_to_care_home", "moved_away")
)
ASSESSED = (-15, -14, -16, -40, -64, -1, 0, 1)
# Most things are told on their day; some are told late, some beforehand.
TOLD_DAYS_AFTER = (0, 0, 0, 2, 7, -1)


def tell_life(telling: Telling) -> None:
    """Say something of a person's life, or of their need."""
    person = telling.pick(("P1",) * 4 + PEOPLE[1:])
    telling.pick((tell_life_events,) * 3 + (tell_assessment, tell_review))(
        telling, person
    )


def tell_life_events(telling: Telling, person: str) -> None:
    """Say one life event or several, in the order they come to mind."""
    for _ in telling.several(4, 2):
        data = {"code": telling.pick(CODES), "on": telling.date(ADMITTED)}
        say(telling, "person.life_event", person, "on", data)


def tell_assessment(telling: Telling, person: str) -> None:
    """Say what a person needs, and whether that is eligible."""
    data = {
        "assessed_on": telling.date(ASSESSED),
        "eligible": telling.chance(2),
        "weekly_minutes": telling.pick((60, 0, 100, 210)),
        "need_level": telling.pick((None, "moderate")),
        "review_due_on": telling.date((0, -29, 30)) if telling.chance(4) else None,
    }
    say(telling, "person.need_assessed", person, "assessed_on", data)


def tell_review(telling: Telling, person: str) -> None:
    """Say what a review came to."""
    data = {
        "reviewed_on": telling.date(ASSESSED),
        "outcome": telling.pick(("no_change", "increase", "decrease", "end")),
        "next_due_on": telling.date((0, -1, 30)) if telling.chance(3) else None,
    }
    say(telling, "person.reviewed", person, "reviewed_on", data)


def say(telling: Telling, kind: str, who: str, on: str, data: Event) -> None:
    """Say it about the day on which it was."""
    time = wall(data[on] + telling.pick(TOLD_DAYS_AFTER) * DAY, "09:00")
    telling.say(telling.pick(SYSTEMS), kind, time, who, data)

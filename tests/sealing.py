"""What tests of sealed words share: words to look for, and where they must not be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from auditors.history import events
from record.key_places import KeyPlaces, key_places
from record.log import Log
from record.settings import Settings
from tests.feeds import ADULTS, ASH, Event, event

START, END = "2026-06-15T08:00:00+01:00", "2026-06-15T08:30:00+01:00"


def plan(visit: str, person: str, id_: str) -> Event:
    """A visit is planned for a person."""
    return event(
        "visit.scheduled", visit, ASH, "2026-06-01T08:00:00+01:00", id_=id_,
        contract="C1", person=person, planned_start=START, planned_end=END,
    )  # fmt: skip


def manual(visit: str, words: str, id_: str) -> Event:
    """A coordinator enters a tap by hand, and says why."""
    return event(
        "visit.checked_in", visit, ASH, id_=id_, carer="K1", method="manual", reason=words,
        location={"lat": 51.50123, "lon": -0.10321},
    )  # fmt: skip


def raised(concern: str, person: str, words: str, id_: str) -> Event:
    """Somebody is worried about a person."""
    return event(
        "concern.raised", concern, ADULTS, id_=id_, person=person, risk_types=["neglect"],
        location="own_home", source_of_risk="service_provider", harm=False,
        narrative=words,
    )  # fmt: skip


def states(log: Log) -> list[tuple[int, str, dict[str, Any]]]:
    """Position, topic and state of every event, with the words in their places."""
    return [
        (row.position, row.topic, log.read(row)[0])
        for rows in log.whole()
        for row in rows
    ]


def said(log: Log) -> dict[str, dict[str, Any]]:
    """The data of every event of the log as it can be read here, by the event's id."""
    return {each["id"]: each["data"] for each in events(log)}


def places(log: Log, **other: Any) -> KeyPlaces:
    """Where the keys of *log* are, or elsewhere."""
    return key_places(Settings(store=log.url, **other))


def files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file in *folder*, and below, with its bytes."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def found_in(folder: Path, *words: str) -> list[tuple[str, str]]:
    """In which files which of *words* can be read."""
    return [
        (name, word)
        for name, held in files_below(folder)
        for word in words
        if word.encode() in held
    ]

"""docs/events.md lists the events that there are, as they are, for ever."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import duckdb
import pytest

from domain.base import Event
from domain.catalogue import TOPICS
from domain.policy import Adoption
from tests.documents import MODULE, ROOT, blocks, clean_environment, run, text


def field_names(cell: str) -> tuple[set[str], set[str]]:
    """The fields that a row of docs/events.md names: those to be said, and all of them."""
    found = re.findall(r"`(\w+)`(\??)", cell)
    return {name for name, mark in found if not mark}, {name for name, _ in found}


def event_rows() -> dict[str, list[str]]:
    """The rows of the tables of docs/events.md by topic."""
    rows = [
        line.strip("| \n").split(" | ") for line in text("docs/events.md").splitlines()
    ]
    return {
        row[0].strip("`"): row
        for row in rows
        if len(row) == 6 and re.fullmatch(r"`\w+\.\w+`", row[0])
    }


def competes_by(event: type[Event]) -> str:
    """What docs/events.md should say of an event's slot."""
    if event.reads() in (Adoption, TOPICS["contract.varied"].reads()):
        return "each field by itself, by `effective_on`"
    if event.SLOT is None:
        return "no"
    return ", ".join(f"`{name}`" for name in event.SLOT) or "the thing"


def test_the_list_of_events_is_exactly_the_catalogue() -> None:
    assert set(event_rows()) == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_list_of_events_tells_each_event_as_it_is(topic: str) -> None:
    event, row = TOPICS[topic], event_rows()[topic]
    speakers = {"providers": "provider", "council": "council"}
    who = [speakers[speaker] for speaker in event.SAID_BY]
    fields: dict[str, bool] = {
        name: field.is_required() for name, field in event.reads().model_fields.items()
    }

    _, said_by, _, slot, cell, _ = row
    must, may = field_names(cell)

    assert said_by == {0: "ours", 1: who[0] if who else "", 2: "either"}[len(who)]
    assert slot == competes_by(event)
    if event.reads() is Adoption:
        assert must == {"effective_on"}
        may |= set(re.findall(r"`(\w+)`", text("docs/events.md")))
        assert set(fields) <= may
    else:
        assert must == {name for name, required in fields.items() if required}
        assert may == set(fields)


def test_an_auditor_can_ask_the_stored_events_as_the_list_of_events_says(
    tmp_path: Path,
) -> None:
    _, query = blocks("docs/events.md", "sql")
    environment = clean_environment() | {"PYTHONPATH": str(ROOT)}
    feed = str(ROOT / "examples" / "first-feed.ndjson")
    run([*MODULE, "import", feed], tmp_path, environment)
    with sqlite3.connect(tmp_path / "counterfoil.db") as store:
        rows = store.execute(
            "SELECT position, topic, state FROM stored_events"
        ).fetchall()
    store.close()
    con = duckdb.connect()
    con.execute("ATTACH ':memory:' AS council")
    con.execute(
        "CREATE TABLE council.stored_events (position INT, topic TEXT, state BLOB)"
    )
    con.executemany("INSERT INTO council.stored_events VALUES (?, ?, ?)", rows)

    answer = con.execute(query).fetchall()

    assert [row[:4] for row in answer] == [
        (5, "visit.checked_in", "/providers/fairfield", "V2"),
        (6, "visit.checked_out", "/providers/fairfield", "V2"),
    ]

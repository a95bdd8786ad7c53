"""A store of an earlier version becomes one of this version, and loses nothing by it."""

from __future__ import annotations

import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from consumers.intake import Intake
from consumers.release import release
from record import aside, migrations
from record.answers import answers
from record.clock import SteppedClock
from record.errors import StoreNotUsable, StoreOutOfReach
from record.log import Log
from record.senders import Sender
from record.tables import SCHEMA_VERSION
from tests.feeds import ASH, assessed, check_in, heartbeat, line, lines

GOLDEN = Path(__file__).parents[1] / "golden"
VERSIONS = sorted(GOLDEN.glob("version-*.db.gz"))


@pytest.fixture(params=VERSIONS, ids=lambda path: path.name)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A store as an earlier release left it."""
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress(request.param.read_bytes()))
    return path


def rows(path: Path, query: str) -> list[Any]:
    """What a file holds, asked behind our back."""
    with sqlite3.connect(path) as con:
        found = con.execute(query).fetchall()
    con.close()
    return found


EVENTS = "SELECT * FROM stored_events ORDER BY position"
KEPT = (
    "SELECT entry, received_at, digest, source, id, reason, size, times, released_at"
    " FROM quarantine ORDER BY entry",
    "SELECT entry, received_at, source, type, reason FROM refusals ORDER BY entry",
    "SELECT * FROM conflicts ORDER BY entry",
    "SELECT * FROM receipts ORDER BY source, id",
    "SELECT * FROM quarantined_bytes ORDER BY entry, piece",
    "SELECT * FROM store WHERE name NOT IN ('schema_version', 'keyring') ORDER BY name",
)


def test_every_version_but_this_has_its_golden_store() -> None:
    # given the versions that there were, then each has a store that its release made
    named = {f"version-{number}.db.gz" for number in range(1, SCHEMA_VERSION)}
    assert {path.name for path in VERSIONS} == named


def test_an_older_store_is_brought_up_to_date_and_keeps_every_row(old: Path) -> None:
    # given an older store with something of everything in it
    before = [rows(old, query) for query in (EVENTS, *KEPT)]
    assert [len(found) for found in before] == [9, 3, 1, 2, 8, 3, 3]
    # when it is opened
    with Log(f"sqlite:///{old}") as log:
        found = log.found_version
    # then every row is there as it was, and it is of this version
    assert [rows(old, query) for query in (EVENTS, *KEPT)] == before
    assert found < SCHEMA_VERSION
    told = rows(old, "SELECT value FROM store WHERE name = 'schema_version'")
    assert told == [(str(SCHEMA_VERSION),)]
    assert rows(old, "PRAGMA integrity_check") == [("ok",)]


def test_what_an_older_store_becomes_is_what_a_new_one_is(
    old: Path, tmp_path: Path
) -> None:
    # given an older store that was brought up to date, and a new one
    Log(f"sqlite:///{old}").close()
    Log(f"sqlite:///{tmp_path}/new.db").close()
    # when their tables are compared, then they are the same
    made = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
    assert rows(old, made) == rows(tmp_path / "new.db", made)


def test_a_store_that_was_brought_up_to_date_goes_on(
    old: Path, clock: SteppedClock
) -> None:
    # given an older store
    with Log(f"sqlite:///{old}") as log:
        # when what it knows, and what is new, is sent by somebody with a name
        told = lines([heartbeat("h1"), assessed("a2", 61), heartbeat("new")])
        ash = Sender("ash-feed", frozenset({ASH, "/council/adults"}))
        receipts = Intake(log).receive([*told, b"{ no json"], clock, ash)
        # then it remembers, goes on, and answers
        assert [r.status for r in receipts] == [
            "duplicate", "conflict", "recorded", "quarantined"
        ]  # fmt: skip
        assert receipts[2].position == 10
        with log.recorder.reading() as ledger:
            (answer,) = answers(ledger, "ash-feed")
        assert [r["status"] for r in answer["receipts"]] == [r.status for r in receipts]
        # and what waited in its quarantine still does, and can be released
        waiting = aside.quarantined(log)
        assert [(row["sender"], row["times"]) for row in waiting] == [
            ("ash-feed", 1), ("", 1), ("", 2)
        ]  # fmt: skip
        assert Intake(log).receive([line(check_in("q1"))], clock)[0].status == "recorded"
        assert [row["id"] for row in aside.quarantined(log)] == [None, None]
        assert {row["status"] for row in release(log, None, clock)} == {"quarantined"}


def test_a_step_that_fails_leaves_the_store_as_it_was(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a step that fails after it has changed something
    before = [rows(old, query) for query in (EVENTS, *KEPT)]
    steps = (*migrations.STEPS[SCHEMA_VERSION]["sqlite"], "SELECT no_such FROM nowhere")
    monkeypatch.setitem(migrations.STEPS[SCHEMA_VERSION], "sqlite", steps)
    # when the store is opened
    with pytest.raises(StoreOutOfReach):
        Log(f"sqlite:///{old}")
    # then nothing of it was done, and without the fault all of it is
    assert [rows(old, query) for query in (EVENTS, *KEPT)] == before
    monkeypatch.undo()
    with Log(f"sqlite:///{old}") as log:
        assert log.head() == len(before[0])


def test_an_older_store_that_may_only_be_read_says_who_has_to_do_what(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an older store that may not be written here
    monkeypatch.setattr("record.sqlite.PAGES", ("PRAGMA query_only = ON",))
    # when it is opened, then it is said what is to be done, and by whom
    with pytest.raises(StoreNotUsable, match="run counterfoil migrate as the owner"):
        Log(f"sqlite:///{old}", create=False)


def test_the_events_of_an_older_store_read_as_they_were_said(old: Path) -> None:
    # given an older store; when its events are read by this release
    with Log(f"sqlite:///{old}") as log:
        stored = [row for chunk in log.rows() for row in chunk]
        things = {row[1] for row in rows(old, EVENTS)}
        heard = [
            said.said.id
            for thing in things
            for said in log.repository.get(_uuid(thing)).heard  # type: ignore[attr-defined]
        ]
    # then none is missing
    assert sorted(heard) == sorted(
        json.loads(state)["said"]["id"] for _, _, state in stored
    )


def _uuid(written: str) -> Any:
    from uuid import UUID

    return UUID(written)

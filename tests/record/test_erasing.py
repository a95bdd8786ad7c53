"""A person's words are erased: nobody reads them again, and nothing else has changed."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditors.seals import check_seals
from consumers.intake import Intake
from consumers.release import decide
from domain.catalogue import TOPICS
from domain.person import LifeChanged
from domain.values import personal
from projections.asking import Moment
from projections.belonging import things_of
from projections.council import Council
from projections.engine import connect
from projections.mirror import columns_folder, rebuild
from projections.segments import Segments
from record import aside
from record.clock import SteppedClock
from record.erasing import Erased, erase, in_clear
from record.log import Log
from record.sealing import ERASED
from tests.conftest import LONG
from tests.councils import feeds
from tests.documents import COUNTERFOIL, clean_environment
from tests.feeds import ADULTS, ASH, NOON, Event, event, line, lines
from tests.sealing import END, START, files_below, found_in, manual, plan, raised, said

CASES = 200 if LONG else 6


def erased(log: Log, person: str, clock: Any) -> Erased:
    """Erase the words of *person*, as an officer does."""
    things = things_of(Council(log), person)
    return erase(log, person, things, "officer-1", "asked-for-it", clock)


def findings(log: Log) -> list[dict[str, Any]]:
    """What holds of everybody."""
    return Council(log).findings(Moment(NOON + timedelta(days=40)))


def commissioned(contract: str, person: str) -> Event:
    """A package was bought for a person."""
    return event(
        "contract.commissioned", contract, ADULTS, "2026-05-01T08:00:00+01:00",
        id_=f"c-{contract}", provider="ash", person=person, kind="spot",
        service="home_care", starts_on="2026-05-01", notice_days=14, weekly_minutes=210,
        rate_pence_per_hour=2000, payment="actual",
    )  # fmt: skip


def words_of(person: str, n: str) -> list[Event]:
    """Something of everything that may be said of a person in words, each word ending in *n*."""
    visit, contract, concern = f"V{n}", f"C{n}", f"K{n}"
    taken = manual(visit, f"tap-taken-back-{n}", f"u{n}")
    claim = {"line": "1", "contract": contract, "minutes": 30, "pence": 1000}
    return [
        # said before anybody knows whose visit it is
        manual(visit, f"tap-{n}", f"t{n}"),
        taken,
        event("statement.retracted", visit, ASH, id_=f"r{n}", retracts=f"u{n}",
              reason=f"taken-back-{n}"),
        commissioned(contract, person),
        plan(visit, person, f"p{n}"),
        event("visit.rescheduled", visit, ASH, "2026-06-02T08:00:00+01:00", id_=f"s{n}",
              planned_start=START, planned_end=END, asked_by="person", reason=f"moved-{n}"),
        event("contract.varied", contract, ADULTS, id_=f"v{n}", effective_on="2026-06-01",
              weekly_minutes=100, reason=f"varied-{n}"),
        event("contract.ended", contract, ADULTS, id_=f"e{n}", ended_on="2026-07-01",
              reason=f"ended-{n}"),
        raised(concern, person, f"hungry-{n}", f"k{n}"),
        event("concern.closed", concern, ADULTS, id_=f"l{n}", reason=f"closed-{n}"),
        event("person.reviewed", person, ADULTS, id_=f"w{n}", reviewed_on="2026-06-01",
              outcome="no_change", note=f"reviewed-{n}"),
        event("invoice.submitted", f"I{n}", ASH, id_=f"i{n}", period_start_on="2026-06-01",
              period_end_on="2026-06-28", lines=[claim | {"note": f"claimed-{n}"}]),
        event("invoice.decided", f"I{n}", ADULTS, id_=f"d{n}", provider="ash", line="1",
              decision="disputed", pence=0, reason=f"disputed-{n}"),
    ]  # fmt: skip


def every_word(n: str) -> list[str]:
    """The words of `words_of` and of what an officer adds to it below."""
    parts = (
        "tap", "tap-taken-back", "taken-back", "moved", "varied", "ended", "hungry", "closed",
        "reviewed", "claimed", "disputed", "second", "ruled",
    )  # fmt: skip
    return [f"{part}-{n}" for part in parts]


def told_of_two(log: Log, intake: Intake, clock: SteppedClock) -> None:
    """Everything is said of two people, in words; of each one content was disputed."""
    for person, n in (("P1", "one"), ("P2", "two")):
        intake.receive(lines(words_of(person, n)), clock)
        intake.receive([line(manual(f"V{n}", f"second-{n}", f"t{n}"))], clock)
    for conflict in aside.conflicts(log):
        decide(log, conflict["entry"], "first", f"ruled-{conflict['id'][1:]}", clock)


def test_what_was_erased_is_in_no_file_and_nothing_else_has_changed(
    log: Log, store: Path, intake: Intake, clock: SteppedClock, tmp_path: Path
) -> None:
    # given everything that may be said in words of two people, its columns, and what is found
    told_of_two(log, intake, clock)
    columns = Segments(columns_folder(log.url), log.id)
    assert rebuild(connect(), log, columns)
    before, holding = said(log), findings(log)
    with sqlite3.connect(f"{store}.keys") as con:
        wrapped = dict(con.execute("SELECT id, kept FROM keys").fetchall())
    con.close()
    # when the words of one are erased, and everything there is is written out
    done = erased(log, "P1", clock)
    written_out(tmp_path, log)
    # then no file holds them, nor their keys; what is found is the same
    gone = set(wrapped) - set(names_of(Path(f"{store}.keys")))
    assert len(gone) == done.keys > 3
    assert columns.manifest().segments
    assert found_in(tmp_path, *every_word("one")) == []
    sealed = [name for name, _ in found_in(tmp_path, *every_word("two"))]
    assert all(name.startswith("out/") for name in sealed)
    for name, held in files_below(tmp_path):
        assert not any(wrapped[id_] in held for id_ in gone), name
    with Log(log.url) as other:
        assert findings(other) == holding
        # and whoever reads the log finds all but those words
        told = said(other)
        shown = repr(told) + repr(aside.conflicts(other, everything=True))
        assert [word for word in every_word("one") if word in shown] == []
        assert [word for word in every_word("two") if word not in shown] == []
        for id_, data in before.items():
            if id_.endswith("two"):
                assert told[id_] == data
            assert told[id_].keys() | {"note"} == data.keys() | {"note"}
        # and who did it, and why, can be read
        (last,) = [data for data in told.values() if data.get("by") == "officer-1"]
        assert (last["reason"], len(last["keys"])) == ("asked-for-it", done.keys)
        assert check_seals(other).broken == []


def test_what_is_said_after_an_erasure_is_sealed_under_a_new_key(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a person whose words were erased
    intake.receive(lines([plan("V1", "P1", "p1"), manual("V1", "before", "t1")]), clock)
    erased(log, "P1", clock)
    # when more is said of the person
    intake.receive(lines([manual("V1", "afterwards", "t2")]), clock)
    # then that can be read, until it is erased too
    assert [said(log)[id_]["reason"] for id_ in ("t1", "t2")] == [ERASED, "afterwards"]
    assert erased(log, "P1", clock).keys == 1
    assert said(log)["t2"]["reason"] == ERASED


def test_a_key_that_a_backup_brings_back_is_destroyed_again(
    log: Log, store: Path, intake: Intake, clock: SteppedClock, tmp_path: Path
) -> None:
    # given the keys as a backup kept them, before a person's words were erased
    intake.receive(lines([plan("V1", "P1", "p1"), manual("V1", "word", "t1")]), clock)
    kept, backup = Path(f"{store}.keys"), tmp_path / "backup"
    shutil.copy(kept, backup)
    erased(log, "P1", clock)
    assert rows_of(kept, "person/P1") == 0
    # when they are brought back, and the store is read, or written
    for use in (
        said,
        lambda each: Intake(each).receive([line(manual("V1", "n", "t9"))], clock),
    ):
        os.replace(shutil.copy(backup, tmp_path / "again"), kept)
        with Log(log.url) as other:
            use(other)
        # then the key is gone again
        with Log(log.url) as other:
            assert said(other)["t1"]["reason"] == ERASED
    assert ids_of(kept).isdisjoint(ids_of(backup))


def written_out(folder: Path, log: Log) -> None:
    """Let every command that shows anything write it into a file, with what it logs."""
    (folder / "out").mkdir()
    for number, words in enumerate(
        (
            ["log", "--format", "csv"], ["findings"], ["show", "person", "P1"],
            ["conflicts", "list", "--all"], ["concern", "course", "Kone"],
            ["concern", "dossier", "Kone"], ["export", "sac", "--year", "2026"],
        )
    ):  # fmt: skip
        with (folder / "out" / f"{number}").open("wb") as out:
            command = [str(COUNTERFOIL), *words, "--store", log.url]
            done = subprocess.run(
                command, cwd=folder, env=clean_environment(), stdout=out, stderr=out,
                check=False,
            )  # fmt: skip
            assert done.returncode == 0, words


def names_of(keys: Path) -> list[str]:
    """The names of all keys that are kept."""
    with sqlite3.connect(keys) as con:
        rows = con.execute("SELECT id FROM keys").fetchall()
    con.close()
    return [id_ for (id_,) in rows]


def rows_of(keys: Path, subject: str) -> int:
    """How many keys are kept for *subject*."""
    with sqlite3.connect(keys) as con:
        (count,) = con.execute(
            "SELECT count(*) FROM keys WHERE subject = ?", (subject,)
        ).fetchone()
    con.close()
    return int(count)


def ids_of(keys: Path) -> set[str]:
    """The names of the keys of people that are kept."""
    with sqlite3.connect(keys) as con:
        rows = con.execute("SELECT id FROM keys WHERE subject = 'person/P1'").fetchall()
    con.close()
    return {id_ for (id_,) in rows}


def test_a_power_cut_between_the_record_and_the_keys_changes_nothing(
    log: Log, store: Path, intake: Intake, clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # given an erasure that ends after it was put on record
    intake.receive(lines([plan("V1", "P1", "p1"), manual("V1", "word", "t1")]), clock)
    monkeypatch.setattr(
        log.seals.ring, "destroy", lambda _: (_ for _ in ()).throw(OSError)
    )
    with pytest.raises(OSError):  # noqa: PT011  # the one above
        erased(log, "P1", clock)
    monkeypatch.undo()
    assert rows_of(Path(f"{store}.keys"), "person/P1") == 1
    # when the store is opened again, then the keys are destroyed
    with Log(log.url) as other:
        assert said(other)["t1"]["reason"] == ERASED
    assert rows_of(Path(f"{store}.keys"), "person/P1") == 0


def test_words_that_were_recorded_before_words_were_sealed_are_counted(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a statement as an earlier release stored it
    intake.receive(lines([plan("V1", "P1", "p1"), manual("V1", "clear", "t1")]), clock)
    row = next(log.whole())[1]
    state, _ = log.read(row)
    with log.recorder.altering() as ledger:
        ledger.tell(*{
            "sqlite": ("DROP TRIGGER log_is_never_changed",),
            "postgresql": ("ALTER TABLE stored_events DISABLE TRIGGER USER",),
        }[log.recorder.kind])  # fmt: skip
        ledger.tell(
            "UPDATE stored_events SET state = ? WHERE position = 2",
            json.dumps(state).encode(),
        )
    # when the person's words are erased, then it is said that one can still be read
    things = things_of(Council(log), "P1")
    erased(log, "P1", clock)
    assert in_clear(log, things) == 1
    assert said(log)["t1"]["reason"] == "clear"


PEOPLE = ("P1", "P2", "P3")
OF_OTHERS = ("statement.retracted", "invoice.decided", "invoice.submitted")
"""What speaks of things that have names of their own."""


def by_position(log: Log) -> dict[int, tuple[UUID, str, dict[str, Any]]]:
    """Of every event the thing it speaks of, its topic and its data as it can be read here."""
    return {
        row.position: (row.thing, row.topic, log.read(row)[0]["data"])
        for rows in log.whole()
        for row in rows
    }


def people_of(log: Log) -> dict[UUID, set[str]]:
    """Everybody whose each thing was ever said to be."""
    found: dict[UUID, set[str]] = {}
    for thing, topic, data in by_position(log).values():
        named = {data["person"]} if data.get("person") else set()
        found[thing] = found.get(thing, set()) | named
        if topic.startswith("person."):
            found[thing] = {p for p in PEOPLE if LifeChanged.named(p) == thing}
    return found


def no_words(topic: str, data: dict[str, Any]) -> dict[str, Any]:
    """What was said, but for what is sealed."""
    shape = TOPICS[topic].reads()
    return {
        name: value
        for name, value in data.items()
        if name in shape.model_fields.keys() - personal(shape)
    }


@given(feed=feeds(), person=st.sampled_from(PEOPLE), batch=st.integers(1, 9))
@settings(max_examples=CASES)
def test_an_erasure_takes_the_words_of_one_person_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, feed: list[Event], person: str, batch: int
) -> None:
    # given any council, and words wherever somebody may say some, in any order of arrival
    folder = tmp_path_factory.mktemp("council")
    clock = SteppedClock(NOON + timedelta(days=900))
    with Log(f"sqlite:///{folder}/c.db", simulated=True) as log:
        worded = [
            each | {"data": each["data"] | {"aside": f"w{n}"}}
            for n, each in enumerate(feed)
        ]
        for start in range(0, len(worded), batch):
            Intake(log).receive(lines(worded[start : start + batch]), clock)
        before, people = by_position(log), people_of(log)
        # when the words of one person are erased
        erased(log, person, clock)
        # then what is of that person alone has no words, and what is of others has them all
        after = by_position(log)
        for position, (thing, topic, data) in before.items():
            assert no_words(topic, after[position][2]) == no_words(topic, data)
            if topic in OF_OTHERS:
                continue
            if people[thing] == {person}:
                assert "aside" not in after[position][2]
            elif person not in people[thing]:
                assert after[position][2] == data

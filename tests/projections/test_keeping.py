"""Facts of all visits are kept beside the segments, and are what would be asked of everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import seed as beginning
from hypothesis import strategies as st

from projections import asking, keeping
from projections.asking import Moment, set_moment
from projections.council import Council
from projections.engine import connect
from projections.keeping import instead, write_out
from projections.kept import KEPT, records_of
from projections.mirror import columns_folder, mirror, rebuild, write_segments
from projections.present import Present
from projections.records import NOTE
from projections.scorecard import Period
from projections.segments import RECORDS, Segments
from projections.statements import make_schemas, make_statements
from record.log import Log
from tests.conftest import LONG
from tests.edges.telling import (
    alive,
    at,
    contract,
    council,
    line,
    policy,
    retracted,
    stay,
    tap,
    visit,
)
from tests.feeds import Event
from tests.projections.comparing import differences
from tests.projections.logs import on_sqlite
from tests.projections.test_laws import (
    BEGIN,
    LIMITS,
    SMALL,
    Case,
    in_any_order,
    receive,
)
from tests.projections.test_present import STEPS

CASES = 1_000 if LONG else 5
NOON = datetime(2026, 6, 16, 12, tzinfo=UTC)
FIRST = [contract(), visit(), visit("V2", day="2026-06-14"), alive(at(70))]
YEAR = Period(NOON.date() - timedelta(days=364), NOON.date())

Con = duckdb.DuckDBPyConnection
Kept = Mapping[str, str]
Rows = dict[str, list[str]]


def segments_of(log: Log) -> Segments:
    """Its segments, beside it."""
    return Segments(columns_folder(log.url), log.id)


@contextmanager
def asked(
    log: Log, clock: datetime, known_at: datetime | None = None
) -> Iterator[tuple[Con, Kept]]:
    """The columns of a log, all in segments, and what stands in for the facts that are kept."""
    with closing(connect(LIMITS)) as con:
        write_segments(con, log, segments_of(log), from_events=1)
        head = mirror(con, log, segments_of(log))
        make_schemas(con)
        moment = Moment(clock, known_at)
        set_moment(con, moment)
        yield con, instead(con, log, segments_of(log), head, moment)


def rows(con: Con, queries: Kept) -> Rows:
    """What queries answer, whatever the order of rows and of evidence."""
    return {
        name: sorted(
            str(
                [
                    sorted(map(str, value)) if isinstance(value, list) else value
                    for value in row
                ]
            )
            for row in con.execute(query).fetchall()
        )
        for name, query in queries.items()
    }


def anew(con: Con) -> Rows:
    """The same facts, asked of everything."""
    make_statements(con, KEPT)
    asking.derive(con, KEPT)
    return rows(con, {fact: f"FROM {fact}" for fact in KEPT})


def near(kept: Kept) -> bool:
    """Whether some visits were asked again, and the others were not."""
    return any("near." in query for query in kept.values())


def test_what_is_kept_and_asked_again_is_what_is_asked_of_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    partly, ask_near = 0, keeping._ask_near

    def counted(con: Con) -> None:
        nonlocal partly
        partly += 1
        ask_near(con)

    monkeypatch.setattr(keeping, "_ask_near", counted)

    # given any feed in any order, and a clock that is put on between its batches
    @beginning(BEGIN)
    @settings(max_examples=CASES)
    @given(SMALL, st.sampled_from([1, 100]), st.data())
    def same(case: Case, write_from: int, draw: st.DataObject) -> None:
        feed, last = case
        monkeypatch.setattr(keeping, "WRITE_FROM", write_from)
        with on_sqlite() as log:
            first = [one for one in feed if one["type"] == "policy.adopted"]
            batches = [first or feed[:1], *in_any_order(draw, feed)]
            steps = [draw.draw(st.sampled_from(STEPS), "step") for _ in batches]
            clock = last - sum(steps, timedelta())
            for batch, step in zip(batches, steps, strict=True):
                receive(log, batch)
                clock += step
                # when it is asked what stands in for the facts of visits
                with asked(log, clock) as (con, kept):
                    # then that answers as everything does
                    assert kept.keys() == set(KEPT)
                    assert rows(con, kept) == anew(con)

    same()
    assert partly > CASES // 2, "hardly ever was a part of the visits asked again"


OTHERS = [line(start="07:45", minutes=45)]
LATER = council("contract.varied", "C1", at(-60 * 24), effective_on="2026-06-20", reason="r",
                terms={"line_reach": 10})  # fmt: skip
FROM_A_LATER_TIME = tap("in", "2026-06-17T07:00:00Z")
SAID: dict[str, tuple[list[Event], list[Event], timedelta]] = {
    "a carer came": ([], stay(at(10), at(25)), timedelta(0)),
    "a check-in was taken back": (
        [tap("in", at(10))], [retracted(tap("in", at(10)), at(90))], timedelta(0)),
    "the lines are others": (
        [], [council("contract.varied", "C1", "2026-06-09T09:00:00Z", effective_on="2026-06-09",
                     reason="r", lines=OTHERS)], timedelta(0)),
    "what was agreed comes into effect": ([LATER], [], timedelta(days=5)),
    "what was said of a later time comes true": (
        [FROM_A_LATER_TIME], [], timedelta(days=1)),
    "the contract is taken back": ([], [retracted(FIRST[0], at(90))], timedelta(0)),
}  # fmt: skip


@pytest.mark.parametrize("story", SAID)
def test_of_a_year_only_what_has_changed_is_asked_again(story: str) -> None:
    # given a log of which the facts of visits are kept
    before, after, passed = SAID[story]
    with on_sqlite() as log:
        receive(log, [*FIRST, *before])
        with asked(log, NOON) as (con, kept):
            stood = rows(con, kept)
        # when something is said, or comes true
        receive(log, after)
        # then only the visits concerned are asked again, and all is as asked of everything
        with asked(log, NOON + passed) as (con, kept):
            assert near(kept) or story == "what was agreed comes into effect"
            assert rows(con, kept) == anew(con)
            assert (
                story == "what was agreed comes into effect" or rows(con, kept) != stood
            )


def test_another_policy_has_everything_asked_again_once() -> None:
    # given what is kept, and a policy by which visits keep other lines
    with on_sqlite() as log:
        receive(log, [*FIRST, visit("V3", start="08:30", end="09:00")])
        with asked(log, NOON) as (con, kept):
            stood = rows(con, kept)
        receive(log, [policy(line_reach=120), policy(line_reach=5)])
        # when it is asked, twice
        for _ in range(2):
            with asked(log, NOON) as (con, kept):
                # then everything was asked, and that is kept
                assert not near(kept)
                assert rows(con, kept) == anew(con) != stood


def test_no_record_stands_in_at_an_earlier_clock_or_where_less_was_known() -> None:
    # given what is kept of a log, of whose visits something was last said an hour after eight
    with on_sqlite() as log:
        receive(log, [*FIRST, tap("in", at(70))])
        with asked(log, NOON) as (_, kept):
            assert kept
        there = sorted(
            file.name for file in (segments_of(log).folder / RECORDS).iterdir()
        )
        # when it is asked at the clock before, or as known by some instant
        last = datetime.fromisoformat(at(70))
        for clock, known_at, stands in (
            (last, None, True),
            (last - timedelta(microseconds=1), None, False),
            (NOON, NOON, False),
        ):
            with asked(log, clock, known_at) as (_, kept):
                # then all is asked, and what is kept stays for those who ask today
                assert bool(kept) is stands
        assert there == sorted(
            file.name for file in (segments_of(log).folder / RECORDS).iterdir()
        )


def test_findings_cards_and_a_node_answer_the_same_of_what_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a log that answers without anything kept
    with on_sqlite() as log:
        receive(log, [*FIRST, *stay(at(10), at(25))])
        with closing(Council(log, limits=LIMITS)) as plain:
            found, cards = (
                plain.findings(Moment(NOON)),
                plain.scorecards(Moment(NOON), YEAR),
            )
        # when facts are kept, and one visit is spoken of again
        with asked(log, NOON):
            receive(log, stay(at(-1400), at(-1390), "V2"))
        # then findings, scorecards and a long-lived process say what they say without
        with asked(log, NOON) as (_, stands):
            assert near(stands)
        with closing(Council(log, limits=LIMITS)) as kept:
            again = kept.findings(Moment(NOON)), kept.scorecards(Moment(NOON), YEAR)
        with closing(Present(log, segments_of(log), NOON, LIMITS)) as present:
            assert differences(present.findings(), again[0]) == []
        monkeypatch.setattr("projections.council.instead", lambda *_: {})
        with closing(Council(log, limits=LIMITS)) as plain:
            assert plain.findings(Moment(NOON)) == again[0] != found
            assert plain.scorecards(Moment(NOON), YEAR) == again[1] != cards


def test_a_node_writes_out_what_it_has_in_memory() -> None:
    # given a node that follows a log of which nothing was kept
    with on_sqlite() as log, closing(connect(LIMITS)) as con:
        receive(log, FIRST)
        with closing(Present(log, segments_of(log), NOON, LIMITS)) as present:
            receive(log, [*stay(at(10), at(25)), FROM_A_LATER_TIME])
            write_segments(con, log, segments_of(log), from_events=1)
            present.refresh(NOON)
            # when it keeps what it has
            assert written_out(present, anew=False)
            # then it does so once, until much has been said or everything was asked anew
            assert not written_out(present, anew=False)
            receive(log, [alive(at(71))])
            present.refresh(NOON)
            assert not written_out(present, anew=False)
            assert written_out(present, anew=True)
        # and who comes next asks nothing again, then or when a later time has come
        with asked(log, NOON) as (con, kept):
            assert kept
            assert not near(kept)
            assert rows(con, kept) == anew(con)
        with asked(log, NOON + timedelta(days=1)) as (con, kept):
            assert near(kept)
            assert rows(con, kept) == anew(con)


def test_a_file_that_was_changed_is_named() -> None:
    # given what is kept, and a byte of it another
    with on_sqlite() as log:
        receive(log, FIRST)
        with asked(log, NOON):
            records = records_of(log, segments_of(log))
        assert records.damaged() == []
        file = next(records.folder.glob("taps-*"))
        file.write_bytes(file.read_bytes()[:-5] + b"?" + file.read_bytes()[-4:])
        # when the digests are checked, then it is named
        assert records.damaged() == [f"records/{file.name}"]


def written_out(present: Present, *, anew: bool) -> bool:
    """Whether a node keeps what it has."""
    return write_out(
        present.con, present.log, present.segments, present.head, present.ends, anew=anew
    )


@pytest.mark.parametrize("again", [True, False], ids=["kept again", "not kept again"])
def test_what_is_deleted_while_it_is_asked_is_asked_again(
    again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given what is kept, of which a file is deleted as soon as a question has begun
    begun = 0

    def deleted(*args: Any) -> Kept:
        nonlocal begun
        begun += 1
        if begun > 1 and not again:
            return {}
        kept = instead(*args)
        if begun == 1:
            for file in records_of(args[1], args[2]).folder.glob("visit_records-*"):
                file.unlink()
        return kept

    with on_sqlite() as log:
        receive(log, [*FIRST, *stay(at(10), at(25))])
        with asked(log, NOON), closing(Council(log, limits=LIMITS)) as one:
            found, cards = one.findings(Moment(NOON)), one.scorecards(Moment(NOON), YEAR)
        monkeypatch.setattr("projections.council.instead", deleted)
        with closing(Council(log, limits=LIMITS)) as one:
            # when its findings and its scorecards are asked for, then nobody sees it
            assert one.findings(Moment(NOON)) == found
            begun = 0
            assert one.scorecards(Moment(NOON), YEAR) == cards
            assert begun == 2


@pytest.mark.parametrize("damage", ["cut off", "gone", "of another log", "not said"])
def test_what_is_not_whole_is_asked_anew(damage: str) -> None:
    # given what is kept, and damaged
    with on_sqlite() as log:
        receive(log, FIRST)
        with asked(log, NOON):
            folder = segments_of(log).folder / RECORDS
        file = next(folder.glob("visit_records-*"))
        note = folder / NOTE
        if damage == "cut off":
            file.write_bytes(file.read_bytes()[:-1])
        elif damage == "gone":
            file.unlink()
        elif damage == "of another log":
            note.write_text(note.read_text().replace(log.id, "another"))
        else:
            note.write_text("{}")
        # when it is asked
        with asked(log, NOON) as (con, kept):
            # then everything is asked, and kept again
            assert rows(con, kept) == anew(con)
        with asked(log, NOON) as (_, kept):
            assert all(str(folder) in query for query in kept.values())


def test_what_is_kept_is_forgotten_with_the_segments() -> None:
    # given what is kept
    with on_sqlite() as log:
        receive(log, FIRST)
        with asked(log, NOON) as (con, _):
            folder = segments_of(log).folder / RECORDS
            assert (folder / NOTE).exists()
            # when the columns are made anew
            assert rebuild(con, log, segments_of(log))
        # then it is gone
        assert not folder.exists()


def test_who_may_not_write_asks_everything() -> None:
    # given a log whose segments another process is writing
    with on_sqlite() as log:
        receive(log, FIRST)
        with closing(connect(LIMITS)) as con:
            write_segments(con, log, segments_of(log), from_events=1)
        with segments_of(log).lease() as mine:
            assert mine
            # when it is asked, then nothing stands in, and nothing is kept
            with asked(log, NOON) as (_, kept):
                assert kept == {}
            assert not (segments_of(log).folder / RECORDS / NOTE).exists()

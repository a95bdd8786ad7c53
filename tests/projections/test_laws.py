"""The laws of the whole way, from a feed to its findings, with a real store."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.intake import Intake
from projections.asking import Moment
from projections.council import Council
from projections.engine import connect
from projections.mirror import columns_folder, rebuild
from projections.scope import Scope
from projections.segments import Segments
from record.clock import SteppedClock
from record.log import Log
from tests.councils import cases

CASES = 1000 if os.environ.get("COUNTERFOIL_LONG") == "1" else 40
BEGIN = datetime(2027, 1, 1, tzinfo=UTC)

Feed = list[dict[str, Any]]
Case = tuple[Feed, datetime]


@contextmanager
def recorded(feed: Feed, splits: int = 1) -> Iterator[Log]:
    """A log that heard *feed* in so many batches, an hour apart."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Log(f"sqlite:///{folder}/council.db", simulated=True) as log,
    ):
        size = max(1, -(-len(feed) // splits))
        for number, start in enumerate(range(0, len(feed), size)):
            batch = [json.dumps(e).encode() for e in feed[start : start + size]]
            clock = SteppedClock(BEGIN + timedelta(hours=number))
            Intake(log).receive(batch, clock)
        yield log


def found(log: Log, at: datetime, known_at: datetime | None = None) -> Feed:
    """All findings, their evidence in the order of names."""
    findings = Council(log).findings(Moment(at, known_at))
    for finding in findings:
        finding["evidence"].sort(key=lambda event: (event["source"], event["id"]))
    return findings


@settings(max_examples=CASES)
@given(cases(), st.randoms(use_true_random=False), st.integers(1, 5))
def test_order_repetition_and_splitting_change_no_finding(
    case: Case, chance: Any, splits: int
) -> None:
    feed, at = case
    again = feed + chance.sample(feed, len(feed) // 3)
    chance.shuffle(again)

    with recorded(feed) as log, recorded(again, splits) as other:
        assert found(other, at) == found(log, at)


@settings(max_examples=CASES)
@given(cases(), st.integers(1, 4))
def test_columns_made_anew_give_what_the_tail_gives(case: Case, cuts: int) -> None:
    feed, at = case

    with recorded(feed) as log:
        from_tail = found(log, at)
        segments = Segments(columns_folder(log.url), log.id)
        con = connect()
        assert rebuild(con, log, segments)
        from_segments = found(log, at)
        assert [s.last for s in segments.manifest().segments] == [log.head()]
        segments.clear()
        assert rebuild(con, log, segments)
        assert from_segments == from_tail == found(log, at)


@settings(max_examples=CASES)
@given(cases(), st.integers(2, 4), st.data())
def test_as_known_at_k_is_a_log_of_what_was_received_by_k(
    case: Case, splits: int, data: st.DataObject
) -> None:
    feed, at = case
    size = max(1, -(-len(feed) // splits))
    batches = data.draw(st.integers(0, splits), label="batches known")
    known_at = BEGIN + timedelta(hours=batches - 1)

    with recorded(feed, splits) as log, recorded(feed[: size * batches]) as prefix:
        assert found(log, at, known_at) == found(prefix, at)


@settings(max_examples=CASES)
@given(cases(), st.sampled_from(["contract", "person", "provider"]))
def test_a_question_about_one_thing_is_the_whole_answer_narrowed(
    case: Case, name: str
) -> None:
    feed, at = case

    with recorded(feed) as log:
        every = Council(log).findings(Moment(at))
        for ref in sorted({f[name] for f in every if f[name]}):
            narrow = Council(log, scope=Scope(**{name: ref})).findings(Moment(at))
            assert narrow == [f for f in every if f[name] == ref]


def test_a_reader_of_an_empty_log_finds_nothing(tmp_path: Path) -> None:
    with Log(f"sqlite:///{tmp_path}/council.db") as log:
        assert found(log, BEGIN) == []

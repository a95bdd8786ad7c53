"""A simulated council: repeatable, readable, and true to its truth."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from consumers.messages import read_event
from record.arrivals import Statement
from simulation import Plan, simulate
from tests.simulation.comparing import judged, play

SMALL = Plan(people=60, weeks=8)
QUIET = Plan(people=60, weeks=8, noise=False)
OF_THE_RECORD = {"silent_feed", "logging_gap"}
"""Kinds that tell of a record that fails; without noise no record does."""


def counterfoil(*words: str) -> subprocess.CompletedProcess[bytes]:
    """The command, run as a process."""
    command = Path(sys.executable).with_name("counterfoil")
    return subprocess.run([command, *words], capture_output=True, check=False)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    # given two runs with one seed, and one with another
    one, again = play(SMALL), play(SMALL)
    other = play(Plan(seed=8, people=60, weeks=8))

    # then the first two are the same, feed and truth, and the third is not
    assert one == again
    assert one[0] != other[0]


def test_events_arrive_in_order_and_before_the_clock() -> None:
    arrivals = [arrival.at for arrival in simulate(SMALL)]

    assert arrivals == sorted(arrivals)
    assert arrivals[-1] < SMALL.at.timestamp()


def test_every_event_can_be_read() -> None:
    feed, _ = play(SMALL)

    assert all(isinstance(read_event(event), Statement) for event in feed)


def test_noise_changes_what_is_said_and_not_what_is_true() -> None:
    # given the same council with and without noise
    (loud, told), (quiet, true) = play(SMALL), play(QUIET)

    # then what was said differs, and the truth does not, but for its heading
    assert loud != quiet
    assert told[1:] == true[1:]
    # and with noise things are said twice, corrected, and not at all
    names = Counter((e["source"], e["id"]) for e in map(json.loads, loud))
    assert max(names.values()) == 2
    assert any("sequence" in json.loads(event) for event in loud)
    assert len(names) < len(quiet)


def test_without_noise_every_truth_is_found_and_nothing_else() -> None:
    # given a council of which everything is said as it was
    for kind in judged(QUIET):
        # then what is found is what is true
        assert kind.found == kind.planted, kind.kind


OF_CONCERNS = {"triage_overdue", "enquiry_overdue", "unheeded_failures"}
"""Nobody raises a concern in a simulated council: whether one is seen to is not planted."""


def test_a_council_of_the_usual_size_plants_every_kind() -> None:
    # given the truth of a council of 200 people over twelve weeks
    truth: list[dict[str, object]] = []
    for _ in simulate(Plan(noise=False), truth.append):
        pass

    # then it holds something of every kind that tells of the world
    from projections.questions import kinds

    planted = {row["planted"] for row in truth if "planted" in row}
    assert set(kinds()) - OF_THE_RECORD - OF_CONCERNS == planted


def test_the_truth_names_every_visit_that_is_planned() -> None:
    feed, truth = play(QUIET)

    planned = {
        e["subject"] for e in map(json.loads, feed) if e["type"] == "visit.scheduled"
    }
    assert planned == {row["visit"] for row in truth if "visit" in row}


def test_the_usual_span_holds_a_bank_holiday_and_the_night_clocks_go_back() -> None:
    plan = Plan()

    assert plan.begins_on <= date(2026, 8, 31) <= plan.ends_on
    assert plan.begins_on <= date(2026, 10, 25) <= plan.ends_on


def test_the_command_writes_feed_and_truth(tmp_path: Path) -> None:
    # given the command with a packed feed and a truth beside it
    words = [
        "simulate",
        "--people",
        "8",
        "--weeks",
        "8",
        "--truth",
        f"{tmp_path}/t.ndjson",
    ]
    packed = counterfoil(*words, "--out", f"{tmp_path}/feed.ndjson.gz")
    plain = counterfoil(*words)

    # then both ways give the same feed, and the truth says by which clock to judge
    import gzip

    assert packed.returncode == plain.returncode == 0
    assert gzip.decompress((tmp_path / "feed.ndjson.gz").read_bytes()) == plain.stdout
    heading = json.loads((tmp_path / "t.ndjson").read_text().splitlines()[0])
    assert heading["at"] == "2026-11-23T06:00:00+00:00"


@pytest.mark.parametrize(
    "wrong",
    [["--weeks", "7"], ["--people", "3"], ["--ends-on", "2026-11-21"], ["--noise", "loud"],
     ["--truth", "/nowhere/t"], ["--seed", "x"]],
)  # fmt: skip
def test_a_wrong_option_is_named(wrong: list[str]) -> None:
    answer = counterfoil("simulate", "--people", "8", "--weeks", "8", *wrong)

    assert answer.returncode == 2
    assert wrong[0].encode() in answer.stderr or wrong[1].encode() in answer.stderr
    assert b"Traceback" not in answer.stderr

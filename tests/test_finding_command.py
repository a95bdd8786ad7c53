"""`counterfoil finding`: the life of a finding, and what an officer does about it."""

from __future__ import annotations

import json
from pathlib import Path

from domain.finding import Opened, Opening, episode_name
from record.clock import SystemClock
from record.log import Log
from record.ourselves import conclude, our_statement
from tests.test_command_line import run

KEY = "review_overdue:P1"


def opened(folder: Path) -> None:
    """A finding is on record in the store of *folder*."""
    clock = SystemClock()
    data = Opening(
        key=KEY, episode=1, kind="review_overdue", severity="low", person="P1",
        since="2026-06-01", reason="due on 1 June",
    )  # fmt: skip
    name = episode_name(KEY, 1)
    with Log(f"sqlite:///{folder}/counterfoil.db") as log:
        said = our_statement(Opened, f"{name}-opened", name, data, clock.now())
        assert conclude(log, [said], clock, after=0, topics=[Opened.TOPIC])


def test_an_officer_acts_on_a_finding_and_reads_its_life(tmp_path: Path) -> None:
    # given a finding on record; when an officer dismisses it, by its key
    opened(tmp_path)
    done = run(
        tmp_path, "finding", KEY, "dismiss", "--by", "O1", "--reason", "moved away"
    )
    # then its life is told, with who did what
    assert done.returncode == 0, done.stderr
    life = json.loads(done.stdout)
    assert [(event["what"], event["by"]) for event in life] == [
        ("opened", None), ("dismissed", "O1")
    ]  # fmt: skip
    assert life[1]["data"] == {"reason": "moved away"}
    # and a second officer is told of it, by the episode's name
    again = run(
        tmp_path,
        "finding",
        episode_name(KEY, 1),
        "dismiss",
        "--by",
        "O2",
        "--reason",
        "no",
    )
    assert again.returncode == 1
    assert b"has dismissed it already" in again.stderr
    assert b"counterfoil: O1 (" in again.stderr
    assert b"Traceback" not in again.stderr


def test_an_act_that_lacks_something_and_a_finding_that_is_none_are_told(
    tmp_path: Path,
) -> None:
    opened(tmp_path)
    lacking = run(tmp_path, "finding", KEY, "ask-provider", "--by", "O1")
    unknown = run(tmp_path, "finding", "review_overdue:P2")
    misspelt = run(
        tmp_path, "finding", KEY, "ask-provider", "--by", "O1", "--due-on", "soon"
    )

    assert (lacking.returncode, unknown.returncode, misspelt.returncode) == (2, 1, 2)
    assert b"--due-on" in lacking.stderr
    assert b"nothing is on record of review_overdue:P2" in unknown.stderr
    assert b"Traceback" not in misspelt.stderr

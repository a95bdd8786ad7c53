"""`counterfoil concern`: the guide's session, a draft, and who may read."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from domain.concern import Drafted, Drafting, VisitNamed, draft_name
from domain.finding import Opened, Opening, episode_name
from record.clock import SystemClock
from record.log import Log
from record.ourselves import conclude, our_statement
from tests.documents import COUNTERFOIL, blocks, clean_environment
from tests.documents import run as run_in
from tests.feeds import line
from tests.sealing import plan
from tests.test_command_line import run

FINDING = episode_name("missed_pattern:P1", 1)
DRAFT = draft_name(FINDING, "P1")


def drafted(folder: Path) -> None:
    """A pattern is on record in the store of *folder*, and the draft that was made of it."""
    clock = SystemClock()
    pattern = Opening(
        key="missed_pattern:P1", episode=1, kind="missed_pattern", severity="critical",
        person="P1", since="2026-06-01", reason="recurrence",
    )  # fmt: skip
    data = Drafting(
        finding=FINDING, ground="recurrence", person="P1", provider="ash",
        visits=[VisitNamed(source="/providers/ash", visit="V1")],
    )  # fmt: skip
    run(folder, "import", "-", feed=line(plan("V1", "P1", "p1")))
    with Log(f"sqlite:///{folder}/counterfoil.db") as log:
        batch = [
            our_statement(Drafted, f"{DRAFT}-drafted", DRAFT, data, clock.now()),
            our_statement(Opened, f"{FINDING}-opened", FINDING, pattern, clock.now()),
        ]
        assert conclude(log, batch, clock, after=1, topics=[Opened.TOPIC])


def test_the_session_of_the_guide_runs_line_by_line(tmp_path: Path) -> None:
    # given an empty store; when the guide's session is run
    environment = clean_environment()
    run(tmp_path, "import", "-", feed=line(plan("V1", "P1", "p1")))
    (session,) = blocks("docs/guides/safeguarding.md", "console")
    for command in session.splitlines():
        words = shlex.split(command.removeprefix("$ "))
        answer = run_in([str(COUNTERFOIL), *words[1:]], tmp_path, environment)
        assert answer.returncode == 0, f"{command}\n{answer.stderr}"
    # then the concern is closed, and its course is told with who did what
    (row,) = json.loads(answer.stdout)
    assert (row["concern"], row["status"], row["person"]) == ("K1", "closed", "P1")
    course = json.loads(run(tmp_path, "concern", "course", "K1").stdout)
    assert [(one["what"], one["by"]) for one in course] == [
        ("raised", "o-7"), ("triaged", "o-7"), ("wishes asked", "o-9"),
        ("enquiry concluded", "o-9"), ("closed", "o-7"),
    ]  # fmt: skip
    assert course[2]["data"]["wishes"] == "To have breakfast before nine"


def test_a_person_decides_on_a_draft_and_need_not_tell_again_what_it_knows(
    tmp_path: Path,
) -> None:
    # given a draft; when its dossier is read, then the call that it names is in it
    drafted(tmp_path)
    found = json.loads(run(tmp_path, "concern", "dossier", DRAFT).stdout)
    assert [one["visit"] for one in found["visits"]] == ["/providers/ash/V1"]
    (waiting,) = json.loads(
        run(tmp_path, "concern", "list", "--status", "drafted").stdout
    )
    assert waiting["concern"] == DRAFT
    # when a concern is raised of it
    done = run(tmp_path, "concern", "raise", DRAFT, "--by", "o1", "--no-harm")
    # then it says what the draft knew, and the finding's life says that it was raised
    course = json.loads(done.stdout)
    assert course[-1]["data"]["visits"] == [{"source": "/providers/ash", "visit": "V1"}]
    life = json.loads(run(tmp_path, "finding", FINDING).stdout)
    assert (life[-1]["what"], life[-1]["by"]) == ("concern drafted", "o1")


def test_a_link_that_leads_nowhere_and_a_missing_word_are_told(tmp_path: Path) -> None:
    # given a store; when a concern names a visit of which nothing is known
    run(tmp_path, "import", "-", feed=line(plan("V1", "P1", "p1")))
    raising = [
        "concern", "raise", "K1", "--by", "o1", "--person", "P1", "--risk-type",
        "self_neglect", "--location", "own_home", "--source-of-risk", "service_provider",
    ]  # fmt: skip
    astray = run(tmp_path, *raising, "--no-harm", "--visit", "/providers/ash/V9")
    lacking = run(tmp_path, *raising)
    misspelt = run(tmp_path, *raising, "--harm", "--visit", "V1")
    # then it is refused, and what is missing or misspelt is named by its option
    assert (astray.returncode, lacking.returncode, misspelt.returncode) == (1, 2, 2)
    assert b"nothing is known of visit V9 of /providers/ash" in astray.stderr
    assert b"--harm" in lacking.stderr
    assert b"--visit" in misspelt.stderr


def test_without_the_safeguarding_key_a_concern_is_raised_and_not_read(
    tmp_path: Path,
) -> None:
    # given a store whose safeguarding key is elsewhere
    drafted(tmp_path)
    (tmp_path / "counterfoil.db.safeguarding-key").rename(tmp_path / "elsewhere")
    # when a concern is read, listed or decided on, then it is refused
    for words in (
        ["concern", "course", DRAFT], ["concern", "list"], ["show", "concern", DRAFT],
        ["concern", "dismiss-draft", DRAFT, "--by", "o1", "--reason", "no"],
    ):  # fmt: skip
        answer = run(tmp_path, *words)
        assert answer.returncode == 3
        assert b"safeguarding key" in answer.stderr
    # and one can be raised all the same
    run(tmp_path, "concern", "raise", DRAFT, "--by", "o1", "--no-harm")
    (tmp_path / "elsewhere").rename(tmp_path / "counterfoil.db.safeguarding-key")
    assert [one["what"] for one in json.loads(run(tmp_path, "concern", "course", DRAFT).stdout)] == [
        "drafted", "raised",
    ]  # fmt: skip

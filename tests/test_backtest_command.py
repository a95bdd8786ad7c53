"""`counterfoil backtest` as an officer and a program use it; its guide is run."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.options import open_council
from domain.policy import BadThresholds, Thresholds, thresholds
from projections.council import Council
from tests.documents import COUNTERFOIL, blocks, clean_environment, text
from tests.documents import run as run_as_documented
from tests.feeds import ASH, event, line
from tests.test_command_line import run
from tests.test_documents import needs_command

GUIDE = "docs/guides/backtest.md"
STORE = ("--store", "sqlite:///council.db")
WEEK = ("--from", "2026-03-02", "--to", "2026-03-08")


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the guide's week received, and its policy."""
    folder = tmp_path_factory.mktemp("guide")
    write_files(folder)
    assert run(folder, "import", "week.ndjson", *STORE).returncode == 0
    return folder


@pytest.fixture
def council(received: Path, tmp_path: Path) -> Path:
    """A copy of it, of the test's own."""
    return Path(shutil.copytree(received, tmp_path / "council"))


def write_files(folder: Path) -> None:
    """The files of the guide."""
    for language, name in (("toml", "new.toml"), ("ndjson", "week.ndjson")):
        (content,) = blocks(GUIDE, language)
        (folder / name).write_text(content, encoding="utf-8")


def asked(folder: Path, policy: str, *words: str) -> Any:
    """What a back-test of the guide's week answers."""
    store = ("--store", f"sqlite:///{folder / 'council.db'}")
    file = ("--policy", str(folder / policy))
    done = CliRunner().invoke(app, ["backtest", *WEEK, *file, *store, *words])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@needs_command
def test_the_session_of_the_guide_answers_as_it_shows(tmp_path: Path) -> None:
    # given the files of the guide
    write_files(tmp_path)
    (session,), (answer,) = blocks(GUIDE, "console"), blocks(GUIDE, "text")
    environment, answers = clean_environment(), []

    # when its session is run line by line
    for said in session.splitlines():
        words = shlex.split(said.removeprefix("$ "))
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            environment[name] = value
            continue
        done = run_as_documented([str(COUNTERFOIL), *words[1:]], tmp_path, environment)
        assert done.returncode == 0, done.stderr
        answers.append([row.rstrip() for row in done.stdout.splitlines()])

    # then the sums are those shown, and each of the findings is told
    assert answers[1] == answer.splitlines()
    told = [re.split(r" {2,}", row)[:2] for row in answers[2]]
    for found in (
        ["new", "late_call"], ["new", "logging_gap"],
        ["changed", "missed_call"], ["lost", "short_call"],
    ):  # fmt: skip
        assert found in told
    assert "presumed → confirmed" in " ".join(" ".join(answers[2]).split())


def test_the_names_in_the_guide_are_thresholds() -> None:
    # given the guide; when the words that look like a threshold are held against them
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", text(GUIDE)))

    # then each is one, or a kind of finding, or a field
    assert named - set(Thresholds.model_fields) == {"under_delivered", "upload_hours"}


def test_a_program_gets_a_row_a_kind_and_provider_or_a_row_a_finding(
    council: Path,
) -> None:
    # given a council; when sums and findings are asked for as JSON
    sums = asked(council, "new.toml")
    each = asked(council, "new.toml", "--findings")

    # then the sums are those of the findings, in pence
    assert [(row["kind"], row["provider"], row["pence_difference"]) for row in sums] == [
        ("late_call", "fairfield", 800), ("logging_gap", "fairfield", None),
        ("missed_call", "fairfield", 0), ("short_call", "fairfield", -320),
    ]  # fmt: skip
    stages = {row["kind"]: (row["stage_before"], row["stage_after"]) for row in each}
    assert stages["missed_call"] == ("presumed", "confirmed")
    assert [row["change"] for row in each] == ["new", "new", "changed", "lost"]


def test_two_drafts_are_compared_with_each_other(council: Path) -> None:
    # given another draft that tolerates half an hour
    (council / "mild.toml").write_text("late_after = 30\n", encoding="utf-8")

    # when the one is held against the other
    words = ("--against", str(council / "new.toml"), "--kind", "late_call")
    (row,) = asked(council, "mild.toml", *words)

    # then what was new is lost
    assert (row["before"], row["after"], row["lost"]) == (1, 0, 1)


def test_a_later_clock_lets_the_evidence_come_in(council: Path) -> None:
    # given a week whose last call was missed on Friday; when it is judged days later
    at = ("--at", "2026-03-12T00:00:00+00:00")
    words = ("new.toml", "--kind", "missed_call")
    (early,), (late,) = asked(council, *words), asked(council, *words, *at)

    # then the miss is confirmed by either policy
    assert (early["before"], early["changed"]) == (1, 1)
    assert (late["before"], late["changed"]) == (1, 0)


def test_a_period_that_is_not_over_is_judged_by_now(council: Path) -> None:
    # given a call that is planned for a far day
    planned = event(
        "visit.scheduled", "V99", ASH, "2026-03-01T08:00:00Z", contract="C9", person="P9",
        planned_start="2999-03-01T08:00:00Z", planned_end="2999-03-01T08:30:00Z",
    )  # fmt: skip
    run(council, "import", "-", *STORE, feed=line(planned))

    # when the period lasts until after it
    words = ("--from", "2026-03-02", "--to", "2999-12-31", "--kind", "missed_call")
    (row,) = asked(council, "new.toml", *words)

    # then nobody has missed it, and the other call is counted alone
    assert (row["before"], row["after"]) == (1, 1)


def test_nothing_is_written_by_it(council: Path) -> None:
    # given a council
    def state() -> dict[str, str]:
        return {
            str(file.relative_to(council)): sha256(file.read_bytes()).hexdigest()
            for file in council.rglob("*")
            if file.is_file() and not file.name.endswith("-shm")
        }

    run(council, "findings", "--kind", "late_call", *STORE)
    before = state()

    # when a policy is tried
    found = asked(council, "new.toml", "--kind", "late_call")

    # then the log and the columns are what they were
    assert found
    assert state() == before


@pytest.mark.parametrize("command", ["backtest", "findings"])
def test_columns_that_go_while_they_are_asked_are_asked_of_the_log(
    council: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a council all of whose columns are written
    assert run(council, "rebuild", *STORE).returncode == 0
    columns = council / "council.db.columns"
    assert list(columns.rglob("*.parquet"))

    # when another process takes them away once they have been opened
    def opened(*asked: Any) -> Council:
        found = open_council(*asked)
        shutil.rmtree(columns)
        return found

    monkeypatch.setattr(f"cli.{command}.open_council", opened)
    words: tuple[str, ...] = ("findings", "--at", "2026-03-09T00:00:00Z")
    if command == "backtest":
        words = ("backtest", *WEEK, "--policy", str(council / "new.toml"))
    store = ("--store", f"sqlite:///{council / 'council.db'}", "--kind", "short_call")
    done = CliRunner().invoke(app, [*words, *store])

    # then the answer is as it would have been
    assert done.exit_code == 0, done.output
    assert [row["kind"] for row in json.loads(done.stdout)] == ["short_call"]


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        ("late_aftr = 15", "there is no threshold late_aftr; did you mean late_after?"),
        ("LateAfter = 15", "did you mean late_after?"),
        ("effective_on = 2026-03-01", "there is no threshold effective_on"),
        ("[visits]\nlate_after = 15", "there is no threshold visits"),
        ('late_after = "4711"', "late_after: Input should be a valid integer"),
        ("late_after = -4711", "late_after: Input should be greater than or equal to 0"),
        ("late_after = 4711.5", "late_after: should be a whole number"),
        ("late_after = true", "late_after: Input should be a valid integer"),
        ("short_share = nan", "short_share:"),
        ("short_share = 4711", "short_share: Input should be less than or equal to 100"),
        ("late_after 4711", "cannot be read at line 1, column 12: write NAME = NUMBER"),
        ("late_after = 1\nlate_after = 4711", "cannot be read at end of document"),
        ("late_after = 1\nlate_after = 4711\n", "cannot be read at line 2"),
    ],
)
def test_what_is_wrong_with_a_policy_is_named_and_never_told(
    tmp_path: Path, policy: str, named: str
) -> None:
    # given a policy that cannot be meant so
    (tmp_path / "bad.toml").write_text(policy, encoding="utf-8")

    # when it is tried
    code, said = refused("--policy", str(tmp_path / "bad.toml"), *WEEK)

    # then the threshold is named, its value is not, and it ends with 2
    assert code == 2
    assert named in said
    assert "4711" not in said


def refused(*words: str) -> tuple[int, str]:
    """With which code and in what words a back-test is refused before any store is opened."""
    done = CliRunner().invoke(app, ["backtest", *words])
    return done.exit_code, " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--from", "2026-03-08", "--to", "2026-03-02"], "before --from"),
        (["--from", "2.3.2026", "--to", "2026-03-08"], "should be a day"),
        (["--from", "20260302", "--to", "2026-03-08"], "should be a day"),
        (["--from", "2026-03-02", "--to", "9999-12-31"], "should be a day"),
        (["--from", "2999-01-01", "--to", "2999-01-02"], "after the period has begun"),
        ([*WEEK, "--at", "2026-03-01T00:00:00Z"], "after the period has begun"),
        ([*WEEK, "--at", "Monday"], "offset"),
        ([*WEEK, "--kind", "late_cal"], "did you mean late_call?"),
        ([*WEEK, "--against", "missing.toml"], "missing.toml"),
        (["--from", "2026-03-02"], "--to"),
    ],
)
def test_a_wrong_word_is_named_and_ends_with_2(
    tmp_path: Path, words: list[str], named: str
) -> None:
    # given the guide's policy
    write_files(tmp_path)

    # when it is tried with a word that cannot be meant so
    code, said = refused("--policy", str(tmp_path / "new.toml"), *words)

    # then it is named
    assert code == 2
    assert named in said


def test_all_that_is_wrong_with_thresholds_is_said_at_once() -> None:
    # given thresholds of which two are wrong; when they are read
    with pytest.raises(BadThresholds) as refused:
        thresholds({"late_aftr": 1, "missed_after": "x", "open_after": 30})

    # then both are named
    assert "late_aftr" in str(refused.value)
    assert "missed_after" in str(refused.value)


def test_thresholds_are_read_exactly() -> None:
    # given a whole number written as a fraction, and a share; when they are read
    read = thresholds({"late_after": 15.0, "short_share": 0.1})

    # then a tenth is a tenth, and nothing else is set
    assert {name: str(value) for name, value in read.items()} == {
        "late_after": "15", "short_share": "0.1"
    }  # fmt: skip

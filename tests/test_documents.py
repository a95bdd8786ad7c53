"""What the documents say is what the program does: they are run, and held against it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from projections.questions import kinds
from record.settings import PREFIX, Settings
from tests.documents import (
    COUNTERFOIL,
    MODULE,
    NOW,
    ROOT,
    blocks,
    clean_environment,
    run,
    text,
)
from tests.reading import as_log, visit_findings
from tests.reading.council import Council
from tests.reading.statements import known

PACKAGES = (
    "domain",
    "record",
    "consumers",
    "projections",
    "watch",
    "officers",
    "auditors",
    "cli",
)

needs_command = pytest.mark.skipif(
    not COUNTERFOIL.exists(), reason="the command is not installed beside this Python"
)


@needs_command
def test_the_session_in_the_readme_runs_line_by_line(tmp_path: Path) -> None:
    (session,) = blocks("README.md", "console")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    environment = clean_environment()

    for line in session.splitlines():
        words = shlex.split(line.removeprefix("$ "))
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            environment[name] = value
            continue
        answer = run([str(COUNTERFOIL), *words[1:]], tmp_path, environment)

        assert line.startswith("$ counterfoil ")
        assert answer.returncode == 0, f"{line}\n{answer.stdout}{answer.stderr}"
        assert answer.stdout


@needs_command
def test_the_first_feed_shows_what_the_readme_says_of_it(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    environment = clean_environment()
    feed = "examples/first-feed.ndjson"

    imported = run([str(COUNTERFOIL), "import", feed], tmp_path, environment)
    answer = run([str(COUNTERFOIL), "findings", "--at", NOW], tmp_path, environment)

    assert json.loads(imported.stdout)["recorded"] == 7
    found = [finding["kind"] for finding in json.loads(answer.stdout)]
    assert found == [
        *(
            "late_call",
            "logging_gap",
            "missed_call",
            "unrostered_call",
            "unrostered_call",
        ),
    ]


@needs_command
def test_every_command_in_the_readme_exists_and_every_command_is_there() -> None:
    rows = re.findall(r"^\| `counterfoil ([a-z-]+)", text("README.md"), re.MULTILINE)

    answer = run([str(COUNTERFOIL), "--help"], ROOT, clean_environment())

    listed = answer.stdout.partition("Commands:")[2].partition("Exit codes")[0]
    assert set(rows) == set(re.findall(r"^  ([a-z-]+) ", listed, re.MULTILINE))


def test_every_setting_is_in_the_readme() -> None:
    named = re.findall(r"^\| `(COUNTERFOIL_\w+)`", text("README.md"), re.MULTILINE)

    assert named == [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]


def test_a_finding_can_be_added_as_the_tutorial_says(tmp_path: Path) -> None:
    (query,) = blocks("CONTRIBUTING.md", "sql")
    (feed,) = blocks("CONTRIBUTING.md", "ndjson")
    (expected,) = blocks("CONTRIBUTING.md", "json")
    kind = query.partition(":")[0].removeprefix("-- ")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    findings = tmp_path / "projections" / "sql" / "findings"
    (findings / f"{kind}.sql").write_text(query, encoding="utf-8")
    (tmp_path / "feed.ndjson").write_text(feed, encoding="utf-8")
    environment = clean_environment() | {"PYTHONPATH": str(tmp_path)}

    imported = run([*MODULE, "import", "feed.ndjson"], tmp_path, environment)
    answer = run(
        [*MODULE, "findings", "--kind", kind, "--at", NOW], tmp_path, environment
    )

    assert imported.returncode == 0, imported.stderr
    assert kind not in kinds()
    assert json.loads(answer.stdout) == json.loads(expected), answer.stderr


def test_the_second_reading_can_be_taught_it_as_the_tutorial_says() -> None:
    (rule,) = blocks("CONTRIBUTING.md", "python")
    (feed,) = blocks("CONTRIBUTING.md", "ndjson")
    (expected,) = blocks("CONTRIBUTING.md", "json")
    at = datetime.fromisoformat(NOW)
    events = [json.loads(line) for line in feed.splitlines()]
    taught: dict[str, Any] = dict(vars(visit_findings))

    exec(rule, taught)
    visits = Council(known(as_log(events, at), at, None), at).visits
    found = [row for visit in visits if (row := taught["very_long_call"](visit))]

    compared = ("kind", "key", "severity", "since", "minutes", "pence")
    told = json.loads(expected)
    assert [[row[name] for name in compared] for row in found] == [
        [row[name] for name in compared] for row in told
    ]

"""The page of every finding says what the product does: its example is run."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from projections import asking
from projections.questions import Question, kinds, questions
from simulation import Plan
from tests.projections import memory
from tests.projections.comparing import differences
from tests.simulation.comparing import play

FOLDER = Path(__file__).parent.parent / "docs" / "findings"
SECTIONS = (
    "When it holds", "Example", "Why it matters", "What it cannot see", "Thresholds"
)  # fmt: skip
every_kind = pytest.mark.parametrize("kind", kinds())


def page(kind: str) -> str:
    """The page of a kind."""
    return (FOLDER / f"{kind}.md").read_text(encoding="utf-8")


def section(kind: str, title: str) -> str:
    """What stands below a heading."""
    return page(kind).partition(f"\n## {title}\n")[2].partition("\n## ")[0].strip()


def fenced(kind: str, language: str) -> str:
    """The block in a language, empty where there is none."""
    found = re.search(
        rf"^```{language}\n(.*?)^```$", page(kind), re.MULTILINE | re.DOTALL
    )
    return found[1] if found else ""


def capital(sentence: str) -> str:
    """A sentence with a capital."""
    return sentence[0].upper() + sentence[1:]


def feed_of(kind: str) -> list[dict[str, Any]]:
    """The events of the example, written out or simulated."""
    if told := fenced(kind, "ndjson"):
        return [json.loads(line) for line in told.splitlines()]
    return [
        json.loads(line)
        for line in play(Plan(**json.loads(fenced(kind, "simulated"))))[0]
    ]


def test_every_kind_has_a_page_and_every_page_a_kind() -> None:
    pages = {file.stem for file in FOLDER.glob("*.md")} - {"README"}

    assert pages == set(kinds())


def test_the_index_names_every_kind_once_with_its_claim() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")

    named = re.findall(r"^- \[(\w+)\]\(\1\.md\): (.+)$", index, re.MULTILINE)
    assert Counter(kind for kind, _ in named) == Counter(kinds())
    assert dict(named) == {kind: questions()[kind].claim for kind in kinds()}


@every_kind
def test_the_example_gives_what_the_page_says(kind: str) -> None:
    # given the example's feed and clock
    stated = re.search(r"^Judged at `([^`]+)`", page(kind), re.MULTILINE)
    assert stated is not None
    clock = datetime.fromisoformat(stated[1])
    # when it is judged
    found = memory.findings(feed_of(kind), clock, clock, {kind})
    # then it gives the findings on the page, in every field
    told = json.loads(fenced(kind, "json"))
    left_out = {"evidence"} if fenced(kind, "simulated") else set()
    assert told
    assert differences(found, told, without=left_out) == []
    assert [list(one) for one in found] == [list(one) for one in told]


@every_kind
def test_the_page_has_its_sections_and_says_what_the_query_says(kind: str) -> None:
    question: Question = questions()[kind]

    assert re.findall(r"^## (.+)$", page(kind), re.MULTILINE) == list(SECTIONS)
    assert capital(question.claim) in page(kind)
    assert capital(question.head("Rule")) in section(kind, "When it holds")
    assert capital(question.head("Why")) in section(kind, "Why it matters")
    assert f"Source: {question.head('Source')}" in section(kind, "Why it matters")
    assert section(kind, "What it cannot see").startswith("- ")


@pytest.fixture(scope="module")
def defaults() -> dict[str, Any]:
    """The policy of a council that adopted none."""
    clock = datetime.fromisoformat("2026-06-15T12:00:00+00:00")
    memory.load([], clock)
    memory.ask(clock, {"review_overdue"})
    asking.derive(memory.columns(), {"today"})
    policy = memory.columns().execute("FROM today")
    row = policy.fetchone()
    assert row is not None
    return dict(zip([name for name, *_ in policy.description or ()], row, strict=True))


@every_kind
def test_the_thresholds_are_those_of_the_query_with_their_defaults(
    kind: str, defaults: dict[str, Any]
) -> None:
    # given the thresholds that the query names, and those in force where none were adopted
    named = questions()[kind].head("Thresholds")
    told = re.findall(
        r"^\| `(\w+)` \| ([\d.]+) \|", section(kind, "Thresholds"), re.MULTILINE
    )
    # then the page tells them with their defaults
    expected = [] if named == "none" else [name.strip() for name in named.split(",")]
    assert [name for name, _ in told] == expected
    for name, default in told:
        assert float(defaults[name]) == float(default)


@every_kind
def test_a_finding_names_the_thresholds_that_its_page_tells(kind: str) -> None:
    told = {name.strip() for name in questions()[kind].head("Thresholds").split(",")} - {
        "none"
    }

    for finding in json.loads(fenced(kind, "json")):
        assert set(finding["policy"]) <= told

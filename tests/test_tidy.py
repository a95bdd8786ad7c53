"""The house rules that no linter knows, checked like any other behaviour."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from projections.questions import questions, states, text
from projections.scorecard import card_questions
from tests.documents import ROOT

PACKAGES = (
    "domain", "record", "consumers", "projections", "watch", "officers", "auditors",
    "simulation", "cli",
)  # fmt: skip
MODULES = [
    path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))
]
TIMELESS = [
    path
    for path in MODULES
    if path.relative_to(ROOT).parts[0] in ("domain", "projections")
]
MODULE_LINES_MAX = 200
FUNCTION_LINES_MAX = 40
LONGER = {
    "record/sqlite.py": 215,
    "consumers/files.py": 219,
}
"""Modules that were longer when this rule became a test. They may shrink, not grow; one
that fits leaves the list."""
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
CLOCKS = {"now", "utcnow", "today"}
"""What a module would ask of a clock, of `datetime` or `date`, to learn the time."""
SQL_CLOCKS = re.compile(
    r"\b(current_(date|time)|get_current_|localtime|now *\(|today *\()", re.IGNORECASE
)


def name(path: Path) -> str:
    """A module's path below the root."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_what_it_is_for_in_one_sentence(path: Path) -> None:
    # given a module, when its first words are read
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""

    # then they are one sentence
    assert docstring.split("\n\n")[0].endswith((".", "?"))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_fits_on_a_few_screens(path: Path) -> None:
    # given a module, when its lines are counted
    lines = len(path.read_text(encoding="utf-8").splitlines())

    # then there are no more than are allowed, or than there were
    assert lines <= LONGER.get(name(path), MODULE_LINES_MAX)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    # given a module, when the lines of its functions are counted
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, FUNCTION)
    ]

    # then none has too many
    assert [f.name for f in functions if lines_of(f) > FUNCTION_LINES_MAX] == []


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines a function takes."""
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


@pytest.mark.parametrize("longer", LONGER)
def test_a_module_that_fits_is_no_exception(longer: str) -> None:
    # given a module that was too long, then it still is
    lines = len((ROOT / longer).read_text(encoding="utf-8").splitlines())
    assert lines > MODULE_LINES_MAX


@pytest.mark.parametrize("path", TIMELESS, ids=name)
def test_the_domain_and_the_projections_read_no_clock(path: Path) -> None:
    # given a module that is told the time, when its words are read
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    asked = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    imported = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    imported |= {
        a.name for node in nodes if isinstance(node, ast.Import) for a in node.names
    }

    # then none asks a clock
    assert asked.isdisjoint(CLOCKS)
    assert "time" not in imported


def test_no_query_reads_a_clock() -> None:
    # given every query, when its words are read
    queries = {q.name: q.text for q in (*questions().values(), *states().values())}
    queries |= {question.name: question.text for question in card_questions()}
    for words in (
        "vocabulary",
        "statements",
        "replaced",
        "scope",
        "since",
        "period_scope",
    ):
        queries[words] = text(f"{words}.sql")

    # then none asks DuckDB for the time
    code = {one: re.sub(r"--[^\n]*", "", query) for one, query in queries.items()}
    assert [one for one, query in code.items() if SQL_CLOCKS.search(query)] == []

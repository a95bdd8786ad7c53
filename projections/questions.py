"""The questions: every fact and finding is one SQL file, named after its result.

Which results a file reads is read off its text, so a new finding is a new file and nothing
else; the runner makes each result into a table, in dependency order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files
from itertools import takewhile
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})
HEADS = ("Rule", "Why", "Source", "Thresholds", "Kept")

_NO_CODE = re.compile(r"--[^\n]*|'[^']*'")
_WORD = re.compile(r"\b[a-z_]+\b")
_STATEMENTS = re.compile(r"\b(known|said|held)\.([a-z_]+)")
_READ_FROM = re.compile(r"(\b(?:FROM|JOIN)\s+)([a-z_]+)\b(?![.(])")
_READ = re.compile(r"\b(?:FROM|JOIN)\s+([a-z_]+)\b(?![.(])")


@dataclass(frozen=True)
class Question:
    """One SQL file: `room` is facts or findings, `text` a bare SELECT with a header."""

    room: str
    name: str
    text: str

    @property
    def claim(self) -> str:
        """What its rows say, in one sentence."""
        first = self.text.splitlines()[0].removeprefix("-- ")
        return first.removeprefix(f"{self.name}: ")

    def head(self, title: str) -> str:
        """The part of the header that begins with *title*, as one line; else empty."""
        lines = [
            line.removeprefix("--").strip()
            for line in self.text.splitlines()
            if line.startswith("--")
        ]
        found: list[str] = []
        for line in lines:
            started = next((t for t in HEADS if line.startswith(f"{t}:")), None)
            if started == title:
                found.append(line.removeprefix(f"{title}:").strip())
            elif started is not None and found:
                break
            elif found:
                found.append(line)
        return " ".join(found)

    def answered_by(self, query: str) -> Question:
        """The same question under the same header, with another query for its answer."""
        lines = self.text.splitlines()
        header = takewhile(lambda line: line.startswith("--"), lines)
        return replace(self, text="\n".join([*header, query]))

    def reads(self, names: Iterable[str]) -> set[str]:
        """Which of *names* this question reads."""
        words = set(_READ.findall(_NO_CODE.sub("", self.text)))
        return (words & set(names)) - {self.name}

    @property
    def kept(self) -> str:
        """How a long-lived process keeps its rows: `by visit`, `by day`, or anew each time."""
        return self.head("Kept").rstrip(".")

    @property
    def clocked(self) -> bool:
        """Whether its answer changes from one instant to the next, with nothing said."""
        return "clock()" in _NO_CODE.sub("", self.text)

    @property
    def daily(self) -> bool:
        """Whether its answer changes from one day to the next, with nothing said."""
        return "this_day()" in _NO_CODE.sub("", self.text)

    def moved(
        self, tables: Callable[[str], str], statements: Callable[[str, str], str]
    ) -> str:
        """Its text, reading other tables and other statements in place of its own."""

        def table(found: re.Match[str]) -> str:
            return f"{found[1]}{tables(found[2])}"

        def statement(found: re.Match[str]) -> str:
            return statements(found[1], found[2])

        code = "\n".join(
            line for line in self.text.splitlines() if not line.lstrip().startswith("--")
        )
        return _STATEMENTS.sub(statement, _READ_FROM.sub(table, code))

    def words(self) -> set[str]:
        """Every word of the query, names of columns among them."""
        return set(_WORD.findall(_NO_CODE.sub("", self.text)))

    def says(self, names: Iterable[str]) -> bool:
        """Whether its rows can tell all of *names*: a query without the word cannot."""
        return set(names) <= self.words()

    def statements(self) -> set[tuple[str, str]]:
        """Which statements it reads: (known, said or held; the name of the table)."""
        found = _STATEMENTS.findall(_NO_CODE.sub("", self.text))
        return {(schema, name) for schema, name in found}


def text(name: str) -> str:
    """The SQL in *name*, a path below `sql/`."""
    return (files("projections") / "sql" / name).read_text(encoding="utf-8")


@cache
def questions() -> dict[str, Question]:
    """Every question by its name."""
    found = {}
    for room in ("facts", "findings"):
        for question in in_folder(room):
            found[question.name] = question
    return found


@cache
def states() -> dict[str, Question]:
    """The questions that tell how one thing stands, by the kind of thing."""
    return {question.name: question for question in in_folder("states")}


def in_folder(room: str) -> Iterator[Question]:
    """The questions in one folder, by name: files that are one SELECT."""
    folder = files("projections") / "sql" / room
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        name = file.name.removesuffix(".sql")
        yield Question(room, name, file.read_text(encoding="utf-8"))


@cache
def kinds() -> tuple[str, ...]:
    """The kinds of finding that this release can draw, in order."""
    return tuple(sorted(q.name for q in questions().values() if q.room == "findings"))


@cache
def _graph() -> dict[str, set[str]]:
    known = questions()
    return {name: question.reads(known) for name, question in known.items()}


def in_order(
    wanted: Iterable[str], instead: Mapping[str, str] = NOTHING
) -> Iterator[Question]:
    """The questions needed to answer *wanted*, each after those that it reads.

    *instead*: of some questions by name another text that gives the same answer, and reads
    no other question.
    """
    graph = {name: set() if name in instead else read for name, read in _graph().items()}
    needed, open_ = set[str](), [*wanted]
    while open_:
        name = open_.pop()
        if name not in needed:
            needed.add(name)
            open_.extend(graph[name])
    order = TopologicalSorter({name: graph[name] for name in sorted(needed)})
    for name in order.static_order():
        question = questions()[name]
        yield question.answered_by(instead[name]) if name in instead else question


def with_leftovers(
    wanted: Collection[str], instead: Mapping[str, str] = NOTHING
) -> Iterator[tuple[Question, list[str]]]:
    """The same, each with those not *wanted* that no later one reads."""
    order = list(in_order(wanted, instead))
    last = {
        name: q.name for q in order if q.name not in instead for name in _graph()[q.name]
    }
    for question in order:
        yield (
            question,
            [n for n, by in last.items() if by == question.name and n not in wanted],
        )

"""The files by which Counterfoil is run, read by the tests that hold them against it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.documents import ROOT, blocks, text

UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
GUIDE = "docs/guides/operators.md"
COMPOSE = yaml.safe_load(text("compose.yaml"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [
    name for name, made in SERVICES.items() if made["image"].startswith("counterfoil:")
]
END = {"|", "||", "&&", ";", ">", "<", ">>"}

Unit = list[tuple[str, str]]


def unit(path: Path) -> Unit:
    """What a unit sets, in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    set_ = [line.partition("=") for line in lines if line and line[0] not in "#["]
    return [(name, value) for name, _, value in set_]


def named(found: Unit, name: str) -> list[str]:
    """All values of one setting of a unit."""
    return [value for one, value in found if one == name]


def variables(path: Path) -> dict[str, str]:
    """The environment that a unit gives."""
    told = [pair.partition("=") for pair in named(unit(path), "Environment")]
    return {name: value for name, _, value in told}


def shell_lines() -> Iterator[list[str]]:
    """The commands of the guide, word by word; definitions of functions are left out."""
    for block in blocks(GUIDE, "sh"):
        joined = re.sub(r"\\\n\s*", " ", block)
        joined = re.sub(r"^\w+\(\) \{.*?\}$", "", joined, flags=re.MULTILINE | re.DOTALL)
        for line in joined.splitlines():
            yield from _split(shlex.split(line))


def _split(words: list[str]) -> Iterator[list[str]]:
    """The commands of one line, where pipes and the like part them."""
    command: list[str] = []
    for word in [*words, ";"]:
        if word not in END:
            command.append(word)
        elif command:
            yield command
            command = []


def words_of_compose() -> Iterator[tuple[str, list[str]]]:
    """What each service of ours is told to do."""
    for name in OURS:
        yield f"compose.yaml, {name}", SERVICES[name]["command"]


def words_of_units() -> Iterator[tuple[str, list[str]]]:
    """What each unit starts."""
    for path in UNITS:
        for line in named(unit(path), "ExecStart"):
            yield path.name, shlex.split(line)[1:]


def words_of_the_image() -> Iterator[tuple[str, list[str]]]:
    """What the image does when it is told nothing."""
    entry = re.findall(
        r'^ENTRYPOINT \["counterfoil"\]$', text("Dockerfile"), re.MULTILINE
    )
    (default,) = re.findall(r"^CMD (\[.*\])$", text("Dockerfile"), re.MULTILINE)
    assert entry
    yield "Dockerfile", yaml.safe_load(default)


def words_of_the_guide() -> Iterator[tuple[str, list[str]]]:
    """Each command of ours in the guide, in its blocks and in its sentences."""
    for words in shell_lines():
        if words[0] == "counterfoil":
            yield f"{GUIDE}: {shlex.join(words)}", words[1:]
    for told in re.findall(r"`counterfoil ([^`]+)`", text(GUIDE)):
        yield f"{GUIDE}: counterfoil {told}", shlex.split(told)


def all_words() -> dict[str, list[str]]:
    """Every command of ours that a file names, by where that is."""
    return dict(
        [*words_of_compose(), *words_of_units(), *words_of_the_image(),
         *words_of_the_guide()]
    )  # fmt: skip

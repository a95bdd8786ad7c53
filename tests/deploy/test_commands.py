"""Every command and option that a file of the deployment names exists in the command line.

They are read out of the files, and understood by the command line itself without being run.
None is excused: a command that goes missing, or is misspelt, fails here.
"""

from __future__ import annotations

from typing import Any

import pytest
import typer
from typer.exceptions import TyperException

from cli.main import app
from record.settings import PREFIX, Settings
from tests.deploy.reading import (
    OURS,
    SERVICES,
    UNITS,
    all_words,
    shell_lines,
    variables,
    words_of_compose,
    words_of_the_guide,
    words_of_units,
)


class NotUnderstood(Exception):
    """The command line knows no such command, or no such option of it."""


def understand(words: list[str]) -> str:
    """The command that *words* ask for, which is not run. Raises `NotUnderstood`."""
    command: Any = typer.main.get_command(app)
    rest = list(words)
    while hasattr(command, "commands") and not rest[0].startswith("-"):
        name = rest.pop(0)
        if name not in command.commands:
            raise NotUnderstood(f"there is no command {name}")
        command = command.commands[name]
    try:
        command.make_context(command.name, rest)
    except typer.Exit:
        pass  # it was asked for help
    except TyperException as error:
        raise NotUnderstood(str(error)) from None
    return str(command.name)


@pytest.mark.parametrize(("where", "words"), all_words().items(), ids=list(all_words()))
def test_a_command_that_a_file_names_exists_with_its_options(
    where: str, words: list[str]
) -> None:
    # given the words that stand in a file, when the command line reads them, then it
    # understands them all
    assert understand(words), where


@pytest.mark.parametrize(
    "words",
    [
        ["nodes"],
        ["node", "--opps", "x"],
        ["credential", "ad"],
        ["credential", "add"],
        ["nodes", "--help"],
        ["node", "more"],
    ],
)
def test_a_command_that_is_misspelt_is_not_understood(words: list[str]) -> None:
    # given words that no command line of ours knows, when they are read, then they are refused
    with pytest.raises(NotUnderstood):
        understand(words)


def test_the_files_start_what_there_is_to_start() -> None:
    # given the files
    compose = {words[0] for _, words in words_of_compose()}
    units = {words[0] for _, words in words_of_units()}
    guide = {words[0] for _, words in words_of_the_guide()}

    # then each part is started by one, and the first day's commands are in the guide
    assert compose == {"migrate", "intake", "node", "watch", "doctor"}
    assert units == {"serve", "intake", "node", "watch"}
    assert {"credential", "broker-config", "broker-password", "doctor", "migrate",
            "roles", "rebuild", "quarantine", "findings", "log"} <= guide  # fmt: skip


def test_every_setting_that_a_file_gives_is_one_of_ours() -> None:
    # given what services and units give to the program
    given = [SERVICES[name]["environment"] for name in OURS]
    given += [variables(path) for path in UNITS]
    # when those with our prefix are gathered
    names = {name for one in given for name in one if name.startswith(PREFIX)}
    # then the settings know each
    assert names
    assert names <= {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_every_service_that_the_guide_names_is_in_compose() -> None:
    # given the lines of the guide that speak to compose
    lines = [words for words in shell_lines() if words[:2] == ["docker", "compose"]]
    takes_value = {"--signal", "--tail", "--since"}
    # when their services are read
    found = set()
    for words in lines:
        rest = iter(words[3:])
        plain = [w for w in rest if not (w in takes_value and next(rest))]
        plain = [word for word in plain if not word.startswith("-")]
        found |= set(plain[:1] if words[2] in ("run", "exec") else plain)
    # then each is there
    assert {"postgres", "intake", "node", "nats", "roles", "migrate"} <= found
    assert found <= set(SERVICES)

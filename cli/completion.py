"""`counterfoil completion SHELL`: the script that lets a shell complete our commands."""

from __future__ import annotations

from enum import StrEnum

import typer


class Shell(StrEnum):
    """The shells we know."""

    bash = "bash"
    zsh = "zsh"
    fish = "fish"


def completion(shell: Shell) -> None:
    """Print a completion script, for example: eval "$(counterfoil completion bash)"."""
    from typer._completion_shared import get_completion_script

    typer.echo(
        get_completion_script(
            prog_name="counterfoil",
            complete_var="_COUNTERFOIL_COMPLETE",
            shell=shell.value,
        )
    )

"""The documents, read by the tests that run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COUNTERFOIL = Path(sys.executable).with_name("counterfoil")
MODULE = [sys.executable, "-c", "from cli.main import main; main()"]
"""The command from whichever copy of the product stands on `PYTHONPATH`."""
NOW = "2026-03-10T12:00:00+00:00"


def text(name: str) -> str:
    """A document of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    """The blocks of a document that are fenced as *language*."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", text(name), re.MULTILINE | re.DOTALL
    )


def clean_environment() -> dict[str, str]:
    """The environment without our settings and Python's, the command first on the path."""
    ours = ("COUNTERFOIL_", "PYTHON")
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(ours)
    }
    return kept | {"PATH": f"{COUNTERFOIL.parent}{os.pathsep}{os.environ['PATH']}"}


def run(
    command: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """What a command answers in *folder*."""
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )

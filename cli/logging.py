"""Logs on standard error: for people on a terminal, as JSON elsewhere.

One line a batch, keys rather than sentences, and never what a person said.
"""

from __future__ import annotations

import sys
from typing import Any

import structlog


def set_up() -> None:
    """Set structlog up for this process."""
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, last],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )

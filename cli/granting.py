"""What a credential is granted, as it is written on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import NoReturn

import typer

USUAL, NEVER = "365d", "never"


def sources(names: Iterable[str]) -> frozenset[str]:
    """For whom a sender speaks; a usage error (exit 2) where it is no source."""
    from pydantic import TypeAdapter, ValidationError

    from domain.base import Source

    try:
        return frozenset(TypeAdapter(list[Source]).validate_python(list(names)))
    except ValidationError:
        wrong("should be /providers/NAME or /council/SYSTEM, in lower case", "--source")


def types(names: Iterable[str]) -> frozenset[str] | None:
    """What a sender may say, None: all; a usage error (exit 2) for what is no type."""
    from domain.catalogue import WIRE

    for name in names:
        if name not in WIRE:
            near = get_close_matches(name, WIRE, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            wrong(f"there is no type {name}{meant}", "--type")
    return frozenset(names) or None


def until(text: str, now: datetime) -> datetime | None:
    """From when on nobody is let in; None: never. A day lasts until its end in London."""
    from zoneinfo import ZoneInfo

    if text == NEVER:
        return None
    days = text.removesuffix("d")
    try:
        if text.endswith("d") and days.isdecimal() and int(days):
            return now + timedelta(days=int(days))
        last = date.fromisoformat(text) + timedelta(days=1)
        ends = datetime(last.year, last.month, last.day, tzinfo=ZoneInfo("Europe/London"))
    except (ValueError, OverflowError):
        ends = now
    if ends <= now:
        wrong("should be days from now, as 90d, a day to come, or never", "--expires")
    return ends.astimezone(UTC)


def wrong(words: str, where: str) -> NoReturn:
    """A usage error (exit 2)."""
    raise typer.BadParameter(words, param_hint=where)

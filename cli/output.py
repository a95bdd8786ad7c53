"""How answers are written: a table for people, JSON, NDJSON or CSV for programs."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson

from cli.options import Format

Row = Mapping[str, Any]

WIDTH = 100
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would carry out."""

RIGHT = {
    "minutes", "£", "position", "entry", "size", "calls",
    "before", "after", "new", "lost", "changed",
}  # fmt: skip
"""Columns of numbers, which are put to the right; so are those that begin with £."""


def chosen(asked: Format | None) -> Format:
    """What was asked for; else a table on a terminal and JSON otherwise."""
    if asked is not None:
        return asked
    return Format.table if sys.stdout.isatty() else Format.json


def emit(
    rows: Iterable[Row],
    asked: Format | None,
    columns: Sequence[str],
    table: Sequence[str] | None = None,
) -> None:
    """Write *rows*, one by one, with *columns*; a table shows those of *table*."""
    form = chosen(asked)
    if form is Format.table:
        print_table(list(rows), table or columns)
    elif form is Format.csv:
        _csv(rows, columns)
    elif form is Format.ndjson:
        for row in rows:
            _write(orjson.dumps(row) + b"\n")
    else:
        _array(rows)


def emit_one(row: Row, asked: Format | None) -> None:
    """Write one object; as a table, a name and its value a line."""
    form = chosen(asked)
    if form is Format.table:
        print_table([{"": name, " ": value} for name, value in row.items()], ["", " "])
    elif form is Format.csv:
        _csv([row], list(row))
    else:
        indent = orjson.OPT_INDENT_2 if form is Format.json else 0
        _write(orjson.dumps(row, option=indent) + b"\n")


def _write(text: bytes) -> None:
    sys.stdout.buffer.write(text)


def _array(rows: Iterable[Row]) -> None:
    start = b"[\n"
    for row in rows:
        _write(start + orjson.dumps(row))
        start = b",\n"
    _write(b"[]\n" if start == b"[\n" else b"\n]\n")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return orjson.dumps(value).decode()


def _csv(rows: Iterable[Row], columns: Sequence[str]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])
        _write(text.getvalue().encode())
        text.seek(0)
        text.truncate()
    _write(text.getvalue().encode())


def print_table(
    rows: Sequence[Row],
    columns: Sequence[str],
    *,
    title: str | None = None,
    empty: str = "Nothing to show.",
    numbers: Collection[str] = RIGHT,
) -> None:
    """A table that fits 100 columns; *numbers* names the columns that stand to the right."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=min(WIDTH, Console().width) if sys.stdout.isatty() else WIDTH)
    if not rows:
        console.print(f"{title}: none." if title else empty, markup=False)
        return
    shown = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in columns:
        right = name in numbers or name.startswith("£ ")
        shown.add_column(
            name, justify="right" if right else "left", overflow="fold", no_wrap=right
        )
    for row in rows:
        shown.add_row(*(_plain(row.get(name)) for name in columns))
    console.print(shown)


def _plain(value: Any) -> Any:
    from rich.text import Text

    if value is None:
        return ""
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, list | dict):
        return Text(orjson.dumps(value).decode())
    return Text(str(value))


def pounds(pence: int | None) -> str | None:
    """Pence as pounds: 1234567 is 12,345.67."""
    return None if pence is None else f"{pence / 100:,.2f}"


def local(since: str | None) -> str | None:
    """An instant of an answer as London's clocks show it; a date stays a date."""
    if since is None or "T" not in since:
        return since
    from datetime import datetime
    from zoneinfo import ZoneInfo

    there = datetime.fromisoformat(since).astimezone(ZoneInfo("Europe/London"))
    return f"{there:%a %d %b %Y %H:%M}"

"""The log's events as typed columns: one table a type, generated from the event classes.

What is personal (`domain.values.personal`) is no column: no rule reads it, and the columns
may be on any disk.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from domain.base import Event
from domain.catalogue import TOPICS
from domain.values import Total, personal

SCALARS: dict[Any, tuple[str, str]] = {
    AwareDatetime: ("TIMESTAMPTZ", "VARCHAR"),
    date: ("DATE", "VARCHAR"),
    Decimal: ("DECIMAL(12,9)", "VARCHAR"),
    bool: ("BOOLEAN", "BOOLEAN"),
    int: ("INTEGER", "INTEGER"),
    Total: ("BIGINT", "BIGINT"),
    float: ("DOUBLE", "DOUBLE"),
    str: ("VARCHAR", "VARCHAR"),
}
"""For each kind of value its column, and how JSON is read for it: what must be cast with
care is read as text."""

ENVELOPE = {
    "source": "VARCHAR",
    "id": "VARCHAR",
    "time": "TIMESTAMPTZ",
    "recordedtime": "TIMESTAMPTZ",
    "sequence": "BIGINT",
}

Shape = str | dict[str, Any] | list[Any]


@dataclass(frozen=True)
class Table:
    """The columns of one type of event.

    `columns` maps each name to its DuckDB type, `reads` to the expression that reads it
    from the stored JSON `e`; `subject` is the column that names the thing spoken of;
    `slot` the columns that two competing statements share, None where none compete.
    """

    topic: str
    name: str
    subject: str
    columns: dict[str, str]
    reads: dict[str, str]
    shape: Shape
    slot: tuple[str, ...] | None
    order: str

    @property
    def ddl(self) -> str:
        """The table as it is created."""
        return ", ".join(f'"{name}" {kind}' for name, kind in self.columns.items())

    def decode(self, rows: str) -> str:
        """The query that turns *rows* of the log into these columns."""
        reads = ", ".join(f'{read} AS "{name}"' for name, read in self.reads.items())
        return (
            f"SELECT {reads} FROM (SELECT position,"
            f" json_transform(state, '{json.dumps(self.shape)}') AS e"
            f" FROM {rows} WHERE topic = '{self.topic}')"
        )


@dataclass(frozen=True)
class Part:
    """A list within one type's statements as a table of its own: a row an item.

    A question about one of a million invoiced lines need not unpack all the others.
    """

    whole: Table
    field: str
    name: str
    order: str

    @property
    def topic(self) -> str:
        """The topic of the statements that hold the list."""
        return self.whole.topic

    @property
    def columns(self) -> dict[str, str]:
        """Where the item stands, in which statement of whom, and what it says."""
        fields = re.findall(r'"(\w+)" (\w+)', self.whole.columns[self.field])
        keys = ("position", "provider", self.whole.subject)
        return {
            **{name: self.whole.columns[name] for name in keys},
            "place": "BIGINT",
            **dict(fields),
        }

    @property
    def ddl(self) -> str:
        """The table as it is created."""
        return ", ".join(f'"{name}" {kind}' for name, kind in self.columns.items())

    def decode(self, rows: str) -> str:
        """The query that turns *rows* of the log into these columns."""
        return (
            f"SELECT * EXCLUDE (item), item.* FROM (SELECT position, provider,"
            f' "{self.whole.subject}", generate_subscripts("{self.field}", 1) AS place,'
            f' unnest("{self.field}") AS item FROM ({self.whole.decode(rows)}))'
        )


def _inner(annotation: Any) -> Any:
    """The annotation without its validators and without None."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, UnionType):
            (annotation,) = (a for a in get_args(annotation) if a is not NoneType)
        else:
            return annotation


def column(annotation: Any) -> tuple[str, Shape]:
    """The DuckDB type of a field, and the shape in which its JSON is read."""
    inner = _inner(annotation)
    if get_origin(inner) is list:
        kind, shape = column(get_args(inner)[0])
        return f"{kind}[]", [shape]
    if get_origin(inner) is Literal:
        return "VARCHAR", "VARCHAR"
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        fields = {n: column(f.annotation) for n, f in inner.model_fields.items()}
        struct = ", ".join(f'"{name}" {kind}' for name, (kind, _) in fields.items())
        return f"STRUCT({struct})", {name: shape for name, (_, shape) in fields.items()}
    return SCALARS[inner]


def _table(kind: type[Event]) -> Table:
    thing = kind.AGGREGATE.__name__.lower()
    subject = thing if thing not in ("statement", "conflict") else "subject"
    columns = {"position": "BIGINT", "received_at": "TIMESTAMPTZ", **ENVELOPE}
    reads = {name: f"e.said.{name}::{ENVELOPE[name]}" for name in ENVELOPE}
    reads = {"position": "position", "received_at": "e.received_at::TIMESTAMPTZ", **reads}
    if kind.NAMED_BY_SOURCE and {"providers"} == kind.SAID_BY:
        columns["provider"], reads["provider"] = "VARCHAR", "e.said.source[12:]"
    columns[subject], reads[subject] = "VARCHAR", "e.said.subject"
    shape: dict[str, Any] = {}
    for name, field in kind.reads().model_fields.items():
        if name in personal(kind.reads()):
            continue
        columns[name], shape[name] = column(field.annotation)
        reads[name] = f'(e.data."{name}")::{columns[name]}'
    said = dict.fromkeys([*ENVELOPE, "subject"], "VARCHAR")
    names = ("provider", subject) if kind.NAMED_BY_SOURCE else (subject,)
    return Table(
        topic=kind.TOPIC,
        name=kind.TOPIC.replace(".", "_"),
        subject=subject,
        columns=columns,
        reads=reads,
        shape={"received_at": "VARCHAR", "said": said, "data": shape or {"_": "VARCHAR"}},
        slot=None if kind.SLOT is None else (*names, *kind.SLOT),
        order="provider, visit, position" if thing == "visit" else "position",
    )


@cache
def tables() -> dict[str, Table]:
    """Every table by the topic of its events."""
    return {topic: _table(kind) for topic, kind in TOPICS.items()}


@cache
def all_tables() -> tuple[Table | Part, ...]:
    """The tables of all types, and the parts that are kept by themselves too."""
    invoices = tables()["invoice.submitted"]
    lines = Part(invoices, "lines", "invoice_line", "provider, invoice, place")
    return (*tables().values(), lines)


@cache
def fingerprint() -> str:
    """Names this shape of the columns: segments of another shape are made anew."""
    shapes = "\n".join(f"{t.name} {t.ddl}" for t in all_tables())
    return sha256(shapes.encode()).hexdigest()[:16]

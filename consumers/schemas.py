"""The JSON Schema (2020-12) of every type of the feed, drawn from the classes that read it.

A schema allows whatever the reader reads, and little more: what no schema can say (funding
that does not add up to 100, a day that the calendar does not have) the reader says.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import Any

from consumers.drawing import Schema, drawn, words
from domain.base import Envelope, Event
from domain.catalogue import WIRE
from record.arrivals import STATUSES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAMES = "urn:counterfoil:feed:"
OTHERS = "Fields that are not named here are kept, and nothing is made of them."
SPEAKERS = {"providers": "providers", "council": "council systems"}


@cache
def examples() -> dict[str, list[dict[str, Any]]]:
    """Events of every type, as one provider and one council might say them."""
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (files("consumers") / "examples.ndjson").read_text("utf-8").splitlines():
        event = json.loads(line)
        told[event["type"]].append(event)
    return dict(told)


def event_schema(topic: str) -> Schema:
    """The schema of a whole event of type *topic*. Raises `KeyError` for no such type."""
    kind = WIRE[topic]
    shape = drawn(Envelope)
    attributes = shape["properties"]
    attributes["source"]["pattern"] = _source_pattern(kind)
    attributes["type"] = {
        "const": topic,
        "description": attributes["type"]["description"],
    }
    attributes["subject"]["description"] = words()["subject"][kind.AGGREGATE.__name__]
    attributes["data"] = drawn(kind.reads())
    said_by = " and ".join(SPEAKERS[side] for side in sorted(kind.SAID_BY, reverse=True))
    says = summary(kind)
    return {
        "$schema": DIALECT,
        "$id": f"{NAMES}{topic}",
        "title": says,
        "description": f"`{topic}`: {says}. Said by {said_by}. {OTHERS}",
        "type": "object",
        "required": [*shape["required"], "data"],
        "properties": attributes,
        "examples": examples()[topic],
    }


def receipts_schema() -> Schema:
    """The schema of the answer to a message: one receipt an event, in the same order."""
    said = words()["Receipt"]
    text = {"type": ["string", "null"]}
    fields: Schema = {
        "status": {"enum": list(STATUSES)},
        "source": text,
        "id": text,
        "position": {"type": ["integer", "null"], "minimum": 1},
        "reason": text,
    }
    receipt = {
        "type": "object",
        "required": ["status"],
        "properties": {
            name: {**shape, "description": said[name]} for name, shape in fields.items()
        },
    }
    return {
        "$schema": DIALECT,
        "$id": f"{NAMES}receipts",
        "title": "Receipts",
        "description": "What became of each event of a message, in the message's order.",
        "type": "object",
        "required": ["receipts"],
        "properties": {"receipts": {"type": "array", "items": receipt}},
        "examples": [{"receipts": _some_receipts()}],
    }


def _some_receipts() -> list[Schema]:
    names = ("status", "source", "id", "position", "reason")
    source = "/providers/fairfield"
    other = "another content was recorded under this source and id"
    missing = "data.carer: Field required"
    rows = (
        ("recorded", source, "V1-in-1", 1042, None),
        ("duplicate", source, "V1-plan", None, None),
        ("conflict", source, "V1-out-1", None, other),
        ("quarantined", source, "V1-in-2", None, missing),
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def summary(kind: type[Event]) -> str:
    """What an event of *kind* says, in one short sentence without its full stop."""
    return (kind.__doc__ or "").partition("\n")[0].rstrip(".")


def _source_pattern(kind: type[Event]) -> str:
    sides = sorted(kind.SAID_BY, reverse=True)
    side = sides[0] if len(sides) == 1 else f"({'|'.join(sides)})"
    return f"^/{side}/[a-z0-9][a-z0-9-]{{0,62}}$"

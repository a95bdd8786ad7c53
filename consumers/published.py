"""The files of docs/feed: what a vendor's tools read, written by this code and no other way."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from consumers.asyncapi import asyncapi
from consumers.schemas import event_schema, receipts_schema
from domain.catalogue import WIRE


def published() -> dict[str, str]:
    """What each file holds, by its name below docs/feed."""
    drawn = {topic: event_schema(topic) for topic in WIRE}
    return {
        **{f"schemas/{topic}.json": written(schema) for topic, schema in drawn.items()},
        "schemas/receipts.json": written(receipts_schema()),
        "asyncapi.json": written(asyncapi()),
        "examples.ndjson": (files("consumers") / "examples.ndjson").read_text("utf-8"),
    }


def publish(folder: Path) -> list[str]:
    """Write the files into *folder*; their names."""
    for name, text in published().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return sorted(published())


def written(document: dict[str, Any]) -> str:
    """A document as it is kept in a file."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

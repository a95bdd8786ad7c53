"""A JSON Schema of one of our classes as a person would write it, with words in it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from domain.visit import Tap

Schema = dict[str, Any]

PRINTABLE = r"^[^\u0000-\u001f\u007f-\u00a0\u2028\u2029]+$"
"""Every regular expression engine knows this much of what is printable."""

REFERENCE_LENGTH = 128

_EXPLAINED = {
    "if": {"required": ["method"], "properties": {"method": {"const": "manual"}}},
    "then": {"required": ["reason"], "properties": {"reason": {"type": "string"}}},
}
"""A tap typed in by hand must have its reason."""

_LEFT_OUT = {"$defs", "title", "default", "decimal_places", "additionalProperties"}
_FIRST = ("type", "description", "required", "properties")
_BOUNDS = {"ge": "minimum", "le": "maximum"}
_ENDS = {r"\A": "^", r"\z": "$"}


@cache
def words() -> dict[str, dict[str, str]]:
    """What each field means, by class and field."""
    return tomllib.loads((files("consumers") / "words.toml").read_text("utf-8"))


def drawn(shape: type[BaseModel]) -> Schema:
    """The schema of *shape*, complete in itself: no part of it stands elsewhere."""
    found = shape.model_json_schema(schema_generator=_WithWords)
    return _plain(found, found.get("$defs", {}))


class _WithWords(GenerateJsonSchema):
    """Pydantic's schema with our words in it, and without titles that repeat names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # of none
        return False

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> Schema:  # noqa: ARG002  # as read
        return {"type": "number"}

    def model_schema(self, schema: core_schema.ModelSchema) -> Schema:
        found = super().model_schema(schema)
        for name, field in found.get("properties", {}).items():
            field["description"] = _meaning(schema["cls"], name)
        return found | (_EXPLAINED if issubclass(schema["cls"], Tap) else {})


def _meaning(shape: type[BaseModel], field: str) -> str:
    """What a field means: the words of the nearest class that has some."""
    for room in shape.__mro__:
        if found := words().get(room.__name__, {}).get(field):
            return found
    raise LookupError(f"words.toml says nothing of {shape.__name__}.{field}")


def _plain(node: Schema, rooms: Schema) -> Schema:
    """The same schema with each part in its place, in JSON Schema's own words."""
    if "$ref" in node:
        node = rooms[node["$ref"].rpartition("/")[2]] | {
            name: item for name, item in node.items() if name != "$ref"
        }
    if "anyOf" in node:
        return _or_null(node, rooms)
    order = [*(name for name in _FIRST if name in node), *node]
    found = {
        _BOUNDS.get(name, name): node[name] for name in order if name not in _LEFT_OUT
    }
    if "description" in found:
        found["description"] = " ".join(found["description"].split())
    if "properties" in found:
        fields = found["properties"].items()
        found["properties"] = {name: _plain(field, rooms) for name, field in fields}
    if "items" in found:
        found["items"] = _plain(found["items"], rooms)
    for end, usual in _ENDS.items():
        if "pattern" in found:
            found["pattern"] = found["pattern"].replace(end, usual)
    if found.get("maxLength") == REFERENCE_LENGTH:
        found["pattern"] = PRINTABLE
    return found


def _or_null(node: Schema, rooms: Schema) -> Schema:
    """What may be null: the one other choice, with null among its types and values."""
    (choice,) = (item for item in node["anyOf"] if item != {"type": "null"})
    outside = {name: item for name, item in node.items() if name != "anyOf"}
    found = _plain({**choice, **outside}, rooms)
    found["type"] = [found["type"], "null"]
    if "enum" in found:
        found["enum"] = [*found["enum"], None]
    return found

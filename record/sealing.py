"""Words sealed: what of an event may tell of a person is encrypted, field by field.

Each field is bound to the event it stands in: the thing, its version, the topic and the
field's own name. So what is moved to another row, or stands under another topic, does not open.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args
from uuid import UUID

from pydantic import BaseModel

from domain.base import Event
from domain.values import personal
from record.errors import Erased, NotOurs, SealBroken
from record.keyring import Key, seal, unseal

ERASED, SEALED, BROKEN = "[erased]", "[sealed]", "[seal broken]"
"""What stands in the place of words that cannot be read."""
OTHERS = "*"
"""The name under which all fields of no meaning to us are sealed together."""
PLAIN = frozenset({"datacontenttype", "dataschema"})
"""Attributes of CloudEvents that say what is carried, not of whom."""

Place = tuple[str | int, ...]
Opened = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Address:
    """Which event of which thing it is."""

    thing: UUID
    version: int
    topic: str

    def bound(self, field: str) -> str:
        """What a field's words are bound to."""
        return f"{self.thing.hex}\x1f{self.version}\x1f{self.topic}\x1f{field}"


def has_words(kind: type[Event], said: BaseModel, data: BaseModel) -> bool:
    """Whether a statement holds anything that is to be sealed. Asked of every event."""
    if said.model_extra and not said.model_extra.keys() <= PLAIN:
        return True
    if data.model_extra:
        return True
    fields = data.__dict__
    for name in _personal(kind):
        if fields[name] is not None:
            return True
    for name in _nested(type(data)):
        if fields.get(name):
            return any(True for _ in _within(("data",), data))
    return False


@cache
def _personal(kind: type[Event]) -> tuple[str, ...]:
    return tuple(sorted(personal(kind.reads())))


@cache
def _nested(shape: type[BaseModel]) -> tuple[str, ...]:
    """The fields of a shape that may hold other shapes, with fields of no meaning to us."""
    return tuple(
        name
        for name, field in shape.model_fields.items()
        if any(_is_shape(part) for part in _parts(field.annotation))
    )


def _is_shape(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def _others(said: BaseModel, data: BaseModel) -> Iterator[tuple[Place, BaseModel, str]]:
    """Every field of no meaning to us: where, in which model, under which name."""
    for name in said.model_extra or ():
        if name not in PLAIN:
            yield ("said",), said, name
    yield from _within(("data",), data)


def _within(place: Place, model: BaseModel) -> Iterator[tuple[Place, BaseModel, str]]:
    for name in model.model_extra or ():
        yield place, model, name
    for name in _nested(type(model)):
        value = model.__dict__.get(name)
        if isinstance(value, BaseModel):
            yield from _within((*place, name), value)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                yield from _within((*place, name, number), item)


def sealed_state(event: Event, key: Key | None, leave_out: set[str]) -> str:
    """The event as JSON, its words under *key*; a key is needed where there are any."""
    if not has_words(type(event), event.said, event.data):
        return _written(event, leave_out)
    if key is None:
        raise ValueError(f"{event.TOPIC} has words, and no key to seal them with")
    plain, hidden = _taken_out(event, leave_out)
    at = Address(event.originator_id, event.originator_version, event.TOPIC)
    written = {
        field: b64encode(seal(key, json.dumps(value).encode(), at.bound(field))).decode()
        for field, value in plain.items()
    }
    sealed = json.dumps({"key": key.id, "words": written}, separators=(",", ":"))
    return f'{_written(event, hidden)[:-1]},"sealed":{sealed}}}'


def _written(event: Event, leave_out: Any) -> str:
    # What an officer says may tell more than the feed's own shape: who they are.
    more = type(event.data) is not event.reads()
    return event.model_dump_json(
        exclude=leave_out, exclude_unset=True, by_alias=True, serialize_as_any=more
    )


def _taken_out(event: Event, leave_out: set[str]) -> tuple[Opened, dict[Any, Any]]:
    """What is to be sealed, by field; and what to leave out where the rest is written."""
    words = {f for f in _personal(type(event)) if getattr(event.data, f) is not None}
    hidden: dict[Any, Any] = dict.fromkeys(leave_out, True)
    plain = event.data.model_dump(mode="json", include=words, exclude_unset=True)
    if words:
        hidden["data"] = dict.fromkeys(words, True)
    others = []
    for place, model, name in _others(event.said, event.data):
        if len(place) > 1 and place[1] in plain:
            continue  # sealed with the field that it stands in
        others.append(
            [[*place, name], model.model_dump(mode="json", include={name})[name]]
        )
        inner = hidden
        for step in place:
            inner = inner.setdefault(step, {})
        inner[name] = True
    if others:
        plain[OTHERS] = others
    return plain, hidden


def in_place_of(error: Erased | NotOurs | SealBroken) -> str:
    """What is shown in the place of words that cannot be read."""
    if isinstance(error, SealBroken):
        return BROKEN
    return ERASED if isinstance(error, Erased) else SEALED


def open_state(
    state: dict[str, Any], at: Address, key: Callable[[str], Key]
) -> dict[str, str]:
    """Put the words of *state* back in their places, or say there why they cannot be read.

    *key* finds a key by its name, and raises as `Keyring.key` does. Returns what could not be
    read: for each field why, which is `[erased]`, `[sealed]` or `[seal broken]`.
    """
    sealed = state.pop("sealed", None)
    unread: dict[str, str] = {}
    if sealed is None:
        return unread
    for field, written in sealed["words"].items():
        try:
            value = json.loads(
                unseal(key(sealed["key"]), b64decode(written), at.bound(field))
            )
        except (Erased, NotOurs, SealBroken) as error:
            value = unread[field] = in_place_of(error)
        if field != OTHERS:
            state["data"][field] = value
        elif field not in unread:
            for place, found in value:
                _put(state, place, found)
    return unread


def _put(state: dict[str, Any], place: list[Any], value: Any) -> None:
    inner: Any = state
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value

"""The wire: one CloudEvent in, read against the catalogue of feed.md.

The order of the questions matters: who speaks and of what type comes first, because what
is not theirs to say is refused without its content being kept.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from consumers.reading import NotReadable, digest, read_json
from domain.base import Envelope, Event, Source
from domain.catalogue import WIRE
from record.arrivals import Arrival, NotTheirs, Statement, Unreadable
from record.senders import Sender

LARGEST = 16 * 1024 * 1024
"""Bytes of the largest event that is read; a larger one is quarantined."""

MOST_EVENTS = 20_000
"""Events in one message, at most; a longer batch is quarantined whole."""

UNKNOWN = "unknown type"
"""How a refusal names a type that is not in the catalogue: its words are not kept."""

SHOWN = 64
"""Characters of a foreign name (a type, a field) that a reason repeats."""

_SOURCE: TypeAdapter[str] = TypeAdapter(Source)
_READS = {topic: kind.reads() for topic, kind in WIRE.items()}


def read_event(raw: bytes, sender: Sender | None = None) -> Arrival:
    """The event in *raw*, or why it cannot be read, or whose it is not to say.

    *sender* is who was let in with it; None for a file, which may say what its sources may.
    """
    arrival = _read_bytes(raw, sender)
    return arrival if sender is None else replace(arrival, sender=sender.name)


def _read_bytes(raw: bytes, sender: Sender | None) -> Arrival:
    if len(raw) > LARGEST:
        return unreadable(raw, f"larger than {LARGEST} bytes")
    try:
        content = read_json(raw)
        if isinstance(content, list):
            raise NotReadable(f"not a CloudEvent, nor a batch of at most {MOST_EVENTS}")
        if not isinstance(content, dict):
            raise NotReadable("not a CloudEvent: no JSON object")
        return _refused(content, sender) or _read(raw, content)
    except NotReadable as reason:
        return unreadable(raw, str(reason))


def unreadable(
    raw: bytes, reason: str, source: str | None = None, id_: str | None = None
) -> Unreadable:
    """Bytes that cannot be read, and why."""
    return Unreadable((raw,), len(raw), reason, sha256(raw).digest(), source, id_)


def _refused(content: dict[str, Any], sender: Sender | None) -> NotTheirs | None:
    """The refusal of what its sender, or its source, may not say."""
    source, kind = _speaker(content), _kind(content)
    if source is None:
        return None
    topic = kind.TOPIC if kind else None
    reason = sender.refusal(source, topic) if sender else None
    if reason is None and kind and source.split("/")[1] not in kind.SAID_BY:
        reason = f"{kind.TOPIC} is not said by {source.rsplit('/', 1)[0]} sources"
    if reason is None:
        return None
    return NotTheirs(source, topic or UNKNOWN, reason, _text(content.get("id")))


def _read(raw: bytes, content: dict[str, Any]) -> Arrival:
    source, kind = _speaker(content), _kind(content)
    said_digest = digest(content)
    attributes = {name: item for name, item in content.items() if name != "data"}
    try:
        said = Envelope.model_validate(attributes)
        if kind is None:
            raise NotReadable(f"unknown type {shown(said.type)}")
        if "data" not in content:
            raise NotReadable("data: Field required")
        data = _READS[kind.TOPIC].model_validate(content["data"])
        thing = kind.thing(said, data)
    except ValidationError as errors:
        at_data = errors.title != Envelope.__name__
        reason = reasons(errors.errors(include_input=False), "data" if at_data else "")
        return unreadable(raw, reason, source, _text(content.get("id")))
    except NotReadable as reason:
        return unreadable(raw, str(reason), source, _text(content.get("id")))
    return Statement(kind, said, data, said_digest, thing, raw)


def _speaker(content: dict[str, Any]) -> str | None:
    try:
        return _SOURCE.validate_python(content.get("source"), strict=True)
    except ValidationError:
        return None


def _kind(content: dict[str, Any]) -> type[Event] | None:
    named = content.get("type")
    return WIRE.get(named) if isinstance(named, str) else None


def _text(value: Any) -> str | None:
    """A name, if it is one."""
    return value if isinstance(value, str) and 0 < len(value) <= 128 else None


def shown(name: str) -> str:
    """A foreign name fit for a terminal and a log: short and printable."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def reasons(errors: list[ErrorDetails], room: str) -> str:
    """What is wrong, field by field, without any contents."""
    found = []
    for error in errors[:5]:
        places = [room] if room else []
        places += [shown(str(place)) for place in error["loc"]]
        where = ".".join(places) or "data"
        found.append(f"{where}: {error['msg']}")
    more = len(errors) - len(found)
    return "; ".join(found) + (f"; and {more} more" if more else "")

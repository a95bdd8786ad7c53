"""The AsyncAPI 3.0 document of the feed on a stream: what is sent, and what is answered.

It is complete in itself, and told from Counterfoil's side: a sender does the opposite.
"""

from __future__ import annotations

from typing import Any

from consumers.schemas import NAMES, event_schema, examples, receipts_schema, summary
from domain.catalogue import WIRE

VERSION = "1.0.0"
"""Of the feed's catalogue; a type or an optional field more is a new minor version."""

EVENT = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"

FEED = """\
Every fact is one CloudEvent in JSON. A sender publishes it on the subject of its own name, \
alone or with others in a JSON array, and keeps it until it has our receipt: the broker's \
acknowledgement is not one. Send again whatever has no receipt; what was recorded before is \
answered as a duplicate and changes nothing."""
SENDER = """\
The name of the sender's credential: lower-case letters, digits and hyphens, 63 at most. \
A sender may publish and listen under its own name only."""
CREDENTIAL = "The name and the secret that the council gave to the sender."

Document = dict[str, Any]


def asyncapi() -> Document:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "id": NAMES.rstrip(":"),
        "info": {
            "title": "Counterfoil's feed",
            "version": VERSION,
            "description": FEED,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": EVENT,
        "servers": {"council": _server()},
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "schemas": {
                **{topic: _within(event_schema(topic)) for topic in WIRE},
                "receipts": _within(receipts_schema()),
            },
            "messages": {
                **{topic: _message(topic) for topic in WIRE},
                "batch": _batch(),
                "receipts": _receipts(),
            },
            "parameters": {"sender": {"description": SENDER, "examples": ["fairfield"]}},
            "securitySchemes": {
                "credential": {"type": "userPassword", "description": CREDENTIAL}
            },
        },
    }


def _ref(*steps: str) -> dict[str, str]:
    return {"$ref": "/".join(("#", *steps))}


def _server() -> Document:
    return {
        "host": "{host}:{port}",
        "protocol": "nats",
        "description": "The council's broker. It carries; the council's log keeps.",
        "variables": {
            "host": {"default": "localhost", "description": "As the council tells it."},
            "port": {"default": "4222"},
        },
        "security": [_ref("components", "securitySchemes", "credential")],
    }


def _channels() -> Document:
    told = {
        "events": ("What a sender says", "One event, or a JSON array.", [*WIRE, "batch"]),
        "receipts": (
            "What became of it",
            "One answer a message: a receipt for each of its events, in order.",
            ["receipts"],
        ),
    }
    return {
        name: {
            "address": f"counterfoil.{name}.{{sender}}",
            "title": title,
            "description": description,
            "servers": [_ref("servers", "council")],
            "parameters": {"sender": _ref("components", "parameters", "sender")},
            "messages": {item: _ref("components", "messages", item) for item in messages},
        }
        for name, (title, description, messages) in told.items()
    }


def _operations() -> Document:
    answer = [_ref("channels", "receipts", "messages", "receipts")]
    said = [_ref("channels", "events", "messages", name) for name in (*WIRE, "batch")]
    receipts = _ref("channels", "receipts")
    return {
        "receiveEvents": {
            "action": "receive",
            "channel": _ref("channels", "events"),
            "title": "Take in what a sender says",
            "messages": said,
            "reply": {"channel": receipts, "messages": answer},
        },
        "sendReceipts": {
            "action": "send",
            "channel": receipts,
            "title": "Answer with receipts",
            "messages": answer,
        },
    }


def _message(topic: str) -> Document:
    kind = WIRE[topic]
    return {
        "name": topic,
        "title": summary(kind),
        "contentType": EVENT,
        "payload": _ref("components", "schemas", topic),
        "tags": [{"name": side} for side in sorted(kind.SAID_BY)],
        "examples": [
            {"name": event["id"], "payload": event} for event in examples()[topic]
        ],
    }


def _batch() -> Document:
    any_event = [_ref("components", "schemas", topic) for topic in WIRE]
    together = examples()["visit.checked_in"]
    return {
        "name": "batch",
        "title": "Several events",
        "contentType": BATCH,
        "payload": {"type": "array", "items": {"oneOf": any_event}},
        "examples": [{"name": "two-taps", "payload": together}],
    }


def _receipts() -> Document:
    return {
        "name": "receipts",
        "title": "What became of each event of a message",
        "contentType": "application/json",
        "payload": _ref("components", "schemas", "receipts"),
        "examples": [
            {"name": "four-events", "payload": receipts_schema()["examples"][0]}
        ],
    }


def _within(schema: Document) -> Document:
    """A schema as a part of this document; the messages have its examples."""
    alone = {"$schema", "$id", "examples"}
    return {name: item for name, item in schema.items() if name not in alone}

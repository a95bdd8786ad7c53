"""The AsyncAPI document holds together, by the rules of AsyncAPI 3.0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from consumers.asyncapi import asyncapi
from consumers.streams import EVENTS
from domain.catalogue import WIRE
from tests.consumers.test_schemas import FOLDER

DOCUMENT = asyncapi()
KEY = re.compile(r"[A-Za-z0-9._-]+")

ALLOWED = {
    "": "asyncapi id info servers defaultContentType channels operations components",
    "info": "title version description license",
    "servers.*": "host protocol description variables security",
    "servers.*.variables.*": "enum default description examples",
    "channels.*": "address title description servers parameters messages",
    "operations.*": "action channel title messages reply",
    "operations.*.reply": "channel messages address",
    "components": "schemas messages parameters securitySchemes",
    "components.messages.*": "name title contentType payload tags examples",
    "components.messages.*.examples.*": "name summary payload",
    "components.parameters.*": "enum default description examples location",
    "components.securitySchemes.*": "type description",
}
"""The fields of the specification that we use; a misspelt one is none of them."""

REQUIRED = {
    "": "asyncapi info",
    "info": "title version",
    "servers.*": "host protocol",
    "operations.*": "action channel",
    "components.securitySchemes.*": "type",
}


def found(pattern: str) -> list[Any]:
    """The objects at a place of the document, `*` being any name or place of a list."""
    here = [DOCUMENT]
    for step in pattern.split(".") if pattern else []:
        if step == "*":
            here = [
                item
                for room in here
                for item in (room if isinstance(room, list) else room.values())
            ]
        else:
            here = [room[step] for room in here if step in room]
    return here


def resolved(reference: str) -> Any:
    """What a reference leads to."""
    assert reference.startswith("#/"), reference
    room: Any = DOCUMENT
    for step in reference[2:].split("/"):
        room = room[step]
    return room["$ref"] and resolved(room["$ref"]) if "$ref" in room else room


def references(node: Any) -> Iterator[str]:
    """Every reference of the document; what examples hold is none."""
    if isinstance(node, dict):
        if "$ref" in node:
            assert set(node) == {"$ref"}
            yield node["$ref"]
        for name, item in node.items():
            if name != "examples":
                yield from references(item)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def payload_of(message: dict[str, Any]) -> Any:
    """What holds a payload against the schema of its message."""
    root = {**message["payload"], "components": DOCUMENT["components"]}
    return jsonschema_rs.validator_for(root, validate_formats=True)


@pytest.mark.parametrize("place", ALLOWED)
def test_every_object_has_its_fields_and_no_others(place: str) -> None:
    allowed, required = ALLOWED[place].split(), REQUIRED.get(place, "").split()

    there = found(place)

    assert there
    for item in there:
        assert set(item) <= set(allowed)
        assert set(required) <= set(item)


@pytest.mark.parametrize("place", ["servers", "channels", "operations", "components.*"])
def test_names_are_made_of_what_names_may_be_made_of(place: str) -> None:
    names = [name for room in found(place) for name in room]

    assert names
    assert all(KEY.fullmatch(name) for name in names)


def test_every_reference_leads_somewhere() -> None:
    told = list(references(DOCUMENT))

    assert len(told) > 100
    assert all(resolved(reference) for reference in told)


@pytest.mark.parametrize("name", DOCUMENT["channels"])
def test_a_channel_declares_the_parameters_of_its_address(name: str) -> None:
    channel = DOCUMENT["channels"][name]

    named = set(re.findall(r"\{(\w+)\}", channel["address"]))

    assert named == set(channel["parameters"])
    for item in channel["servers"]:
        assert item["$ref"].removeprefix("#/servers/") in DOCUMENT["servers"]


def test_a_server_declares_the_variables_of_its_host() -> None:
    for server in DOCUMENT["servers"].values():
        assert set(re.findall(r"\{(\w+)\}", server["host"])) == set(server["variables"])


@pytest.mark.parametrize("name", DOCUMENT["operations"])
def test_an_operation_speaks_of_messages_of_its_own_channel(name: str) -> None:
    operation = DOCUMENT["operations"][name]

    spoken = [operation, *filter(None, [operation.get("reply")])]

    assert operation["action"] in {"send", "receive"}
    for side in spoken:
        room = side["channel"]["$ref"] + "/messages/"
        assert side["messages"]
        assert all(item["$ref"].startswith(room) for item in side["messages"])


def test_there_is_one_message_a_type_and_each_example_is_allowed_by_its_schema() -> None:
    messages = DOCUMENT["components"]["messages"]

    assert set(messages) == {*WIRE, "batch", "receipts"}
    for name, message in messages.items():
        assert message["name"] == name
        assert message["examples"]
        for example in message["examples"]:
            payload_of(message).validate(example["payload"])
            assert not payload_of(message).is_valid({"status": "lost"})


def test_an_event_of_one_type_is_not_taken_for_another() -> None:
    batch = payload_of(DOCUMENT["components"]["messages"]["batch"])
    events = [
        message["examples"][0]["payload"]
        for name, message in DOCUMENT["components"]["messages"].items()
        if name in WIRE
    ]

    assert batch.is_valid(events)
    assert not batch.is_valid([events[0] | {"type": "visit.dreamt_of"}])


def test_the_channels_are_the_subjects_of_the_intake() -> None:
    events, receipts = found("channels.*")

    assert events["address"] == f"{EVENTS}{{sender}}"
    assert receipts["address"] == "counterfoil.receipts.{sender}"
    assert set(events["messages"]) == {*WIRE, "batch"}
    assert set(receipts["messages"]) == {"receipts"}


def test_it_stands_beside_the_schemas() -> None:
    assert (FOLDER / "asyncapi.json").exists()

"""The published schemas say what the reader reads, and the committed files are theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from consumers.drawing import words
from consumers.messages import read_event
from consumers.published import publish, published
from consumers.schemas import event_schema, examples, receipts_schema
from domain import base
from domain.catalogue import WIRE
from record.arrivals import STATUSES, Receipt, Statement
from tests.catalogue import SAID, full, minimal
from tests.consumers.test_messages import leaves, put, wrong_for
from tests.documents import ROOT
from tests.feeds import ADULTS, ASH, Event, line

FOLDER = ROOT / "docs" / "feed"
every_type = pytest.mark.parametrize("topic", sorted(WIRE))


def validator(topic: str) -> Any:
    """What holds an event against the schema of its type, dates and times included."""
    return jsonschema_rs.validator_for(event_schema(topic), validate_formats=True)


def is_read(said: Event) -> bool:
    """Whether the reader finds a statement in it."""
    return isinstance(read_event(line(said)), Statement)


def fields(schema: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a schema, by where it is."""
    for name, field in schema.get("properties", {}).items():
        yield f"{at}.{name}", field
        yield from fields(field, f"{at}.{name}")
    if "items" in schema:
        yield from fields(schema["items"], f"{at}[]")


def test_the_committed_files_are_those_that_the_code_writes() -> None:
    committed = {
        str(path.relative_to(FOLDER)): path.read_text("utf-8")
        for path in FOLDER.rglob("*.*")
        if path.name != "README.md"
    }

    assert committed == published(), "run make feed-docs"


def test_all_of_it_can_be_written_anywhere(tmp_path: Any) -> None:
    names = publish(tmp_path / "new" / "folder")

    written = {name: (tmp_path / "new" / "folder" / name).read_text() for name in names}
    assert written == published()


@every_type
def test_every_type_has_examples_that_its_schema_allows_and_the_reader_reads(
    topic: str,
) -> None:
    schema = event_schema(topic)

    jsonschema_rs.meta.validate(schema)
    allowed = [validator(topic).is_valid(said) for said in schema["examples"]]
    read = [read_event(line(said)) for said in schema["examples"]]

    assert schema["$schema"].endswith("2020-12/schema")
    assert allowed == [True] * len(read)
    assert read, "there is an example"
    for found in read:
        assert isinstance(found, Statement)
        assert topic == found.kind.TOPIC
        assert not found.data.__pydantic_extra__


@every_type
def test_the_examples_of_a_type_say_every_field_that_it_must(topic: str) -> None:
    said = set().union(*(event["data"] for event in examples()[topic]))

    assert set(SAID[topic].must) <= said


@every_type
def test_a_schema_allows_what_the_reader_reads(topic: str) -> None:
    nulls = minimal(topic)
    nulls["data"] |= dict.fromkeys(SAID[topic].may)
    more = full(topic) | {"traceparent": "00-1", "recordedtime": None, "sequence": "7"}
    more["data"] |= {"of_our_own": [1]}

    for said in (minimal(topic), full(topic), nulls, more):
        assert is_read(said)
        assert validator(topic).is_valid(said), list(validator(topic).iter_errors(said))


@every_type
def test_a_schema_refuses_what_the_reader_refuses(topic: str) -> None:
    wrong = [
        put(full(topic), path, value)
        for path, right in leaves(full(topic)["data"])
        for value in wrong_for(right)
    ]
    without = [full(topic) for _ in SAID[topic].must]
    for said, name in zip(without, SAID[topic].must, strict=True):
        del said["data"][name]
    envelopes = [
        full(topic) | {name: value}
        for name in ("specversion", "id", "source", "type", "time", "subject", "data")
        for value in (None, 7, [], "", "\n")
    ]

    for said in [*wrong, *without, *envelopes]:
        assert not is_read(said)
        assert not validator(topic).is_valid(said), said


@pytest.mark.parametrize(
    ("topic", "change"),
    [
        ("visit.checked_in", {"method": "manual"}),
        ("visit.checked_in", {"method": "manual", "reason": None}),
        ("visit.checked_out", {"method": "manual"}),
        ("contract.commissioned", {"starts_on": "2026-02-30"}),
        ("contract.commissioned", {"weekly_minutes": 1_000_000_001}),
        ("contract.commissioned", {"notice_days": 36_501}),
        ("visit.scheduled", {"planned_start": "2026-06-15T25:00:00Z"}),
        ("visit.scheduled", {"contract": "C" * 129}),
        ("policy.adopted", {"lookback_weeks": 521}),
        ("policy.adopted", {"short_share": 100.5}),
        ("concern.raised", {"risk_types": []}),
    ],
)
def test_bounds_and_conditions_are_in_the_schema_too(
    topic: str, change: dict[str, Any]
) -> None:
    said = minimal(topic)
    said["data"] |= change

    assert not is_read(said)
    assert not validator(topic).is_valid(said)


@every_type
def test_a_schema_names_who_may_say_it(topic: str) -> None:
    both = len(WIRE[topic].SAID_BY) == 2

    for source in (ASH, ADULTS):
        theirs = both or source == SAID[topic].source
        assert validator(topic).is_valid(full(topic) | {"source": source}) == theirs


@every_type
def test_every_field_is_told_in_plain_words(topic: str) -> None:
    schema = event_schema(topic)

    told = {at: field.get("description", "") for at, field in fields(schema)}

    assert len(told) >= 9
    for at, text in told.items():
        assert text.endswith("."), f"{topic}{at} is not described"
        assert text[0].isupper() or text[0] == "`"


def test_no_words_are_left_of_fields_that_are_gone() -> None:
    shapes: dict[str, set[str]] = {}

    def walk(shape: Any) -> None:
        for room in shape.__mro__:
            shapes.setdefault(room.__name__, set()).update(shape.model_fields)
        for field in shape.model_fields.values():
            for part in _parts(field.annotation):
                walk(part)

    for kind in WIRE.values():
        walk(kind.reads())
    walk(base.Envelope)
    shapes["Receipt"] = set(Receipt.__dataclass_fields__)
    shapes["subject"] = {kind.AGGREGATE.__name__ for kind in WIRE.values()}

    unused = {
        f"{room}.{field}"
        for room, told in words().items()
        for field in told
        if field not in shapes.get(room, set())
    }
    assert not unused


def _parts(annotation: Any) -> Iterator[Any]:
    if isinstance(annotation, type) and issubclass(annotation, base.Value):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _parts(part)


def test_the_schema_of_receipts_allows_every_receipt() -> None:
    allowed = jsonschema_rs.validator_for(receipts_schema())

    receipts = [
        {"status": status, "source": None, "id": None, "position": None, "reason": "why"}
        for status in STATUSES
    ]

    jsonschema_rs.meta.validate(receipts_schema())
    assert allowed.is_valid({"receipts": receipts})
    assert allowed.is_valid(receipts_schema()["examples"][0])
    assert not allowed.is_valid({"receipts": [{"status": "lost"}]})


def test_the_examples_together_are_a_feed_in_which_nothing_is_wrong() -> None:
    told = [
        json.loads(row)
        for row in (FOLDER / "examples.ndjson").read_text("utf-8").splitlines()
    ]

    names = {(event["source"], event["id"]) for event in told}

    assert len(names) == len(told)
    assert {event["type"] for event in told} == set(WIRE)

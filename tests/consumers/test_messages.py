"""Messages: every type of the catalogue, and how a bad field is named and not shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from consumers.messages import LARGEST, read_event
from record.arrivals import NotTheirs, Statement, Unreadable
from tests.catalogue import SAID, full, minimal
from tests.feeds import ADULTS, ASH, Event, check_in, event, heartbeat, line

MARKER = "zebra-crossing-4711"
KINDS = sorted(SAID)


def refused(said: Event) -> str:
    """Why an event cannot be read."""
    arrival = read_event(line(said))
    assert isinstance(arrival, Unreadable), arrival
    return arrival.reason


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("said", [minimal, full])
def test_every_type_is_read_with_all_and_with_no_optional_fields(
    kind: str, said: Any
) -> None:
    # given an event of a type; when it is read, then it is a statement of that type
    arrival = read_event(line(said(kind)))
    assert isinstance(arrival, Statement), arrival
    assert kind == arrival.kind.TOPIC
    # and every field that was said is a field that is read
    assert not arrival.data.__pydantic_extra__


@pytest.mark.parametrize("kind", KINDS)
def test_an_optional_field_may_be_null(kind: str) -> None:
    # given an event whose optional fields are null; when it is read, then it is readable
    said = minimal(kind)
    said["data"] |= dict.fromkeys(SAID[kind].may)
    said |= {"recordedtime": None, "sequence": None}
    assert isinstance(read_event(line(said)), Statement)


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in KINDS for name in SAID[kind].must]
)
def test_a_required_field_must_be_there_and_not_null(kind: str, name: str) -> None:
    # given an event without a field that it must have, or with null for it
    without, null = full(kind), full(kind)
    del without["data"][name]
    null["data"][name] = None
    # when it is read, then the reason names the field
    assert refused(without) == f"data.{name}: Field required"
    assert refused(null).startswith(f"data.{name}: ")


@pytest.mark.parametrize(
    "name", ["specversion", "id", "source", "type", "time", "subject"]
)
def test_a_required_attribute_must_be_there_and_not_null(name: str) -> None:
    # given an event without an attribute, or with null for it
    said = full("visit.scheduled")
    del said[name]
    # when it is read, then the reason names the attribute
    assert refused(said).startswith(f"{name}: ")
    assert refused(said | {name: None}).startswith(f"{name}: ")


def leaves(
    value: Any, path: tuple[Any, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value inside *value* that is no container, and where it is."""
    if isinstance(value, dict | list):
        for at, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, at))
    else:
        yield path, value


def put(said: Event, path: tuple[Any, ...], value: Any) -> Event:
    """The event with another value at *path* of its data."""
    changed: Event = json.loads(json.dumps(said))
    room = changed["data"]
    for step in path[:-1]:
        room = room[step]
    room[path[-1]] = value
    return changed


def wrong_for(value: Any) -> list[Any]:
    """Values that are of no use where *value* is."""
    always: list[Any] = [[MARKER], {MARKER: 1}]
    if isinstance(value, bool):
        return [*always, 0, 1, "true", MARKER]
    if isinstance(value, int):
        return [*always, True, False, str(value), MARKER, 1.5, 10**12, 2**80]
    if isinstance(value, float):
        return [*always, True, str(value), MARKER, -400.5]
    return [*always, 7, True, 1.5]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if full(kind)["data"]])
def test_a_value_of_another_type_is_refused_by_name_and_never_shown(kind: str) -> None:
    # given an event with everything in it
    said = full(kind)
    for path, value in leaves(said["data"]):
        for wrong in wrong_for(value):
            # when one value is of another type
            reason = refused(put(said, path, wrong))
            # then the reason names where it is, and shows nothing of it
            where = ".".join(["data", *map(str, path)])
            assert reason.startswith((f"{where}: ", f"{where}.", "data.funding: ")), (
                reason
            )
            assert MARKER not in reason


WORDS = {
    "reason", "name", "cqc_location", "contact", "area", "team", "officer", "need_level",
    "narrative", "location", "risk_assessment", "risk_types",
}  # fmt: skip
REFERENCES = {
    "contract", "person", "provider", "carer", "line", "visit", "retracts", "funder",
    "draws_on", "pairs_with", "compensates_for",
}  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in KINDS if full(kind)["data"]])
def test_a_word_of_no_list_and_a_date_of_no_calendar_are_refused_and_never_shown(
    kind: str,
) -> None:
    # given an event with everything in it
    said = full(kind)
    for path, value in leaves(said["data"]):
        name = [step for step in path if isinstance(step, str)][-1]
        if not isinstance(value, str) or name in WORDS:
            continue
        # when a code, a date or a time is a word, or a reference is unprintable
        wrong = f"{MARKER}\n" if name in REFERENCES else MARKER
        reason = refused(put(said, path, wrong))
        # then the reason names where it is, and does not repeat the word
        assert reason.startswith(".".join(["data", *map(str, path)]) + ": ")
        assert MARKER not in reason


TIMES = [
    "2026-06-15T08:00:00", "2026-06-15T08:00", "2026-06-15 08:00:00Z", "2026-06-15",
    "20260615T080000Z", "2026-06-15T08:00:00+0100", "2026-06-15T08:00:00+1",
    "2026-06-15T25:00:00Z", "2026-02-29T08:00:00Z", "2026-06-15T08:00:00Z ",
    "2026-W25-1T08:00:00Z", "tomorrow", "", "2026-06-15T08:00:00.Z",
    "２０２６-06-15T08:00:00Z",
]  # fmt: skip


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("where", ["time", "recordedtime", "planned_start"])
def test_a_date_time_must_have_an_offset_and_exist(time: str, where: str) -> None:
    # given a plan with a date-time of another form
    said = full("visit.scheduled")
    room = said["data"] if where == "planned_start" else said
    room[where] = time
    # when it is read, then the reason names the field
    named = f"data.{where}: " if where == "planned_start" else f"{where}: "
    assert refused(said).startswith(named)


@pytest.mark.parametrize(
    "time",
    ["2026-06-15T08:00:00Z", "2026-06-15t08:00:00z", "2026-06-15T08:00:00.5+01:00",
     "2026-06-15T08:00:00.123456789-00:00", "2026-06-15T08:00:00+14:00"],
)  # fmt: skip
def test_a_date_time_of_rfc_3339_is_read(time: str) -> None:
    # given a date-time as RFC 3339 allows it; when it is read, then it is readable
    assert isinstance(read_event(line(check_in("a") | {"time": time})), Statement)


@pytest.mark.parametrize("day", ["2026-6-15", "2026-02-29", "20260615", "15/06/2026",
                                 "2026-06-15T00:00:00Z", "2026-06-15 "])  # fmt: skip
def test_a_date_must_be_a_day_of_the_calendar(day: str) -> None:
    # given a date of another form; when it is read, then the reason names the field
    said = put(full("contract.resumed"), ("on",), day)
    assert refused(said).startswith("data.on: ")


@pytest.mark.parametrize("number", [b"30", b"30.0", b"3e1", b"300E-1"])
def test_a_whole_number_may_be_written_with_a_fraction_of_nothing(number: bytes) -> None:
    # given thirty minutes in any writing; when they are read, then they are thirty
    raw = line(full("person.need_assessed")).replace(
        b'"weekly_minutes": 0', b'"weekly_minutes": ' + number
    )
    arrival = read_event(raw)
    assert isinstance(arrival, Statement)
    assert getattr(arrival.data, "weekly_minutes") == 30  # noqa: B009


@pytest.mark.parametrize(
    "funding",
    [
        [("a", 50)],
        [("a", 33.3), ("b", 33.3), ("c", 33.3)],
        [("a", 100.1)],
        [("a", 60), ("b", 40.000000001)],
        [],
    ],
)
def test_funding_must_add_to_100(funding: list[tuple[str, float]]) -> None:
    # given parts that do not make a whole; when they are read, then they are refused
    parts = [{"funder": funder, "percent": percent} for funder, percent in funding]
    said = put(full("contract.commissioned"), ("funding",), parts)
    assert refused(said).startswith("data.funding")


@pytest.mark.parametrize("parts", [(33.3, 33.3, 33.4), (0.1, 0.2, 99.7), (100,)])
def test_funding_that_adds_to_100_as_it_is_written_is_read(parts: tuple[float]) -> None:
    # given parts that make a whole, though their binary fractions do not
    funding = [{"funder": str(n), "percent": part} for n, part in enumerate(parts)]
    said = put(full("contract.commissioned"), ("funding",), funding)
    # when they are read, then they are readable
    assert isinstance(read_event(line(said)), Statement)


@pytest.mark.parametrize("method", ["manual"])
@pytest.mark.parametrize("kind", ["visit.checked_in", "visit.checked_out"])
def test_a_manual_entry_must_be_explained(kind: str, method: str) -> None:
    # given a tap typed in by hand; when it says no reason, then it is refused
    said = put(minimal(kind), ("method",), method)
    assert "reason is required when method is manual" in refused(said)
    assert isinstance(read_event(line(put(said, ("reason",), "no signal"))), Statement)


@pytest.mark.parametrize(
    ("kind", "other"),
    [(kind, ADULTS if SAID[kind].source == ASH else ASH) for kind in KINDS
     if kind != "statement.retracted"],
)  # fmt: skip
def test_a_type_is_refused_from_those_who_may_not_say_it(kind: str, other: str) -> None:
    # given an event of a type from the other side, readable or not
    for said in (full(kind), full(kind) | {"data": MARKER}, full(kind) | {"time": 1}):
        arrival = read_event(line(said | {"source": other}))
        # when it is read, then it is not theirs to say
        assert isinstance(arrival, NotTheirs)
        assert (arrival.source, arrival.type) == (other, kind)
        assert MARKER not in arrival.reason


def test_a_retraction_may_be_said_by_both_sides() -> None:
    # given a retraction by a council system; when it is read, then it is readable
    said = full("statement.retracted") | {"source": ADULTS}
    assert isinstance(read_event(line(said)), Statement)


@pytest.mark.parametrize("name", ["a", "a" * 63, "0", "a-b-"])
def test_a_source_is_a_side_and_a_name(name: str) -> None:
    # given a name of the form that feed.md allows; then it is readable
    said = heartbeat("a") | {"source": f"/providers/{name}"}
    assert isinstance(read_event(line(said)), Statement)


@pytest.mark.parametrize(
    "source",
    ["/providers/", "/providers/-a", "/providers/A", "/providers/a_b", "/providers/a/b",
     "providers/a", "/providers/a\n", "/providers/" + "a" * 64, "/people/a", "", "/providers/é",
     f"https://{MARKER}/providers/a"],
)  # fmt: skip
def test_a_source_of_another_form_is_refused(source: str) -> None:
    # given a source of no known side or form; when it is read, then the reason says where
    reason = refused(heartbeat("a") | {"source": source})
    assert reason.startswith("source: ")
    assert MARKER not in reason


@pytest.mark.parametrize("data", [None, [], "words", 7, MARKER])
def test_data_must_be_an_object(data: Any) -> None:
    # given an event whose data is something else; then the reason names the data
    reason = refused(check_in("a") | {"data": data})
    assert reason.startswith("data: ")
    assert MARKER not in reason


def test_a_reason_names_at_most_five_fields_and_counts_the_rest() -> None:
    # given an event with nothing in it; when it is read, then the reason stays short
    reason = refused(event("contract.commissioned", "C1", ADULTS))
    assert reason.count("Field required") == 5
    assert reason.endswith("; and 3 more")


def test_an_unknown_type_is_shown_short_and_printable() -> None:
    # given an unknown type that would move a terminal's cursor
    reason = refused(heartbeat("a") | {"type": "\x1b[2J" + "x" * 500})
    # then the reason shows a little of it, harmless
    assert reason.isprintable()
    assert len(reason) < 100


def test_the_name_of_an_unreadable_event_is_kept_for_its_release() -> None:
    # given an event that cannot be read, but for its name
    arrival = read_event(line(check_in("a", method=1)))
    # then its name is known
    assert isinstance(arrival, Unreadable)
    assert (arrival.source, arrival.id) == (ASH, "a")


def test_an_event_larger_than_the_largest_is_not_read() -> None:
    # given an event one byte larger than the largest, and one just as large
    raw = line(heartbeat("a"))
    assert isinstance(read_event(raw.ljust(LARGEST)), Statement)
    arrival = read_event(raw.ljust(LARGEST + 1))
    # then the larger one is not read
    assert isinstance(arrival, Unreadable)
    assert arrival.reason == f"larger than {LARGEST} bytes"
    assert b"".join(arrival.pieces) == raw.ljust(LARGEST + 1)

"""Batches: a message of a stream is one event, or an array of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.batches import split
from consumers.intake import Intake
from consumers.messages import LARGEST, MOST_EVENTS
from record.clock import SteppedClock
from tests.feeds import heartbeat, line, lines


def test_one_event_is_one_event() -> None:
    # given a message of one event; when it is split, then it is that event
    raw = line(heartbeat("a"))
    assert split(raw) == [raw]


def test_an_array_is_its_items_in_the_bytes_in_which_they_were_sent() -> None:
    # given items with white space, fractions and escapes of their own
    items = [
        b'{"n": 30.0,  "a" :"\\u0061"}',
        '{"é": [1,[2]]}'.encode(),
        b'"}],["',
        b"1e1",
    ]
    # when an array of them is split, then they are the same bytes
    assert split(b" [\n" + b" ,\t".join(items) + b"\r\n] ") == items


@pytest.mark.parametrize("raw", [b"[]", b" [ ] ", b"\n[\t]"])
def test_an_empty_array_has_no_events(raw: bytes) -> None:
    # given an empty batch; when it is split, then nothing comes of it
    assert split(raw) == []


@pytest.mark.parametrize(
    "raw",
    [b"[", b"[1", b"[1,", b"[1,]", b"[1 2]", b"[1] 2", b"[,1]", b"[\xff]", b"", b" ",
     b"[" * 100_000, b'[{"a": 1}', b"[{]}", b"\xef\xbb\xbf[1]", b"[1]]"],
    ids=lambda raw: raw[:10].decode("latin-1"),
)  # fmt: skip
def test_what_is_no_whole_array_is_one_unreadable_event(raw: bytes) -> None:
    # given a message that is no array to its end; when it is split, then it stays whole
    assert split(raw) == [raw]


def test_an_array_larger_than_the_largest_event_is_not_split() -> None:
    # given a message larger than any event; when it is split, then it stays whole
    raw = b"[1]".ljust(LARGEST + 1)
    assert split(raw) == [raw]


def test_a_batch_of_too_many_events_is_kept_whole(
    intake: Intake, clock: SteppedClock
) -> None:
    # given the longest batch, and one that is longer by one
    most = b"[" + b",".join([b"1"] * MOST_EVENTS) + b"]"
    more = b"[1," + most[1:]

    # when they are split, then only the first is taken apart
    assert len(split(most)) == MOST_EVENTS
    assert split(more) == [more]
    receipt = intake.receive(split(more), clock)[0]
    assert receipt.status == "quarantined"
    assert str(MOST_EVENTS) in (receipt.reason or "")


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=200)
@given(st.lists(VALUES, max_size=5), st.sampled_from([None, 2]), st.booleans())
def test_every_array_is_split_into_its_items(
    values: list[Any], indent: int | None, ascii_: bool
) -> None:
    # given any array; when it is split, then its items are what they were
    text = json.dumps(values, indent=indent, ensure_ascii=ascii_)
    assert [json.loads(item) for item in split(text.encode("utf-8", "replace"))] == (
        json.loads(text.encode("utf-8", "replace"))
    )


def test_a_bad_item_does_not_take_its_batch_down(
    intake: Intake, clock: SteppedClock
) -> None:
    # given a batch with an item that is no event
    raw = b"[" + b",".join([*lines([heartbeat("a")]), b"7", line(heartbeat("b"))]) + b"]"
    # when it arrives, then the others are recorded
    receipts = intake.receive(split(raw), clock)
    assert [r.status for r in receipts] == ["recorded", "quarantined", "recorded"]

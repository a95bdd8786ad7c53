"""Every reason comes with what to do about it, and neither repeats what a field holds."""

from __future__ import annotations

from typing import Any

import pytest

from consumers.mending import FALLBACK, mend, near, unread
from consumers.messages import LARGEST, read_event
from domain.catalogue import WIRE
from record.arrivals import Statement
from record.filing import OTHER_CONTENT
from tests.catalogue import SAID, full, minimal
from tests.consumers.test_messages import MARKER, leaves, put, wrong_for
from tests.feeds import (
    ADULTS,
    ASH,
    Event,
    check_in,
    event,
    heartbeat,
    line,
    statement,
)

WRONG = [
    None, "", "x" * 200, "a\nb", -1, 1e-12, {}, [], "99", "2026-02-30", "09:00:00",
    "2026-02-30T08:00:00Z", "2026-02-03T08:00:00", f"{MARKER}",
]  # fmt: skip


def mended(said: Event | bytes) -> str:
    """How to mend an event that is not recorded."""
    raw = said if isinstance(said, bytes) else line(said)
    arrival = read_event(raw)
    assert not isinstance(arrival, Statement)
    found = mend(arrival.reason, raw)
    assert found
    return found


@pytest.mark.parametrize("topic", sorted(WIRE))
def test_every_reason_of_a_wrong_field_has_its_own_advice(topic: str) -> None:
    said = full(topic)
    changed = [
        put(said, path, value)
        for path, right in leaves(said["data"])
        for value in [*wrong_for(right), *WRONG]
    ]
    changed += [
        said | {"data": said["data"] | {name: value}}
        for name in said["data"]
        for value in (MARKER, 7, {}, [], [7], [{}])
    ]
    changed += [said | {name: value} for name in said for value in (None, 7, MARKER, "")]

    for wrong in changed:
        if not isinstance(read_event(line(wrong)), Statement):
            advice = mended(wrong)
            assert FALLBACK not in advice
            assert MARKER not in advice


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe", b"{", b"[]", b"[{}]", b"7", b'"text"', b'{"a":1,"a":2}', b'{"a":NaN}',
        b'{"a":1e999}', b'{"a":1e99999999999999999999}', b"[" * 100_000,
        b'{"a":' + b"9" * 5_000 + b"}", b'{"id":"\\ud800"}', b" " * (LARGEST + 1),
        b'{"specversion":"1.0"} {}',
    ],
    ids=range(15),
)  # fmt: skip
def test_bytes_that_are_no_event_have_their_own_advice_too(raw: bytes) -> None:
    assert FALLBACK not in mended(raw)


@pytest.mark.parametrize(
    "reason", [OTHER_CONTENT, "this sender may not speak for /providers/birch"]
)
def test_what_a_door_says_has_advice(reason: str) -> None:
    assert FALLBACK not in (mend(reason) or FALLBACK)


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        (heartbeat("a") | {"specversion": 1.0}, 'specversion: write "1.0", in quotes'),
        (heartbeat("a") | {"sequence": "-1"}, "sequence: write a whole number of at most 18"),
        (check_in("a", method="manual"), "data: say in reason why it was typed in by hand"),
        (b'{"a":' + b"9" * 5_000 + b"}", "write numbers of a few digits"),
    ],
)  # fmt: skip
def test_the_advice_is_to_the_point(said: Event | bytes, advice: str) -> None:
    assert mended(said).startswith(advice)


def test_nothing_need_be_mended_where_there_is_no_reason() -> None:
    assert mend(None) is None
    assert mend("") is None


def test_a_reason_of_tomorrow_leads_to_the_schema() -> None:
    assert mend("data.moon: Input should be full") == f"data.moon: {FALLBACK}"


def test_a_reason_alone_is_enough_for_a_receipt() -> None:
    advice = mend("data.carer: Field required; data.method: Field required; and 3 more")

    assert advice == "data.carer, data.method: it must be said: add it"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("visit.check_in", "visit.checked_in"),
        ("visit.checkedin", "visit.checked_in"),
        ("VisitCheckedIn", "visit.checked_in"),
        ("uk.co.vendor.visit.checked_out", "visit.checked_out"),
        ("visit.canceled", "visit.cancelled"),
        ("visit.reschedule", "visit.rescheduled"),
        ("visits.missed", "visit.missed"),
        ("heartbeat", "provider.heartbeat"),
        ("invoice-submitted", "invoice.submitted"),
        ("zzz", None),
        ("", None),
    ],
)
def test_a_misspelt_type_is_answered_with_the_one_that_was_meant(
    written: str, meant: str | None
) -> None:
    advice = mended(check_in("a") | {"type": written})

    assert near(written, WIRE) == meant
    assert advice == (
        f"did you mean {meant}?" if meant else "use a type of the list of events"
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [("APP", "app"), ("telephone", "phone"), ("Tag", "tag"), ("manually", "manual")],
)
def test_a_misspelt_word_is_answered_with_the_one_that_was_meant(
    written: str, meant: str
) -> None:
    assert mended(check_in("a", method=written)).endswith(f"(did you mean {meant}?)")


def test_a_word_that_is_far_from_all_is_not_guessed_at() -> None:
    assert "did you mean" not in mended(check_in("a", method=MARKER))


def test_a_word_within_a_list_is_found() -> None:
    said = full("contract.commissioned")
    said["data"]["lines"][1]["days"] = ["mon", "Sunday"]

    assert mended(said) == (
        "data.lines.1.days.1: write one of these words exactly as they stand"
        " (did you mean sun?)"
    )


def test_a_field_under_another_name_is_found() -> None:
    said = minimal("visit.scheduled")
    said["data"]["plannedStart"] = said["data"].pop("planned_start")
    said["Subject"] = said.pop("subject")
    whole = minimal("visit.scheduled")
    whole["Time"] = whole.pop("time")

    assert "subject: it must be said: add it (is it what you call Subject?)" in mended(
        said
    )
    assert "(is it what you call Time?)" in mended(whole)
    said["subject"] = "V1"
    assert mended(said) == (
        "data.planned_start: it must be said: add it (is it what you call plannedStart?)"
    )


@pytest.mark.parametrize(
    ("said", "note"),
    [
        (
            event("visit.frustrated", "V1", ASH, carer="K", outcome="refused", welfareCheck=True),
            "data.welfareCheck is kept, but not read: did you mean welfare_check?",
        ),
        (
            check_in("a") | {"recordedTime": "2026-06-15T08:00:00Z"},
            "recordedTime is kept, but not read: did you mean recordedtime?",
        ),
        (
            check_in("a", location={"lat": 1, "lon": 2, "note": 1}, note=1, carerName=1),
            None,
        ),
        (check_in("a", reason="said", reasons=[1]), None),
        (heartbeat("a", anything=1), None),
    ],
)  # fmt: skip
def test_a_misspelt_field_that_need_not_be_said_is_pointed_out(
    said: Event, note: str | None
) -> None:
    assert unread(statement(said)) == note


def test_a_misspelt_field_deep_within_is_pointed_out() -> None:
    said = full("contract.varied")
    said["data"]["lines"][0]["lateAfter"] = 10
    said["data"]["terms"]["openAfter"] = 10

    assert unread(statement(said)) == (
        "data.terms.openAfter is kept, but not read: did you mean open_after?;"
        " data.lines.0.lateAfter is kept, but not read: did you mean late_after?"
    )


@pytest.mark.parametrize("topic", sorted(WIRE))
def test_nothing_is_pointed_out_in_an_event_that_is_as_it_should_be(topic: str) -> None:
    assert unread(statement(full(topic))) is None


def test_what_is_not_theirs_to_say_is_advised_on() -> None:
    said: Any = full("contract.ended") | {"source": ASH}

    assert SAID["contract.ended"].source == ADULTS
    assert mended(said).startswith("leave it to those who may say it")

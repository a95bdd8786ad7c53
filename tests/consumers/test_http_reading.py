"""What a sender can ask: what became of what it sent, and what of it could not be read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

import consumers.http
from consumers.release import release
from record.clock import SteppedClock
from record.log import Log
from tests.door import (
    BATCH,
    NDJSON,
    batch,
    is_problem,
    ndjson,
    post,
    post_event,
    statuses,
)
from tests.feeds import ASH, check_in, heartbeat, line

UNREAD = check_in("q1", method="pigeon")


def paged(sender: httpx.Client, path: str, name: str, limit: int) -> list[list[Any]]:
    """All pages of a list, as a sender would fetch them."""
    pages, since = [], 0
    while True:
        told = sender.get(path, params={"since": since, "limit": limit}).json()
        if not told[name]:
            assert told["next"] == since
            return pages
        pages.append(told[name])
        since = told["next"]


def test_receipts_are_kept_until_they_are_fetched(
    ash: httpx.Client, clock: SteppedClock
) -> None:
    # given two posts, of which the sender has lost the answers
    first = post(ash, batch(heartbeat("a"), b"{"), BATCH).json()["receipts"]
    clock.at += timedelta(minutes=1)
    second = post_event(ash, heartbeat("a")).json()["receipts"]

    # when it asks what became of them
    told = ash.get("/receipts").json()

    # then it is told as it was then, oldest first, and where to go on
    assert [a["receipts"] for a in told["answers"]] == [first, second]
    assert told["answers"][1]["received_at"] == clock.now().isoformat()
    assert told["next"] == told["answers"][1]["entry"]
    later = ash.get("/receipts", params={"since": told["next"]}).json()
    assert later == {"answers": [], "next": told["next"]}


@pytest.mark.parametrize("limit", [1, 3, 25, 500])
def test_receipts_come_in_pages_and_none_is_left_out(
    ash: httpx.Client, limit: int
) -> None:
    # given forty answers
    for number in range(40):
        post_event(ash, heartbeat(str(number)))

    # when they are fetched page by page
    pages = paged(ash, "/receipts", "answers", limit)

    # then each comes once, in order
    ids = [r["id"] for page in pages for answer in page for r in answer["receipts"]]
    assert ids == [str(number) for number in range(40)]
    assert max(map(len, pages)) <= limit


def test_an_answer_is_bounded_by_the_receipts_in_it(
    ash: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a bound of fifty receipts, and sixty answers of ten each
    monkeypatch.setattr(consumers.http, "MOST_RECEIPTS", 50)
    for number in range(60):
        post(ash, batch(*(heartbeat(f"{number}-{n}") for n in range(10))), BATCH)

    # when they are fetched as many as possible at a time
    pages = paged(ash, "/receipts", "answers", 500)

    # then each page is small, and none is left out
    assert max(map(len, pages)) <= 10
    assert sum(map(len, pages)) == 60


WRONG = (
    ("since", "-1"), ("since", "x"), ("since", str(2**70)), ("since", "1.5"),
    ("limit", "0"), ("limit", "501"), ("limit", ""),
)  # fmt: skip


def test_a_parameter_that_is_none_is_named(ash: httpx.Client) -> None:
    # given parameters out of their bounds; when they are asked with
    told = {
        (path, *wrong): is_problem(ash.get(path, params=dict([wrong])), 422)["errors"]
        for path in ("/receipts", "/quarantine")
        for wrong in WRONG
    }

    # then each is named, and not repeated
    for (_, name, value), errors in told.items():
        assert [error["field"] for error in errors] == [f"query.{name}"]
        assert len(value) < 3 or value not in errors[0]["reason"]


def test_what_waits_in_the_quarantine_is_told_with_its_reason_and_never_its_contents(
    ash: httpx.Client, clock: SteppedClock
) -> None:
    # given an event with a word that is none of the list, and bytes that are no event
    post(ash, ndjson(UNREAD, b"Mrs Mortimer fell"), NDJSON)

    # when its sender asks what waits
    answer = ash.get("/quarantine")

    # then it is told which, why and how large, and not what was in it
    first, second = answer.json()["waiting"]
    assert first | {"reason": "", "entry": 0} == {
        "entry": 0, "received_at": clock.now().isoformat(), "source": ASH, "id": "q1",
        "reason": "", "size": len(line(UNREAD)),
        "mend": "data.method: write one of these words exactly as they stand",
    }  # fmt: skip
    assert first["reason"].startswith("data.method:")
    assert (second["source"], second["id"], second["size"]) == (None, None, 17)
    assert "pigeon" not in answer.text
    assert "Mortimer" not in answer.text


def test_what_is_sent_again_mended_waits_no_longer(ash: httpx.Client) -> None:
    # given an event that could not be read
    post_event(ash, UNREAD)

    # when it is sent again, mended
    assert statuses(post_event(ash, check_in("q1"))) == ["recorded"]

    # then nothing waits, and both receipts can be asked for
    assert ash.get("/quarantine").json() == {"waiting": [], "next": 0}
    told = ash.get("/receipts").json()["answers"]
    assert [a["receipts"][0]["status"] for a in told] == ["quarantined", "recorded"]


@pytest.mark.parametrize("limit", [1, 4, 100])
def test_the_quarantine_comes_in_pages_oldest_first(
    ash: httpx.Client, limit: int
) -> None:
    # given ten messages that cannot be read, one of them sent twice
    post(ash, ndjson(*(b"%d" % n for n in range(10)), b"3"), NDJSON)

    # when they are fetched page by page
    pages = paged(ash, "/quarantine", "waiting", limit)

    # then each waits once, in order
    entries = [row["entry"] for page in pages for row in page]
    assert len(entries) == 10
    assert entries == sorted(entries)


def test_what_an_officer_releases_waits_no_longer(
    ash: httpx.Client, log: Log, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an event that an older reader could not read
    monkeypatch.setattr("consumers.messages.LARGEST", 10)
    post_event(ash, heartbeat("a"))
    assert len(ash.get("/quarantine").json()["waiting"]) == 1

    # when it is read again by a newer one
    monkeypatch.undo()
    release(log, None, clock)

    # then its sender is told that it is recorded
    assert ash.get("/quarantine").json()["waiting"] == []
    last = ash.get("/receipts").json()["answers"][-1]["receipts"]
    assert [(r["status"], r["id"]) for r in last] == [("recorded", "a")]

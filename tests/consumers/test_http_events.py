"""Events by HTTP: each has a receipt, whatever it is; what is no such request is a problem."""

from __future__ import annotations

import gzip
import threading
import tracemalloc
from typing import Any

import httpx
import pytest

from consumers import batches, bodies
from consumers.bodies import LARGEST_BODY
from consumers.problems import Problem
from record import aside
from record.clock import SteppedClock
from record.errors import StoreFull, StoreNotUsable, StoreOutOfReach
from record.log import Log
from record.settings import Settings
from tests.door import (
    BATCH,
    EVENT,
    NDJSON,
    Server,
    batch,
    client,
    door,
    is_problem,
    let_in,
    ndjson,
    post,
    post_event,
    statuses,
)
from tests.feeds import ADULTS, ASH, BIRCH, check_in, event, heartbeat, line


def test_an_event_is_answered_with_its_receipt_once_it_is_recorded(
    ash: httpx.Client, log: Log
) -> None:
    # given a sender; when it posts an event
    answer = post_event(ash, heartbeat("a"))

    # then the answer is its receipt, and the event is in the log
    assert answer.json() == {
        "receipts": [
            {"status": "recorded", "source": ASH, "id": "a", "position": log.head(),
             "reason": None}
        ]
    }  # fmt: skip
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert log.head() == 1


@pytest.mark.parametrize(("kind", "packed"), [(BATCH, batch), (NDJSON, ndjson)])
def test_each_event_of_many_has_one_receipt_in_their_order(
    ash: httpx.Client, kind: str, packed: Any
) -> None:
    # given an event that was recorded before
    post_event(ash, heartbeat("old"))
    theirs = event(
        "contract.ended", "C1", ASH, id_="t", ended_on="2026-01-01", reason="x"
    )

    # when all that may become of an event is sent at once
    body = packed(
        heartbeat("old"), heartbeat("new"), heartbeat("new", n=1), b'{"id":"u"}',
        heartbeat("b", "birch"), theirs, heartbeat("last"),
    )  # fmt: skip
    answer = post(ash, body, kind)

    # then each has its own receipt, in order, and reasons name no contents
    assert statuses(answer) == [
        "duplicate", "recorded", "conflict", "quarantined", "rejected", "rejected",
        "recorded",
    ]  # fmt: skip
    reasons = [receipt["reason"] for receipt in answer.json()["receipts"]]
    assert reasons[4] == f"this sender may not speak for {BIRCH}"


def test_what_was_all_recorded_before_is_a_success(ash: httpx.Client, log: Log) -> None:
    # given a batch that was recorded
    body = batch(heartbeat("a"), heartbeat("b"))
    assert statuses(post(ash, body, BATCH)) == ["recorded", "recorded"]

    # when it is sent again, then that is no failure, and nothing is added
    assert statuses(post(ash, body, BATCH)) == ["duplicate", "duplicate"]
    assert log.head() == 2


def test_nothing_has_no_receipts(ash: httpx.Client, log: Log) -> None:
    # given bodies without events; when they are posted, then nothing becomes of them
    for kind, body in ((BATCH, b" [ ] "), (NDJSON, b""), (NDJSON, b"\r\n \n\n")):
        assert statuses(post(ash, body, kind)) == []
    assert log.head() == 0


def test_lines_may_end_as_they_do_on_other_systems(ash: httpx.Client) -> None:
    # given lines with a byte order mark, blank ones among them, ended by CR and LF
    body = b"\xef\xbb\xbf" + line(heartbeat("a")) + b"\r\n\r\n" + line(heartbeat("b"))

    # when they are posted, then each event is read
    assert statuses(post(ash, body, NDJSON)) == ["recorded", "recorded"]


NO_BATCHES = (
    line(heartbeat("a")),
    b"",
    b"[" + line(heartbeat("a")) + b",]",
    b"[" + line(heartbeat("a")) + b"] x",
    b"[" * 100_000,
    b"\xff\xfe[\x00]\x00",
)


def test_a_batch_that_is_none_is_one_thing_that_cannot_be_read(
    ash: httpx.Client, log: Log
) -> None:
    # given bytes that are no JSON array; when each is posted as a batch
    for body in NO_BATCHES:
        assert statuses(post(ash, body, BATCH)) == ["quarantined"]

    # then they are kept whole, and nothing of them is recorded
    waiting = aside.quarantined(log)
    kept = [b"".join(aside.raw_pieces(log, each["entry"])) for each in waiting]
    assert kept == list(NO_BATCHES[::-1])
    assert {each["sender"] for each in waiting} == {"ash"}
    assert log.head() == 0


def test_the_bytes_of_an_event_are_kept_as_they_came(ash: httpx.Client, log: Log) -> None:
    # given events that cannot be read, in a batch, written in an unusual way
    odd = [b'{ "id" :\t"a" , "n":1e2}', b'"\\u00e9\xc3\xa9"']

    # when they are posted
    assert statuses(post(ash, batch(*odd), BATCH)) == ["quarantined", "quarantined"]

    # then the quarantine has them byte for byte
    kept = [b"".join(aside.raw_pieces(log, w["entry"])) for w in aside.quarantined(log)]
    assert kept == odd[::-1]


def test_a_content_type_may_have_parameters(ash: httpx.Client) -> None:
    # given content types with parameters; when events are posted, then they are read
    odd = 'Application/CloudEvents+JSON;charset="UTF-8"; x=1'
    for id_, kind in (("a", f"{EVENT}; charset=utf-8"), ("b", odd)):
        assert statuses(post(ash, line(heartbeat(id_)), kind)) == ["recorded"]


OTHER_CLOTHING: tuple[tuple[dict[str, str], str], ...] = (
    ({"Content-Type": "application/json", "ce-id": "1"}, EVENT),
    ({"Content-Type": "text/plain"}, NDJSON),
    ({"Content-Type": ""}, BATCH),
    ({"Content-Type": f"{EVENT}; charset=utf-16"}, "UTF-8"),
    ({"Content-Type": EVENT, "Content-Encoding": "br"}, "gzip"),
    ({"Content-Type": EVENT, "Content-Encoding": "gzip, gzip"}, "gzip"),
)


def test_a_body_of_another_kind_is_refused_with_those_that_are_taken(
    ash: httpx.Client, log: Log
) -> None:
    # given an event in other clothing; when it is posted
    for headers, named in OTHER_CLOTHING:
        answer = ash.post("/events", content=line(heartbeat("a")), headers=headers)

        # then the answer names what is taken
        assert named in is_problem(answer, 415)["detail"]

    # and nothing is recorded
    assert log.head() == 0


def test_a_packed_body_is_unpacked(ash: httpx.Client) -> None:
    # given lines packed by gzip, in two members as some programs write them
    body = gzip.compress(line(heartbeat("a")) + b"\n") + gzip.compress(
        line(heartbeat("b"))
    )

    # when they are posted, then each is read
    answer = post(ash, body, NDJSON, **{"Content-Encoding": "gzip"})
    assert statuses(answer) == ["recorded", "recorded"]


def test_a_damaged_packing_is_refused_whole(ash: httpx.Client, log: Log) -> None:
    # given bytes that are no whole gzip; when they are posted, then nothing is guessed
    for body in (b"no gzip", gzip.compress(b"x" * 999)[:-9], b"\x1f\x8b"):
        is_problem(post(ash, body, NDJSON, **{"Content-Encoding": "gzip"}), 400)
    assert aside.quarantined(log) == []


def test_what_unpacks_to_too_much_is_refused(ash: httpx.Client, log: Log) -> None:
    # given a small body that unpacks to more than may be posted
    body = gzip.compress(b" " * (LARGEST_BODY + 1))
    assert len(body) < 10_000

    # when it is posted, then it is refused
    is_problem(post(ash, body, NDJSON, **{"Content-Encoding": "gzip"}), 413)
    assert aside.quarantined(log) == []


def test_no_more_is_unpacked_than_may_be_posted() -> None:
    # given a small body that would unpack to a hundred MiB
    body = gzip.compress(bytes(100 << 20), 1)

    # when it is unpacked
    tracemalloc.start()
    with pytest.raises(Problem) as refused:
        bodies.unpacked(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # then it is refused before it is all in memory
    assert refused.value.status == 413
    assert peak < 4 * LARGEST_BODY


def test_a_body_at_the_bound_is_taken_and_one_byte_more_is_not(
    ash: httpx.Client, log: Log
) -> None:
    # given an event with white space up to the bound
    said = line(heartbeat("a"))
    body = said + b" " * (LARGEST_BODY - len(said))

    # when it is posted, and then with a byte more
    assert statuses(post(ash, body)) == ["recorded"]
    answer = post(ash, body + b" ")

    # then the second is refused and says what to do
    assert "in parts" in is_problem(answer, 413)["detail"]
    assert log.head() == 1


def test_events_at_the_bound_are_taken_and_one_more_is_not(
    ash: httpx.Client, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a bound of three events
    monkeypatch.setattr(bodies, "MOST_EVENTS", 3)
    monkeypatch.setattr(batches, "MOST_EVENTS", 3)
    events = [heartbeat(str(n)) for n in range(4)]

    # when three are posted, and four, in both ways
    for kind, packed in ((BATCH, batch), (NDJSON, ndjson)):
        taken = post(ash, packed(*events[:3]), kind)
        refused = post(ash, packed(*events), kind)

        # then the four are refused whole
        assert len(statuses(taken)) == 3
        assert "in parts" in is_problem(refused, 413)["detail"]
    assert log.head() == 3
    assert aside.quarantined(log) == []


@pytest.mark.parametrize("failure", [StoreOutOfReach, StoreFull])
def test_while_the_store_is_away_nothing_is_recorded_and_the_sender_is_told_when_to_try(
    ash: httpx.Client, log: Log, monkeypatch: pytest.MonkeyPatch, failure: Any
) -> None:
    # given a store that is out of reach
    def away(*_: Any) -> Any:
        raise failure("/srv/secret/council.db cannot be used")

    receive = log.receive
    monkeypatch.setattr(log, "receive", away)

    # when an event is posted, and again once the store is back
    answer = post_event(ash, heartbeat("a"))
    monkeypatch.setattr(log, "receive", receive)

    # then the first was not recorded, and is told without our words about the store
    assert "/srv" not in is_problem(answer, 503)["detail"]
    assert int(answer.headers["retry-after"]) > 0
    assert log.head() == 0
    assert statuses(post_event(ash, heartbeat("a"))) == ["recorded"]


def test_while_credentials_cannot_be_asked_nobody_is_turned_away_for_good(
    ash: httpx.Client, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a store that cannot be read
    def away() -> Any:
        raise StoreOutOfReach("away")

    monkeypatch.setattr(log.recorder, "reading", away)

    # when a sender comes, then it is told to come again, not that it is nobody
    answer = post_event(ash, heartbeat("a"))
    is_problem(answer, 503)
    assert "retry-after" in answer.headers
    is_problem(ash.get("/receipts"), 503)


def test_a_commit_whose_reply_was_lost_is_found_when_it_is_sent_again(
    ash: httpx.Client, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a store that commits, and then cannot be heard
    receive = log.receive

    def lost(*given: Any) -> Any:
        receive(*given)
        raise StoreOutOfReach("the connection was lost")

    monkeypatch.setattr(log, "receive", lost)

    # when an event is posted, and sent again as it was told to
    is_problem(post_event(ash, heartbeat("a")), 503)
    monkeypatch.setattr(log, "receive", receive)

    # then it is recorded once
    assert statuses(post_event(ash, heartbeat("a"))) == ["duplicate"]
    assert log.head() == 1


@pytest.mark.parametrize("failure", [StoreNotUsable, RuntimeError])
def test_a_failure_that_nobody_thought_of_is_told_without_contents(
    ash: httpx.Client,
    log: Log,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failure: Any,
) -> None:
    # given a fault whose words are somebody's
    def fault(*_: Any) -> Any:
        raise failure("Mrs Mortimer fell")

    monkeypatch.setattr(log, "receive", fault)

    # when it is met, then neither the sender nor our log reads them
    is_problem(post_event(ash, heartbeat("a")), 500)
    told = capsys.readouterr()
    assert "Mortimer" not in told.out + told.err
    assert failure.__name__ in told.out + told.err


NOT_THERE = {
    ("GET", "/"): 404,
    ("GET", "/docs"): 404,
    ("GET", "/openapi.json"): 404,
    ("POST", "/events/"): 404,
    ("GET", "/events"): 405,
    ("DELETE", "/receipts"): 405,
    ("PATCH", "/quarantine"): 405,
}


def test_there_is_nothing_else(ash: httpx.Client) -> None:
    # given paths and methods that are not ours; when they are asked, then it is a problem
    for asked, status in NOT_THERE.items():
        is_problem(ash.request(*asked), status)


def test_a_sender_of_some_types_says_no_others(
    server: Server, log: Log, settings: Settings, clock: SteppedClock
) -> None:
    # given a credential that names one type
    types = frozenset({"visit.checked_in"})
    token = let_in(log, settings, "taps", ASH, now=clock.now(), types=types)

    # when it says that type, and another
    with client(server, token) as taps:
        answer = post(taps, batch(check_in("a"), heartbeat("b")), BATCH)

    # then the other is refused
    assert statuses(answer) == ["recorded", "rejected"]


def test_a_claim_to_be_another_is_logged_without_its_content(
    ash: httpx.Client, log: Log
) -> None:
    # given a sender that speaks for another; when it posts
    stolen = check_in("a") | {"source": BIRCH, "subject": "Mrs Mortimer"}
    answer = post_event(ash, stolen)

    # then it is refused, and the attempt alone is kept
    assert statuses(answer) == ["rejected"]
    with log.recorder.reading() as ledger:
        rows = ledger.ask("SELECT sender, source, type, reason FROM refusals")
    assert [tuple(row) for row in rows] == [
        ("ash", BIRCH, "visit.checked_in", f"this sender may not speak for {BIRCH}")
    ]
    assert log.head() == 0


def test_two_senders_at_once_are_each_answered_for_their_own(
    server: Server, log: Log, settings: Settings, clock: SteppedClock, token: str
) -> None:
    # given two senders, who use the same ids
    other = let_in(log, settings, "birch", BIRCH, now=clock.now())
    got: dict[str, list[Any]] = {"ash": [], "birch": []}
    events = 60

    def send(name: str, shown: str) -> None:
        with client(server, shown) as sender:
            for number in range(events):
                answer = post_event(sender, heartbeat(str(number // 2), name))
                got[name] += answer.json()["receipts"]

    # when they send at the same time, each event twice
    threads = [
        threading.Thread(target=send, args=sent)
        for sent in (("ash", token), ("birch", other))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # then each has its own receipts, in order, and each event is recorded once
    for name, receipts in got.items():
        assert [r["status"] for r in receipts] == ["recorded", "duplicate"] * (
            events // 2
        )
        assert {r["source"] for r in receipts} == {f"/providers/{name}"}
        assert [r["id"] for r in receipts] == [str(n // 2) for n in range(events)]
    assert log.head() == events


def test_one_event_sent_by_many_at_once_is_recorded_once(
    server: Server, log: Log, token: str
) -> None:
    # given an event; when many connections post it at the same time
    got: list[str] = []

    def send() -> None:
        with client(server, token) as sender:
            got.extend(statuses(post_event(sender, heartbeat("a"))))

    threads = [threading.Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # then one is told that it was recorded
    assert sorted(got) == ["duplicate"] * 11 + ["recorded"]
    assert log.head() == 1


def test_a_sender_that_sends_too_much_is_told_when_to_go_on(
    log: Log, settings: Settings, clock: SteppedClock, token: str
) -> None:
    # given a door that takes one event a second of each, ten at once
    slow = settings.model_copy(update={"sender_events_per_second": 1})
    other = let_in(log, settings, "birch", BIRCH, now=clock.now())

    with (
        door(log, clock, slow) as server,
        client(server, token) as ash,
        client(server, other) as birch,
    ):
        # when ash sends thirty, and then one more; and birch one
        first = post(ash, batch(*(heartbeat(str(n)) for n in range(30))), BATCH)
        second = post_event(ash, heartbeat("more"))
        theirs = post_event(birch, heartbeat("a", "birch"))

    # then the batch was taken whole, the next is put off, and birch is not held up
    assert statuses(first) == ["recorded"] * 30
    is_problem(second, 429)
    assert 15 <= int(second.headers["retry-after"]) <= 21
    assert statuses(theirs) == ["recorded"]
    assert log.head() == 31


def test_the_log_tells_counts_and_names_and_no_contents(
    ash: httpx.Client, capsys: pytest.CaptureFixture[str], token: str
) -> None:
    # given events with words in them
    said = check_in("Mortimer-1", "Mortimer-V") | {"extra": "Mortimer"}

    # when they are posted, and asked for
    post(ash, ndjson(said, b"Mortimer"), NDJSON)
    ash.get("/receipts", params={"since": 0, "x": "Mortimer"})
    ash.get("/Mortimer")

    # then the log has the numbers, and neither a word nor the token
    told = "".join(capsys.readouterr())
    assert "recorded=1" in told
    assert "sender=ash" in told
    assert "Mortimer" not in told
    assert token.rpartition("_")[2] not in told


def test_adults_may_speak_for_the_council(
    server: Server, log: Log, settings: Settings, clock: SteppedClock
) -> None:
    # given a hub that speaks for a provider and the council
    token = let_in(log, settings, "hub", ASH, ADULTS, now=clock.now())
    ended = event("contract.ended", "C1", ADULTS, ended_on="2026-01-01", reason="done")

    # when it says both, then both are recorded
    with client(server, token) as hub:
        assert (
            statuses(post(hub, batch(heartbeat("a"), ended), BATCH)) == ["recorded"] * 2
        )

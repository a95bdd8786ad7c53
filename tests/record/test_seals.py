"""Words are sealed: nobody reads them in a file, and what was altered is named."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from auditors.seals import check_seals
from consumers.intake import Intake
from record import aside
from record.clock import SteppedClock
from record.errors import Erased, NotOurs, SealBroken, StoreNotUsable, UnsafeSetting
from record.log import Log
from record.sealing import BROKEN, SEALED
from tests.feeds import ADULTS, ASH, NOON, assessed, event, line, lines
from tests.sealing import found_in, manual, places, plan, raised, said

WORDS = ("battery-was-flat", "nobody-fed-her", "51.50123", "neighbour-rang", "trace-77")
FEED = [
    plan("V1", "P1", "p1"),
    manual("V1", "battery-was-flat", "t1"),
    raised("K1", "P1", "nobody-fed-her", "k1"),
    assessed("a1", heard_of="neighbour-rang"),
    event("visit.missed", "V2", ASH, id_="m1", more={"traceparent": "trace-77"}),
]


def words_of(intake: Intake, clock: SteppedClock, people: str) -> None:
    """Of each of some people a visit is planned, and a word said, in that order."""
    for n in people:
        told = [plan(f"V{n}", f"P{n}", f"p{n}"), manual(f"V{n}", f"word{n}", f"t{n}")]
        intake.receive(lines(told), clock)


def test_no_word_that_was_sealed_can_be_read_in_any_file(
    log: Log, store: Path, intake: Intake, clock: SteppedClock, tmp_path: Path
) -> None:
    # given statements with free text, a place, and fields that mean nothing to us
    intake.receive(lines(FEED), clock)
    # when the store's files are searched, then none of the words is there
    assert store.exists()
    assert found_in(tmp_path, *WORDS) == []
    # and the log says what was said, to whoever has the keys
    told = said(log)
    for each in FEED:
        assert told[each["id"]] == each["data"]
    assert check_seals(log).counts == {"whole": 5}


def test_whoever_has_the_log_alone_reads_all_but_the_words(
    log: Log, store: Path, intake: Intake, clock: SteppedClock, tmp_path: Path
) -> None:
    # given a copy of the log in a folder of its own, without the keys
    intake.receive(lines(FEED), clock)
    copy = tmp_path / "copy" / "council.db"
    copy.parent.mkdir()
    with sqlite3.connect(store) as con:
        con.execute("VACUUM INTO ?", (str(copy),))
    # when it is read
    with Log(f"sqlite:///{copy}") as other:
        told = said(other)
        # then what is no word is there, and nothing takes the place of the keys
        assert told["t1"] == {
            "carer": "K1", "method": "manual", "reason": SEALED, "location": SEALED,
        }  # fmt: skip
        assert told["a1"] == {k: v for k, v in FEED[3]["data"].items() if k != "heard_of"}
        with pytest.raises(NotOurs, match="bring them back"):
            Intake(other).receive([line(manual("V9", "more", "t9"))], clock)
        assert other.head() == len(FEED)


def test_the_words_of_a_concern_are_read_with_the_safeguarding_key_alone(
    log: Log, intake: Intake, clock: SteppedClock, tmp_path: Path
) -> None:
    # given a store that is opened without the safeguarding key
    nowhere = places(log, safeguarding_key_file=tmp_path / "elsewhere")
    with Log(log.url, keys=nowhere) as intakes:
        # when it receives a concern, and what is said of it
        closing = event("concern.closed", "K1", ADULTS, id_="k2", reason="she-is-safe")
        again = event(
            "statement.retracted", "K1", ADULTS, id_="k3", retracts="k2", reason="not-yet"
        )
        feed = [raised("K1", "P1", "nobody-fed-her", "k1"), closing, again]
        receipts = Intake(intakes).receive(lines([*feed, FEED[0], FEED[1]]), clock)
        # then it records them, and cannot read them, nor what stands with the words
        assert {receipt.status for receipt in receipts} == {"recorded"}
        told = said(intakes)
        assert told["k1"].keys() == told["k2"].keys() == {"sealed"}
        assert told["k3"]["reason"] == SEALED
        assert told["t1"]["reason"] == "battery-was-flat"
    # and who has the key can
    assert [said(log)[each["id"]] for each in feed] == [each["data"] for each in feed]


def test_another_safeguarding_key_is_refused(
    log: Log, intake: Intake, clock: SteppedClock, tmp_path: Path
) -> None:
    # given a concern, and a key that is another store's
    intake.receive([line(raised("K1", "P1", "words", "k1"))], clock)
    other = tmp_path / "other-key"
    other.write_text("ab" * 32)
    other.chmod(0o600)
    # when the store is read with it, then it is said that it is the wrong one
    wrong = places(log, safeguarding_key_file=other)
    with (
        Log(log.url, keys=wrong) as opened,
        pytest.raises(StoreNotUsable, match="not the safeguarding key"),
    ):
        said(opened)


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        # two people's sealed words change places
        ("UPDATE stored_events SET state = other.state"
         " FROM (SELECT position, state FROM stored_events) AS other"
         " WHERE stored_events.position IN (2, 4)"
         " AND other.position = 6 - stored_events.position",
         {2: "visit.checked_in", 4: "visit.checked_in"}),
        ("UPDATE stored_events SET topic = 'visit.checked_out' WHERE position = 2",
         {2: "visit.checked_out"}),
        ("UPDATE stored_events SET state = replace(state, '\"reason\":\"', '\"reason\":\"AAAA')"
         " WHERE position = 2", {2: "visit.checked_in"}),
        ("UPDATE stored_events SET originator_version = 7 WHERE position = 2",
         {2: "visit.checked_in"}),
    ],
    ids=["rows exchanged", "topic edited", "words altered", "version edited"],
)  # fmt: skip
def test_what_is_altered_or_moved_is_named_and_concerns_nobody_else(
    log: Log, store: Path, intake: Intake, clock: SteppedClock, change: str,
    broken: dict[int, str],
) -> None:  # fmt: skip
    # given sealed words of three people
    words_of(intake, clock, "123")
    # when somebody who may write the file changes a row
    con = sqlite3.connect(store)
    con.execute("DROP TRIGGER log_is_never_changed")
    con.execute("UPDATE stored_events SET state = CAST(state AS BLOB)")
    con.execute(change)
    con.execute("UPDATE stored_events SET state = CAST(state AS BLOB)")
    con.commit()
    con.close()
    # then each row that was touched is named, and the other words are read
    found = check_seals(log)
    assert {one["position"]: one["type"] for one in found.broken} == broken
    told = said(log)
    assert told["t3"]["reason"] == "word3"
    assert BROKEN in [data.get("reason") for data in told.values()]


def test_a_key_that_was_altered_is_named_and_its_person_alone_is_concerned(
    log: Log, store: Path, intake: Intake, clock: SteppedClock
) -> None:
    # given the words of two people, and a kept key of which a byte was changed
    words_of(intake, clock, "12")
    with sqlite3.connect(f"{store}.keys") as con:
        con.execute("UPDATE keys SET kept = zeroblob(60) WHERE subject = 'person/P1'")
    con.close()
    # when more is said of both
    receipts = intake.receive(
        lines([manual("V1", "again1", "u1"), manual("V2", "again2", "u2")]), clock
    )
    # then what cannot be sealed is set aside, and the other is recorded and read
    assert [receipt.status for receipt in receipts] == ["quarantined", "recorded"]
    assert receipts[0].reason == "could not be recorded (SealBroken)"
    with Log(log.url) as other:
        assert {one["position"] for one in check_seals(other).broken} == {2}
        told = said(other)
    assert (told["t1"]["reason"], told["u2"]["reason"]) == (BROKEN, "again2")


def test_two_keys_that_were_exchanged_are_noticed(
    log: Log, store: Path, intake: Intake, clock: SteppedClock
) -> None:
    # given the keys of two people, which somebody exchanged
    words_of(intake, clock, "12")
    with sqlite3.connect(f"{store}.keys") as con:
        con.execute(
            "UPDATE keys SET kept = (SELECT kept FROM keys AS other"
            " WHERE other.subject <> keys.subject)"
        )
    con.close()
    # when the words are read, then neither key opens anything
    with Log(log.url) as other, pytest.raises(SealBroken, match="was altered"):
        other.seals.key(json.loads(next(other.whole())[1].state)["sealed"]["key"])


@pytest.mark.parametrize("what", ["keys", "wrapping-key", "safeguarding-key"])
def test_a_key_file_that_was_cut_off_is_named_and_never_made_anew(
    log: Log, store: Path, intake: Intake, clock: SteppedClock, what: str
) -> None:
    # given a store with sealed words, of whose key files one was cut off
    intake.receive(lines(FEED), clock)
    cut = store.with_name(f"{store.name}.{what}")
    cut.write_bytes(cut.read_bytes()[: 0 if what == "keys" else 10])
    # when it is read, or written, then the file is named
    with Log(log.url) as other:
        for attempt in (
            lambda: said(other),
            lambda: Intake(other).receive([line(manual("V9", "more", "t9"))], clock),
        ):
            with pytest.raises((UnsafeSetting, StoreNotUsable), match=cut.name):
                attempt()
    # and nothing was recorded, nor the file replaced
    assert log.head() == len(FEED)
    assert cut.stat().st_size == (0 if what == "keys" else 10)


def test_keys_that_others_may_read_are_refused(
    log: Log, store: Path, intake: Intake, clock: SteppedClock
) -> None:
    # given a wrapping key that everybody may read
    intake.receive(lines(FEED), clock)
    store.with_name(f"{store.name}.wrapping-key").chmod(0o644)
    # when the store is opened, then it is refused, with what to do
    with Log(log.url) as other, pytest.raises(UnsafeSetting, match="chmod 600"):
        said(other)
    assert os.stat(f"{store}.keys").st_mode & 0o777 == 0o600


def test_another_wrapping_key_opens_nothing_and_records_nothing(
    log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a store with sealed words; when it is opened with another wrapping key
    intake.receive(lines(FEED), clock)
    with Log(log.url, keys=places(log, wrapping_key="ab" * 32)) as other:
        # then it says so, whether it is read or written
        with pytest.raises(StoreNotUsable, match="not the one by which"):
            said(other)
        with pytest.raises(StoreNotUsable, match="not the one by which"):
            Intake(other).receive([line(manual("V9", "more", "t9"))], clock)
    assert log.head() == len(FEED)


def test_quarantined_bytes_are_gone_when_the_time_of_their_key_is_over(
    log: Log, intake: Intake, clock: SteppedClock, tmp_path: Path
) -> None:
    # given bytes that could not be read, in two months
    intake.receive([b"{ her-name-was-here"], clock)
    clock.at = NOON + timedelta(days=60)
    intake.receive([b"{ another-name"], clock)
    old, new = sorted(row["entry"] for row in aside.quarantined(log))
    assert found_in(tmp_path, "her-name-was-here", "another-name") == []
    assert b"".join(aside.raw_pieces(log, old)) == b"{ her-name-was-here"
    # when the days of the first have passed, and something else is quarantined
    clock.at = NOON + timedelta(days=125)
    intake.receive([b"{ third"], clock)
    # then those bytes can never be read again, and the rest can
    with Log(log.url) as other:
        with pytest.raises(Erased, match="time is over"):
            b"".join(aside.raw_pieces(other, old))
        assert b"".join(aside.raw_pieces(other, new)) == b"{ another-name"
        # and that there was something is still known
        assert old in [row["entry"] for row in aside.quarantined(other)]

"""The commands of a vendor's developer: a feed tried out, and its schemas."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cli.check_feed import SHOWN
from consumers.published import published
from tests.feeds import check_in, heartbeat, line
from tests.test_command_line import run

MIXED = b"\n".join(
    [line(heartbeat("a")), line(heartbeat("a")), line(heartbeat("a", n=1)), b"{",
     line(heartbeat("b", "birch"))]
)  # fmt: skip
STATUSES = ["recorded", "duplicate", "conflict", "quarantined", "recorded"]


@pytest.mark.parametrize("form", ["json", "ndjson", "csv"])
def test_every_line_is_told_in_every_format_of_programs(
    tmp_path: Path, form: str
) -> None:
    done = run(tmp_path, "check-feed", "-", "--format", form, feed=MIXED)

    answer = done.stdout.decode()
    rows = {
        "json": lambda: json.loads(answer),
        "ndjson": lambda: [json.loads(row) for row in answer.splitlines()],
        "csv": lambda: list(csv.DictReader(io.StringIO(answer))),
    }[form]()

    assert done.returncode == 1
    assert [row["status"] for row in rows] == STATUSES
    assert [int(row["line"]) for row in rows] == [1, 2, 3, 4, 5]
    assert b"5 lines: 2 recorded, 1 duplicate, 1 conflict, 1 quarantined" in done.stderr


def test_a_table_shows_the_lines_that_need_a_look(tmp_path: Path) -> None:
    done = run(tmp_path, "check-feed", "-", "--format", "table", feed=MIXED)

    shown = done.stdout.decode()
    first_words = [row.split()[0] for row in shown.splitlines() if row[0].isdigit()]

    assert first_words == ["2", "3", "4"]
    assert "the same as line 1" in shown


def test_a_long_table_says_how_much_more_there_is(tmp_path: Path) -> None:
    feed = b"{\n" * (SHOWN + 1_234)

    done = run(tmp_path, "check-feed", "-", "--format", "table", feed=feed)

    assert done.stdout.decode().splitlines()[-1].startswith("… and 1,234 more lines")
    assert b"1,734 quarantined" in done.stderr


def test_a_feed_without_fault_ends_well_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    feed = b"\n".join([line(heartbeat("a")), line(heartbeat("a"))])

    done = run(tmp_path, "check-feed", "-", "--summary", feed=feed)

    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "received": 2, "recorded": 1, "duplicate": 1, "conflict": 0, "quarantined": 0,
        "rejected": 0,
    }  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_feed_is_checked_as_one_senders(tmp_path: Path) -> None:
    words = ["check-feed", "-", "--summary", "--source", "/providers/ash"]

    one = run(tmp_path, *words, feed=MIXED)
    both = run(tmp_path, *words, "--source", "/providers/birch", feed=MIXED)

    assert json.loads(one.stdout)["rejected"] == 1
    assert json.loads(both.stdout)["rejected"] == 0


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (["check-feed", "nowhere"], 2, "nowhere: cannot be read"),
        (["check-feed", "-", "--source", "/Providers/x"], 2, "/providers/NAME"),
        (["schema", "visit.checkedin"], 2, "did you mean visit.checked_in?"),
        (["schema", "zzz"], 2, "see the list"),
        (["schema", "visit.missed", "--asyncapi"], 2, "one of TYPE"),
    ],
)
def test_a_wrong_word_ends_with_2_and_says_what_was_meant(
    tmp_path: Path, words: list[str], code: int, named: str
) -> None:
    done = run(tmp_path, *words)

    assert done.returncode == code
    assert named in " ".join(done.stderr.decode().split())
    assert b"Traceback" not in done.stderr


def test_an_id_moves_no_terminal(tmp_path: Path) -> None:
    said = line(check_in("\x1b[2J", carer=1))

    done = run(tmp_path, "check-feed", "-", "--format", "table", feed=said)

    assert b"\x1b" not in done.stdout


def test_the_schemas_are_printed_as_they_are_published(tmp_path: Path) -> None:
    files = published()

    listed = json.loads(run(tmp_path, "schema").stdout)
    one = run(tmp_path, "schema", "visit.checked_in").stdout.decode()
    receipts = run(tmp_path, "schema", "receipts").stdout.decode()
    stream = run(tmp_path, "schema", "--asyncapi").stdout.decode()
    wrote = run(tmp_path, "schema", "--to", "feed")

    assert {f"schemas/{row['type']}.json" for row in listed} < set(files)
    assert one == files["schemas/visit.checked_in.json"]
    assert receipts == files["schemas/receipts.json"]
    assert stream == files["asyncapi.json"]
    assert wrote.returncode == 0
    assert (tmp_path / "feed" / "asyncapi.json").read_text("utf-8") == stream

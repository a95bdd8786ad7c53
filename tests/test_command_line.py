"""The command line as people and programs use it: words, exit codes, formats."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.feeds import ADULTS, ASH, check_in, event, heartbeat, line

COMMAND = Path(sys.executable).with_name("counterfoil")
JUNE = "2026-06-16T12:00:00+00:00"


def run(
    folder: Path, *words: str, feed: bytes = b"", **settings: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in *folder*, as from a shell there."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERFOIL_")}
    return subprocess.run(
        [COMMAND, *words], cwd=folder, env=plain | settings, input=feed,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip


def a_missed_call() -> bytes:
    """A plan, and the provider's word that nobody came."""
    start, end = "2026-06-15T08:00:00+01:00", "2026-06-15T08:30:00+01:00"
    return b"\n".join(
        line(said)
        for said in [
            event(
                "visit.scheduled", "V1", ASH, "2026-06-14T08:00:00Z", id_="1",
                contract="C1", person="P1", planned_start=start, planned_end=end,
            ),
            event("visit.missed", "V1", ASH, "2026-06-15T10:00:00Z", id_="2"),
        ]
    )  # fmt: skip


def test_every_line_has_one_receipt_and_the_summary_adds_up(tmp_path: Path) -> None:
    theirs = line(event("visit.missed", "V1", ADULTS, id_="x"))
    feed = b"\n".join(
        [line(heartbeat("a")), line(heartbeat("a")), line(heartbeat("a", n=1)),
         b"\xff\x00", b"{", line(check_in("b")), theirs]
    )  # fmt: skip

    done = run(tmp_path, "import", "-", feed=feed)

    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "received": 7, "recorded": 2, "duplicate": 1, "conflict": 1,
        "quarantined": 2, "rejected": 1,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["missing.ndjson", "."])
def test_a_file_that_cannot_be_read_is_named_without_a_traceback(
    tmp_path: Path, name: str
) -> None:
    done = run(tmp_path, "import", name, "-", feed=line(heartbeat("a")))

    assert done.returncode == 2
    assert name.encode() in done.stderr
    assert b"Traceback" not in done.stderr
    assert json.loads(done.stdout)["recorded"] == 1


def test_findings_and_their_history_are_printed_as_json(tmp_path: Path) -> None:
    assert run(tmp_path, "import", "-", feed=a_missed_call()).returncode == 0

    found = json.loads(run(tmp_path, "findings", "--at", JUNE).stdout)
    shown = json.loads(run(tmp_path, "show", "visit", "V1", "--at", JUNE).stdout)

    assert [f["kind"] for f in found] == ["missed_call", "unmatched_visit"]
    assert found[0]["evidence"] == [
        {"source": ASH, "id": "1"},
        {"source": ASH, "id": "2"},
    ]
    assert shown["state"] == "missed"
    assert [said["position"] for said in shown["history"]] == [1, 2]


def test_what_was_known_before_the_import_is_nothing(tmp_path: Path) -> None:
    run(tmp_path, "import", "-", feed=a_missed_call())

    known = run(tmp_path, "findings", "--at", JUNE, "--known-at", "2020-01-01T00:00:00Z")

    assert json.loads(known.stdout) == []


def test_a_second_content_stands_once_a_person_says_so(tmp_path: Path) -> None:
    first, second = check_in("a", carer="K1"), check_in("a", carer="K2")
    run(tmp_path, "import", "-", feed=line(first) + b"\n" + line(second))

    done = run(
        tmp_path, "conflicts", "decide", "1", "--keep", "second", "--reason", "typo"
    )
    again = run(tmp_path, "import", "-", feed=line(second))

    assert done.returncode == 0
    assert json.loads(again.stdout)["duplicate"] == 1
    rows = run(tmp_path, "log", "--format", "ndjson").stdout.splitlines()
    types = [json.loads(row)["type"] for row in rows]
    assert types == ["visit.checked_in", "conflict.decided", "visit.checked_in"]


@pytest.mark.parametrize(
    ("words", "settings", "named"),
    [
        (["findings"], {"COUNTERFOIL_STOER": "x"}, "COUNTERFOIL_STORE?"),
        (["findings", "--kind", "late"], {}, "late_call"),
        (["findings", "--at", "yesterday"], {}, "offset"),
    ],
)
def test_a_wrong_word_is_named_and_ends_with_2(
    tmp_path: Path, words: list[str], settings: dict[str, str], named: str
) -> None:
    run(tmp_path, "import", "-", feed=a_missed_call())

    done = run(tmp_path, *words, **settings)

    assert done.returncode == 2
    assert named in done.stderr.decode()


def test_a_store_that_is_not_there_ends_with_3(tmp_path: Path) -> None:
    done = run(tmp_path, "findings")

    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


def test_a_question_is_answered_while_an_import_runs(tmp_path: Path) -> None:
    run(tmp_path, "import", "-", feed=a_missed_call())
    many = tmp_path / "many.ndjson"
    many.write_bytes(b"\n".join(line(heartbeat(f"n{n}")) for n in range(20_000)))
    importing = subprocess.Popen(
        [COMMAND, "import", many.name], cwd=tmp_path, stdout=subprocess.PIPE
    )

    answers = [run(tmp_path, "findings", "--at", JUNE) for _ in range(2)]
    printed, _ = importing.communicate(timeout=120)

    assert json.loads(printed)["recorded"] == 20_000
    assert [len(json.loads(answer.stdout)) for answer in answers] == [2, 2]

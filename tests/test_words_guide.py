"""The guide to words: what it says is what the commands do."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from tests.documents import COUNTERFOIL, blocks, clean_environment, run
from tests.feeds import line
from tests.sealing import manual, plan


def test_the_guide_erases_a_persons_words_and_the_seals_are_whole(tmp_path: Path) -> None:
    # given a store in which somebody wrote of P1 and of P2
    feed = [
        plan("V1", "P1", "p1"), manual("V1", "of the first", "t1"),
        plan("V2", "P2", "p2"), manual("V2", "of the second", "t2"),
    ]  # fmt: skip
    (tmp_path / "feed.ndjson").write_bytes(b"\n".join(map(line, feed)))
    environment = clean_environment()
    run([str(COUNTERFOIL), "import", "feed.ndjson"], tmp_path, environment)
    # when the guide's session is run
    (session,) = blocks("docs/guides/words.md", "console")
    words = shlex.split(session.removeprefix("$ "))
    erased = run([str(COUNTERFOIL), *words[1:]], tmp_path, environment)
    # then it says what it did
    assert json.loads(erased.stdout) == {
        "person": "P1", "keys_destroyed": 1, "position": 5, "statements_in_clear": 0,
    }  # fmt: skip
    # and the log has lost those words alone, and says who did it
    shown = run([str(COUNTERFOIL), "log", "--format", "ndjson"], tmp_path, environment)
    told = {row["id"]: row["data"] for row in map(json.loads, shown.stdout.splitlines())}
    assert [told[id_]["reason"] for id_ in ("t1", "t2")] == ["[erased]", "of the second"]
    seals = run([str(COUNTERFOIL), "seals"], tmp_path, environment)
    assert (seals.returncode, json.loads(seals.stdout)["broken"]) == (0, 0)


def test_of_somebody_unknown_nothing_is_erased(tmp_path: Path) -> None:
    # given a store; when the words of somebody are erased of whom it knows nothing
    (tmp_path / "feed.ndjson").write_bytes(line(plan("V1", "P1", "p1")))
    environment = clean_environment()
    run([str(COUNTERFOIL), "import", "feed.ndjson"], tmp_path, environment)
    command = [str(COUNTERFOIL), "erase", "P9", "--by", "o1", "--reason", "asked"]
    answer = run(command, tmp_path, environment)
    # then it is said, and nothing is recorded
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "nothing is known of person P9" in answer.stderr
    shown = run([str(COUNTERFOIL), "log", "--format", "ndjson"], tmp_path, environment)
    assert len(shown.stdout.splitlines()) == 1


def test_what_takes_events_does_not_begin_without_the_wrapping_key(
    tmp_path: Path,
) -> None:
    # given a store whose wrapping key is gone
    (tmp_path / "feed.ndjson").write_bytes(line(plan("V1", "P1", "p1")))
    environment = clean_environment()
    run([str(COUNTERFOIL), "import", "feed.ndjson"], tmp_path, environment)
    (tmp_path / "counterfoil.db.wrapping-key").unlink()
    # when it is to take events, then it says what is missing, and does not begin
    for words in (
        ["serve", "--http", "127.0.0.1:0"],
        ["intake", "--http", "127.0.0.1:0"],
    ):
        answer = run([str(COUNTERFOIL), *words], tmp_path, environment)
        assert answer.returncode == 3
        assert "counterfoil.db.wrapping-key is missing" in answer.stderr
    # and what needs no words is answered all the same
    shown = run([str(COUNTERFOIL), "findings"], tmp_path, environment)
    assert shown.returncode == 0
    assert "unmatched_visit" in {row["kind"] for row in json.loads(shown.stdout)}

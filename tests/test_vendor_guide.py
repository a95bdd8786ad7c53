"""The guide for vendors is true: its commands are run, its answers are those of the product."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import jsonschema_rs

from consumers.schemas import receipts_schema
from record.arrivals import STATUSES
from tests.documents import (
    COUNTERFOIL,
    MODULE,
    ROOT,
    blocks,
    clean_environment,
    run,
    text,
)
from tests.test_documents import needs_command

GUIDE = "docs/guides/vendors.md"
MENDED = (
    ("visit.checkedin", "visit.checked_in"),
    ('2026-03-02T08:31:00"', '2026-03-02T08:31:00+00:00"'),
    ('"App"', '"app"'),
)


@needs_command
def test_the_first_file_is_answered_as_the_guide_shows(tmp_path: Path) -> None:
    (feed,), (session,), (answer,) = (
        blocks(GUIDE, language) for language in ("ndjson", "console", "text")
    )
    (tmp_path / "first.ndjson").write_text(feed, encoding="utf-8")
    words = shlex.split(session.removeprefix("$ "))

    done = run([str(COUNTERFOIL), *words[1:]], tmp_path, clean_environment())

    told = [line.rstrip() for line in done.stdout.splitlines()]
    assert told == answer.splitlines()
    assert done.returncode == 1


def test_the_first_file_is_ready_once_it_is_mended_as_told(tmp_path: Path) -> None:
    (feed,) = blocks(GUIDE, "ndjson")
    environment = clean_environment() | {"PYTHONPATH": str(ROOT)}
    codes = []

    for wrong, right in MENDED:
        assert wrong in feed
        feed = feed.replace(wrong, right)
        (tmp_path / "first.ndjson").write_text(feed, encoding="utf-8")
        words = ["check-feed", "first.ndjson", "--source", "/providers/fairfield"]
        codes.append(run([*MODULE, *words], tmp_path, environment).returncode)

    assert codes == [1, 1, 0]


def test_the_answer_in_the_guide_is_one_that_the_schema_allows() -> None:
    (answer,) = blocks(GUIDE, "json")

    jsonschema_rs.validator_for(receipts_schema()).validate(json.loads(answer))


def test_the_guide_tells_of_every_receipt() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", text(GUIDE), re.MULTILINE)

    assert rows == list(STATUSES)


def test_the_pages_that_the_vendors_documents_lead_to_are_there() -> None:
    for name in (GUIDE, "docs/feed/README.md", "docs/events.md"):
        links = re.findall(r"\]\(([^)#]+)\)", text(name))

        assert links
        for link in links:
            assert (ROOT / name).parent.joinpath(link).exists(), f"{name}: {link}"

"""The description of the door (OpenAPI) is true: it is tried against the door itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from consumers.http import http_app
from record.clock import SteppedClock
from record.log import Log
from record.settings import Settings
from tests.conftest import LONG
from tests.door import client, door, post, served, statuses

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
EXAMPLES = "300" if LONG else "15"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A file: which kind of store there is makes no difference here."""
    return f"sqlite:///{tmp_path}/council.db"


@pytest.mark.skipif(
    not SCHEMATHESIS.exists(), reason="schemathesis is not installed beside this Python"
)
def test_the_door_does_what_its_description_says_whatever_it_is_asked(
    log: Log, settings: Settings, clock: SteppedClock, token: str, tmp_path: Path
) -> None:
    # given the description, and a door that lets much through
    many = settings.model_copy(update={"sender_events_per_second": 1_000_000})
    app = http_app(log, clock, many)
    described = tmp_path / "openapi.json"
    described.write_text(json.dumps(app.openapi()))

    # when it is asked what the description allows, and what it does not, with and without
    # a token
    with served(app) as server:
        done = subprocess.run(
            [SCHEMATHESIS, "run", described, "--url", server.url, "--checks", "all",
             "--header", f"Authorization: Bearer {token}", "--seed", "15", "--no-color",
             "--max-examples", EXAMPLES, "--phases", "examples,coverage,fuzzing",
             "--generation-database", "none"],
            cwd=tmp_path, capture_output=True, text=True, timeout=600,
        )  # fmt: skip

    # then every answer is one that is described
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
    assert "3 selected / 3 total" in done.stdout


def test_the_description_is_served_only_where_it_is_asked_for(
    log: Log, settings: Settings, clock: SteppedClock
) -> None:
    # given a door that is told to serve its description
    with (
        door(log, clock, settings, described=True) as server,
        client(server, None) as any_,
    ):
        # when it is fetched, then it is there, and there are no pages about it
        told = any_.get("/openapi.json").json()
        assert any_.get("/docs").status_code == any_.get("/redoc").status_code == 404

    # and it names what may be asked, and by whom
    operations = {o["operationId"]: o for p in told["paths"].values() for o in p.values()}
    assert set(operations) == {"postEvents", "getReceipts", "getQuarantine"}
    assert {tuple(o["security"][0]) for o in operations.values()} == {("HTTPBearer",)}
    assert told["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"


def test_the_examples_of_the_description_are_recorded(
    log: Log, settings: Settings, clock: SteppedClock
) -> None:
    # given the examples of the description, and a sender that may say them
    from tests.door import let_in

    token = let_in(log, settings, "fairfield", "/providers/fairfield", now=clock.now())
    app = http_app(log, clock, settings)
    kinds = app.openapi()["paths"]["/events"]["post"]["requestBody"]["content"]

    # when they are posted, then they are recorded
    with served(app) as server, client(server, token) as sender:
        got: list[httpx.Response] = [
            post(sender, json.dumps(told["example"]), kind)
            for kind, told in kinds.items()
            if "example" in told
        ]
    assert [statuses(answer) for answer in got] == [["recorded"], ["duplicate"]]

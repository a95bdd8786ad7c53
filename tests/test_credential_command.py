"""`counterfoil credential` and `counterfoil intake --http`, as an operator uses them."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.feeds import ASH, BIRCH, heartbeat, line
from tests.test_command_line import COMMAND, run

EVENT = {"Content-Type": "application/cloudevents+json"}


def told(folder: Path, *words: str) -> Any:
    """What a command prints, as JSON."""
    done = run(folder, "credential", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def listening(folder: Path) -> Iterator[str]:
    """`counterfoil intake --http` at work."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [COMMAND, "intake", "--http", place], cwd=folder, stderr=said
        )
    try:
        for _ in range(200):
            try:
                httpx.get(f"http://{place}/")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield f"http://{place}"
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_token_is_shown_once_and_kept_nowhere(tmp_path: Path) -> None:
    # given a new installation; when a sender is let in
    done = run(tmp_path, "credential", "add", "ash", "--source", ASH)
    added = json.loads(done.stdout)

    # then its token is printed, with what to do with it
    assert re.fullmatch(r"cct_ash_[\w-]{43}", added["token"])
    assert b"only time" in done.stderr
    assert b"Authorization: Bearer" in done.stderr
    assert added["token"].encode() not in done.stderr

    # and it is neither in the store nor in any list
    secret = added["token"].rpartition("ash_")[2].encode()
    for file in tmp_path.iterdir():
        assert secret not in file.read_bytes()
    (listed,) = told(tmp_path, "list")
    assert listed == {
        "name": "ash", "sources": [ASH], "types": None, "has_token": True,
        "in_force": True, "created_at": added["created_at"],
        "expires_at": added["expires_at"], "revoked_at": None,
    }  # fmt: skip


def test_the_key_is_made_beside_the_store_and_is_ours_alone(tmp_path: Path) -> None:
    # given a new installation; when a sender is let in
    told(tmp_path, "add", "ash", "--source", ASH)

    # then the key is beside the store, and nobody else can read it
    key = tmp_path / "counterfoil.db.token-key"
    assert key.stat().st_mode & 0o777 == 0o600

    # and where others can, nobody is let in until that is mended
    key.chmod(0o644)
    done = run(tmp_path, "credential", "add", "birch", "--source", BIRCH)
    assert done.returncode == 2
    assert b"chmod 600" in done.stderr
    assert len(told(tmp_path, "list")) == 1


def test_a_sender_is_let_in_renewed_and_revoked(tmp_path: Path) -> None:
    # given a server and a sender that is added while it runs
    with listening(tmp_path) as url:
        added = told(tmp_path, "add", "ash", "--source", ASH)

        def post(id_: str, token: str) -> httpx.Response:
            head = EVENT | {"Authorization": f"Bearer {token}"}
            return httpx.post(f"{url}/events", content=line(heartbeat(id_)), headers=head)

        # when it posts; its token is renewed; and it is revoked
        first = post("a", added["token"])
        renewed = told(tmp_path, "renew", "ash", "--expires", "30d")
        old, new = post("b", added["token"]), post("c", renewed["token"])
        revoked = told(tmp_path, "revoke", "ash")
        last = post("d", renewed["token"])

    # then it is let in by the token of the moment, and by none in the end
    assert [a.status_code for a in (first, old, new, last)] == [200, 401, 200, 401]
    assert revoked["revoked_at"]
    assert revoked["in_force"] is False
    log = [
        json.loads(r)
        for r in run(tmp_path, "log", "--format", "ndjson").stdout.splitlines()
    ]
    assert [row["id"] for row in log] == ["a", "c"]
    assert b"Traceback" not in (tmp_path / "said").read_bytes()


def test_a_revoked_name_stays_and_cannot_be_given_again(tmp_path: Path) -> None:
    # given a revoked credential
    told(tmp_path, "add", "ash", "--source", ASH)
    told(tmp_path, "revoke", "ash")

    # when it is revoked, renewed or added again, or another that is not there
    done = [
        run(tmp_path, "credential", *words)
        for words in (["revoke", "ash"], ["renew", "ash"], ["revoke", "birch"],
                      ["renew", "birch"], ["add", "ash", "--source", ASH])
    ]  # fmt: skip

    # then each is refused, and nothing is printed as if it had been done
    assert [(each.returncode, each.stdout) for each in done] == [(1, b"")] * 5


def test_a_sender_known_by_other_means_has_no_token(tmp_path: Path) -> None:
    # given a hub that comes by a broker; when it is let in for several sources and types
    added = told(
        tmp_path, "add", "hub-1", "--no-token", "--source", ASH, "--source", BIRCH,
        "--type", "visit.checked_in", "--type", "visit.checked_out",
    )  # fmt: skip

    # then there is no token to show, to renew, or to need a key
    assert "token" not in added
    assert (added["sources"], added["expires_at"]) == ([ASH, BIRCH], None)
    assert added["types"] == ["visit.checked_in", "visit.checked_out"]
    assert not (tmp_path / "counterfoil.db.token-key").exists()
    assert run(tmp_path, "credential", "renew", "hub-1").returncode == 1


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["Ash", "--source", ASH], "NAME"),
        (["a_b", "--source", ASH], "NAME"),
        (["a" * 64, "--source", ASH], "NAME"),
        (["ash"], "--source"),
        (["ash", "--source", "/providers/Ash"], "--source"),
        (["ash", "--source", "ash"], "--source"),
        (["ash", "--source", "/council/adults/x"], "--source"),
        (["ash", "--source", ASH, "--type", "visit.chekced_in"], "visit.checked_in?"),
        (["ash", "--source", ASH, "--type", "conflict.decided"], "--type"),
        (["ash", "--source", ASH, "--expires", "2020-01-01"], "--expires"),
        (["ash", "--source", ASH, "--expires", "0d"], "--expires"),
        (["ash", "--source", ASH, "--expires", "soon"], "--expires"),
        (["ash", "--source", ASH, "--expires", "9999999999d"], "--expires"),
    ],
)
def test_what_is_misspelt_is_named_and_nobody_is_let_in(
    tmp_path: Path, words: list[str], named: str
) -> None:
    # given a credential that is written wrongly; when it is added
    done = run(tmp_path, "credential", "add", *words)

    # then the word is named, and nothing was made
    assert done.returncode == 2
    assert named in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("written", "kept"),
    [("2099-07-01", "2099-07-01T23:00:00+00:00"), ("2099-12-31", "2100-01-01T00:00:00+00:00"),
     ("never", None)],
)  # fmt: skip
def test_a_day_of_expiry_lasts_until_its_end_in_london(
    tmp_path: Path, written: str, kept: str | None
) -> None:
    # given a last day; when a sender is let in until then, then that day still counts
    added = told(tmp_path, "add", "ash", "--source", ASH, "--expires", written)
    assert added["expires_at"] == kept


def test_credentials_are_listed_in_every_form(tmp_path: Path) -> None:
    # given two credentials
    told(tmp_path, "add", "birch", "--source", BIRCH)
    told(tmp_path, "add", "ash", "--source", ASH)

    # when they are listed as rows, lines and a table
    rows = run(tmp_path, "credential", "list", "--format", "csv").stdout.decode()
    lines = run(tmp_path, "credential", "list", "--format", "ndjson").stdout.splitlines()
    table = run(tmp_path, "credential", "list", "--format", "table").stdout.decode()

    # then each has both, by name
    assert [row["name"] for row in csv.DictReader(io.StringIO(rows))] == ["ash", "birch"]
    assert [json.loads(each)["name"] for each in lines] == ["ash", "birch"]
    assert table.index("ash") < table.index("birch")


def test_a_key_that_others_can_read_stops_the_server_from_beginning(
    tmp_path: Path,
) -> None:
    # given a key that others can read
    told(tmp_path, "add", "ash", "--source", ASH)
    (tmp_path / "counterfoil.db.token-key").chmod(0o640)

    # when the server is begun, then it says so and ends
    done = run(tmp_path, "intake", "--http", "127.0.0.1:0")
    assert done.returncode == 2
    assert b"chmod 600" in done.stderr


@pytest.mark.parametrize("place", ["nowhere", "127.0.0.1", "203.0.113.7:8080"])
def test_a_place_where_nobody_can_listen_is_named(tmp_path: Path, place: str) -> None:
    # given a wrong address; when the server is begun there, then it is named
    done = run(tmp_path, "intake", "--http", place)
    assert done.returncode == 2
    assert place in done.stderr.decode()
    assert b"Traceback" not in done.stderr

"""Every route asked by everybody: nobody speaks for another, or learns what another said."""

from __future__ import annotations

import json
import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from queue import Queue
from typing import Any

import httpx
import pytest

from consumers import tokens
from record.clock import SteppedClock
from record.log import Log
from record.settings import Settings
from tests.conftest import LONG
from tests.consumers.test_jwts import AUDIENCE, ISSUER, KEYS, signed
from tests.door import (
    BATCH,
    PROBLEM,
    Server,
    batch,
    client,
    door,
    door_settings,
    let_in,
    post,
    post_event,
    statuses,
)
from tests.feeds import ASH, BIRCH, check_in, heartbeat

IN = ("ash", "birch", "hub", "JWT of ash")
OUT = ("nobody", "garbage", "expired", "revoked", "another store", "JWT of nobody known",
       "ash without a secret", "ash with birch's secret")  # fmt: skip
ROUTES = (
    ("POST", "/events"), ("GET", "/receipts"), ("GET", "/receipts?since=0&limit=500"),
    ("GET", "/receipts?sender=ash"), ("GET", "/receipts?since=1"), ("GET", "/quarantine"),
    ("GET", "/quarantine?limit=1"), ("GET", "/quarantine?since=1"),
)  # fmt: skip
NAMES = {"JWT of ash": "ash"}


@pytest.fixture
def settings(log: Log, tmp_path: Path) -> Settings:
    """Settings of a door that also knows an issuer."""
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(KEYS.as_dict(private=False)))
    return door_settings(
        log, tmp_path, jwt_issuer=ISSUER, jwt_audience=AUDIENCE, jwt_keys=keys
    )


@pytest.fixture
def shown(
    log: Log, settings: Settings, clock: SteppedClock, tmp_path: Path
) -> dict[str, str | None]:
    """What each shows at the door."""
    now = clock.now()
    ash = let_in(log, settings, "ash", ASH, now=now)
    birch = let_in(log, settings, "birch", BIRCH, now=now)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with Log(f"sqlite:///{elsewhere}/other.db") as other:
        there = let_in(other, door_settings(other, elsewhere), "ash", ASH, now=now)
    secret = birch.split("_", 2)[2]
    return {
        "ash": ash,
        "birch": birch,
        "hub": let_in(log, settings, "hub", ASH, BIRCH, now=now),
        "JWT of ash": signed(),
        "nobody": None,
        "garbage": "cct_ash_" + "x" * 43,
        "expired": let_in(log, settings, "old", ASH, now=now, expires_at=now),
        "revoked": let_in(log, settings, "gone", ASH, now=now, revoked_at=now),
        "another store": there,
        "JWT of nobody known": signed(sub="yew"),
        "ash without a secret": "cct_ash_",
        "ash with birch's secret": f"cct_ash_{secret}",
    }


def marked(name: str, *numbers: int) -> list[dict[str, Any]]:
    """Events and messages of one provider that would be known anywhere."""
    return [
        check_in(f"MARK-{name}-{n}", f"MARK-{name}") | {"source": f"/providers/{name}"}
        for n in numbers
    ]


def unreadable(name: str, number: int) -> dict[str, Any]:
    """An event that cannot be read, but whose name can."""
    return {"id": f"MARK-{name}-{number}", "source": f"/providers/{name}"}


def ask(sender: httpx.Client, method: str, path: str, said: Any) -> httpx.Response:
    """Ask one route; to post is to post *said*."""
    return post(sender, said, BATCH) if method == "POST" else sender.get(path)


def test_every_route_tells_everybody_their_own_and_nothing_of_others(
    server: Server, shown: dict[str, str | None]
) -> None:
    # given what ash and birch have each sent, read and not read
    for name in ("ash", "birch"):
        with client(server, shown[name]) as sender:
            post(sender, batch(*marked(name, 1, 2), unreadable(name, 3)), BATCH)
            post_event(sender, marked(name, 1)[0])
    answers: dict[tuple[str, str], httpx.Response] = {}

    # when everybody asks every route, and posts something of nobody's own
    for who, token in shown.items():
        with client(server, token) as sender:
            for method, path in ROUTES:
                answers[who, path] = ask(
                    sender, method, path, batch(heartbeat("x", "yew"))
                )

    # then those without a credential in force are all told the same, and nothing else
    turned_away = [answers[who, path] for who in OUT for _, path in ROUTES]
    assert {(a.status_code, a.content) for a in turned_away} == {
        (401, turned_away[0].content)
    }
    assert {a.headers["content-type"] for a in turned_away} == {PROBLEM}
    assert {len(a.headers) for a in turned_away} == {5}

    # and those who are let in are told of their own
    for who in IN:
        own, other = NAMES.get(who, who), {"ash": "birch", "birch": "ash"}
        for _, path in ROUTES:
            assert answers[who, path].status_code == 200, (who, path)
            others = {"ash", "birch"} - {own}
            for name in others if who == "hub" else [other[own]]:
                assert f"MARK-{name}" not in answers[who, path].text, (who, path)
    for who in ("ash", "birch", "JWT of ash"):
        mark = f"MARK-{NAMES.get(who, who)}"
        assert answers[who, "/receipts"].text.count(mark) == 4
        assert answers[who, "/quarantine"].text.count(mark) == 1
        assert statuses(answers[who, "/events"]) == ["rejected"]
    # the hub may speak for both, and has not spoken: it is told as if nobody had
    assert answers["hub", "/quarantine"].json() == {"waiting": [], "next": 0}
    hubs = answers["hub", "/receipts"].json()["answers"]
    assert [r["status"] for a in hubs for r in a["receipts"]] == ["rejected"]


def test_who_may_say_what_is_decided_for_every_pair(
    server: Server, shown: dict[str, str | None], log: Log
) -> None:
    # given everybody who is let in, and events of three providers
    may = {
        "ash": {"ash"}, "birch": {"birch"}, "hub": {"ash", "birch"}, "JWT of ash": {"ash"},
    }  # fmt: skip
    told: dict[str, list[str]] = {}

    # when each says an event of each
    for who in IN:
        with client(server, shown[who]) as sender:
            said = [heartbeat(f"{who} says", name) for name in ("ash", "birch", "yew")]
            told[who] = statuses(post(sender, batch(*said), BATCH))

    # then what is theirs is recorded, and what is not is an attempt that is logged
    for who, its in told.items():
        expected = [
            "recorded" if name in may[who] else "rejected"
            for name in ("ash", "birch", "yew")
        ]
        assert its == expected, who
    with log.recorder.reading() as ledger:
        rows = ledger.ask("SELECT sender, source FROM refusals")
    attempts = Counter((row[0], row[1]) for row in rows)
    assert attempts == Counter(
        (NAMES.get(who, who), f"/providers/{name}")
        for who in IN
        for name in ("ash", "birch", "yew")
        if name not in may[who]
    )
    assert log.head() == 5


def test_nobody_is_let_in_from_the_moment_of_an_end(
    server: Server, log: Log, settings: Settings, clock: SteppedClock
) -> None:
    # given credentials of which one expires in an hour and one is about to be revoked
    from record.senders import revoke_credential

    now = clock.now()
    expiring = let_in(
        log, settings, "ash", ASH, now=now, expires_at=now + timedelta(hours=1)
    )
    revoked = let_in(log, settings, "birch", BIRCH, now=now)
    with client(server, expiring) as ash, client(server, revoked) as birch:
        assert statuses(post_event(ash, heartbeat("a"))) == ["recorded"]
        assert statuses(post_event(birch, heartbeat("a", "birch"))) == ["recorded"]

        # when the hour has passed, and the other is revoked, on the same connections
        clock.at = now + timedelta(hours=1)
        with log.recorder.writing() as ledger:
            assert revoke_credential(ledger, "birch", clock.now())

        # then the next request of each is turned away
        assert post_event(ash, heartbeat("b")).status_code == 401
        assert post_event(birch, heartbeat("b", "birch")).status_code == 401
    assert log.head() == 2


def test_a_renewed_token_ends_the_old_one_at_once(
    server: Server, log: Log, settings: Settings, clock: SteppedClock
) -> None:
    # given a sender whose token is exchanged
    from record.senders import renew_credential

    old, new = let_in(log, settings, "ash", ASH, now=clock.now()), tokens.new_token("ash")
    key = tokens.make_key(tokens.key_file(settings))
    with log.recorder.writing() as ledger:
        assert renew_credential(ledger, "ash", tokens.digest(key, new), None)
        assert not renew_credential(ledger, "birch", tokens.digest(key, new), None)

    # when both are shown, then the new one alone lets it in, to what it had before
    with client(server, old) as before, client(server, new) as after:
        assert before.get("/receipts").status_code == 401
        assert statuses(post_event(after, heartbeat("a"))) == ["recorded"]


def test_a_head_that_says_two_things_is_judged_by_one_of_them(
    server: Server, shown: dict[str, str | None]
) -> None:
    # given requests with odd heads
    odd = [
        [("Authorization", f"Basic {shown['ash']}")],
        [("Authorization", f"{shown['ash']}")],
        [("Authorization", f"Bearer {shown['ash']} x")],
        [("Authorization", f"Bearer {shown['ash']},Bearer {shown['birch']}")],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer " + "x" * 20_000)],
        [("X-Forwarded-User", "ash"), ("Cookie", f"token={shown['ash']}")],
    ]

    # when they are asked with, then nobody is let in
    with httpx.Client(base_url=server.url) as anybody:
        for heads in odd:
            assert anybody.get("/receipts", headers=heads).status_code == 401, heads
        assert anybody.get(f"/receipts?access_token={shown['ash']}").status_code == 401

        # and of two tokens the first counts, for the whole request
        both = [("Authorization", f"Bearer {shown[n]}") for n in ("ash", "birch")]
        said = heartbeat("a", "birch")
        answer = anybody.post(
            "/events",
            content=json.dumps(said),
            headers=[*both, ("Content-Type", "application/cloudevents+json")],
        )
    assert statuses(answer) == ["rejected"]


PROVIDERS = ("ash", "birch", "cedar", "elm", "fir", "yew")
REQUESTS = int(os.environ.get("MIXED_REQUESTS", "10000" if LONG else "500"))
KINDS = ("post", "post many", "post theirs", "receipts", "quarantine")
WORKERS = 8
SEED = int(os.environ.get("SEED", "15"))


@dataclass
class Told:
    """What each sender was told, kept by the test alone."""

    receipts: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in PROVIDERS}
    )
    alien: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, name: str, what: str, answer: httpx.Response) -> None:
        """Look at an answer to *name* for whatever is another's."""
        with self.lock:
            self.asked[what] += 1
            if answer.status_code != 200:
                self.alien.append(f"{name} {what}: {answer.status_code}")
            for other in set(PROVIDERS) - {name}:
                if f"MARK-{other}" in answer.text:
                    self.alien.append(f"{name} was shown {other}'s: {what}")
            if what.startswith("post"):
                self.receipts[name].update(map(json.dumps, answer.json()["receipts"]))


@contextmanager
def pool(server: Server) -> Iterator[Queue[httpx.Client]]:
    """Connections that all senders share: a request may follow anybody's.

    One thread at a time has a connection: the client's own pool, when threads share it, now
    and then closes a connection that is in use.
    """
    with ExitStack() as opened:
        shared: Queue[httpx.Client] = Queue()
        for _ in range(4):
            shared.put(opened.enter_context(client(server, None)))
        yield shared


def mixed(
    shared: Queue[httpx.Client],
    tokens_of: dict[str, str],
    told: Told,
    chance: random.Random,
) -> None:
    """Ask for somebody, and then for somebody else, on whichever connection is free."""
    for _ in range(REQUESTS // WORKERS):
        name = chance.choice(PROVIDERS)
        kind = chance.choice(KINDS)
        connection = shared.get(timeout=60)
        answer = asked(connection, name, kind, tokens_of[name], chance)
        shared.put(connection)
        told.hear(name, kind, answer)


def asked(
    connection: httpx.Client, name: str, kind: str, token: str, chance: random.Random
) -> httpx.Response:
    """One request of *name*."""
    head = {"Authorization": f"Bearer {token}"}
    number = chance.randrange(10**9)
    if not kind.startswith("post"):
        since = {"since": chance.choice([0, 0, chance.randrange(REQUESTS)])}
        return connection.get(f"/{kind}", params=since, headers=head)
    said: list[Any] = marked(name, number)
    if kind == "post many":
        said = [*marked(name, *range(number, number + 9)), unreadable(name, number)]
    if kind == "post theirs":
        victim = chance.choice([p for p in PROVIDERS if p != name])
        said = [heartbeat(f"TRY-{number}", victim), *marked(name, number)]
    return connection.post(
        "/events", content=batch(*said), headers=head | {"Content-Type": BATCH}
    )


def test_no_answer_holds_what_is_anothers_however_requests_are_mixed(
    log: Log, settings: Settings, clock: SteppedClock
) -> None:
    # given six providers whose every word is marked, on four connections between them
    print(f"seed {SEED}, {REQUESTS} requests")
    told = Told()
    tokens_of = {
        name: let_in(log, settings, name, f"/providers/{name}", now=clock.now())
        for name in PROVIDERS
    }
    many = settings.model_copy(update={"sender_events_per_second": 1_000_000})

    # when eight threads ask for them in turn, whatever comes to mind
    with door(log, clock, many) as server, pool(server) as shared:
        threads = [
            threading.Thread(
                target=mixed, args=(shared, tokens_of, told, random.Random(SEED + n))
            )
            for n in range(WORKERS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        # then nothing of another's was in any answer
        assert told.alien == []
        assert set(told.asked) == set(KINDS)

        # and each can ask for exactly the receipts that it was given
        for name in PROVIDERS:
            with client(server, tokens_of[name]) as sender:
                assert fetched(sender) == told.receipts[name]


def fetched(sender: httpx.Client) -> Counter[str]:
    """All receipts that a sender can ask for."""
    found: Counter[str] = Counter()
    since = 0
    while (page := sender.get("/receipts", params={"since": since}).json())["answers"]:
        for answer in page["answers"]:
            found.update(map(json.dumps, answer["receipts"]))
        since = page["next"]
    return found

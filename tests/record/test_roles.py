"""Roles: each can do its work in a PostgreSQL store, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from consumers.intake import Intake
from projections.asking import Moment
from projections.council import Council
from projections.engine import Limits, connect
from projections.mirror import columns_folder, write_segments
from projections.segments import Segments
from record import aside, migrations, tables
from record.answers import answers, forget_answers
from record.attempts import begin_attempt, end_attempts
from record.clock import SystemClock
from record.erasing import erase
from record.errors import StoreNotUsable
from record.log import Log
from record.migrations import migrate
from record.roles import INTAKE, NODE, OWNER, RIGHTS, ROLES
from record.sealing import ERASED, SEALED
from record.senders import Credential, Sender, credentials, keep_credential
from tests.feeds import ASH, NOON, assessed, check_in, event, heartbeat, line, lines
from tests.postgres import Cluster
from tests.sealing import manual, plan, said

ASH_FEED = Sender("ash-feed", frozenset({ASH, "/council/adults"}))


class Roles:
    """Where each role finds the store."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.owner, self.intake, self.node = (
            cluster.url(name, role) for role in (OWNER, INTAKE, NODE)
        )


@pytest.fixture
def roles(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Roles]:
    """A store that its owner made, and the roles of it."""
    monkeypatch.chdir(tmp_path)
    name = cluster.new()
    for _ in range(2):  # what is printed may be run again
        with psycopg.connect(cluster.url(name), autocommit=True) as con:
            con.execute(ROLES)  # type: ignore[call-overload]
    found = Roles(cluster, name)
    with Log(found.owner) as log, log.recorder.writing() as ledger:
        keep_credential(ledger, Credential(ASH_FEED, NOON, b"digest"))
    yield found
    cluster.drop(name)


FEED = [
    *lines(check_in(str(n), f"V{n % 7}") for n in range(300)),
    *lines([check_in("x1", method="fax"), check_in("x2", method="fax")]),
    *lines([assessed("y", 1), assessed("y", 1), assessed("y", 2)]),
    line(event("visit.missed", "V1", "/council/adults", id_="z")),
    b"{ no json",
    b"{ no json",
]


def test_the_intake_receives_a_whole_feed_and_keeps_its_books(roles: Roles) -> None:
    # given the role that may append; when it receives a feed of every kind of end
    with Log(roles.intake) as log:
        intake, clock = Intake(log), SystemClock()
        receipts = intake.receive(FEED, clock, ASH_FEED)
        receipts += intake.receive(lines([check_in("x1")]), clock, ASH_FEED)
        # then each event has its receipt
        counts = {
            s: sum(r.status == s for r in receipts) for s in {r.status for r in receipts}
        }
        assert counts == {
            "recorded": 302, "duplicate": 1, "conflict": 1, "rejected": 1, "quarantined": 4
        }  # fmt: skip
        assert [row["id"] for row in aside.quarantined(log)] == [None, "x2"]
        # and it may count attempts, look up credentials, give answers and let go of them
        with log.recorder.writing() as ledger:
            assert [begin_attempt(ledger, b"d"), begin_attempt(ledger, b"d")] == [1, 2]
            end_attempts(ledger, b"d")
            assert [one.sender for one in credentials(ledger)] == [ASH_FEED]
            assert len(answers(ledger, "ash-feed")) == 2
            forget_answers(ledger, clock.now())
            assert answers(ledger, "ash-feed") == []


FORBIDDEN = {
    "intake": [
        "UPDATE stored_events SET state = ''",
        "DELETE FROM stored_events",
        "TRUNCATE stored_events",
        "ALTER TABLE stored_events DISABLE TRIGGER ALL",
        "DROP TABLE stored_events",
        "DO $$ BEGIN LOCK TABLE stored_events IN EXCLUSIVE MODE; END $$",
        "DELETE FROM receipts",
        "UPDATE receipts SET position = 1",
        "UPDATE conflicts SET decision = 'second'",
        "DELETE FROM conflicts",
        "DELETE FROM quarantine",
        "UPDATE quarantine SET reason = ''",
        "DELETE FROM quarantined_bytes",
        "DELETE FROM refusals",
        "UPDATE answers SET receipts = '[]'",
        "UPDATE credentials SET revoked_at = NULL",
        "INSERT INTO credentials (name, sources, created_at) VALUES ('me', '[]', '')",
        "INSERT INTO store VALUES ('anything', 'x')",
        "UPDATE store SET name = 'x'",
        "DELETE FROM store",
        "CREATE TABLE mine (a int)",
        "CREATE TEMPORARY TABLE mine (a int)",
    ],
    "node": [
        *(f"INSERT INTO {table} DEFAULT VALUES" for table in tables.NAMES),
        *(f"DELETE FROM {table}" for table in tables.NAMES),
        "UPDATE store SET value = 'yes'",
        "SELECT * FROM credentials",
        "SELECT * FROM quarantined_bytes",
        "CREATE TABLE mine (a int)",
    ],
}


@pytest.mark.parametrize("role", FORBIDDEN)
def test_a_role_may_do_nothing_else(roles: Roles, role: str) -> None:
    # given a store with something in every table
    with Log(roles.intake) as log:
        Intake(log).receive(FEED, SystemClock(), ASH_FEED)
    # when a role tries what is not its work, then each time it is refused
    with psycopg.connect(getattr(roles, role), autocommit=True) as con:
        for attempt in FORBIDDEN[role]:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                con.execute(attempt)  # type: ignore[call-overload]


def test_the_intake_can_move_the_clock_on_but_not_the_logs_identity(roles: Roles) -> None:
    # given the role that may append
    with Log(roles.intake) as log:
        Intake(log).receive([line(heartbeat("a"))], SystemClock())
        before = log.id
    # when it would say otherwise of whose log it is, and whether it is simulated
    with psycopg.connect(roles.intake, autocommit=True) as con:
        done = con.execute("UPDATE store SET value = 'yes' WHERE name <> 'received_at'")
    # then nothing of that is changed
    assert done.rowcount == 0
    with Log(roles.node, create=False) as log:
        assert (log.id, log.simulated) == (before, False)


def test_a_node_mirrors_and_finds_but_cannot_write(roles: Roles) -> None:
    # given a log with events in it, and the role that may read
    with Log(roles.intake) as log:
        Intake(log).receive(FEED, SystemClock())
    with Log(roles.node, create=False) as log:
        segments, con = (
            Segments(columns_folder(log.url), log.id),
            connect(Limits(threads=1)),
        )
        # when it mirrors the log, waits, looks at what was set aside, and draws findings
        assert write_segments(con, log, segments, from_events=1) == 301
        con.close()
        assert log.wait(0, 1) == 301
        assert len(aside.quarantined(log)) == 3
        assert len(aside.conflicts(log)) == 1
        council = Council(log, limits=Limits(threads=1))
        found = council.findings(Moment(NOON))
        council.close()
        # then it finds what there is
        assert {finding["kind"] for finding in found} >= {"unplanned_visit"}
        # and when it would record something, then it is told that it may not
        with pytest.raises(StoreNotUsable, match="may not do that"):
            Intake(log).receive([line(heartbeat("b"))], SystemClock())
        assert log.head() == 301


def test_a_role_that_may_not_alter_tables_says_who_has_to(
    roles: Roles, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a release whose tables are of a version to come
    step = {"postgresql": ("ALTER TABLE refusals ADD COLUMN more TEXT",)}
    later = tables.SCHEMA_VERSION + 1
    monkeypatch.setitem(migrations.STEPS, later, step)
    monkeypatch.setattr(migrations, "SCHEMA_VERSION", later)
    # when a role opens the store that may not alter it, then it is told who may
    for role in (roles.intake, roles.node):
        with pytest.raises(StoreNotUsable, match="run counterfoil migrate as the owner"):
            Log(role, create=False)
    # and when the owner has opened it, then the others can
    Log(roles.owner).close()
    for role in (roles.intake, roles.node):
        with Log(role, create=False) as log:
            assert log.found_version == later


def test_a_role_that_may_not_make_tables_says_who_has_to(cluster: Cluster) -> None:
    # given an empty database, and a role that may make nothing in it
    name = cluster.new()
    with psycopg.connect(cluster.url(name), autocommit=True) as con:
        con.execute(ROLES)  # type: ignore[call-overload]
    # when it would make a store there, then it is told who may
    with pytest.raises(StoreNotUsable, match=r"no tables yet.*as the owner"):
        Log(cluster.url(name, INTAKE))
    cluster.drop(name)


def test_rights_that_were_added_by_hand_are_taken_back_by_the_owner(roles: Roles) -> None:
    # given an intake that somebody allowed to cut the receipts
    with psycopg.connect(roles.owner, autocommit=True) as con:
        con.execute(f"GRANT ALL ON receipts TO {INTAKE}")  # type: ignore[call-overload]
    # when the owner migrates, then it may no more
    with Log(roles.owner) as log:
        migrate(log.recorder, log.where)
    with (
        psycopg.connect(roles.intake) as con,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        con.execute("DELETE FROM receipts")


def test_the_commands_say_and_do_the_same(roles: Roles) -> None:
    # given the commands for whoever owns the store; when they are run
    def run(*words: str) -> str:
        command = Path(sys.executable).with_name("counterfoil")
        done = subprocess.run(
            [command, *words], capture_output=True, text=True, check=True
        )
        return done.stdout

    # then they print the roles, and bring the store up to date
    assert run("roles") == ROLES
    assert f"GRANT SELECT, INSERT ON stored_events TO {INTAKE};" in run(
        "roles", "--rights"
    )
    told = run("migrate", "--store", roles.owner, "--format", "json")
    assert f'"to": {tables.SCHEMA_VERSION}' in told


def test_every_table_has_its_rights() -> None:
    # given our tables; when rights are given, then none is forgotten
    assert RIGHTS[INTAKE].keys() == set(tables.NAMES)
    assert RIGHTS[NODE].keys() < set(tables.NAMES)


def test_the_intake_seals_and_reads_words_and_a_node_reads_everything_but_them(
    roles: Roles,
) -> None:
    # given words that the intake has recorded of two people
    feed = [
        plan("V1", "P1", "p1"), manual("V1", "flat-battery", "t1"),
        plan("V2", "P2", "p2"), manual("V2", "lost-phone", "t2"),
    ]  # fmt: skip
    with Log(roles.intake) as log:
        Intake(log).receive(lines(feed), SystemClock())
        assert said(log)["t1"]["reason"] == "flat-battery"
    # when a node reads the log, then it learns who, when and how, and no word
    with Log(roles.node) as log:
        told = said(log)
        assert (told["t1"]["method"], told["t1"]["reason"]) == ("manual", SEALED)
    # and the intake can destroy no key, but for those whose time is over
    with Log(roles.intake) as log:
        with pytest.raises(StoreNotUsable):
            erase(log, "P1", (), "o1", "asked", SystemClock())
        log.seals.ring.destroy(log.seals.ring.named(["person/P1"]))
    with Log(roles.owner) as log:
        assert said(log)["t1"]["reason"] == "flat-battery"
        # and the owner can
        assert erase(log, "P1", (), "o1", "asked", SystemClock()).keys == 1
        assert [said(log)[id_]["reason"] for id_ in ("t1", "t2")] == [
            ERASED,
            "lost-phone",
        ]

"""The log on PostgreSQL: what is of its nature, and told in words that keep secrets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from consumers.intake import Intake
from projections.mirror import columns_folder
from record import aside, connections, log_reading
from record.clock import SteppedClock, SystemClock
from record.errors import StoreError, StoreNotUsable, StoreOutOfReach, UnsafeSetting
from record.log import Log
from record.places import shown
from record.settings import BadSetting
from tests.feeds import heartbeat, line, lines
from tests.postgres import SECRETIVE, Cluster, terminated

PASSWORD = "s3cret-p%40ss"
"""As it stands in a URL."""
SECRET = "s3cret-p@ss"


def at(url: str) -> str:
    """The database of a URL."""
    return url.rpartition("/")[2]


def by_hand(url: str, *statements: str) -> None:
    """Do something to a database behind our back."""
    with psycopg.connect(url, autocommit=True) as con:
        for statement in statements:
            con.execute(statement)  # type: ignore[call-overload]


@pytest.fixture
def opened(database: str) -> Iterator[Log]:
    """A log on PostgreSQL that waits for a second, not longer."""
    with Log(database, simulated=True, timeout=1, pool=2) as found:
        yield found


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE stored_events SET state = ''",
        "UPDATE stored_events SET position = 99 WHERE position = 1",
        "DELETE FROM stored_events WHERE position = 1",
        "TRUNCATE stored_events",
        "SET session_replication_role = replica; DELETE FROM stored_events",
    ],
)
def test_the_log_is_never_changed_or_cut_even_by_its_owner(
    opened: Log, clock: SteppedClock, attempt: str
) -> None:
    # given a log of two events
    Intake(opened).receive(lines([heartbeat("a"), heartbeat("b")]), clock)
    before = list(opened.rows())
    # when its owner tries to change or cut it, then PostgreSQL refuses
    with pytest.raises(psycopg.errors.RaiseException, match="never changed or cut"):
        by_hand(opened.url, attempt)
    assert list(opened.rows()) == before


@pytest.mark.parametrize("value", ["y", ""])
def test_functions_that_would_let_readers_miss_events_are_refused(
    database: str, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    # given an environment that asks for the library's functions
    monkeypatch.setenv("COUNCIL_POSTGRES_ENABLE_DB_FUNCTIONS", value)
    # when a log is opened, then it is refused by name
    with pytest.raises(UnsafeSetting, match="COUNCIL_POSTGRES_ENABLE_DB_FUNCTIONS"):
        Log(database)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://ann:{PASSWORD}@127.0.0.1:1/council",
        f"postgresql://ann@127.0.0.1:1/council?password={PASSWORD}",
        f"postgresql://ann:{SECRET}%zz@127.0.0.1/council",
        f"postgresql://ann:{PASSWORD}@127.0.0.1:1/council?no_such=1",
        f"postgresql://ann:{PASSWORD}@127.0.0.1:words/council",
        f"postgres://ann:{PASSWORD}@no-such-host.invalid/council",
    ],
)
def test_a_password_in_a_url_is_never_repeated(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a URL with a password in it, at which no store can be opened
    monkeypatch.chdir(tmp_path)
    # when it is opened, shown, or asked for its columns
    told = []
    for what in (
        lambda: Log(url, timeout=2),
        lambda: shown(url),
        lambda: columns_folder(url),
    ):
        try:
            told.append(str(what()))
        except StoreError as error:
            told += [str(error), repr(error.__cause__), repr(error.__context__)]
    # then its words are clear, and the password is in none of them
    assert len(told) > 2
    for words in told:
        assert "s3cret" not in words


def test_columns_are_kept_in_a_folder_of_the_databases_name() -> None:
    # given URLs of databases; when their columns are looked for, then the name is a safe one
    assert columns_folder("postgresql://u:p@h:1/council") == Path("council.columns")
    assert columns_folder("postgresql://h/..%2F..%2Fetc") == Path("______etc.columns")
    assert columns_folder("postgresql://h") == Path("counterfoil.columns")
    assert columns_folder("postgresql://h/council", "/elsewhere") == Path("/elsewhere")


def test_a_database_that_is_not_there_and_a_server_that_does_not_answer_are_named(
    cluster: Cluster,
) -> None:
    # given no such database, and a port at which nobody listens
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        silent = cluster.url("council", port=taken.getsockname()[1])
    # when they are opened, then it is said at once what is wrong
    started = time.monotonic()
    with pytest.raises(StoreOutOfReach, match='database "no_such" does not exist'):
        Log(cluster.url("no_such"))
    with pytest.raises(StoreOutOfReach, match="refused"):
        Log(silent)
    assert time.monotonic() - started < 5


def test_a_password_may_be_kept_in_a_file(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    # given a role that must tell a password, and files with a right and a wrong one
    cluster.tell("DROP ROLE IF EXISTS {}", SECRETIVE)
    cluster.tell(f"CREATE ROLE {{}} LOGIN SUPERUSER PASSWORD '{SECRET}'", SECRETIVE)
    url = cluster.url(at(database), SECRETIVE)
    for name, password in (("right", SECRET), ("wrong", "another")):
        (tmp_path / name).write_text(f"127.0.0.1:*:*:{SECRETIVE}:{password}\n")
        (tmp_path / name).chmod(0o600)
    # when the right one is named, then the log is opened
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "right"))
    Log(url).close()
    # and when the wrong one is, then it is said, without it
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "wrong"))
    with pytest.raises(StoreOutOfReach, match="password authentication failed") as caught:
        Log(url)
    assert "another" not in str(caught.value)


def test_a_connection_that_must_be_encrypted_is_never_made_in_the_clear(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a server without TLS; when TLS is asked for, in the URL or around it
    with pytest.raises(StoreOutOfReach, match="SSL"):
        Log(f"{database}?sslmode=verify-full&sslrootcert=system")
    with monkeypatch.context() as asked:
        asked.setenv("PGSSLMODE", "require")
        # then nothing is said in the clear
        with pytest.raises(StoreOutOfReach, match="SSL"):
            Log(database)


@pytest.mark.parametrize("table", ["stored_events", "credentials", "receipts"])
def test_another_programs_database_is_refused_and_left_alone(
    cluster: Cluster, table: str
) -> None:
    # given a database in which another program has a table with a name of ours
    name = cluster.new()
    by_hand(cluster.url(name), f"CREATE TABLE {table} (a int)")
    # when it is taken for a store, then it is refused
    with pytest.raises(StoreNotUsable, match="another program's"):
        Log(cluster.url(name))
    # and nothing was made in it
    with psycopg.connect(cluster.url(name)) as con:
        found = con.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND"
                            " relnamespace = 'public'::regnamespace").fetchall()  # fmt: skip
    assert found == [(table,)]
    cluster.drop(name)


def test_a_database_without_a_store_is_not_made_one_by_a_reader(cluster: Cluster) -> None:
    # given an empty database; when it is opened only to be read, then none is made
    name = cluster.new()
    with pytest.raises(StoreOutOfReach, match="no store"):
        Log(cluster.url(name), create=False)
    with Log(cluster.url(name)) as made:
        assert made.head() == 0
    cluster.drop(name)


def test_two_logs_may_be_kept_in_two_schemas_of_one_database(
    cluster: Cluster, clock: SteppedClock
) -> None:
    # given a database with two schemas
    name = cluster.new()
    by_hand(cluster.url(name), "CREATE SCHEMA one", "CREATE SCHEMA two")
    one, two = (
        f"{cluster.url(name)}?options=-csearch_path%3D{it}" for it in ("one", "two")
    )
    # when each is written to while the other's pen is held
    with Log(one, simulated=True) as first, Log(two, simulated=True, timeout=1) as second:
        with first.recorder.writing():
            Intake(second).receive([line(heartbeat("a"))], clock)
        # then they are two logs
        assert first.id != second.id
        assert (first.head(), second.head()) == (0, 1)
    cluster.drop(name)


def test_readers_that_hold_every_connection_are_no_hindrance_to_the_writer(
    opened: Log, clock: SteppedClock
) -> None:
    # given a log whose readers have all the connections there are
    with ExitStack() as readers:
        for _ in range(2):
            readers.enter_context(opened.recorder.reading())
        # when an event arrives, then it is recorded; one more reader is told why not
        (receipt,) = Intake(opened).receive([line(heartbeat("a"))], clock)
        with pytest.raises(StoreOutOfReach, match="were in use for 1 seconds"):
            opened.head()
    # and when they are gone, then it may read
    assert (receipt.status, opened.head()) == ("recorded", 1)


def test_a_pen_in_other_hands_for_too_long_is_said_to_be_so(
    opened: Log, clock: SteppedClock
) -> None:
    # given a pen that another process holds, and then another thread
    batch = [line(heartbeat("a"))]
    with (
        Log(opened.url) as other,
        other.recorder.writing(),
        # when a batch arrives, then it is said that it may be sent again
        pytest.raises(StoreOutOfReach, match="another process"),
    ):
        Intake(opened).receive(batch, clock)
    with opened.recorder.writing(), pytest.raises(StoreOutOfReach, match="1 seconds"):
        in_a_thread(lambda: Intake(opened).receive(batch, clock))
    # and sent again it is recorded
    assert Intake(opened).receive(batch, clock)[0].status == "recorded"


def in_a_thread(what: object) -> None:
    """Do something in another thread; what it raises is raised here."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            what()  # type: ignore[operator]
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


def test_connections_that_broke_while_at_rest_are_made_anew_at_once(
    opened: Log, clock: SteppedClock
) -> None:
    # given a log at rest, all of whose connections the server has ended
    Intake(opened).receive([line(heartbeat("a"))], clock)
    assert opened.wait(1, 0.1) == 1
    terminated(opened.url)
    # when it is used, then neither writer nor reader nor listener notices
    receipts = Intake(opened).receive(lines([heartbeat("a"), heartbeat("b")]), clock)
    assert [receipt.status for receipt in receipts] == ["duplicate", "recorded"]
    assert opened.wait(1, 0.1) == 2
    assert opened.wait(2, 0.1) == 2


def test_many_connections_that_broke_together_are_not_found_out_one_by_one(
    database: str,
) -> None:
    # given ten readers who have been there, and a server that has ended them all
    with Log(database) as many:
        with ExitStack() as readers:
            for _ in range(10):
                readers.enter_context(many.recorder.reading())
        terminated(database)
        # when the next one comes, then they can read within a moment
        began = time.monotonic()
        assert many.head() == 0
        assert time.monotonic() - began < 2


def test_a_connection_that_breaks_in_the_middle_of_a_batch_records_nothing_of_it(
    opened: Log, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a server that ends the writer's connection just before its commit
    commit = psycopg.Connection.commit

    def broken(con: psycopg.Connection) -> None:
        monkeypatch.undo()
        terminated(opened.url)
        commit(con)

    Intake(opened).receive([line(heartbeat("a"))], clock)
    monkeypatch.setattr(psycopg.Connection, "commit", broken)
    # when a batch arrives, then it is said that it may be sent again
    batch = lines([heartbeat("b"), heartbeat("c")])
    with pytest.raises(StoreOutOfReach):
        Intake(opened).receive(batch, clock)
    # and nothing of it was recorded, nor quarantined, until it is sent again
    assert (opened.head(), aside.quarantined(opened)) == (1, [])
    assert {r.status for r in Intake(opened).receive(batch, clock)} == {"recorded"}


def test_a_commit_whose_reply_is_lost_is_found_again_as_a_duplicate(
    opened: Log, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a commit that is carried out and never heard of
    commit = psycopg.Connection.commit

    def unheard(con: psycopg.Connection) -> None:
        commit(con)
        monkeypatch.undo()
        con.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    Intake(opened).receive([line(heartbeat("a"))], clock)
    monkeypatch.setattr(psycopg.Connection, "commit", unheard)
    batch = lines([heartbeat("b"), heartbeat("c")])
    with pytest.raises(StoreOutOfReach):
        Intake(opened).receive(batch, clock)
    # when the batch is sent again, then each event of it is a duplicate of itself
    assert [r.status for r in Intake(opened).receive(batch, clock)] == ["duplicate"] * 2
    assert (opened.head(), aside.conflicts(opened), aside.quarantined(opened)) == (
        3,
        [],
        [],
    )


def test_a_batch_that_is_wanted_for_ever_is_given_up_by_the_server(
    database: str, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a writer that has stopped in the middle of its batch
    monkeypatch.setitem(
        connections.WRITER, "idle_in_transaction_session_timeout", "300ms"
    )
    with (
        Log(database, simulated=True) as stopped,
        pytest.raises(StoreOutOfReach),
        stopped.recorder.writing() as ledger,
    ):
        time.sleep(0.6)
        # when another one comes, then the pen is free
        with Log(database, timeout=2) as other:
            Intake(other).receive([line(heartbeat("a"))], clock)
        # and what the stopped one would say is not heard
        ledger.set_meta("received_at", "never")
    with Log(database) as after:
        assert after.head() == 1


def test_whoever_waits_sees_what_was_appended_although_nobody_tells_them(
    opened: Log, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a listener whose other end is dead, and who does not know it
    monkeypatch.setattr(log_reading, "ASK_SECONDS", 0.3)
    monkeypatch.setattr(connections.Connections, "listen", lambda *_: time.sleep(0.3))
    # when an event is recorded, then whoever waits sees it all the same
    waiting = threading.Timer(
        0.2, lambda: Intake(opened).receive([line(heartbeat("a"))], clock)
    )
    waiting.start()
    assert opened.wait(0, 20) == 1
    waiting.join()


def test_a_database_that_is_for_reading_only_can_be_read(database: str) -> None:
    # given a store that is a copy for readers
    with Log(database) as first:
        Intake(first).receive([line(heartbeat("a"))], SystemClock())
    by_hand(
        database, f"ALTER DATABASE {at(database)} SET default_transaction_read_only = on"
    )
    # when it is opened, then it can be read
    with Log(database, create=False) as copy:
        assert copy.head() == 1


@pytest.mark.parametrize("setting", ["WRAPPING_KEY", "SAFEGUARDING_KEY_FILE"])
def test_a_server_must_be_told_where_the_keys_are_that_protect_it(
    database: str, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given settings that do not say where one of the two keys is
    monkeypatch.delenv(f"COUNTERFOIL_{setting}")
    # when a store is made on a server, then it is asked for
    with pytest.raises(BadSetting, match=setting.lower()):
        Log(database)

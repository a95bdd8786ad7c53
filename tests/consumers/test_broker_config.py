"""The broker's configuration, on a real server: who may say what, and hear what."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from structlog.testing import capture_logs
from typer.testing import CliRunner

from cli.main import app
from consumers.access import Access
from consumers.broker_config import (
    INTAKE,
    Server,
    User,
    inbox,
    new_password,
    server_config,
)
from consumers.carrying import transport
from consumers.streams import DURABLE, STREAM
from record.clock import SystemClock
from record.log import Log
from record.senders import revoke_credential
from tests.brokers import ROOM, NatsServer, know, ready, running, subject, until
from tests.feeds import ASH, BIRCH, heartbeat, line


class Guarded(NatsServer):
    """A server whose configuration the commands write."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.store = f"sqlite:///{folder}/council.db"
        self.passwords: dict[str, str] = {}

    def run(self, *words: str) -> Any:
        """One of our commands, on the server's store."""
        done = CliRunner().invoke(app, [*words, "--store", self.store])
        assert done.exit_code == 0, done.output
        return done

    def give(self, *names: str) -> None:
        """Give users new passwords, as the command shows them."""
        for name in names:
            words = ("broker-password", *([name] if name != INTAKE else []))
            shown = json.loads(self.run(*words, "--format", "json").stdout)
            assert shown["user"] == name
            self.passwords[name] = shown["password"]

    def write(self) -> None:
        """Write the configuration."""
        self.run(
            "broker-config", "--out", str(self.config), "--folder", f"{self.folder}/js",
            "--listen", f"127.0.0.1:{self.port}",
        )  # fmt: skip

    def access(self) -> Access:
        """As whom the intake enters."""
        return Access(self.url, INTAKE, self.passwords[INTAKE], stream_bytes=ROOM)

    @asynccontextmanager
    async def enter(self, name: str) -> AsyncIterator[tuple[Client, list[str]]]:
        """A client of that name, and what it is refused."""
        refused: list[str] = []

        async def note(error: Exception) -> None:
            refused.append(str(error))

        entered = Client()
        try:
            await entered.connect(
                self.url, user=name, password=self.passwords[name], error_cb=note,
                inbox_prefix=inbox(name), allow_reconnect=False,
            )  # fmt: skip
        except BaseException:
            await entered.close()
            raise
        try:
            yield entered, refused
        finally:
            if not entered.is_closed:
                await entered.close()


@pytest.fixture
def server(tmp_path: Path) -> Any:
    """A server with two senders and the intake."""
    made = Guarded(tmp_path)
    with Log(made.store) as log:
        know(log, "ash", ASH)
        know(log, "birch", BIRCH)
    made.give("ash", "birch", INTAKE)
    made.write()
    made.start()
    yield made
    made.stop()


async def last_seq(manager: JetStreamContext) -> int:
    """How many messages the stream was given."""
    return int((await manager.stream_info(STREAM)).state.last_seq)


async def test_a_sender_is_carried_by_its_own_subject_and_told_there(
    server: Guarded,
) -> None:
    # given the intake and two senders, each with its own password
    heard: dict[str, list[Any]] = {"ash": [], "birch": []}
    with Log(server.store) as log:
        async with (
            running(transport(server.access()), log) as way,
            server.enter("ash") as (ash, _),
            server.enter("birch") as (birch, _),
        ):
            await ready(way)
            for name, sender in (("ash", ash), ("birch", birch)):

                async def on_answer(message: Msg, name: str = name) -> None:
                    heard[name].append(json.loads(message.data)["receipts"])

                await sender.subscribe(f"counterfoil.receipts.{name}", cb=on_answer)

            # when one publishes
            said = line(heartbeat("a"))
            acknowledged = await ash.jetstream().publish(subject("ash"), said)
            await until(lambda: len(heard["ash"]) == 1)

    # then the broker acknowledges it, and it alone is told what became of it
    assert acknowledged.stream == STREAM
    assert [one["status"] for one in heard["ash"][0]] == ["recorded"]
    assert heard["birch"] == []


PUBLISHED = [
    "counterfoil.events.birch", "counterfoil.events.nobody", "counterfoil.events",
    "counterfoil.receipts.ash", "counterfoil.receipts.birch", "_INBOX_birch.x", "anything",
    f"$JS.API.STREAM.INFO.{STREAM}", f"$JS.API.STREAM.DELETE.{STREAM}",
    f"$JS.API.STREAM.PURGE.{STREAM}", f"$JS.API.STREAM.UPDATE.{STREAM}",
    f"$JS.API.STREAM.MSG.GET.{STREAM}", "$JS.API.STREAM.CREATE.MINE", "$JS.API.INFO",
    f"$JS.API.CONSUMER.CREATE.{STREAM}.mine",
    f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{DURABLE}",
    f"$JS.API.CONSUMER.DELETE.{STREAM}.{DURABLE}",
    f"$JS.ACK.{STREAM}.{DURABLE}.1.1.1.1.0", "$SYS.REQ.SERVER.PING",
]  # fmt: skip
HEARD = [
    ">", "counterfoil.>", "counterfoil.events.>", "counterfoil.events.ash",
    "counterfoil.receipts.*", "counterfoil.receipts.birch", "_INBOX.>", "_INBOX_birch.>",
    f"{inbox(INTAKE)}.>", "*.>", "$JS.>", "$SYS.>", f"$JS.ACK.{STREAM}.>",
]  # fmt: skip


async def test_a_sender_may_say_and_hear_nothing_of_anothers(server: Guarded) -> None:
    # given a sender beside another and the intake
    with Log(server.store) as log:
        async with (
            running(transport(server.access()), log) as way,
            server.enter("ash") as (ash, refused),
            server.enter(INTAKE) as (intake, _),
        ):
            await ready(way)
            manager = intake.jetstream()

            # when it tries to publish on any other subject
            for tried in PUBLISHED:
                await ash.publish(tried, b"x", reply="_INBOX_ash.x")
                await ash.flush()
                await until(lambda name=tried: said_of(refused, "publish", name))

            # and to listen to any other
            for tried in HEARD:
                await ash.subscribe(tried)
                await ash.flush()
                await until(lambda name=tried: said_of(refused, "subscription", name))

            # then each was refused, and nothing has come to the stream
            assert len(refused) == len(PUBLISHED) + len(HEARD)
            assert await last_seq(manager) == 0


def said_of(refused: list[str], what: str, name: str) -> bool:
    """Whether it was said that this was refused."""
    return any(f'violation for {what} to "{name.lower()}"' in one for one in refused)


FORGED = [
    "counterfoil.events.ash", "counterfoil.events.birch", "$JS.API.STREAM.DELETE.COUNTERFOIL",
    "$JS.API.STREAM.PURGE.COUNTERFOIL", "counterfoil.receipts.ash", "_INBOX_ash.x",
    "$JS.API.CONSUMER.DELETE.COUNTERFOIL.counterfoil-intake", inbox(INTAKE) + ".x",
    "$JS.ACK.COUNTERFOIL.counterfoil-intake.1.1.1.1.0",
]  # fmt: skip


async def test_an_address_for_answers_speaks_for_nobody(server: Guarded) -> None:
    # given a sender who names another's subjects as where it is to be answered, in every
    # place where a library might look
    heard: list[bytes] = []

    async def listen(message: Msg) -> None:
        heard.append(message.data)

    with Log(server.store) as log:
        async with (
            running(transport(server.access()), log) as way,
            server.enter("ash") as (ash, _),
            server.enter("birch") as (birch, _),
            server.enter(INTAKE) as (intake, _),
        ):
            await ready(way)
            await ash.subscribe("counterfoil.receipts.ash", cb=listen)
            await ash.subscribe("_INBOX_ash.x", cb=listen)
            await ash.flush()

            # when it publishes
            for number, forged in enumerate(FORGED):
                headers = {"reply_to": forged, "Nats-Reply": forged, "reply-to": forged}
                raw = line(heartbeat(str(number), "birch"))
                await birch.publish(subject("birch"), raw, reply=forged, headers=headers)
                await birch.flush()
            await until(lambda: log.head() == len(FORGED) - 1)
            manager = intake.jetstream()
            given = await last_seq(manager)
            consumer = await manager.consumer_info(STREAM, DURABLE)

    # then the stream holds what it said in its own name and no more; what would be an
    # acknowledgement in the intake's name is refused by the broker
    assert given == log_events(server) == len(FORGED) - 1
    assert consumer.name == DURABLE
    # and the other hears no receipt; all that can be sent there is that the stream took it
    assert all(json.loads(one).keys() == {"stream", "seq"} for one in heard)


def log_events(server: Guarded) -> int:
    """How many events were recorded; none may be set aside or refused."""
    with Log(server.store) as log, log.recorder.reading() as ledger:
        for table in ("quarantine", "refusals", "conflicts"):
            assert ledger.ask(f"SELECT count(*) FROM {table}")[0][0] == 0
        return log.head()


async def test_the_intake_may_do_what_it_needs_and_no_more(server: Guarded) -> None:
    # given the intake's own user; when it tries what it does not need
    tried = [
        subject("ash"), f"$JS.API.STREAM.DELETE.{STREAM}", f"$JS.API.STREAM.PURGE.{STREAM}",
        f"$JS.API.STREAM.UPDATE.{STREAM}", "$JS.API.STREAM.CREATE.OTHER", "$JS.API.INFO",
        f"$JS.API.STREAM.MSG.DELETE.{STREAM}", f"$JS.API.CONSUMER.CREATE.{STREAM}.other",
        f"$JS.API.CONSUMER.DELETE.{STREAM}.{DURABLE}", "_INBOX_ash.x",
    ]  # fmt: skip
    with Log(server.store) as log:
        async with (
            running(transport(server.access()), log) as way,
            server.enter(INTAKE) as (intake, refused),
        ):
            await ready(way)
            for name in tried:
                await intake.publish(name, b"{}")
                await intake.flush()
                await until(lambda name=name: said_of(refused, "publish", name))
            for name in (
                "counterfoil.events.*",
                "counterfoil.receipts.*",
                "_INBOX_ash.>",
            ):
                await intake.subscribe(name)
                await intake.flush()
                await until(lambda name=name: said_of(refused, "subscription", name))

    # then it is refused
    assert len(refused) == len(tried) + 3


async def test_a_changed_credential_takes_effect_when_the_configuration_is_read_again(
    server: Guarded,
) -> None:
    # given two senders who are connected, and a third who comes to be known
    with Log(server.store) as log:
        async with (
            running(transport(server.access()), log) as way,
            server.enter("ash") as (ash, _),
            server.enter("birch") as (birch, _),
        ):
            await ready(way)
            before = server.config.read_text()
            know(log, "cedar", "/providers/cedar")
            with log.recorder.writing() as ledger:
                assert revoke_credential(ledger, "birch", SystemClock().now())

            # when the configuration is written anew and read again
            server.give("cedar")
            server.write()
            server.reload()

            # then the one is out, the other in, and nobody else notices
            await until(lambda: birch.is_closed)
            with pytest.raises(nats.errors.Error, match="Authorization"):
                async with server.enter("birch"):
                    pass
            async with server.enter("cedar") as (cedar, _):
                raw = line(heartbeat("c", "cedar"))
                await cedar.jetstream().publish(subject("cedar"), raw)
            await ash.jetstream().publish(subject("ash"), line(heartbeat("a")))
            await until(lambda: log.head() == 2)
            after = server.config.read_text()
    # and but for those two nothing in it has changed
    assert [
        one for one in before.splitlines() if one not in after and "birch" not in one
    ] == [one for one in before.splitlines() if "$2a$" in one and one not in after]
    assert server.config.stat().st_mode & 0o777 == 0o644


async def test_a_wrong_password_is_named_and_not_repeated_for_ever_in_the_log(
    server: Guarded,
) -> None:
    # given an intake whose password is not the one that was written
    way = transport(Access(server.url, INTAKE, "wrong", stream_bytes=ROOM))

    # when it enters
    with Log(server.store) as log, capture_logs() as said:
        async with running(way, log):
            await asyncio.sleep(2.5)

    # then it is said, and the password is not
    reasons = [one["reason"] for one in said if one["log_level"] in ("error", "warning")]
    assert 1 <= len(reasons) <= 2
    assert all("Authorization Violation" in one for one in reasons)
    assert "wrong" not in str(said)


def test_a_password_is_for_a_credential_in_force(server: Guarded) -> None:
    # given a store; when a password is asked for somebody who is not known
    done = CliRunner().invoke(app, ["broker-password", "nobody", "--store", server.store])

    # then it is refused
    assert "no credential nobody is in force" in str(done.exception)


def test_a_password_in_a_file_is_its_owners_alone(
    server: Guarded, tmp_path: Path
) -> None:
    # given a file that is not there yet
    file = tmp_path / "password"

    # when the intake's password is written to it
    shown = server.run("broker-password", "--out", str(file), "--format", "json").stdout

    # then nobody else may read it, it is not shown, and it is not written over
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().strip() not in shown
    again = CliRunner().invoke(
        app, ["broker-password", "--out", str(file), "--store", server.store]
    )
    assert again.exit_code == 2


def test_the_configuration_is_the_same_whenever_nothing_has_changed(
    server: Guarded,
) -> None:
    # given a configuration; when it is written again, then it is the same
    before = server.config.read_text()
    server.write()
    assert server.config.read_text() == before
    # and it holds no password
    assert all(password not in before for password in server.passwords.values())
    assert "sync_interval: always" in before


def test_who_has_no_password_yet_is_named(server: Guarded) -> None:
    # given a credential without one; when the configuration is written
    with Log(server.store) as log:
        know(log, "cedar", "/providers/cedar")
    done = server.run("broker-config")

    # then it is said how it gets one, and the others are there
    assert "counterfoil broker-password cedar" in done.stderr
    assert '"ash"' in done.stdout
    assert "cedar" not in done.stdout


def test_passwords_in_the_open_are_warned_of(server: Guarded) -> None:
    # given a server that others reach; when it has no certificate, then that is said
    open_ = server.run("broker-config", "--listen", "0.0.0.0:4222")
    assert "in the open" in open_.stderr
    safe = server.run(
        "broker-config", "--listen", "0.0.0.0:4222", "--cert", "/c", "--key", "/k"
    )
    assert "in the open" not in safe.stderr
    assert 'cert_file: "/c"' in safe.stdout


@pytest.mark.parametrize("name", ["*", ">", "a.b", "a b", "A", "", '"', "_other"])
def test_a_user_can_stand_for_nobody_else(name: str) -> None:
    # given a name that means others to a broker; when it is to be a user, it is refused
    with pytest.raises(ValueError, match="cannot be a broker's user"):
        server_config(Server(), [User(name, new_password()[1])])

"""A NATS server's configuration: one user a credential, who may say and hear its own alone."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import bcrypt

from consumers.senders import NAME
from consumers.streams import DURABLE, EVENTS, RECEIPTS, STREAM

INTAKE = "_intake"
"""The intake's own user: no credential can have this name."""

ROUNDS = 8
"""Of bcrypt. The passwords are random, so the rounds need not slow a guesser down; more of
them would let anybody who knocks keep the server busy."""

API = "$JS.API"
INTAKE_SAYS = (
    f"{API}.STREAM.INFO.{STREAM}",
    f"{API}.STREAM.CREATE.{STREAM}",
    f"{API}.CONSUMER.INFO.{STREAM}.{DURABLE}",
    f"{API}.CONSUMER.CREATE.{STREAM}.{DURABLE}",
    f"{API}.CONSUMER.MSG.NEXT.{STREAM}.{DURABLE}",
    f"$JS.ACK.{STREAM}.{DURABLE}.>",
    f"{RECEIPTS}*",
)

HEAD = """\
# Written by `counterfoil broker-config`. Do not change it by hand: write it anew after every
# change of a credential, and let the server read it (`nats-server --signal reload`, SIGHUP).
"""


@dataclass(frozen=True)
class Server:
    """Where the server listens, keeps its files, and finds its certificate."""

    listen: str = "127.0.0.1:4222"
    folder: str = "/data"
    certificate: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class User:
    """Somebody who may connect, with the hash of a password.

    Raises `ValueError` for a name that is no credential's: it would stand for others too.
    """

    name: str
    hashed: str

    def __post_init__(self) -> None:
        if self.name != INTAKE and not NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} cannot be a broker's user")


def new_password() -> tuple[str, str]:
    """A password that nobody can guess, and its hash as NATS reads it."""
    password = secrets.token_urlsafe(32)
    salt = bcrypt.gensalt(ROUNDS, prefix=b"2a")
    return password, bcrypt.hashpw(password.encode(), salt).decode()


def inbox(user: str) -> str:
    """Where the answers to a user come, and to nobody else: the prefix its client must use."""
    return f"_INBOX_{user}"


def server_config(server: Server, users: Iterable[User]) -> str:
    """The whole configuration, in an order that changes only where something has changed."""
    return "\n".join([HEAD, *_server(server), *user_lines(list(users)), ""])


def _server(server: Server) -> Iterator[str]:
    yield "server_name: counterfoil"
    yield f"listen: {_quoted(server.listen)}"
    yield "max_payload: 8MB"
    if server.certificate and server.key:
        yield "tls {"
        yield f"  cert_file: {_quoted(server.certificate)}"
        yield f"  key_file: {_quoted(server.key)}"
        yield "}"
    yield "jetstream {"
    yield f"  store_dir: {_quoted(server.folder)}"
    yield "  # What is acknowledged is on the disk: the default is up to two minutes later."
    yield "  sync_interval: always"
    yield "}"


def user_lines(users: Collection[User]) -> Iterator[str]:
    """The accounts and their users; what a user is not given is refused.

    The senders have an account apart from the stream's. In one account a sender could name
    another's subject as the address of the stream's acknowledgement, and that would be
    taken for an event of the other.
    """
    intake = [user for user in users if user.name == INTAKE]
    senders = sorted({*users} - {*intake}, key=lambda user: user.name)
    yield "system_account: SYS"
    yield "accounts {"
    yield "  SYS { }"
    yield "  COUNTERFOIL {"
    yield "    jetstream: enabled"
    yield f'    exports: [ {{ service: "{EVENTS}*" }}, {{ stream: "{RECEIPTS}*" }} ]'
    yield from _users(intake)
    yield "  }"
    yield "  SENDERS {"
    yield "    imports: ["
    yield f'      {{ service: {{ account: COUNTERFOIL, subject: "{EVENTS}*" }} }}'
    yield f'      {{ stream: {{ account: COUNTERFOIL, subject: "{RECEIPTS}*" }} }}'
    yield "    ]"
    yield from _users(senders)
    yield "  }"
    yield "}"


def _users(users: Iterable[User]) -> Iterator[str]:
    yield "    users: ["
    for user in users:
        says, hears = _rights(user.name)
        yield "      {"
        yield f"        user: {_quoted(user.name)}"
        yield f"        password: {_quoted(user.hashed)}"
        yield "        permissions: {"
        yield f"          publish: {{ allow: {_quoted(says)} }}"
        yield f"          subscribe: {{ allow: {_quoted(hears)} }}"
        yield "        }"
        yield "      }"
    yield "    ]"


def _rights(name: str) -> tuple[list[str], list[str]]:
    """The subjects on which a user may publish, and to which it may listen."""
    if name == INTAKE:
        return list(INTAKE_SAYS), [f"{inbox(name)}.>"]
    return [f"{EVENTS}{name}"], [f"{RECEIPTS}{name}", f"{inbox(name)}.>"]


def _quoted(value: str | list[str]) -> str:
    return json.dumps(value)

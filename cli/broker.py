"""`counterfoil broker-password` and `broker-config`: who may enter the broker, and as whom."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import As, Store, open_log, settings

if TYPE_CHECKING:
    from consumers.broker_config import User
    from record.log import Log


def broker_password(
    name: Annotated[
        str | None, typer.Argument(help="The credential; none: the intake itself.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write it to a new file that only you can read.")
    ] = None,
    store: Store = None,
    form: As = None,
) -> None:
    """Give a sender, or the intake, a new password for the broker. It is shown this once."""
    from cli.output import emit_one
    from consumers.broker_config import INTAKE, new_password
    from record.broker_users import keep_broker_password
    from record.errors import NotFound

    user = name or INTAKE
    with open_log(settings(store)) as log:
        if name is not None and name not in _in_force(log):
            raise NotFound(f"no credential {name} is in force")
        password, hashed = new_password()
        if out is not None:
            _write_secret(out, password)
        with log.recorder.writing() as ledger:
            keep_broker_password(ledger, user, hashed)
    shown = {"password_file": str(out)} if out else {"password": password}
    emit_one({"user": user, **shown}, form)


def broker_config(
    out: Annotated[
        Path | None, typer.Option(help="The file to write; none: standard output.")
    ] = None,
    listen: Annotated[
        str, typer.Option(help="HOST:PORT of the server.")
    ] = "127.0.0.1:4222",
    folder: Annotated[str, typer.Option(help="Where it keeps its streams.")] = "/data",
    cert: Annotated[str | None, typer.Option(help="Its TLS certificate.")] = None,
    key: Annotated[str | None, typer.Option(help="That certificate's key.")] = None,
    store: Store = None,
) -> None:
    """Write the configuration of a NATS server that lets each sender say its own alone."""
    from consumers.broker_config import Server, server_config

    if (cert is None) != (key is None):
        raise typer.BadParameter("name both or neither", param_hint="--cert, --key")
    with open_log(settings(store)) as log:
        users = list(_users(log))
    text = server_config(Server(listen, folder, cert, key), users)
    if cert is None and not listen.startswith(("127.", "localhost:", "[::1]")):
        _say("others can reach it, and without --cert passwords travel in the open")
    if out is None:
        typer.echo(text, nl=False)
    else:
        _replace(out, text)


def _in_force(log: Log) -> list[str]:
    """The names of the credentials that let somebody in now."""
    from record.clock import SystemClock
    from record.senders import credentials

    with log.recorder.reading() as ledger:
        found = credentials(ledger)
    now = SystemClock().now()
    return [one.sender.name for one in found if one.in_force(now)]


def _users(log: Log) -> Iterator[User]:
    """The users that have a password; of the others it is said how they get one."""
    from consumers.broker_config import INTAKE, User
    from record.broker_users import broker_passwords

    with log.recorder.reading() as ledger:
        hashes = broker_passwords(ledger)
    for name in [INTAKE, *_in_force(log)]:
        if name in hashes:
            yield User(name, hashes[name])
        else:
            words = "broker-password" + (f" {name}" if name != INTAKE else "")
            _say(f"{name} has no password yet: counterfoil {words}")


def _say(message: str) -> None:
    typer.echo(f"counterfoil: {message}", err=True)


def _write_secret(path: Path, secret: str) -> None:
    """Write a new file that only its owner can read."""
    try:
        found = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise typer.BadParameter(f"{error.strerror}", param_hint="--out") from None
    with os.fdopen(found, "w", encoding="utf-8") as file:
        file.write(secret + "\n")


def _replace(path: Path, text: str) -> None:
    """Replace a file at once; whoever reads it finds the old or the new, with the same rights."""
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        found = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(found, "w", encoding="utf-8") as file:
            file.write(text)
        with suppress(FileNotFoundError):
            part.chmod(path.stat().st_mode & 0o777)
        part.replace(path)
    except OSError as error:
        raise typer.BadParameter(f"{error.strerror}", param_hint="--out") from None

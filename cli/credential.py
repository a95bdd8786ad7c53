"""`counterfoil credential`: who may say what, and the tokens by which they are let in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.granting import NEVER, USUAL, sources, types, until, wrong
from cli.options import As, Store, open_log, settings

if TYPE_CHECKING:
    from record.senders import Credential

app = typer.Typer(
    help="Who may say what: let a sender in, list who is, let nobody in by one again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

TOLD = """counterfoil: this is the only time the token is shown: only a digest of it is kept
counterfoil: give it to {name} by a safe way; it goes into the head of each request:
counterfoil:     Authorization: Bearer TOKEN"""
COLUMNS = [
    "name", "sources", "types", "has_token", "in_force", "created_at", "expires_at",
    "revoked_at",
]  # fmt: skip

Name = Annotated[
    str, typer.Argument(help="a-z, 0-9 and hyphens; also the broker's user.")
]
Expires = Annotated[
    str | None,
    typer.Option(
        help="Days from now, as 90d; the last day, as 2027-03-31; never."
        f" Default: {USUAL} for a token, never without."
    ),
]


@app.command("add")
def add(
    name: Name,
    source: Annotated[
        list[str], typer.Option(help="For whom it speaks: /providers/NAME; repeatable.")
    ],
    type_: Annotated[
        list[str] | None,
        typer.Option("--type", help="What it may say; repeatable. Default: all types."),
    ] = None,
    expires: Expires = None,
    token: Annotated[
        bool,
        typer.Option(
            "--token/--no-token", help="Without: it is known to a broker, or by its JWT."
        ),
    ] = True,
    store: Store = None,
    form: As = None,
) -> None:
    """Let a sender in, and print its token: once."""
    from consumers.tokens import NAME, digest, key_file, make_key, new_token
    from record.senders import Credential, Sender, keep_credential

    if not NAME.fullmatch(name):
        wrong("should be a-z, 0-9 and hyphens, at most 63 of them", "NAME")
    sender = Sender(name, sources(source), types(type_ or []))
    now = datetime.now(UTC)
    ends = until(expires or (USUAL if token else NEVER), now)
    found = settings(store)
    key = key_file(found) if token else None
    with open_log(found, create=True) as log:
        shown = new_token(name) if key else None
        kept = digest(make_key(key), shown) if key and shown else None
        with log.recorder.writing() as ledger:
            if not keep_credential(ledger, Credential(sender, now, kept, ends)):
                _refused(
                    f"there is a credential {name} already; one that was revoked stays"
                )
    _tell(Credential(sender, now, kept, ends), shown, form)


@app.command("renew")
def renew(
    name: str, expires: Expires = None, store: Store = None, form: As = None
) -> None:
    """Give a sender a new token, and print it: once. The old one lets nobody in from now on."""
    from consumers.tokens import digest, key_file, make_key, new_token
    from record.senders import credentials, renew_credential

    ends = until(expires or USUAL, datetime.now(UTC))
    found = settings(store)
    key = key_file(found)
    with open_log(found) as log:
        shown = new_token(name)
        kept = digest(make_key(key), shown)
        with log.recorder.writing() as ledger:
            if not renew_credential(ledger, name, kept, ends):
                _refused(f"no credential {name} has a token and is not revoked")
            (now_kept,) = credentials(ledger, name)
    _tell(now_kept, shown, form)


@app.command("list")
def list_(store: Store = None, form: As = None) -> None:
    """Who is let in, and who was; no tokens."""
    from cli.output import emit
    from record.senders import credentials

    with open_log(settings(store)) as log, log.recorder.reading() as ledger:
        rows = [_row(each, datetime.now(UTC)) for each in credentials(ledger)]
    emit(rows, form, COLUMNS, ["name", "sources", "types", "in_force", "expires_at"])


@app.command("revoke")
def revoke(name: str, store: Store = None, form: As = None) -> None:
    """Let nobody in by this credential from now on. It cannot be undone."""
    from cli.output import emit_one
    from record.senders import credentials, revoke_credential

    now = datetime.now(UTC)
    with open_log(settings(store)) as log, log.recorder.writing() as ledger:
        if not revoke_credential(ledger, name, now):
            _refused(f"there is no credential {name}, or it is revoked already")
        (kept,) = credentials(ledger, name)
    emit_one(_row(kept, now), form)


def _tell(kept: Credential, token: str | None, form: As) -> None:
    """The credential with its token, and on the side what to do with it."""
    from cli.output import emit_one

    row = _row(kept, datetime.now(UTC))
    emit_one(row | {"token": token} if token else row, form)
    if token:
        typer.echo(TOLD.format(name=kept.sender.name), err=True)
    if kept.expires_at:
        end = f"{kept.expires_at:%d %B %Y, %H:%M} UTC"
        typer.echo(f"counterfoil: it lets nobody in after {end}", err=True)


def _row(kept: Credential, now: datetime) -> dict[str, Any]:
    """A credential as it is shown: whether it has a token, never which."""
    said = kept.sender.types
    return {
        "name": kept.sender.name,
        "sources": sorted(kept.sender.sources),
        "types": None if said is None else sorted(said),
        "has_token": kept.digest is not None,
        "in_force": kept.in_force(now),
        "created_at": kept.created_at.isoformat(),
        "expires_at": kept.expires_at.isoformat() if kept.expires_at else None,
        "revoked_at": kept.revoked_at.isoformat() if kept.revoked_at else None,
    }


def _refused(words: str) -> NoReturn:
    typer.echo(f"counterfoil: {words}", err=True)
    raise typer.Exit(1)

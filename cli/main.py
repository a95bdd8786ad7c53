"""The command line: what is asked, who answers, and with which exit code.

Exit codes: 0 fine · 1 something was found wrong, or refused · 2 usage or configuration ·
3 the store cannot be reached or used.
"""

from __future__ import annotations

import os
import sys

import typer

from cli import (
    backtest,
    broker,
    check_feed,
    completion,
    concern,
    conflicts,
    credential,
    demo,
    doctor,
    erase,
    export,
    finding,
    findings,
    importing,
    intake,
    log,
    migrate,
    node,
    quarantine,
    rebuild,
    schema,
    scorecard,
    seals,
    serve,
    show,
    simulate,
)

app = typer.Typer(
    name="counterfoil",
    help="The council's half of the tally: what was promised, done and claimed.",
    epilog="Exit codes: 0 fine, 1 found wrong or refused, 2 usage, 3 store out of reach.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("import")(importing.import_)
app.command("check-feed")(check_feed.check_feed)
app.command("findings")(findings.findings)
app.command("finding")(finding.finding)
app.add_typer(concern.app, name="concern")
app.command("backtest")(backtest.backtest)
app.command("show")(show.show)
app.command("scorecard")(scorecard.scorecard)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(conflicts.app, name="conflicts")
app.command("log")(log.log)
app.add_typer(credential.app, name="credential")
app.command("intake")(intake.intake)
app.command("node")(node.node)
app.command("watch")(node.watch)
app.command("serve")(serve.serve)
app.command("schema")(schema.schema)
app.command("broker-password")(broker.broker_password)
app.command("broker-config")(broker.broker_config)
app.add_typer(export.app, name="export")
app.command("erase")(erase.erase)
app.command("seals")(seals.seals)
app.command("rebuild")(rebuild.rebuild)
app.command("migrate")(migrate.migrate)
app.command("roles")(migrate.roles)
app.command("doctor")(doctor.doctor)
app.command("simulate")(simulate.simulate)
app.command("demo")(demo.demo)
app.command("completion")(completion.completion)


def say(message: object) -> None:
    """Tell the person at the terminal something that is no part of the answer."""
    typer.echo(f"counterfoil: {message}", err=True)


def main() -> None:
    """Run the command; turn what can go wrong into clear words and an exit code."""
    try:
        app()
    except BrokenPipeError:
        # The reader of a pipe has gone: nothing more to say, and nothing to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        code = _exit_code(error)
        if code is None:
            raise
        say(error)
        sys.exit(code)


def _exit_code(error: Exception) -> int | None:
    """The exit code of an error that a person can do something about."""
    from domain.acting import Refused
    from record import errors
    from record.settings import BadSetting

    codes: list[tuple[type[Exception], int]] = [
        (BadSetting, 2),
        (errors.UnsafeSetting, 2),
        (errors.NotFound, 1),
        (Refused, 1),
        (errors.StoreError, 3),
    ]
    return next((code for kind, code in codes if isinstance(error, kind)), None)

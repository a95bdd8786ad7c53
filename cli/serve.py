"""`counterfoil serve`: everything a small council needs, in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Ops, Store, limits, must_seal, open_log, open_segments, settings

if TYPE_CHECKING:
    from record.log import Log
    from record.settings import Settings


def serve(
    http: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT", help="Take events by HTTP here (COUNTERFOIL_HTTP)."
        ),
    ] = None,
    broker: Annotated[
        str | None,
        typer.Option(help="Take events from this broker too (COUNTERFOIL_BROKER)."),
    ] = None,
    ops: Ops = None,
    store: Store = None,
) -> None:
    """Take events, follow the log and show how it goes, until stopped (Ctrl-C, SIGTERM)."""
    import asyncio

    from cli.logging import set_up

    found = settings(store)
    found = found.model_copy(
        update={"http": http or found.http, "broker": broker or found.broker,
                "ops": ops or found.ops}
    )  # fmt: skip
    set_up()
    with open_log(found, create=True) as log:
        must_seal(log)
        asyncio.run(_run(log, found))


async def _run(log: Log, found: Settings) -> None:
    from cli.intake import doors
    from cli.ops import Watched, ops_app
    from cli.running import follow, stop_at_signals, together
    from consumers.serving import address, serve_http
    from record.clock import SystemClock
    from watch.follower import Follower

    clock = SystemClock()
    stop = stop_at_signals()
    segments = open_segments(log, found)
    follower = Follower(log, segments, clock, limits(found), watching=True)
    watched = Watched(log, clock, {}, follower)
    await together(
        stop,
        follow(follower, stop),
        serve_http(ops_app(watched), *address(found.ops), stop),
        *doors(watched, found, clock, stop, found.broker, found.http),
    )

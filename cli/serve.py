"""`counterfoil serve`: everything a small council needs, in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.node import Ops
from cli.options import Store, limits, open_log, open_segments, settings

if TYPE_CHECKING:
    from record.log import Log
    from record.settings import Settings


def serve(
    http: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Take events by HTTP here (COUNTERFOIL_HTTP)."),
    ] = None,
    broker: Annotated[
        str | None, typer.Option(help="Take events from this broker too (COUNTERFOIL_BROKER).")
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
        asyncio.run(_run(log, found))


async def _run(log: Log, found: Settings) -> None:
    from cli.intake import broker_access
    from cli.ops import Watched, ops_app
    from cli.running import follow, stop_at_signals, together
    from consumers.carrying import carry, transport
    from consumers.courier import Courier
    from consumers.http import http_app
    from consumers.intake import Intake
    from consumers.serving import address, serve_http
    from projections.follower import Follower
    from record.clock import SystemClock

    clock = SystemClock()
    stop = stop_at_signals()
    follower = Follower(log, open_segments(log, found), clock, limits(found))
    watched = Watched(log, clock, {}, follower)
    parts = [
        follow(follower, stop),
        serve_http(http_app(log, clock, found), *address(found.http), stop),
        serve_http(ops_app(watched), *address(found.ops), stop),
    ]
    if found.broker:
        way = transport(broker_access(found, found.broker))
        watched.parts["broker"] = lambda: way.ready
        parts.append(carry(way, Courier(Intake(log), clock), stop))
    await together(stop, *parts)

"""`counterfoil intake`: record what provider systems stream, or hand in by HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Store, open_log, settings

if TYPE_CHECKING:
    from record.settings import Settings


def intake(
    broker: Annotated[
        str | None, typer.Option(help="nats://HOST:PORT (or COUNTERFOIL_BROKER).")
    ] = None,
    http: Annotated[
        str | None, typer.Option(help="Take events by HTTP instead, at HOST:PORT.")
    ] = None,
    store: Store = None,
) -> None:
    """Record what arrives until stopped (Ctrl-C, SIGTERM)."""
    import asyncio

    from cli.logging import set_up

    found = settings(store)
    if http is not None:
        set_up()
        asyncio.run(_by_http(found, http))
        return
    url = broker or found.broker
    if not url or not url.startswith(("nats://", "tls://")):
        raise typer.BadParameter(
            "name a broker, as nats://HOST:4222", param_hint="--broker"
        )
    set_up()

    from consumers.intake import Intake
    from consumers.nats import BrokerOutOfReach, courier_app
    from record.clock import SystemClock

    with open_log(found, create=True) as log:
        try:
            asyncio.run(courier_app(url, Intake(log), SystemClock()).run())
        except BrokerOutOfReach as error:
            typer.echo(f"counterfoil: {error}", err=True)
            raise typer.Exit(3) from None


async def _by_http(found: Settings, place: str) -> None:
    """Take events by HTTP until SIGINT or SIGTERM; what was begun is finished first."""
    import asyncio
    import signal

    from consumers.http import http_app
    from consumers.serving import address, serve_http
    from record.clock import SystemClock

    host, port = address(place)
    stop: asyncio.Event = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    with open_log(found, create=True) as log:
        await serve_http(http_app(log, SystemClock(), found), host, port, stop)

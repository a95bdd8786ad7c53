"""`counterfoil intake --broker nats://…`: record what provider systems stream."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Store, open_log, settings


def intake(
    broker: Annotated[
        str | None, typer.Option(help="nats://HOST:PORT (or COUNTERFOIL_BROKER).")
    ] = None,
    store: Store = None,
) -> None:
    """Record what arrives on the stream until stopped (Ctrl-C, SIGTERM)."""
    import asyncio

    from cli.logging import set_up

    found = settings(store)
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

"""`counterfoil intake --broker URL`: record what provider systems stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Store, open_log, settings

if TYPE_CHECKING:
    import asyncio

    from consumers.access import Access
    from record.log import Log
    from record.settings import Settings


def intake(
    broker: Annotated[
        str | None,
        typer.Option(
            help="nats:// or tls://HOST:4222, amqp:// or amqps://HOST (or COUNTERFOIL_BROKER)."
        ),
    ] = None,
    store: Store = None,
) -> None:
    """Record what arrives at the broker until stopped (Ctrl-C, SIGTERM)."""
    import asyncio

    from cli.logging import set_up

    found = settings(store)
    access = broker_access(found, broker)
    set_up()
    with open_log(found, create=True) as log:
        asyncio.run(_until_stopped(log, access))


def broker_access(found: Settings, url: str | None) -> Access:
    """How the broker is entered; a usage error (exit 2) where none is named."""
    from consumers.access import SCHEMES, Access

    url = url or found.broker
    if not url or url.partition("://")[0] not in SCHEMES:
        raise typer.BadParameter(
            "name a broker, as nats://HOST:4222", param_hint="--broker"
        )
    return Access(
        url,
        found.broker_user,
        _secret(found),
        found.broker_ca_file,
        found.broker_stream_bytes,
    )


def _secret(found: Settings) -> str | None:
    from record.settings import BadSetting

    if found.broker_password_file is None:
        return None
    try:
        return found.broker_password_file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise BadSetting(f"broker_password_file cannot be read: {error}") from None


async def _until_stopped(log: Log, access: Access) -> None:
    """Carry until SIGINT or SIGTERM; what was begun is finished first."""
    import asyncio
    import signal

    from consumers.carrying import carry, transport
    from consumers.courier import Courier
    from consumers.intake import Intake
    from record.clock import SystemClock

    stop: asyncio.Event = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await carry(transport(access), Courier(Intake(log), SystemClock()), stop)

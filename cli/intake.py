"""`counterfoil intake`: record what provider systems stream, or hand in by HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Ops, Store, must_seal, open_log, settings

if TYPE_CHECKING:
    import asyncio

    from cli.ops import Watched
    from cli.running import Part
    from consumers.access import Access
    from record.clock import Clock
    from record.log import Log
    from record.settings import Settings


def intake(
    broker: Annotated[
        str | None,
        typer.Option(
            help="nats:// or tls://HOST:4222, amqp:// or amqps://HOST (or COUNTERFOIL_BROKER)."
        ),
    ] = None,
    http: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Take events by HTTP too.")
    ] = None,
    ops: Ops = None,
    store: Store = None,
) -> None:
    """Record what arrives until stopped (Ctrl-C, SIGTERM). Any number may run."""
    import asyncio

    from cli.logging import set_up

    found = settings(store)
    if http is None or broker or found.broker:
        broker_access(found, broker)
    set_up()
    with open_log(found, create=True) as log:
        must_seal(log)
        asyncio.run(_run(log, found, broker or found.broker, http, ops))


async def _run(
    log: Log, found: Settings, broker: str | None, http: str | None, ops: str | None
) -> None:
    from cli.ops import Watched, ops_app
    from cli.running import stop_at_signals, together
    from consumers.serving import address, serve_http
    from record.clock import SystemClock

    clock = SystemClock()
    stop = stop_at_signals()
    watched = Watched(log, clock, {})
    parts = doors(watched, found, clock, stop, broker, http)
    if ops:
        parts.append(serve_http(ops_app(watched), *address(ops), stop))
    await together(stop, *parts)


def doors(
    watched: Watched,
    found: Settings,
    clock: Clock,
    stop: asyncio.Event,
    broker: str | None,
    http: str | None,
) -> list[Part]:
    """The parts that take events: by HTTP, from a broker, or both."""
    from cli.running import tidy
    from consumers.carrying import carry, transport
    from consumers.courier import Courier
    from consumers.http import http_app
    from consumers.intake import Intake
    from consumers.serving import address, serve_http

    parts: list[Part] = [tidy(watched.log, clock, stop)]
    if http:
        app = http_app(watched.log, clock, found)
        parts.append(serve_http(app, *address(http), stop))
    if broker:
        way = transport(broker_access(found, broker))
        watched.parts["broker"] = lambda: way.ready
        parts.append(carry(way, Courier(Intake(watched.log), clock), stop))
    return parts


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

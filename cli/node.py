"""`counterfoil node` and `watch`: follow the log, and keep segments and present findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.options import Ops, Store, limits, open_log, open_segments, settings

if TYPE_CHECKING:
    from record.log import Log
    from record.settings import Settings


def node(ops: Ops = None, store: Store = None) -> None:
    """Follow the log until stopped (Ctrl-C, SIGTERM). Any number of nodes may run."""
    _follow(ops, store, watching=False)


def watch(ops: Ops = None, store: Store = None) -> None:
    """Follow the log, and put on record when a finding opens and when it is withdrawn.

    Runs until stopped (Ctrl-C, SIGTERM). Any number may run: they leave one history.
    """
    _follow(ops, store, watching=True)


def _follow(ops: str | None, store: str | None, *, watching: bool) -> None:
    import asyncio

    from cli.logging import set_up

    found = settings(store)
    set_up()
    with open_log(found) as log:
        asyncio.run(_run(log, found, ops or found.ops, watching))


async def _run(log: Log, found: Settings, ops: str, watching: bool) -> None:
    from cli.ops import Watched, ops_app
    from cli.running import follow, stop_at_signals, together
    from consumers.serving import address, serve_http
    from record.clock import SystemClock
    from watch.follower import Follower

    clock = SystemClock()
    segments = open_segments(log, found)
    follower = Follower(log, segments, clock, limits(found), watching=watching)
    app = ops_app(Watched(log, clock, {}, follower))
    stop = stop_at_signals()
    await together(stop, follow(follower, stop), serve_http(app, *address(ops), stop))

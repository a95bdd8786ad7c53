"""`python -m benchmarks.http`: single events by HTTP, committed together and one by one.

Each client posts an event, waits for its receipt, and posts the next: what is told is how
many receipts a second they get together, and how long one waits. `serve MOST STORE` is the
server's own process.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

from cli.logging import set_up
from consumers import tokens
from consumers.http import http_app
from consumers.serving import listen, serve_http
from record.clock import SystemClock
from record.log import Log
from record.senders import Credential, Sender, keep_credential
from record.settings import Settings

CLIENTS = 8
EVENTS = int(os.environ.get("BENCH_HTTP_EVENTS", "1000"))
"""How many events each client posts."""
SOURCE = "/providers/ash"


def event(id_: str) -> bytes:
    """A carer came."""
    return json.dumps(
        {
            "specversion": "1.0", "id": id_, "source": SOURCE, "subject": f"V{id_}",
            "type": "visit.checked_in", "time": "2026-03-02T08:02:00+00:00",
            "data": {"carer": "carer-7", "method": "app"},
        }
    ).encode()  # fmt: skip


def serve(most: int, store: str) -> None:
    """Serve until stopped; the port is printed, and then a token."""
    settings = Settings(store=store, sender_events_per_second=1_000_000)
    stop = asyncio.Event()
    set_up()

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, stop.set)
        with Log(store) as log:
            key = tokens.make_key(tokens.key_file(settings))
            token = tokens.new_token("ash")
            sender = Sender("ash", frozenset({SOURCE}))
            kept = tokens.digest(key, token)
            with log.recorder.writing() as ledger:
                keep_credential(ledger, Credential(sender, SystemClock().now(), kept))
            app = http_app(log, SystemClock(), settings, most=most)
            at = listen("127.0.0.1", 0)
            print(at.getsockname()[1], token, flush=True)
            await serve_http(app, "127.0.0.1", 0, stop, at)

    asyncio.run(run())


async def post(port: int, token: str, name: str, events: int) -> list[float]:
    """Post so many events on one connection; the seconds that each took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    waits = []
    for number in range(events):
        body = event(f"{name}-{number}")
        started = time.perf_counter()
        writer.write(
            b"POST /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + token.encode()
            + b"\r\nContent-Type: application/cloudevents+json\r\nContent-Length: "
            + str(len(body)).encode() + b"\r\n\r\n" + body
        )  # fmt: skip
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        answer = json.loads(await reader.readexactly(size))
        assert answer["receipts"][0]["status"] == "recorded", answer
        waits.append(time.perf_counter() - started)
    writer.close()
    return waits


def measure(
    most: int, clients: int = CLIENTS, events: int = EVENTS
) -> tuple[float, float, float]:
    """Receipts a second, and the median and the 99th percentile of a wait in ms."""
    with tempfile.TemporaryDirectory(prefix="counterfoil-bench-") as name:
        store = f"sqlite:///{name}/council.db"
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.http", "serve", str(most), store],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            assert server.stdout is not None
            port, token = server.stdout.readline().split()

            async def run() -> list[list[float]]:
                return await asyncio.gather(
                    *(post(int(port), token, str(n), events) for n in range(clients))
                )

            started = time.perf_counter()
            waits = sorted(wait for some in asyncio.run(run()) for wait in some)
            took = time.perf_counter() - started
        finally:
            server.terminate()
            server.wait(30)
    middle, late = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
    return len(waits) / took, 1_000 * middle, 1_000 * late


def main() -> None:
    """Measure and print one line a figure."""
    for clients in (1, CLIENTS, 32):
        for name, most in (("one by one", 1), ("together", 2_000)):
            rate, middle, late = measure(most, clients, EVENTS * CLIENTS // clients)
            print(
                f"{clients} clients, committed {name}: {rate:,.0f} receipts/s,"
                f" p50 {middle:.1f} ms, p99 {late:.1f} ms"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]), sys.argv[3])
    else:
        main()

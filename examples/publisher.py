"""Sends a feed to Counterfoil, and loses nothing: every event waits for its receipt.

    python publisher.py add outbox.db < events.ndjson
    python publisher.py send outbox.db https://council.example/events
    python publisher.py send outbox.db nats://council.example:4222 --sender fairfield
    python publisher.py list outbox.db

The secret that the council gave you is read from FEED_SECRET. Over HTTP this needs Python
alone, over NATS also the library nats-py. What was sent and not answered is sent again, and
Counterfoil answers what it has already as a duplicate. `list` shows what it has not recorded.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from outbox import Outbox, Receipts, Refused, Send, TooLarge, TryLater, deliver, fits

TIMEOUT = 30.0
HERE = {"127.0.0.1", "localhost"}


def by_http(url: str, secret: str) -> Send:
    """Send with POST, as NDJSON; the receipts stand in the answer."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (
        parts.scheme == "http" and parts.hostname in HERE
    ):
        raise Refused("a secret travels by https only")
    headers = {
        "Authorization": f"Bearer {secret}",
        "Content-Type": "application/x-ndjson",
    }

    def send(events: list[bytes]) -> Receipts:
        request = Request(url, b"\n".join(events) + b"\n", headers)  # noqa: S310  # checked above
        try:
            with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310  # checked above
                return list(json.load(answer)["receipts"])
        except HTTPError as error:
            with error:
                raise _meaning(error) from None
        except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
            raise TryLater(f"no whole answer ({type(error).__name__})") from None

    return send


def _meaning(error: HTTPError) -> Exception:
    """What to do about an answer that is no success."""
    if error.code == 413:
        return TooLarge()
    if error.code in (408, 429) or error.code >= 500:
        seconds = retry_after(error.headers.get("Retry-After"))
        return TryLater(f"answered with {error.code}", seconds)
    return Refused(f"answered with {error.code} {error.reason}")


def retry_after(told: str | None) -> float:
    """The seconds of a Retry-After, which may also be a date."""
    try:
        return float(told or 0)
    except ValueError:
        pass
    try:
        then = parsedate_to_datetime(told or "")
        return max(0.0, (then - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def by_nats(url: str, sender: str, secret: str) -> Send:
    """Publish on the sender's own subject; the receipts come back on another."""
    from nats.errors import MaxPayloadError

    def send(events: list[bytes]) -> Receipts:
        try:
            return asyncio.run(_carried(url, sender, secret, events))
        except MaxPayloadError:
            raise TooLarge from None
        except Exception as error:
            if "authorization" in str(error).lower():
                raise Refused("the broker does not know this sender or secret") from None
            raise TryLater(f"no receipts ({type(error).__name__})") from None

    return send


async def _carried(url: str, sender: str, secret: str, events: list[bytes]) -> Receipts:
    from nats import NATS

    async def told(_: Exception) -> None:
        """Say nothing: what went wrong is raised as well."""

    client = NATS()
    async with asyncio.timeout(TIMEOUT):
        try:
            await client.connect(
                url,
                user=sender,
                password=secret,
                inbox_prefix=f"_INBOX_{sender}".encode(),
                allow_reconnect=False,
                max_reconnect_attempts=1,
                error_cb=told,
            )
            answers = await client.subscribe(f"counterfoil.receipts.{sender}")
            await client.flush()
            message = b"[" + b",".join(events) + b"]"
            await client.jetstream().publish(f"counterfoil.events.{sender}", message)
            while True:  # the answer to an earlier try may come first
                answer = await answers.next_msg(TIMEOUT)
                receipts: Receipts = json.loads(answer.data)["receipts"]
                if fits(receipts, events):
                    return receipts
        finally:
            await client.close()


def main() -> int:
    """Add to an outbox, send what waits in it, or list what a person should look at."""
    words = argparse.ArgumentParser(description="Keeps events until their receipts come.")
    words.add_argument("what", choices=["add", "send", "list"])
    words.add_argument("outbox", metavar="OUTBOX")
    words.add_argument("url", nargs="?", default="", help="https://…/events or nats://…")
    words.add_argument("--sender", default="", help="the name of your credential (NATS)")
    asked = words.parse_args()
    secret = os.environ.get("FEED_SECRET", "")
    outbox = Outbox(asked.outbox)
    with closing(outbox.store):
        if asked.what == "add":
            outbox.add(line for line in sys.stdin.buffer if line.strip())
        elif asked.what == "send":
            try:
                if asked.url.startswith(("nats:", "tls:")):
                    deliver(outbox, by_nats(asked.url, asked.sender, secret))
                else:
                    deliver(outbox, by_http(asked.url, secret))
            except Refused as refusal:
                words.exit(1, f"{refusal}; nothing is lost, what waits will wait\n")
        rows = outbox.to_look_at()
    for number, status, reason in rows:
        print(number, status, reason, sep="\t")
    return 1 if rows else 0


if __name__ == "__main__":
    sys.exit(main())

"""What is posted: how it is read within its bounds, and which events are in it."""

from __future__ import annotations

import asyncio
import gzip
import io
import zlib
from email.message import Message
from itertools import islice

from starlette.requests import Request

from consumers.batches import TooMany, items
from consumers.desk import Item
from consumers.files import BYTE_ORDER_MARK, lines
from consumers.limits import Taken
from consumers.messages import MOST_EVENTS, unreadable
from consumers.problems import Problem

EVENT = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
NDJSON = "application/x-ndjson"
KINDS = (EVENT, BATCH, NDJSON)

LARGEST_BODY = 8 << 20
"""Bytes of a body, and of what it unpacks to."""
BODY_SECONDS = 60.0
"""In which a body must have come."""

TOO_LARGE = f"larger than {LARGEST_BODY} bytes, also unpacked: send it in parts"
TOO_MANY = f"more than {MOST_EVENTS} events: send them in parts"


def kind_of(request: Request) -> str:
    """Which of the three kinds of body this is. Raises `Problem` (415) for any other."""
    header = Message()
    header["Content-Type"] = request.headers.get("content-type", "")
    kind = header.get_content_type()
    charset = str(header.get_param("charset", "utf-8")).lower()
    if kind not in KINDS or charset not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(
            415, f"the content type should be one of {', '.join(KINDS)}; in UTF-8"
        )
    if request.headers.get("content-encoding", "identity").lower() not in (
        "identity",
        "gzip",
    ):
        raise Problem(415, "the content encoding should be gzip, or none")
    return kind


async def read_body(request: Request, taken: Taken) -> bytes:
    """The body as it came; nothing is read beyond the bound, whatever its length is said to be.

    Raises:
        Problem: 413 where it is too large, 408 where it does not come.
        TooMuch: there is no room for it now.
    """
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > LARGEST_BODY:
        raise Problem(413, TOO_LARGE, Connection="close")
    pieces = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                if len(pieces) + len(piece) > LARGEST_BODY:
                    raise Problem(413, TOO_LARGE, Connection="close")
                taken.hold(len(piece))
                pieces += piece
    except TimeoutError:
        raise Problem(408, "the body did not come in time", Connection="close") from None
    return bytes(pieces)


def is_packed(request: Request) -> bool:
    """Whether the body is packed by gzip."""
    return request.headers.get("content-encoding", "").lower() == "gzip"


def unpacked(body: bytes) -> bytes:
    """What *body* holds. Raises `Problem`: 400 where it is damaged, 413 where it is too much."""
    try:
        found = gzip.GzipFile(fileobj=io.BytesIO(body)).read(LARGEST_BODY + 1)
    except (EOFError, OSError, zlib.error):
        raise Problem(400, "the body is no gzip that can be unpacked") from None
    if len(found) > LARGEST_BODY:
        raise Problem(413, TOO_LARGE)
    return found


def events_in(kind: str, body: bytes) -> list[Item]:
    """The events in *body*, each as the bytes in which it came.

    A batch that is none is one thing that cannot be read. Raises `Problem` (413) where
    there are too many.
    """
    found: list[Item] = [body]
    if kind == NDJSON:
        read = io.BytesIO(body.removeprefix(BYTE_ORDER_MARK)).read
        found = [item for _, item in islice(lines(read), MOST_EVENTS + 1)]
    elif kind == BATCH and body.lstrip()[:1] != b"[":
        found = [unreadable(body, "not a batch: no JSON array")]
    elif kind == BATCH:
        try:
            found = list(items(body))
        except TooMany:
            raise Problem(413, TOO_MANY) from None
    if len(found) > MOST_EVENTS:
        raise Problem(413, TOO_MANY)
    return found

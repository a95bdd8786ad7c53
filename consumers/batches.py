"""A message of a stream: one event, or a batch of them as a JSON array."""

from __future__ import annotations

import json

from consumers.messages import LARGEST, MOST_EVENTS

_WHITE = " \t\n\r"
_SCAN = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


def split(payload: bytes) -> list[bytes]:
    """The events in *payload*, each as the bytes in which it was sent.

    What is no well-formed array is one event, for the reader to judge whole: nothing of a
    message is taken for granted while another part of it cannot be read. So is an array of
    more than `MOST_EVENTS`, since each of them would cost a receipt.
    """
    if payload.lstrip()[:1] != b"[" or len(payload) > LARGEST:
        return [payload]
    try:
        return _items(payload.decode())
    except (ValueError, RecursionError, IndexError):
        return [payload]


def _items(text: str) -> list[bytes]:
    """The slices of *text* that are the array's items. Raises `ValueError` if none is."""
    items: list[bytes] = []
    place = _skip(text, text.index("[") + 1)
    if text[place] == "]":
        return items
    while True:
        _, end = _SCAN.raw_decode(text, place)
        if len(items) == MOST_EVENTS:
            raise ValueError("too many items")
        items.append(text[place:end].encode())
        place = _skip(text, end)
        if text[place] == "]":
            if _skip(text, place + 1) != len(text):
                raise ValueError("something follows the array")
            return items
        if text[place] != ",":
            raise ValueError("no comma between items")
        place = _skip(text, place + 1)


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _WHITE:
        place += 1
    return place

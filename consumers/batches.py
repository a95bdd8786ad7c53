"""A message of a stream: one event, or a batch of them as a JSON array."""

from __future__ import annotations

import json

from consumers.messages import LARGEST, MOST_EVENTS

_WHITE = " \t\n\r"
_SCAN = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


class TooMany(Exception):
    """An array of more than `MOST_EVENTS`: each of them would cost a receipt."""


def split(payload: bytes) -> list[bytes]:
    """The events in *payload*, each as the bytes in which it was sent.

    What is no well-formed array is one event, for the reader to judge whole: nothing of a
    message is taken for granted while another part of it cannot be read. So is an array
    that is too long.
    """
    try:
        return items(payload)
    except TooMany:
        return [payload]


def items(payload: bytes) -> list[bytes]:
    """As `split`, for a carrier that can say so. Raises `TooMany`."""
    if payload.lstrip()[:1] != b"[" or len(payload) > LARGEST:
        return [payload]
    try:
        return _items(payload.decode())
    except (ValueError, RecursionError, IndexError):
        return [payload]


def _items(text: str) -> list[bytes]:
    """The slices of *text* that are the array's items. Raises `ValueError` if none is."""
    found: list[bytes] = []
    place = _skip(text, text.index("[") + 1)
    if text[place] == "]":
        return found
    while True:
        _, end = _SCAN.raw_decode(text, place)
        if len(found) == MOST_EVENTS:
            raise TooMany
        found.append(text[place:end].encode())
        place = _skip(text, end)
        if text[place] == "]":
            if _skip(text, place + 1) != len(text):
                raise ValueError("something follows the array")
            return found
        if text[place] != ",":
            raise ValueError("no comma between items")
        place = _skip(text, place + 1)


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _WHITE:
        place += 1
    return place

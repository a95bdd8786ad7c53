"""Reading bytes as JSON, and what makes two contents the same content.

Stricter than most readers, since a doubtful reading would be evidence: a name that occurs
twice, NaN, a lone surrogate, or nesting that no reader follows make the bytes unreadable.
"""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256
from math import isinf
from typing import Any

import orjson

LEAST_NATIVE, MOST_NATIVE = -(2**63), 2**64 - 1
"""Whole numbers within these are written as they are; others as digits and exponent."""
LONGEST_DIGITS = 20


class NotReadable(Exception):
    """The bytes are no JSON that means one thing. The message never repeats them."""


class Exact(float):
    """A number with a fraction or exponent, and how it was written."""

    __slots__ = ("written",)
    written: str

    def __str__(self) -> str:
        return self.written


def _exact(written: str) -> Exact:
    number = Exact(written)
    try:
        Decimal(written)
    except ArithmeticError:
        raise NotReadable("a number is too extreme to be kept") from None
    if isinf(number):
        raise NotReadable("a number is too large to be kept")
    number.written = written
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotReadable("a name occurs twice in one object")
    return found


def _no_constant(_: str) -> Any:
    raise NotReadable("NaN and Infinity are no JSON numbers")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_float=_exact, parse_constant=_no_constant
)


def read_json(raw: bytes) -> Any:
    """The JSON value in *raw*. Raises `NotReadable` with the reason."""
    try:
        return _DECODER.decode(raw.decode())
    except UnicodeDecodeError:
        raise NotReadable("not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise NotReadable(f"not JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise NotReadable("nested too deeply to be read") from None
    except ValueError:
        raise NotReadable("not JSON: a number has too many digits") from None


def _canonical_number(number: Any) -> Any:
    """30, 30.0 and 3e1 are one number; 0.1 is not the binary fraction nearest to it."""
    if not isinstance(number, float):
        raise TypeError
    sign, digits, exponent = Decimal(str(number)).as_tuple()
    assert isinstance(exponent, int)
    written = "".join(map(str, digits))
    significant = written.rstrip("0")
    exponent += len(written) - len(significant)
    minus = "-" if sign and significant else ""
    if not significant:
        return 0
    if exponent >= 0 and len(significant) + exponent <= LONGEST_DIGITS:
        whole = int(f"{minus}{significant}{'0' * exponent}")
        if LEAST_NATIVE <= whole <= MOST_NATIVE:
            return whole
    return orjson.Fragment(f"{minus}{significant}E{exponent}")


def digest(content: Any) -> bytes:
    """SHA-256 of *content* as JSON values: order of names and white space do not count.

    Raises `NotReadable` where the content cannot be written as UTF-8 JSON again.
    """
    try:
        written = orjson.dumps(
            content, default=_canonical_number, option=orjson.OPT_SORT_KEYS
        )
    except TypeError as error:
        if "surrogate" in str(error) or "UTF-8" in str(error):
            raise NotReadable("a lone surrogate is no text") from None
        if "64-bit" in str(error):
            return _long_digest(content)
        raise NotReadable("nested too deeply to be read") from None
    return sha256(written).digest()


def _long_digest(content: Any) -> bytes:
    try:
        return digest(_with_long_numbers_exact(content))
    except RecursionError:
        raise NotReadable("nested too deeply to be read") from None


def _with_long_numbers_exact(content: Any) -> Any:
    """The same content, its numbers of more than 64 bits as `Exact`."""
    if isinstance(content, dict):
        return {name: _with_long_numbers_exact(item) for name, item in content.items()}
    if isinstance(content, list):
        return [_with_long_numbers_exact(item) for item in content]
    if type(content) is int and not LEAST_NATIVE <= content <= MOST_NATIVE:
        return _exact(f"{content}.0")
    return content

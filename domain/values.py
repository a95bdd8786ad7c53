"""The values that statements are made of, read exactly as the feed defines them.

Everything is strict: a number is a JSON number, a date-time is RFC 3339 with an offset, a
date is a day in Europe/London. What does not fit raises pydantic's `ValidationError`, whose
messages name the field and never its contents.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, NewType, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
)
from pydantic_core import PydanticCustomError

LONDON = ZoneInfo("Europe/London")

WHOLE_MAX = 1_000_000_000
"""The largest whole number a field holds, in its unit: no sum of them leaves a column."""

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Value(BaseModel):
    """A fact without identity: frozen, and compared by content."""

    model_config = ConfigDict(
        frozen=True, strict=True, hide_input_in_errors=True, defer_build=True
    )


class Data(Value):
    """What a statement says. Unknown fields are ignored by us and kept (feed.md)."""

    model_config = ConfigDict(extra="allow")


def _instant(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise PydanticCustomError(
            "instant", "should be an RFC 3339 date-time with an offset"
        )
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        raise PydanticCustomError(
            "instant", "is no date-time that exists in the calendar"
        ) from None


def _day(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("day", "should be a date, as YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError(
            "day", "is no date that exists in the calendar"
        ) from None


def _whole(value: Any) -> Any:
    """30.0 is the same JSON number as 30."""
    if isinstance(value, float | Decimal):
        if not -WHOLE_MAX <= value <= WHOLE_MAX or value != int(value):
            raise PydanticCustomError(
                "whole", "should be a whole number of at most 1000000000"
            )
        return int(value)
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise PydanticCustomError("number", "should be a number")
    return float(value) if isinstance(value, Decimal) else value


def _share(value: Any) -> Any:
    """A share as it is written: 0.1 is a tenth, not the nearest binary fraction."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise PydanticCustomError("share", "should be a number")
    return Decimal(str(value))


def _printable(value: str) -> str:
    if not value.isprintable():
        raise PydanticCustomError("printable", "should be printable characters only")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
"""An instant: RFC 3339 with an offset, kept to the microsecond."""

Day = Annotated[date, BeforeValidator(_day)]
"""A local date in Europe/London, YYYY-MM-DD."""

Whole = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=WHOLE_MAX)]
"""A whole number from 0: minutes, carer-minutes, hours, days, pence an hour."""

Count = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=WHOLE_MAX)]
"""A whole number from 1."""

Total = NewType("Total", int)
"""What several whole numbers come to, which may be larger than any of them."""

Hours = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=876_000)]
"""Hours, at most a century of them."""

Days = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=36_500)]
"""Days, at most a century of them."""

Weeks = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=520)]
"""Weeks, at most ten years of them; months have the same bound."""

Pence = Annotated[int, BeforeValidator(_whole), Field(ge=-WHOLE_MAX, le=WHOLE_MAX)]
"""Whole pence; negative where money goes back."""

Share = Annotated[
    Decimal,
    BeforeValidator(_share),
    Field(ge=0, le=100, decimal_places=9),
    PlainSerializer(float, when_used="json"),
]
"""A share of something: 0.2 is a fifth. Kept exactly, to nine decimal places."""

Number = Annotated[float, BeforeValidator(_number)]
"""Any finite number."""

Reference = Annotated[
    str, Field(min_length=1, max_length=128), AfterValidator(_printable)
]
"""A pseudonym for a thing or a person, 1 to 128 printable characters; never a name."""


class Personal:
    """Marks a field that may tell of a person what no rule needs: it is sealed at rest."""


Words = Annotated[str, Personal()]
"""Free text: somebody's words, which may be about anybody. Sealed at rest."""

WallClock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time on the wall in Europe/London, HH:MM."""


def london_day(instant: datetime) -> date:
    """The day on which an instant falls in London."""
    return instant.astimezone(LONDON).date()


@cache
def personal(shape: type[Data]) -> frozenset[str]:
    """Which fields of *shape* are sealed at rest: free text, and where somebody was."""
    return frozenset(
        name
        for name, field in shape.model_fields.items()
        if any(isinstance(mark, Personal) for mark in field.metadata)
        or _marked(field.annotation)
    )


@cache
def texts(shape: type[Data]) -> frozenset[str]:
    """Which of those fields are text: where one cannot be read, words can say why instead."""
    return frozenset(
        name
        for name in personal(shape)
        if any(part is str for part in _parts(shape.model_fields[name].annotation))
    )


def _parts(annotation: Any) -> tuple[Any, ...]:
    return (annotation, *(part for arg in get_args(annotation) for part in _parts(arg)))


def _marked(annotation: Any) -> bool:
    return isinstance(annotation, Personal) or any(map(_marked, get_args(annotation)))

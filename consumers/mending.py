"""How to mend an event that was not recorded: what its sender should do, reason by reason.

A receipt's reason says what is wrong; this says what to write instead, whichever door the
event came to. Neither repeats what a field holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from consumers.messages import shown
from consumers.reading import NotReadable, read_json
from domain.catalogue import WIRE
from domain.values import Value
from record.arrivals import Statement

NEAR, NEARER = 0.6, 0.8
"""How alike two words must be for one to be meant by the other; 1 is the same. Nearer where
the word may well mean something else: a field of the sender's own."""

UNKNOWN = "unknown type "
FALLBACK = "hold the event against the schema of its type: counterfoil schema TYPE"

_PLACE = re.compile(r"[a-z_]+(\.\w+)*")
_CHOICE = re.compile(r"'([^']*)'")

HINTS = tuple(
    (re.compile(said), hint)
    for said, hint in (
        (r"^Field required", "it must be said: add it"),
        (r"^Input should be '1\.0'", 'write "1.0", in quotes'),
        (r"^Input should be '", "write one of these words exactly as they stand"),
        (r"valid string", "write text, in quotes"),
        (r"valid boolean", "write true or false, without quotes"),
        (r"valid list", "write an array, in [ ]"),
        (r"valid dictionary", "write an object, in { }"),
        (r"decimal places", "round it to nine decimal places"),
        (r"valid integer|whole number", "write a whole number without quotes: 30"),
        (r"^should be a number", "write a number without quotes: 0.8"),
        (r"greater than|less than", "it is out of range: look at its unit"),
        (r"at least 1 character", "write a reference, or leave out an optional field"),
        (r"at most 128 characters", "use a reference of at most 128 characters"),
        (r"at least 1 item", "name at least one"),
        (r"^should be printable", "take out line breaks and other invisible characters"),
        (r"date-time with an offset", "write 2026-03-02T08:02:00+00:00, or with Z: a time"
         " without its offset is two instants when clocks go back"),
        (r"no date-time that exists", "look at the day, the hour (00 to 23), the offset"),
        (r"^should be a date, as", "write the day alone, as in Europe/London: 2026-03-02"),
        (r"no date that exists", "look at the month's length"),
        (r"pattern '\\A/\(", "write /providers/ (or /council/) and the name that the council"
         " gave you: lower-case letters, digits and hyphens"),
        (r"pattern '\\A\[0-9\]", 'write a whole number of at most 18 digits in quotes: "2"'),
        (r"pattern '\^\(\[01\]", "write the time on the wall with two digits each: 08:00"),
        (r"add up to 100", "let the parts add up to 100 exactly"),
        (r"required when method is manual", "say in reason why it was typed in by hand"),
        (r"^not UTF-8", "write the feed in UTF-8"),
        (r"^not JSON: .*digits", "write numbers of a few digits"),
        (r"^not JSON", "look there for a missing comma, quote or bracket; an event in a file"
         " stands on one line"),
        (r"no JSON object", "an event is an object, in { }; in a file each stands on a line of"
         " its own, without an array around them"),
        (r"nor a batch of at most", "in a file let each event stand on a line of its own, without"
         " an array around them; in a message put fewer into one array"),
        (r"occurs twice", "say each name once in an object"),
        (r"NaN", "leave a field out where there is no number"),
        (r"^a number is too", "write numbers that a person could read"),
        (r"nested too deeply", "put fewer objects within objects"),
        (r"surrogate", r"write characters whole: in UTF-8, or as a pair of \u escapes"),
        (r"^larger than", "leave out what the feed does not ask for, pictures above all"),
        (r"is not said by", "leave it to those who may say it; the list of events tells who"),
        (r"may not speak for", "send it with the credential of that source, or ask the council"),
        (r"other content|another content", "give a correction an id of its own; if this is"
         " what should have been said, ask the council to let it stand"),
    )
)  # fmt: skip
"""What to do, by what the reason says; the first that fits counts."""


def mend(reason: str | None, raw: bytes | None = None) -> str | None:
    """What to do about *reason*; with the event's bytes, also which word was meant."""
    if not reason:
        return None
    if reason.startswith(UNKNOWN):
        meant = near(reason.removeprefix(UNKNOWN), WIRE)
        return f"did you mean {meant}?" if meant else "use a type of the list of events"
    content = _content(raw)
    hints: dict[str, list[str]] = {}
    for part in reason.split("; "):
        place, message = _parted(part)
        hint = next((hint for said, hint in HINTS if said.search(message)), None)
        if hint is None and message.startswith("and ") and hints:
            continue
        hint = (hint or FALLBACK) + _meant(content, place, message)
        hints.setdefault(hint, []).append(place)
    return "; ".join(
        ": ".join(filter(None, (", ".join(filter(None, places)), hint)))
        for hint, places in hints.items()
    )


def near(word: str, known: Iterable[str], enough: float = NEAR) -> str | None:
    """The known word that was meant, if one is near enough."""
    by_form = {_form(name): name for name in known}
    found = get_close_matches(_form(word), by_form, 1, enough)
    return by_form[found[0]] if found else None


def unread(statement: Statement) -> str | None:
    """The fields that are kept but not read, and seem misspelt; none, if there are none."""
    found = [*_misspelt(statement.said, ""), *_misspelt(statement.data, "data.")]
    return "; ".join(found) or None


def _misspelt(value: Value, room: str) -> Iterable[str]:
    fields = type(value).model_fields
    unsaid = [name for name in fields if name not in value.model_fields_set]
    for name in value.model_extra or ():
        if meant := near(name, unsaid, NEARER):
            yield f"{room}{shown(name)} is kept, but not read: did you mean {meant}?"
    for name in fields:
        part = getattr(value, name)
        for at, item in enumerate(part if isinstance(part, list) else [part]):
            if isinstance(item, Value):
                place = f"{name}.{at}" if isinstance(part, list) else name
                yield from _misspelt(item, f"{room}{place}.")


def _form(word: str) -> str:
    """A word without what spelling rules differ in: case, hyphens, dots, underscores."""
    return re.sub(r"[\W_]", "", word).casefold()


def _parted(part: str) -> tuple[str, str]:
    """The place that a part of a reason names, empty if none, and what it says of it."""
    place, colon, message = part.partition(": ")
    return (place, message) if colon and _PLACE.fullmatch(place) else ("", part)


def _content(raw: bytes | None) -> Any:
    try:
        return read_json(raw) if raw else None
    except NotReadable:
        return None


def _meant(content: Any, place: str, message: str) -> str:
    """Which known word a misspelt one seems to stand for, if its event is known."""
    *rooms, name = place.split(".")
    for step in rooms:
        content = _within(content, step)
    if message.startswith("Field required") and isinstance(content, dict):
        told = near(name, content, NEARER)
        return f" (is it what you call {shown(told)}?)" if told else ""
    word = _within(content, name)
    if message.startswith("Input should be '") and isinstance(word, str):
        meant = near(word, _CHOICE.findall(message))
        return f" (did you mean {meant}?)" if meant else ""
    return ""


def _within(content: Any, step: str) -> Any:
    if isinstance(content, list) and step.isdigit():
        return content[int(step)] if int(step) < len(content) else None
    return content.get(step) if isinstance(content, dict) else None

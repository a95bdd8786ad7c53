"""How the life of a finding, or the course of a concern, is written."""

from __future__ import annotations

from typing import Any

from cli.options import As, Format


def emit_life(life: list[dict[str, Any]], form: As) -> None:
    """Write what was done, one event a row; in a table each field of it on a line."""
    from cli.output import chosen, emit, local

    if chosen(form) is Format.table:
        life = [
            {**event, "at": local(event["at"]), "data": _in_lines(event["data"])}
            for event in life
        ]
    emit(life, form, ["at", "what", "by", "data"])


def _in_lines(data: dict[str, Any]) -> str:
    """What was said, a field a line, as an officer reads it."""
    return "\n".join(
        f"{name.replace('_', ' ')}: {_plain(it)}" for name, it in data.items()
    )


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n  " + "\n  ".join(map(_plain, value)) if value else "none"
    if isinstance(value, dict):
        return "/".join(str(part) for part in value.values())
    return str(value)


def in_life(event: Any) -> dict[str, Any]:
    """One event of a finding's life as an officer reads it."""
    data = event.data.model_dump(mode="json", exclude_none=True)
    return {
        "at": event.said.time.isoformat().replace("+00:00", "Z"),
        "what": event.TOPIC.partition(".")[2].replace("_", " "),
        "by": data.pop("by", None),
        "data": data,
    }

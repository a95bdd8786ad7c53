"""Afterthoughts: a statement made again with a difference, or taken back."""

from datetime import date, timedelta
from typing import Any

from .telling import PROVIDERS, SYSTEMS, Telling, Told
from .times import BRIEFLY, DAY, HOUR, MINUTE

# What a second statement about the same slot says differently; days are added to dates.
DIFFERENCES: dict[str, tuple[tuple[str, tuple[Any, ...]], ...]] = {
    "visit.scheduled": (
        ("carers", (1, 2)),
        ("contract", ("C1", "C2", "C9")),
        ("person", ("P2", "P1")),
        ("line", (None, "L2", "L1")),
        ("planned_start", (10 * MINUTE, -HOUR)),
        ("planned_end", (15 * MINUTE,)),
    ),
    "visit.rescheduled": (
        ("asked_by", ("person", "council", "provider")),
        ("planned_start", (10 * MINUTE, HOUR)),
    ),
    "visit.cancelled": (
        ("by", ("provider", "person", "council")),
        ("reason", ("other", "declined")),
    ),
    "visit.checked_in": (("carer", ("w1", "w2")),),
    "visit.checked_out": (("carer", ("w1", "w2")), ("tasks", (None,))),
    "visit.missed": (("harm", (True, None)),),
    "visit.frustrated": (
        ("outcome", ("refused", "no_reply")),
        ("welfare_check", (True, False, None)),
    ),
    "visit.reported": (("what", ("came_late", "nobody_came")),),
    "invoice.submitted": (("lines", ([],)),),
    "provider.registered": (("upload_hours", (48, None)),),
    "contract.commissioned": (
        ("weekly_minutes", (60, 0)),
        ("provider", PROVIDERS),
        ("person", ("P2", "P1")),
        ("starts_on", (DAY, -DAY)),
    ),
    "contract.varied": (
        ("weekly_minutes", (90, 30)),
        ("rate_pence_per_hour", (1000,)),
        ("lines", ([], None)),
        ("ends_on", (None,)),
    ),
    "contract.notice_given": (("ends_on", (DAY, -DAY, 30 * DAY)),),
    "contract.ended": (("ended_on", (DAY, -DAY, 30 * DAY)),),
    "person.need_assessed": (("eligible", (False, True)), ("weekly_minutes", (90,))),
    "person.reviewed": (("next_due_on", (None,)),),
    "person.life_event": (("code", ("hospital_discharge", "died")),),
    "policy.adopted": (
        ("late_after", (0, 45)),
        ("persist_weeks", (1, 2)),
        ("idle_days", (7, None)),
    ),
}
LATER = (*BRIEFLY, HOUR, DAY, -DAY)


def tell_afterthought(telling: Telling) -> None:
    """Take back or restate something told, of the weeks' visits only now and then."""
    spoken = [told for told in telling.told if not told.subject.startswith("W")]
    if telling.chance(6) or not spoken:
        spoken = telling.told
    tell = telling.pick((retract, restate))
    tell(telling, telling.pick(spoken))


def retract(telling: Telling, told: Told) -> None:
    """Take a statement back; or miss it, by its id, its subject or its source."""
    time = telling.near(told.time, LATER)
    if "planned_start" in told.data and not telling.chance(4):
        time = telling.near(told.data["planned_start"], BRIEFLY)
    source = telling.pick((told.source,) * 8 + (*SYSTEMS, "/providers/birch"))
    subject = telling.pick((told.subject,) * 10 + ("V1", "C1"))
    retracts = telling.pick((told.id,) * 10 + ("none", "1"))
    data = {"retracts": retracts, "reason": "not ours"}
    telling.say(source, "statement.retracted", time, subject, data)


def restate(telling: Telling, told: Told) -> None:
    """Say a statement again: later, at the same time or before, and differently."""
    data = dict(told.data)
    differences = DIFFERENCES.get(told.type, ())
    for name, values in telling.pick((differences, differences[:1], ())):
        if telling.chance(2):
            data[name] = different(telling.pick(values), data.get(name))
    source = told.source
    if source in SYSTEMS:
        source = telling.pick((source, *SYSTEMS))
    telling.say(source, told.type, telling.near(told.time, LATER), told.subject, data)


def different(value: Any, before: Any) -> Any:
    """Return the value, or what was said before moved by it."""
    if not isinstance(value, timedelta):
        return value
    return before + value if isinstance(before, date) else None

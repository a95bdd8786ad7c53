"""`counterfoil finding KEY [ACT]`: the life of one finding, and what an officer does about it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import As, Store, open_council, open_log, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from domain.acting import Decision
    from domain.finding import Finding
    from domain.values import Total
    from record.log import Log
    from record.settings import Settings


class Doing(StrEnum):
    """What may be done about a finding."""

    acknowledge = "acknowledge"
    assign = "assign"
    ask_provider = "ask-provider"
    record_reply = "record-reply"
    uphold = "uphold"
    dismiss = "dismiss"
    draft_concern = "draft-concern"


NEEDS = {
    Doing.assign: ("to",),
    Doing.ask_provider: ("due_on",),
    Doing.record_reply: ("text",),
    Doing.dismiss: ("reason",),
    Doing.draft_concern: ("concern",),
}
"""Which options an act cannot do without."""


def finding(
    key: Annotated[str, typer.Argument(help="The finding's key, or an episode's name.")],
    doing: Annotated[
        Doing | None, typer.Argument(metavar="[ACT]", help=f"One of {', '.join(Doing)}.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Who acts: an officer's pseudonym.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Whose it is to look into.")] = None,
    due_on: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="By when the provider should answer."),
    ] = None,
    text: Annotated[str | None, typer.Option(help="The question, or the reply.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    concern: Annotated[str | None, typer.Option(help="The concern's reference.")] = None,
    store: Store = None,
    form: As = None,
) -> None:
    """The life of one finding; with ACT, do something about it."""
    from cli.output import emit
    from domain.finding import Opened
    from record.ourselves import history

    found = settings(store)
    told = {
        "by": by, "to": to, "due_on": due_on, "text": text, "reason": reason,
        "concern": concern,
    }  # fmt: skip
    if doing is not None:
        _complete(doing, told)
    with open_log(found) as log:
        name = latest_episode(log, key)
        if name is None:
            typer.echo(f"counterfoil: nothing is on record of {key}", err=True)
            raise typer.Exit(1)
        if doing is not None:
            act_on(log, found, name, doing, told)
        life = [in_life(event) for event in history(log, Opened, name).heard]
    emit(life, form, ["at", "what", "by", "data"], ["at", "what", "by", "data"])


def _complete(doing: Doing, told: dict[str, str | None]) -> None:
    """Refuse an act that lacks what it needs, as usage (exit 2)."""
    missing = [name for name in ("by", *NEEDS.get(doing, ())) if not told[name]]
    if missing:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise typer.BadParameter(f"{doing} needs {options}", param_hint="ACT")


def latest_episode(log: Log, key: str) -> str | None:
    """The name of the latest episode on record of a key; a name is itself."""
    from domain.finding import Opened, episode_name
    from record.ourselves import history

    if key.startswith("F-"):
        return key if history(log, Opened, key).version else None
    name, number = None, 1
    while history(log, Opened, episode_name(key, number)).version:
        name, number = episode_name(key, number), number + 1
    return name


def act_on(
    log: Log, found: Settings, name: str, doing: Doing, told: dict[str, str | None]
) -> None:
    """Do it. Raises `Refused` where it cannot be done."""
    from domain.finding import Opened
    from record.clock import SystemClock
    from record.ourselves import act

    clock = SystemClock()
    minutes = minutes_now(log, found, name) if doing is Doing.dismiss else None
    act(log, Opened, name, deciding(doing, told, minutes, clock.now()), clock)


def deciding(
    doing: Doing, told: dict[str, str | None], minutes: Total | None, now: datetime
) -> Callable[[Finding], Decision]:
    """What decides on the act, of what was told of it. A bad value is usage (exit 2)."""
    from pydantic import ValidationError

    from domain import acting
    from domain import finding as acts

    by, reason, text = told["by"], told["reason"], told["text"]
    try:
        match doing:
            case Doing.acknowledge:
                seen = acts.Acknowledgement(by=str(by))
                return lambda finding: acting.acknowledge(finding, seen)
            case Doing.assign:
                assignment = acts.Assignment(by=str(by), to=str(told["to"]))
                return lambda finding: acting.assign(finding, assignment)
            case Doing.ask_provider:
                due_on = date.fromisoformat(str(told["due_on"]))
                query = acts.Query(by=str(by), due_on=due_on, question=text)
                return lambda finding: acting.ask_provider(finding, query, now.date())
            case Doing.record_reply:
                reply = acts.Reply(by=str(by), reply=str(text))
                return lambda finding: acting.record_reply(finding, reply)
            case Doing.uphold:
                upholding = acts.Upholding(by=str(by), reason=reason)
                return lambda finding: acting.uphold(finding, upholding)
            case Doing.dismiss:
                dismissal = acts.Dismissal(
                    by=str(by), reason=str(reason), minutes=minutes
                )
                return lambda finding: acting.dismiss(finding, dismissal, now)
            case Doing.draft_concern:
                draft = acts.Draft(by=str(by), concern=str(told["concern"]))
                return lambda finding: acting.draft_concern(finding, draft)
    except (ValidationError, ValueError) as error:
        raise typer.BadParameter(f"{doing} was told what it cannot be") from error


def minutes_now(log: Log, found: Settings, name: str) -> Total | None:
    """Of how many minutes the finding is now; None where it holds no longer or has none."""
    from cli.options import moment
    from domain.finding import Opened, Opening
    from projections.scope import Scope
    from record.ourselves import history

    opened = history(log, Opened, name).heard[0].data
    assert isinstance(opened, Opening)
    scope = Scope(opened.contract) if opened.contract else Scope(None, opened.person)
    rows = open_council(log, found, scope).findings(moment(None, None), [opened.kind])
    return next((row["minutes"] for row in rows if row["key"] == opened.key), None)


def in_life(event: Any) -> dict[str, Any]:
    """One event of a finding's life as an officer reads it."""
    data = event.data.model_dump(mode="json", exclude_none=True)
    return {
        "at": event.said.time.isoformat().replace("+00:00", "Z"),
        "what": event.TOPIC.removeprefix("finding.").replace("_", " "),
        "by": data.pop("by", None),
        "data": data,
    }

"""`counterfoil finding KEY [ACT]`: the life of one finding, and what an officer does about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import As, Store, open_council, open_log, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from domain.acting import Decision
    from domain.finding import Act, Finding
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
    from cli.lives import emit_life, in_life
    from domain.finding import Opened
    from record.ourselves import history

    found = settings(store)
    told = {
        "by": by, "to": to, "due_on": due_on, "text": text, "reason": reason,
        "concern": concern,
    }  # fmt: skip
    way = _ways()[doing] if doing is not None else None
    data = way and act_data(way, told)
    with open_log(found) as log:
        name = latest_episode(log, key)
        if name is None:
            typer.echo(f"counterfoil: nothing is on record of {key}", err=True)
            raise typer.Exit(1)
        if way and data:
            act_on(log, found, name, way, data)
        life = [in_life(event) for event in history(log, Opened, name).heard]
    emit_life(life, form)


@dataclass(frozen=True)
class Way:
    """How an act is done: what decides on it, and which option tells each field of its data."""

    decide: Callable[[Finding, Any, datetime], Decision]
    shape: type[Act]
    options: dict[str, str]


def _ways() -> dict[Doing, Way]:
    """Each act's way. Here, for what it reads takes a moment to load."""
    from domain import acting
    from domain import finding as acts
    from domain.values import london_day

    return {
        Doing.acknowledge: Way(
            lambda finding, act, _: acting.acknowledge(finding, act),
            acts.Acknowledgement, {}),
        Doing.assign: Way(
            lambda finding, act, _: acting.assign(finding, act),
            acts.Assignment, {"to": "to"}),
        Doing.ask_provider: Way(
            lambda finding, act, now: acting.ask_provider(finding, act, london_day(now)),
            acts.Query, {"due_on": "due_on", "question": "text"}),
        Doing.record_reply: Way(
            lambda finding, act, _: acting.record_reply(finding, act),
            acts.Reply, {"reply": "text"}),
        Doing.uphold: Way(
            lambda finding, act, _: acting.uphold(finding, act),
            acts.Upholding, {"reason": "reason"}),
        Doing.dismiss: Way(acting.dismiss, acts.Dismissal, {"reason": "reason"}),
        Doing.draft_concern: Way(
            lambda finding, act, _: acting.draft_concern(finding, act),
            acts.Draft, {"concern": "concern"}),
    }  # fmt: skip


def act_data(way: Way, told: dict[str, str | None]) -> Act:
    """What was told of the act. What is missing or cannot be is usage (exit 2), by its option."""
    from pydantic import ValidationError

    options = {"by": "by", **way.options}
    given = {field: told[option] for field, option in options.items() if told[option]}
    try:
        return way.shape.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        option = options[str(first["loc"][0])].replace("_", "-")
        words = "is needed here" if first["type"] == "missing" else first["msg"]
        raise typer.BadParameter(words, param_hint=f"--{option}") from error


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


def act_on(log: Log, found: Settings, name: str, way: Way, data: Act) -> None:
    """Do it. Raises `Refused` where it cannot be done."""
    from domain.finding import Dismissal, Opened
    from record.clock import SystemClock
    from record.ourselves import act

    clock = SystemClock()
    if isinstance(data, Dismissal):
        data = data.model_copy(update={"minutes": minutes_now(log, found, name)})
    act(log, Opened, name, lambda it: way.decide(it, data, clock.now()), clock)


def minutes_now(log: Log, found: Settings, name: str) -> Total | None:
    """Of how many minutes the finding is now; None where it holds no longer or has none."""
    from cli.options import moment
    from domain.finding import Opened, Opening
    from projections.scope import Scope
    from record.ourselves import history

    opened = history(log, Opened, name).heard[0].data
    assert isinstance(opened, Opening)
    scope = Scope(opened.contract, opened.person, opened.provider, opened.visit)
    rows = open_council(log, found, scope).findings(moment(None, None), [opened.kind])
    return next((row["minutes"] for row in rows if row["key"] == opened.key), None)

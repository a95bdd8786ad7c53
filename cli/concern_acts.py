"""What is done about a concern from the command line: which option tells what, and who decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer
from pydantic import ValidationError

from domain import concern as acts
from domain import safeguarding
from domain.acting import Refused, draft_concern
from domain.contract import Commissioned
from domain.finding import Draft, Opened
from domain.values import Data
from domain.visit import Scheduled
from record.clock import Clock, SystemClock
from record.ourselves import act, history

if TYPE_CHECKING:
    from domain.concern import Concern
    from domain.safeguarding import Decision
    from record.log import Log

Told = Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """How an act is done: what decides on it, and the shape of its data."""

    decide: Callable[[Concern, Any], Decision]
    shape: type[Data]


WAYS = {
    "raise": Way(safeguarding.raise_concern, acts.RaisedBy),
    "dismiss-draft": Way(safeguarding.dismiss_draft, acts.DraftDismissal),
    "triage": Way(safeguarding.triage, acts.TriagedBy),
    "record-wishes": Way(safeguarding.record_wishes, acts.Wishes),
    "conclude": Way(safeguarding.conclude, acts.ConcludedBy),
    "close": Way(safeguarding.close, acts.ClosedBy),
}
"""Each act's way."""

OPTIONS = {"risk_types": "risk-type", "visits": "visit", "narrative": "text"}
"""The options that are not called as the field that they tell."""


def act_on(log: Log, ref: str, doing: str, told: Told) -> None:
    """Do it. Raises `Refused` where it cannot be done; what is missing is usage (exit 2)."""
    clock, way = SystemClock(), WAYS[doing]
    before = history(log, acts.Raised, ref)
    assert isinstance(before, acts.Concern)
    data = _data(way, {**_known(before, doing), **told})
    if isinstance(data, acts.RaisedBy):
        _must_be_known(log, data)
    act(log, acts.Raised, ref, lambda concern: way.decide(concern, data), clock)
    if isinstance(data, acts.RaisedBy):
        _note_on_finding(log, before, ref, data.by, clock)


def _known(concern: Concern, doing: str) -> dict[str, Any]:
    """What need not be told again: what the draft says, and what the person was asked."""
    if doing == "conclude":
        return {"wishes_asked": safeguarding.wishes_asked(concern)}
    drafted = [one for one in concern.heard if isinstance(one, acts.Drafted)]
    if doing != "raise" or not drafted:
        return {}
    said = drafted[-1].data
    return {
        "person": said.person, "provider": said.provider,
        "visits": [f"{each.source}/{each.visit}" for each in said.visits],
        "risk_types": ["neglect_and_acts_of_omission"], "location": "own_home",
        "source_of_risk": "service_provider",
    }  # fmt: skip


def _visit(name: str) -> dict[str, str]:
    """A visit named as /providers/NAME/REF."""
    parts = name.split("/", 3)
    if len(parts) != 4 or parts[0]:
        raise typer.BadParameter("should be /providers/NAME/REF", param_hint="--visit")
    return {"source": "/".join(parts[:3]), "visit": parts[3]}


def _data(way: Way, told: dict[str, Any]) -> Data:
    """What was told of the act. What is missing or cannot be is usage, by its option."""
    if told.get("visits"):
        told["visits"] = [_visit(each) for each in told["visits"]]
    try:
        return way.shape.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        words = "is needed here" if first["type"] == "missing" else first["msg"]
        hint = OPTIONS.get(field, field.replace("_", "-"))
        raise typer.BadParameter(words, param_hint=f"--{hint}") from error


def _must_be_known(log: Log, data: acts.RaisedBy) -> None:
    """Refuse a link to what nobody has spoken of: it would lead nowhere."""
    for each in data.visits or ():
        if not log.knows(Scheduled.named(each.visit, each.source)):
            raise Refused(f"nothing is known of visit {each.visit} of {each.source}")
    if data.contract and not log.knows(Commissioned.named(data.contract)):
        raise Refused(f"nothing is known of contract {data.contract}")


def _note_on_finding(log: Log, before: Concern, ref: str, by: str, clock: Clock) -> None:
    """Where it was raised of a draft, the finding's life says so too."""
    drafted = [one for one in before.heard if isinstance(one, acts.Drafted)]
    if not drafted:
        return
    data = Draft(by=by, concern=ref)
    with suppress(Refused):  # somebody has drafted one from it already
        act(
            log,
            Opened,
            drafted[-1].data.finding,
            lambda finding: draft_concern(finding, data),
            clock,
        )

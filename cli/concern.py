"""`counterfoil concern REF [ACT]` and `counterfoil concerns`: safeguarding, step by step."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import As, At, KnownAt, Store, moment, open_council, open_log, settings

if TYPE_CHECKING:
    from record.log import Log


class Doing(StrEnum):
    """What may be done about a concern, or a draft of one."""

    raise_ = "raise"
    dismiss_draft = "dismiss-draft"
    triage = "triage"
    record_wishes = "record-wishes"
    conclude = "conclude"
    close = "close"
    dossier = "dossier"


Flag = Annotated[bool | None, typer.Option()]


def concern(
    ref: Annotated[
        str, typer.Argument(help="The reference of the concern, or of a draft.")
    ],
    doing: Annotated[
        Doing | None, typer.Argument(metavar="[ACT]", help=f"One of {', '.join(Doing)}.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Who acts: an officer's pseudonym.")
    ] = None,
    person: Annotated[str | None, typer.Option(help="raise: about whom.")] = None,
    risk_type: Annotated[
        list[str] | None, typer.Option(help="raise: the kind of harm; may be repeated.")
    ] = None,
    location: Annotated[str | None, typer.Option(help="raise: where.")] = None,
    source_of_risk: Annotated[str | None, typer.Option(help="raise: from whom.")] = None,
    harm: Annotated[
        bool | None,
        typer.Option("--harm/--no-harm", help="raise: whether harm came of it."),
    ] = None,
    provider: Annotated[str | None, typer.Option(help="raise: the provider.")] = None,
    contract: Annotated[str | None, typer.Option(help="raise: the package.")] = None,
    visit: Annotated[
        list[str] | None,
        typer.Option(help="raise: /providers/NAME/REF; may be repeated."),
    ] = None,
    decision: Annotated[
        str | None, typer.Option(help="triage: what becomes of the concern.")
    ] = None,
    has_care_needs: Annotated[
        bool | None,
        typer.Option("--care-needs/--no-care-needs", help="triage: s42(1)(a)."),
    ] = None,
    at_risk: Annotated[
        bool | None, typer.Option("--at-risk/--not-at-risk", help="triage: s42(1)(b).")
    ] = None,
    cannot_protect_self: Annotated[
        bool | None,
        typer.Option(
            "--cannot-protect-self/--can-protect-self", help="triage: s42(1)(c)."
        ),
    ] = None,
    asked: Annotated[
        bool | None,
        typer.Option("--asked/--not-asked", help="record-wishes: the person was asked."),
    ] = None,
    risk_assessment: Annotated[
        str | None, typer.Option(help="conclude: what the enquiry came to.")
    ] = None,
    risk_outcome: Annotated[
        str | None,
        typer.Option(help="conclude: removed, reduced, remained, not_identified."),
    ] = None,
    lacked_capacity: Annotated[
        str | None, typer.Option(help="conclude: yes, no or not_known.")
    ] = None,
    advocate: Annotated[
        bool | None,
        typer.Option(
            "--advocate/--no-advocate", help="conclude: somebody spoke for them."
        ),
    ] = None,
    wishes_met: Annotated[
        str | None,
        typer.Option(help="conclude: fully, partially, not or none_expressed."),
    ] = None,
    text: Annotated[
        str | None, typer.Option(help="The worry, or what the person wants, in words.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    at: At = None,
    known_at: KnownAt = None,
    store: Store = None,
    form: As = None,
) -> None:
    """The course of one concern; with ACT, do something about it, or see what lay before it."""
    from cli.concern_acts import act_on
    from cli.finding import emit_life
    from cli.output import emit_one

    told = {name: value for name, value in locals().items() if value is not None}
    found = settings(store)
    with open_log(found) as log:
        if doing is Doing.dossier:
            must_read_concerns(log)
            emit_one(_dossier(log, found, ref, at, known_at), form)
            return
        if doing is not None:
            if doing is not Doing.raise_:
                must_read_concerns(log)
            act_on(log, ref, doing.value, told)
        else:
            must_read_concerns(log)
        emit_life(course(log, ref), form)


def must_read_concerns(log: Log) -> None:
    """Refuse who did not come with the safeguarding key. Raises `NotOurs`."""
    from record.errors import NotOurs

    if not log.seals.ring.reads_concerns:
        raise NotOurs("concerns are read with the safeguarding key, which is not here")


def course(log: Log, ref: str) -> list[dict[str, Any]]:
    """What was said and done about one concern, in the order in which it was recorded."""
    from cli.finding import in_life
    from domain.concern import Raised
    from record.ourselves import history

    heard = history(log, Raised, ref).heard
    if not heard:
        typer.echo(f"counterfoil: nothing is on record of concern {ref}", err=True)
        raise typer.Exit(1)
    return [in_life(event) for event in heard]


def _dossier(
    log: Log, found: Any, ref: str, at: str | None, known_at: str | None
) -> dict[str, Any]:
    from projections.concerns import dossier, flags
    from projections.scope import Scope
    from projections.standing import standing

    asked = moment(at, known_at)
    state = standing(open_council(log, found), "concern", ref, asked)
    assert state is not None
    if state["person"] is None:
        typer.echo(f"counterfoil: nobody has said whom concern {ref} is about", err=True)
        raise typer.Exit(1)
    scoped = open_council(log, found, Scope(person=state["person"]))
    lay_before = dossier(scoped, asked, state)
    return {
        "concern": ref, "person": state["person"], "provider": state["provider"],
        "ground": state["ground"], "flags": flags(state), **lay_before,
    }  # fmt: skip


class Status(StrEnum):
    """How far a concern has come."""

    drafted = "drafted"
    raised = "raised"
    triaged = "triaged"
    enquiry = "enquiry"
    concluded = "concluded"
    closed = "closed"
    dismissed = "dismissed"


def concerns(
    status: Annotated[
        list[Status] | None, typer.Option(help="Only these; may be repeated.")
    ] = None,
    at: At = None,
    known_at: KnownAt = None,
    store: Store = None,
    form: As = None,
) -> None:
    """Every concern and every draft of one, and how far it has come; the newest first."""
    from cli.output import emit
    from projections.concerns import concerns as all_concerns

    found = settings(store)
    with open_log(found) as log:
        must_read_concerns(log)
        council = open_council(log, found)
        rows = all_concerns(council, moment(at, known_at), status)
    columns = [
        "concern", "status", "person", "provider", "drafted_at", "ground", "raised_at",
        "triaged_at", "decision", "concluded_at", "closed_at",
    ]  # fmt: skip
    emit(rows, form, columns, ["concern", "status", "person", "provider", "raised_at"])

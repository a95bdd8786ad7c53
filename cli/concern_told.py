"""What is told of concerns, and to whom."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import As, At, KnownAt, Store, moment, open_council, open_log, settings

if TYPE_CHECKING:
    from record.log import Log
    from record.settings import Settings


Ref = Annotated[str, typer.Argument(help="The concern's reference, or a draft's.")]


class Status(StrEnum):
    """How far a concern has come."""

    drafted = "drafted"
    raised = "raised"
    triaged = "triaged"
    enquiry = "enquiry"
    concluded = "concluded"
    closed = "closed"
    dismissed = "dismissed"


def list_(
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
    from projections.concerns import concerns

    found = settings(store)
    with open_log(found) as log:
        must_read_concerns(log)
        rows = concerns(open_council(log, found), moment(at, known_at), status)
    columns = [
        "concern", "status", "person", "provider", "drafted_at", "ground", "raised_at",
        "triaged_at", "decision", "concluded_at", "closed_at",
    ]  # fmt: skip
    emit(rows, form, columns, ["concern", "status", "person", "provider", "raised_at"])


def course(ref: Ref, store: Store = None, form: As = None) -> None:
    """What was said and done about one concern, in the order in which it was recorded."""
    with open_log(settings(store)) as log:
        must_read_concerns(log)
        tell_course(log, ref, form)


def dossier(
    ref: Ref,
    at: At = None,
    known_at: KnownAt = None,
    store: Store = None,
    form: As = None,
) -> None:
    """What lay before a concern: calls, packages, findings, earlier concerns."""
    from cli.output import emit_one

    found = settings(store)
    with open_log(found) as log:
        must_read_concerns(log)
        emit_one(gathered(log, found, ref, at, known_at), form)


def must_read_concerns(log: Log) -> None:
    """Refuse who did not come with the safeguarding key. Raises `NotOurs`."""
    from record.errors import NotOurs

    if not log.seals.ring.reads_concerns:
        raise NotOurs("concerns are read with the safeguarding key, which is not here")


def tell_course(log: Log, ref: str, form: As) -> None:
    """Write what was said and done about a concern; exit 1 where nothing was."""
    from cli.lives import emit_life, in_life
    from domain.concern import Raised
    from record.ourselves import history

    heard = history(log, Raised, ref).heard
    if not heard:
        typer.echo(f"counterfoil: nothing is on record of concern {ref}", err=True)
        raise typer.Exit(1)
    emit_life([in_life(event) for event in heard], form)


def gathered(
    log: Log, found: Settings, ref: str, at: str | None, known_at: str | None
) -> dict[str, Any]:
    """What lay before a concern or a draft; exit 1 where nobody has said whom it is about."""
    from projections.concerns import dossier as what_lay_before
    from projections.concerns import flags
    from projections.scope import Scope
    from projections.standing import standing

    asked = moment(at, known_at)
    state = standing(open_council(log, found), "concern", ref, asked)
    assert state is not None
    if state["person"] is None:
        typer.echo(f"counterfoil: nobody has said whom concern {ref} is about", err=True)
        raise typer.Exit(1)
    scoped = open_council(log, found, Scope(person=state["person"]))
    return {
        "concern": ref, "person": state["person"], "provider": state["provider"],
        "ground": state["ground"], "flags": flags(state),
        **what_lay_before(scoped, asked, state),
    }  # fmt: skip

"""`counterfoil concern`: safeguarding, step by step; what lay before a concern; drafts."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli import concern_told
from cli.concern_told import Ref, must_read_concerns, tell_course
from cli.options import As, Store, open_log, settings

app = typer.Typer(
    help="Safeguarding concerns: raise, triage, conclude and close them; see what lay before.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

By = Annotated[str, typer.Option(help="Who acts: an officer's pseudonym.")]
Why = Annotated[str, typer.Option("--reason", help="Why.")]


app.command("list")(concern_told.list_)
app.command("course")(concern_told.course)
app.command("dossier")(concern_told.dossier)


@app.command("raise")
def raise_(
    ref: Ref,
    by: By,
    harm: Annotated[
        bool, typer.Option("--harm/--no-harm", help="Whether harm came of it.")
    ],
    person: Annotated[str | None, typer.Option(help="About whom.")] = None,
    risk_type: Annotated[
        list[str] | None, typer.Option(help="The kind of harm feared; may be repeated.")
    ] = None,
    location: Annotated[str | None, typer.Option(help="Where.")] = None,
    source_of_risk: Annotated[str | None, typer.Option(help="From whom.")] = None,
    provider: Annotated[str | None, typer.Option(help="The provider.")] = None,
    contract: Annotated[str | None, typer.Option(help="The package.")] = None,
    visit: Annotated[
        list[str] | None, typer.Option(help="/providers/NAME/REF; may be repeated.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="The worry, in words.")] = None,
    store: Store = None,
    form: As = None,
) -> None:
    """Somebody is worried about a person. What a draft knows need not be told again."""
    told = {
        "by": by, "person": person, "risk_types": risk_type, "location": location,
        "source_of_risk": source_of_risk, "harm": harm, "provider": provider,
        "contract": contract, "visits": visit, "narrative": text,
    }  # fmt: skip
    _do("raise", ref, told, store, form)


@app.command("triage")
def triage(
    ref: Ref,
    by: By,
    decision: Annotated[str, typer.Option(help="What becomes of the concern.")],
    has_care_needs: Annotated[
        bool, typer.Option("--care-needs/--no-care-needs", help="Limb (a) of s42(1).")
    ],
    at_risk: Annotated[bool, typer.Option("--at-risk/--not-at-risk", help="Limb (b).")],
    cannot_protect_self: Annotated[
        bool,
        typer.Option("--cannot-protect-self/--can-protect-self", help="Limb (c)."),
    ],
    reason: Annotated[
        str, typer.Option(help="Why; needed where the decision is against the limbs.")
    ] = "",
    store: Store = None,
    form: As = None,
) -> None:
    """Decide what becomes of it, held against the three limbs of Care Act 2014 s42(1)."""
    told = {
        "by": by, "decision": decision, "has_care_needs": has_care_needs,
        "at_risk": at_risk, "cannot_protect_self": cannot_protect_self, "reason": reason,
    }  # fmt: skip
    _do("triage", ref, told, store, form)


@app.command("record-wishes")
def record_wishes(
    ref: Ref,
    by: By,
    asked: Annotated[
        bool, typer.Option("--asked/--not-asked", help="Whether the person was asked.")
    ],
    text: Annotated[
        str | None,
        typer.Option(help="What the person wants; left out: nothing was said."),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why nobody asked.")] = None,
    store: Store = None,
    form: As = None,
) -> None:
    """What the person wants to come of it (Making Safeguarding Personal)."""
    told = {
        "by": by, "asked": asked, "expressed": bool((text or "").strip()),
        "wishes": text, "reason": reason,
    }  # fmt: skip
    _do("record-wishes", ref, told, store, form)


@app.command("conclude")
def conclude(
    ref: Ref,
    by: By,
    risk_assessment: Annotated[str, typer.Option(help="What the enquiry came to.")],
    risk_outcome: Annotated[
        str, typer.Option(help="removed, reduced, remained or not_identified.")
    ],
    lacked_capacity: Annotated[str, typer.Option(help="yes, no or not_known.")],
    wishes_met: Annotated[
        str, typer.Option(help="fully, partially, not or none_expressed.")
    ],
    advocate: Annotated[
        bool | None,
        typer.Option("--advocate/--no-advocate", help="Whether somebody spoke for them."),
    ] = None,
    store: Store = None,
    form: As = None,
) -> None:
    """The enquiry has an outcome."""
    told = {
        "by": by, "risk_assessment": risk_assessment, "risk_outcome": risk_outcome,
        "lacked_capacity": lacked_capacity, "wishes_met": wishes_met,
        "advocate": advocate,
    }  # fmt: skip
    _do("conclude", ref, told, store, form)


@app.command("close")
def close(ref: Ref, by: By, reason: Why, store: Store = None, form: As = None) -> None:
    """Nothing more is to be done."""
    _do("close", ref, {"by": by, "reason": reason}, store, form)


@app.command("dismiss-draft")
def dismiss_draft(
    ref: Ref, by: By, reason: Why, store: Store = None, form: As = None
) -> None:
    """No concern is raised of a draft."""
    _do("dismiss-draft", ref, {"by": by, "reason": reason}, store, form)


def _do(act: str, ref: str, told: dict[str, Any], store: Store, form: As) -> None:
    """Do it, and tell the course of the concern to whoever may read it."""
    from cli.concern_acts import act_on

    with open_log(settings(store)) as log:
        if act != "raise":
            must_read_concerns(log)
        act_on(log, ref, act, {k: v for k, v in told.items() if v is not None})
        if log.seals.ring.reads_concerns:
            tell_course(log, ref, form)

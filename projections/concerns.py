"""Concerns: how each stands, what is odd about what was claimed of it, and what lay before it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from domain.collection import (
    ASSESSMENTS,
    LOCATIONS,
    RISK_IDENTIFIED,
    RISK_TYPES,
    category,
)
from domain.safeguarding import ENQUIRIES
from projections.asking import Moment, set_moment, spelt
from projections.council import Council
from projections.questions import states, text
from projections.statements import make_statements

STATUSES = (
    "drafted", "raised", "triaged", "enquiry", "concluded", "closed", "dismissed",
)  # fmt: skip
BEFORE = timedelta(days=28)
"""How far back what lay before a concern is looked for."""

State = dict[str, Any]


def concerns(
    council: Council, moment: Moment, wanted: Collection[str] | None = None
) -> list[State]:
    """Every concern and draft of these statuses, the newest first."""
    set_moment(council.con, moment)
    question = states()["concerns"]
    make_statements(council.con, (), also=question)
    council.con.execute(f"CREATE OR REPLACE TEMP TABLE standing AS\n{question.text}")
    names, select = spelt(council.con, "standing")
    rows = [
        dict(zip(names, row, strict=True))
        for row in council.con.execute(select).fetchall()
    ]
    return [row for row in rows if not wanted or row["status"] in wanted]


def flags(state: State) -> list[str]:
    """What is odd about what was claimed of a concern, each in one sentence.

    A claim is recorded however odd; this is said of it wherever it is shown.
    """
    return [
        *_order_flags(state),
        *_limb_flags(state),
        *_outcome_flags(state),
        *_word_flags(state),
    ]


def _order_flags(state: State) -> list[str]:
    raised, triaged, concluded, closed = (
        state[f"{name}_at"] for name in ("raised", "triaged", "concluded", "closed")
    )
    enquiry = state["decision"] in ENQUIRIES
    found = {
        "spoken of, and never raised": not raised and (triaged or concluded or closed),
        "triaged before it was raised": raised and triaged and triaged < raised,
        "an enquiry was concluded that nobody decided on": concluded and not enquiry,
        "concluded before it was triaged": concluded and triaged and concluded < triaged,
        "closed without a triage": closed and not triaged,
        "closed while its enquiry was open": closed and enquiry and not concluded,
    }
    return [words for words, holds in found.items() if holds]


def _limb_flags(state: State) -> list[str]:
    if not state["triaged_at"]:
        return []
    limbs = ("has_care_needs", "at_risk", "cannot_protect_self")
    met = all(state[limb] for limb in limbs)
    is_42 = state["decision"] == "section_42_enquiry"
    if met and not is_42:
        return [
            "all three limbs of section 42(1) are met, and no such enquiry was decided on"
        ]
    if is_42 and not met:
        return ["a section 42 enquiry, although not all three limbs are met"]
    return []


def _outcome_flags(state: State) -> list[str]:
    if not state["concluded_at"]:
        return []
    known = category(state["risk_assessment"], ASSESSMENTS)
    identified = known in RISK_IDENTIFIED
    none = state["risk_outcome"] == "not_identified"
    found = {
        "wishes are said to be met that were not asked": not state["wishes_asked"]
        and state["wishes_met"] != "none_expressed",
        "the person lacked capacity, and nothing is said of an advocate":
            state["lacked_capacity"] == "yes" and state["advocate"] is None,
        "a risk was identified, and nothing is said of what became of it":
            identified and none,
        "no risk was identified, and yet it is said what became of it":
            known is not None and not identified and not none,
        "a risk assessment that is none of the collection's": known is None,
    }  # fmt: skip
    return [words for words, holds in found.items() if holds]


def _word_flags(state: State) -> list[str]:
    if not state["raised_at"]:
        return []
    odd = [words for words in state["risk_types"] if not category(words, RISK_TYPES)]
    found = ["a risk type that is none of the collection's"] if odd else []
    if not category(state["location"], LOCATIONS):
        found.append("a location that is none of the collection's")
    found += [f"it names a visit of which nothing is known: {name}"
              for name in state["unknown_visits"] or ()]  # fmt: skip
    return found


def dossier(council: Council, moment: Moment, state: State) -> State:
    """What lay before a concern, for whoever decides on it. Proposes nothing.

    The visits it names, with what was promised and what became of it; the person's packages;
    what else was found of the person in the 28 days before, and earlier concerns. *council* is
    scoped to the person.
    """
    until = state["raised_at"] or state["drafted_at"]
    end = datetime.fromisoformat(until) if until else moment.at
    council.prepare(moment, ("visits", "contracts_today", "contract_lines"))
    make_statements(council.con, (), also=states()["concerns"])
    told = {"person": state["person"], "from": end - BEFORE, "until": end}
    return {
        "visits": _rows(council, "visits", {"named": state["visits"]}),
        "packages": _rows(council, "packages", {"person": state["person"]}),
        "found_before": _rows(council, "found_before", told),
        "earlier_concerns": _rows(
            council, "earlier", {"person": state["person"], "concern": state["concern"]}
        ),
    }


def _rows(council: Council, query: str, values: dict[str, Any]) -> list[State]:
    sql = text(f"dossier/{query}.sql")
    council.con.execute(f"CREATE OR REPLACE TEMP TABLE told AS\n{sql}", values)
    names, select = spelt(council.con, "told")
    rows = council.con.execute(select).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]

"""The rest of the catalogue: heartbeats, invoices, concerns."""

from collections.abc import Sequence
from typing import Any

from .telling import PROVIDERS, SYSTEMS, Telling
from .times import DAY, HOUR, MINUTE, midnight, wall
from .visits import Plan


def tell_heartbeat(telling: Telling, plans: Sequence[Plan]) -> None:
    """Say that a provider is there, perhaps just when a call counts as missed."""
    provider = telling.pick(PROVIDERS)
    moment = telling.pick([plan.due for plan in plans] or [midnight(telling.day)])
    time = telling.near(moment, (HOUR, DAY, 30 * MINUTE, 7 * DAY, 0 * HOUR))
    telling.say(f"/providers/{provider}", "provider.heartbeat", time, provider, {})


def tell_invoice(telling: Telling, plans: Sequence[Plan]) -> None:
    """Claim for visits that were, were not, or were claimed before; perhaps decide."""
    provider = telling.pick(PROVIDERS)
    invoice = telling.pick(("INV1", "INV2"))
    claims = [claim(telling, plans, number) for number in telling.several(4, 4)]
    data = {
        "period_start_on": telling.date((-7, -28, 0)),
        "period_end_on": telling.date((0, 7, -1)),
        "lines": claims,
    }
    time = wall(telling.date((2, 8, 0)), "16:00")
    telling.say(f"/providers/{provider}", "invoice.submitted", time, invoice, data)
    if telling.chance(3):
        data = {
            "provider": telling.pick((provider, *PROVIDERS)),
            "line": telling.pick(("0", "1", "9")),
            "decision": telling.pick(("approved", "disputed", "credited")),
            "pence": telling.pick((1000, 0, -500)),
            "reason": None,
        }
        telling.say(telling.pick(SYSTEMS), "invoice.decided", time + DAY, invoice, data)


def claim(telling: Telling, plans: Sequence[Plan], number: int) -> dict[str, Any]:
    """Choose what an invoice's line claims, for a visit or for all that is not named."""
    visits = [(plan.contract, plan.reference) for plan in plans]
    contract, visit = telling.pick(visits or [("C1", "V9")])
    return {
        "line": telling.pick((str(number), "0")),
        "contract": telling.pick((contract, contract, contract, "C2", "C9")),
        "visit": telling.pick((visit, visit, visit, None, "V9")),
        "minutes": telling.pick((30, 60, 0)),
        "pence": telling.pick((1000, 2000, 900, 0)),
    }


def tell_concern(telling: Telling, plans: Sequence[Plan]) -> None:
    """Raise a concern and tell some of what became of it."""
    concern, system = telling.pick(("S1", "S2")), telling.pick(SYSTEMS)
    named = [{"source": plan.source, "visit": plan.reference} for plan in plans[:1]]
    yes_no = (True, False)
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("raised", raised(telling, named)),
        (
            "triaged",
            {
                "decision": telling.pick(("section_42_enquiry", "no_further_action")),
                "has_care_needs": telling.pick(yes_no),
                "at_risk": telling.pick(yes_no),
                "cannot_protect_self": telling.pick(yes_no),
                "reason": "three limbs",
            },
        ),
        (
            "enquiry_concluded",
            {
                "risk_assessment": "risk_identified_action_taken",
                "risk_outcome": telling.pick(("removed", "reduced", "remained")),
                "lacked_capacity": telling.pick(("no", "yes", "not_known")),
                "advocate": telling.pick((None, *yes_no)),
                "wishes_asked": telling.pick(yes_no),
                "wishes_met": telling.pick(("fully", "none_expressed")),
            },
        ),
        ("closed", {"reason": "concluded"}),
    )
    time = wall(telling.date((-30, -7, 0)), "10:00")
    if plans and telling.chance(2):
        time = telling.near(telling.pick(plans).due, (0 * HOUR, 28 * DAY, HOUR, DAY))
    for step, data in steps[: telling.pick((1, 2, 4, 3))]:
        time += telling.pick((DAY, 0 * DAY, 2 * DAY, 30 * DAY))
        telling.say(system, f"concern.{step}", time, concern, data)


def raised(telling: Telling, named: list[dict[str, str]]) -> dict[str, Any]:
    """Choose what a concern is about."""
    return {
        "person": telling.pick(("P1", "P2")),
        "risk_types": telling.pick((["neglect"], ["neglect", "organisational"])),
        "location": "own_home",
        "source_of_risk": telling.pick(("service_provider", "unknown_to_individual")),
        "provider": telling.pick((PROVIDERS[0], None, *PROVIDERS)),
        "contract": telling.pick((None, "C1")),
        "visits": named if named and telling.chance(2) else None,
        "harm": telling.pick((True, False)),
        "narrative": telling.pick((None, "said by a neighbour")),
    }

"""Feeds of a small council: few contracts, two providers, all that can go wrong."""

from functools import partial

from hypothesis import strategies as st

from .afterthoughts import tell_afterthought
from .contracts import Bought, tell_contract
from .others import tell_concern, tell_heartbeat, tell_invoice
from .people import tell_life
from .policies import tell_policy, tell_registration
from .telling import Event, Telling
from .visits import Plan, tell_visit
from .weeks import tell_weeks


@st.composite
def feeds(draw: st.DrawFn) -> list[Event]:
    """Draw what one council's systems and providers said, in some order."""
    telling = Telling(draw)
    contracts = [tell_contract(telling, "C1")]
    if telling.chance(3):
        contracts += [tell_contract(telling, f"C{n + 2}") for n in telling.several(2, 3)]
    for _ in telling.several(2, 2):
        telling.part(tell_policy)
    if telling.chance(5):
        tell_registration(telling)
    for _ in telling.several(2, 3):
        telling.part(tell_life)
    if telling.chance(2):
        telling.part(partial(tell_weeks, bought=telling.pick(contracts)))
    plans = tell_visits(telling, contracts)
    for tell, one_in in ((tell_heartbeat, 2), (tell_invoice, 3), (tell_concern, 5)):
        if telling.chance(one_in):
            tell(telling, plans)
    for _ in telling.several(6, 5):
        telling.part(tell_afterthought)
    return telling.shuffled()


def tell_visits(telling: Telling, contracts: list[Bought]) -> list[Plan]:
    """Tell of some visits in detail; now and then two of them share a reference."""
    plans: list[Plan] = []
    for number in telling.several(7, 12):
        reference = f"V{number + 1}"
        if telling.chance(10):
            reference = telling.pick(("V1", "V/2", "V é'"))
        bought = telling.pick(contracts)
        tell = partial(tell_visit, bought=bought, reference=reference)
        plans.append(telling.part(tell))
    return plans

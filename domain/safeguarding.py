"""What the council's people may do about a concern: each act is refused where it cannot follow.

The flow is that of the Care Act 2014 s42 and its statutory guidance, chapter 14: a concern is
raised, held against the three limbs of s42(1), an enquiry made or not, the person asked what
they want (Making Safeguarding Personal), the outcome recorded, the concern closed. What a feed
claims is recorded however odd; this is for those who decide.
"""

from __future__ import annotations

from typing import Literal, TypeVar

from domain.acting import Refused
from domain.base import Event
from domain.collection import ASSESSMENTS, LOCATIONS, RISK_IDENTIFIED, RISK_TYPES
from domain.concern import (
    Closed,
    ClosedBy,
    Concern,
    ConcludedBy,
    DraftDismissal,
    DraftDismissed,
    Drafted,
    EnquiryConcluded,
    Raised,
    RaisedBy,
    Triaged,
    TriagedBy,
    Wishes,
    WishesAsked,
)
from domain.values import Data, london_day

ENQUIRIES = ("section_42_enquiry", "other_enquiry")

Decision = tuple[type[Event], Data]
Kind = TypeVar("Kind", bound=Event)


def raise_concern(concern: Concern, act: RaisedBy) -> Decision:
    """Somebody is worried. Refused where it was raised before, or with other words than the SAC's."""
    if before := _last(concern, Raised):
        raise Refused(f"it was raised already{_when(before)}")
    for words in act.risk_types:
        _must_be_one_of("risk type", words, RISK_TYPES)
    _must_be_one_of("location", act.location, LOCATIONS)
    return Raised, act


def dismiss_draft(concern: Concern, act: DraftDismissal) -> Decision:
    """No concern is raised of a draft. Refused without a reason, or where it was decided before."""
    if _last(concern, Drafted) is None:
        raise Refused("no such draft is on record")
    if before := _last(concern, Raised):
        raise Refused(f"it was raised already{_when(before)}")
    if dismissed := _last(concern, DraftDismissed):
        raise Refused(f"it was dismissed already{_when(dismissed)}")
    _must_say(act.reason, "say why no concern is raised")
    return DraftDismissed, act


def triage(concern: Concern, act: TriagedBy) -> Decision:
    """It is decided what becomes of it, held against the three limbs of s42(1).

    Refused where it was never raised, was triaged before or is closed; and, without a reason,
    where the decision is against the limbs.
    """
    _must_be_open(concern)
    if before := _last(concern, Triaged):
        raise Refused(f"it was triaged already{_when(before)}")
    met = act.has_care_needs and act.at_risk and act.cannot_protect_self
    if met and act.decision != "section_42_enquiry":
        _must_say(
            act.reason,
            "all three limbs of section 42(1) are met, which makes an enquiry a duty:"
            " say why it is decided otherwise",
        )
    if not met and act.decision == "section_42_enquiry":
        _must_say(
            act.reason,
            "not all three limbs of section 42(1) are met: say why it is a section 42"
            " enquiry all the same",
        )
    return Triaged, act


def record_wishes(concern: Concern, act: Wishes) -> Decision:
    """What the person wants was asked, or could not be. May be recorded more than once.

    Refused where it contradicts itself, and without a reason where it was not asked.
    """
    _must_be_open(concern)
    if act.expressed and not act.asked:
        raise Refused("wishes were expressed: then they were asked")
    if act.expressed:
        _must_say(act.wishes, "say what the person wants")
    if not act.asked:
        _must_say(act.reason, "say why the person could not be asked")
    return WishesAsked, act


def conclude(concern: Concern, act: ConcludedBy) -> Decision:
    """The enquiry has an outcome.

    Refused where no enquiry was decided on, where it was concluded before, where wishes were
    not seen to, and where the outcome contradicts itself.
    """
    _must_be_open(concern)
    triaged = _last(concern, Triaged)
    if triaged is None:
        raise Refused("it was not triaged yet: no enquiry was decided on")
    if triaged.data.decision not in ENQUIRIES:
        decided = triaged.data.decision.replace("_", " ")
        raise Refused(f"no enquiry was decided on, but {decided}")
    if before := _last(concern, EnquiryConcluded):
        raise Refused(f"it was concluded already{_when(before)}")
    _must_be_one_of("risk assessment", act.risk_assessment, ASSESSMENTS)
    identified = act.risk_assessment in RISK_IDENTIFIED
    if identified == (act.risk_outcome == "not_identified"):
        raise Refused(
            "a risk was identified: say whether it was removed, reduced or remained"
            if identified
            else "no risk was identified: then none was removed, reduced or remained"
        )
    if act.lacked_capacity == "yes" and act.advocate is None:
        raise Refused(
            "the person lacked capacity: say whether an advocate, family or a friend"
            " supported them (Care Act 2014 s68)"
        )
    _must_match_wishes(_last(concern, WishesAsked), act)
    return EnquiryConcluded, act


def wishes_asked(concern: Concern) -> bool:
    """Whether the person was asked, by what was recorded last."""
    last = _last(concern, WishesAsked)
    return last is not None and last.data.asked


def close(concern: Concern, act: ClosedBy) -> Decision:
    """Nothing more is to be done. Refused while a triage or an enquiry is outstanding."""
    _must_be_open(concern)
    triaged = _last(concern, Triaged)
    if triaged is None:
        raise Refused("it was not triaged yet")
    if triaged.data.decision in ENQUIRIES and _last(concern, EnquiryConcluded) is None:
        raise Refused("its enquiry has no outcome yet")
    _must_say(act.reason, "say why it is closed")
    return Closed, act


def _must_match_wishes(wishes: WishesAsked | None, act: ConcludedBy) -> None:
    if wishes is None:
        raise Refused(
            "ask the person what they want, or record why that could not be done"
            " (Making Safeguarding Personal)"
        )
    if act.wishes_asked != wishes.data.asked:
        raise Refused("whether the person was asked is on record otherwise")
    if wishes.data.expressed == (act.wishes_met == "none_expressed"):
        raise Refused(
            "the person said what they want: say whether that was met fully, partially"
            " or not"
            if wishes.data.expressed
            else "no wish was expressed: then none was met"
        )


def _must_be_open(concern: Concern) -> None:
    if _last(concern, Raised) is None:
        raise Refused("no such concern was raised")
    if before := _last(concern, Closed):
        raise Refused(f"it is closed{_when(before)}")


def _must_say(words: str | None, what: str) -> None:
    if not (words or "").strip():
        raise Refused(what)


def _must_be_one_of(
    what: Literal["risk type", "location", "risk assessment"],
    words: str,
    of: tuple[str, ...],
) -> None:
    if words not in of:
        raise Refused(f"that {what} is not one of the collection's: {', '.join(of)}")


def _last(concern: Concern, kind: type[Kind]) -> Kind | None:
    """The latest event of a kind."""
    return next((one for one in reversed(concern.heard) if isinstance(one, kind)), None)


def _when(event: Event) -> str:
    """By whom, if anybody is named, and on which day."""
    extra = event.data.model_extra or {}
    by = getattr(event.data, "by", None) or extra.get("by")
    return f"{f' by {by}' if by else ''} ({london_day(event.said.time):%d %B %Y})"

"""What officers may do about a finding: each act is refused where it cannot follow, in plain words.

An act is decided on the whole history of one episode, so of two officers who act at once the
second is told what the first has done.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypeVar

from domain.base import Event
from domain.finding import (
    Acknowledged,
    Acknowledgement,
    Act,
    Assigned,
    Assignment,
    ConcernDrafted,
    Dismissal,
    Dismissed,
    Draft,
    Finding,
    Opened,
    Opening,
    ProviderReplied,
    Query,
    QuerySent,
    Reply,
    Upheld,
    Upholding,
    Withdrawn,
)
from domain.values import london_day

DISMISSED_FOR = timedelta(days=90)
GROWN_BY = 1.25
"""How long a dismissal holds, unless the minutes grow so (findings.md, "The life of a finding")."""

Decision = tuple[type[Event], Act]
Kind = TypeVar("Kind", bound=Event)


class Refused(Exception):
    """What cannot be done, in words for the person who asked for it."""


def acknowledge(finding: Finding, act: Acknowledgement) -> Decision:
    """Somebody has seen it. Refused where it holds no longer, or somebody has before."""
    _must_hold(finding)
    if before := _last(finding, Acknowledged):
        raise Refused(f"{_who(before)} has acknowledged it already")
    return Acknowledged, act


def assign(finding: Finding, act: Assignment) -> Decision:
    """Somebody is to look into it. Refused where it is that person's already."""
    _must_hold(finding)
    before = _last(finding, Assigned)
    if before and before.data.to == act.to:
        raise Refused(f"it is assigned to {act.to} already")
    return Assigned, act


def ask_provider(finding: Finding, act: Query, today: date) -> Decision:
    """Ask the provider. Refused without a provider, for a day that is past, or asked before."""
    _must_hold(finding)
    if _opening(finding).provider is None:
        raise Refused("the finding names no provider who could be asked")
    if act.due_on < today:
        raise Refused("the day by which an answer is due is past")
    if _awaited(finding):
        raise Refused("the provider was asked, and has not replied yet")
    return QuerySent, act


def record_reply(finding: Finding, act: Reply) -> Decision:
    """What the provider answered, also where the finding has ended. Refused if not asked."""
    _opening(finding)
    if not _awaited(finding):
        raise Refused("the provider was not asked, or has replied already")
    if not act.reply.strip():
        raise Refused("a reply should say something")
    return ProviderReplied, act


def uphold(finding: Finding, act: Upholding) -> Decision:
    """It is so, also where it has ended since. Refused where it was upheld before."""
    _opening(finding)
    before = _verdict(finding)
    if isinstance(before, Upheld):
        raise Refused(f"{_who(before)} has upheld it already")
    return Upheld, act


def dismiss(finding: Finding, act: Dismissal, now: datetime) -> Decision:
    """It is not to be pursued. Refused without a reason, or where a dismissal stands.

    A dismissal stands for 90 days, or until the finding's minutes have grown by a quarter.
    """
    _must_hold(finding)
    if not act.reason.strip():
        raise Refused("a dismissal needs a reason")
    before = _verdict(finding)
    if isinstance(before, Dismissed) and not lapsed(before, act.minutes, now):
        raise Refused(f"{_who(before)} has dismissed it already")
    return Dismissed, act


def draft_concern(finding: Finding, act: Draft) -> Decision:
    """A concern is drafted, also where it has ended. Refused where one was before."""
    _opening(finding)
    if before := _last(finding, ConcernDrafted):
        raise Refused(f"{_who(before)} has drafted a concern from it already")
    return ConcernDrafted, act


def lapsed(dismissed: Dismissed, minutes: int | None, now: datetime) -> bool:
    """Whether a dismissal no longer holds, the finding being of so many *minutes* now."""
    return lapses(dismissed.said.time, dismissed.data.minutes, minutes, now)


def lapses(
    since: datetime, before: int | None, minutes: int | None, now: datetime
) -> bool:
    """Whether a dismissal at *since*, of so many minutes *before*, holds no longer *now*."""
    grown = before is not None and minutes is not None and minutes >= GROWN_BY * before
    return grown or now - since > DISMISSED_FOR


def _opening(finding: Finding) -> Opening:
    """How it began. Refused where it never did."""
    opened = _last(finding, Opened)
    if opened is None:
        raise Refused("no such finding is on record")
    return opened.data


def _must_hold(finding: Finding) -> None:
    _opening(finding)
    if ended := _last(finding, Withdrawn):
        raise Refused(f"it holds no longer ({ended.data.cause.replace('_', ' ')})")


def _last(finding: Finding, kind: type[Kind]) -> Kind | None:
    """The latest event of a kind."""
    return next((one for one in reversed(finding.heard) if isinstance(one, kind)), None)


def _awaited(finding: Finding) -> bool:
    """Whether the provider was asked and has not replied."""
    asked = [one for one in finding.heard if isinstance(one, QuerySent | ProviderReplied)]
    return bool(asked) and isinstance(asked[-1], QuerySent)


def _verdict(finding: Finding) -> Upheld | Dismissed | None:
    """What was last decided."""
    said = [one for one in finding.heard if isinstance(one, Upheld | Dismissed)]
    return said[-1] if said else None


def _who(event: Event) -> str:
    """Who did it, and on which day."""
    assert isinstance(event.data, Act)
    return f"{event.data.by} ({london_day(event.said.time):%d %B %Y})"

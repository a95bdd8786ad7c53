"""Everybody's roles: who plays what, in order."""

from __future__ import annotations

from collections.abc import Callable

from simulation import contract_roles as c
from simulation import visit_roles as v
from simulation.scripts import Script

Role = Callable[[Script], None]

ROLES: tuple[Role, ...] = (
    c.too_large, c.hospital, c.respite, c.died, c.care_home, c.not_eligible, c.needs_less,
    c.not_restarted, v.missed_twice, v.missed_once, v.missed_just_now, v.late, v.early,
    v.short, v.done_early, v.clipped, v.one_of_two, v.no_reply, v.provider_cancels,
    c.unreviewed, v.many_carers, c.many_providers, c.duplicate, c.compensated, c.ends,
    c.handed_back, v.too_long, v.backdated, v.moved, v.rewritten, v.contradictory,
    v.unplanned, v.left_open, c.suspended, c.declined, c.idle, v.charged_cancelled,
    v.claimed_twice, c.reported_dead, c.drawn, c.at_night, v.at_once,
)  # fmt: skip

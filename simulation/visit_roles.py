"""The roles in which visits, or their records, go wrong. `truth` judges what comes of it."""

from __future__ import annotations

from dataclasses import replace

from simulation.plan import visit_ref
from simulation.scripts import Outcome, Script
from simulation.stage import add, main, on


def missed_twice(script: Script) -> None:
    """Is missed twice in a week, and nobody says so."""
    on(script, 12, Outcome("missed"))
    on(script, 9, Outcome("missed"))


def missed_once(script: Script) -> None:
    """Is missed once, as the provider says itself."""
    on(script, 13, Outcome("declared"))


def missed_just_now(script: Script) -> None:
    """Was missed yesterday; the evidence may still come."""
    on(script, 1, Outcome("missed"))


def late(script: Script) -> None:
    """The carer comes late, once a week."""
    for n in range(4, 28, 7):
        on(script, n, Outcome(late=45))


def early(script: Script) -> None:
    """The carer comes too early."""
    on(script, 5, Outcome(late=-40))


def short(script: Script) -> None:
    """The carer leaves early now and then."""
    for n in range(3, 40, 7):
        on(script, n, Outcome(share=0.6))


def done_early(script: Script) -> None:
    """The carer leaves early, with all tasks done."""
    on(script, 6, Outcome(share=0.7, tasks_done=True))


def clipped(script: Script) -> None:
    """Of every visit a third is clipped."""
    script.usual = Outcome(share=0.66)


def one_of_two(script: Script) -> None:
    """Two carers are due; the second leaves after half the time, once a week."""
    contract = main(script)
    contract.lines = [replace(line, carers=2) for line in contract.lines]
    contract.weekly_minutes *= 2
    for n in range(5, 40, 7):
        on(script, n, Outcome(second_share=0.5))


def no_reply(script: Script) -> None:
    """Nobody answers the door, and nobody makes sure that all is well."""
    on(script, 8, Outcome("frustrated"))
    on(script, 15, Outcome("frustrated", welfare_check=True))


def provider_cancels(script: Script) -> None:
    """The provider calls visits off for want of a carer."""
    on(script, 4, Outcome("cancelled", by="provider", reason="no_staff", notice_hours=2))
    on(
        script,
        18,
        Outcome("cancelled", by="provider", reason="no_staff", notice_hours=60),
    )


def many_carers(script: Script) -> None:
    """Sees somebody else every day."""
    script.carers = 16
    script.plant("many_carers", script.person)


def too_long(script: Script) -> None:
    """A carer forgets to check out until the next day."""
    on(script, 7, Outcome(hours=20))


def backdated(script: Script) -> None:
    """Visits are written down two days later."""
    on(script, 6, Outcome(recorded_late=True))


def moved(script: Script) -> None:
    """The provider plans the call an hour and a half after the time that was bought."""
    on(script, 5, Outcome(moved=90))


def rewritten(script: Script) -> None:
    """The roster is rewritten after the visit should have begun."""
    on(script, 11, Outcome(moved_after=True))


def contradictory(script: Script) -> None:
    """A visit is attended and declared missed."""
    on(script, 10, Outcome(said_missed=True))


def unplanned(script: Script) -> None:
    """A carer comes when nothing was planned."""
    day, visit = script.plan.days_before(9), f"X-{script.number:04d}"
    source = f"/providers/{script.provider}"
    for kind, clock in (("in", "15:00"), ("out", "15:25")):
        script.say(
            day, clock, source, f"visit.checked_{kind}", visit,
            carer=f"K-{script.number:04d}-0", method="app",
        )  # fmt: skip
    script.plant("unplanned_visit", source, visit)


def left_open(script: Script) -> None:
    """A carer never checks out."""
    on(script, 6, Outcome(lone=True))


def charged_cancelled(script: Script) -> None:
    """Calls visits off in good time, and they are claimed."""
    for n in (16, 17):
        on(script, n, Outcome("cancelled", notice_hours=72, claimed=1))


def claimed_twice(script: Script) -> None:
    """One visit is claimed twice."""
    on(script, 19, Outcome(claimed=2))


def at_once(script: Script) -> None:
    """A carer is recorded at two people's homes at once: a couple, each with a package."""
    other = add(script, script.provider, list(main(script).lines))
    other.person = f"{script.person}-b"
    for n in (4, 9):
        day = on(script, n, Outcome(late=0, carer="shared"))
        name = f"{other.ref}/{other.lines[0].name}"
        script.outcomes[(day, name)] = Outcome(late=3, carer="shared")
        script.plant(
            "overlapping_carer", f"/providers/{script.provider}",
            visit_ref(other, other.lines[0], day),
            visit_ref(main(script), main(script).lines[0], day),
        )  # fmt: skip

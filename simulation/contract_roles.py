"""The roles in which a package is not what it should be: too much, too long, twice, ended."""

from __future__ import annotations

from simulation.plan import DAY, Contract, Line
from simulation.scripts import ADULTS, Outcome, Script
from simulation.stage import add, assess, cancel_from, main, morning, neighbour


def hospital(script: Script) -> None:
    """In hospital for 40 days, and the package still runs."""
    day = script.plan.days_before(40)
    script.life("hospital_admission", day)
    script.away.append((day, None))
    cancel_from(script, day, "person", "hospital")
    script.plant("no_longer_needed", main(script).ref)


def respite(script: Script) -> None:
    """A week of respite, told in good time."""
    first, last = script.plan.days_before(25), script.plan.days_before(19)
    script.life("respite_start", first)
    script.life("respite_end", last)
    script.away.append((first, last))
    day = first
    while day <= last:
        script.outcomes[(day, "*")] = Outcome("cancelled", reason="holiday")
        day += DAY


def died(script: Script) -> None:
    """Dies; the provider leaves two visits standing, and claims them."""
    day = script.plan.days_before(20)
    script.died_on = day
    script.life("died", day)
    cancel_from(script, day, "council", "deceased")
    for n in (2, 3):
        script.outcomes[(day + n * DAY, morning(script))] = Outcome("missed", claimed=1)
    script.plant("no_longer_needed", main(script).ref)


def care_home(script: Script) -> None:
    """Moves to a care home, and the package still runs."""
    day = script.plan.days_before(15)
    script.life("moved_to_care_home", day)
    cancel_from(script, day, "council", "moved")
    script.plant("no_longer_needed", main(script).ref)


def not_eligible(script: Script) -> None:
    """Is found to need no care any more, and gets it all the same."""
    assess(script, script.plan.days_before(10), 0, eligible=False)
    script.plant("no_longer_needed", main(script).ref)


def needs_less(script: Script) -> None:
    """Is found to need half, and nothing is brought down."""
    assess(script, script.plan.days_before(35), main(script).weekly_minutes // 2)
    script.plant("above_need", script.person)
    script.plant("independence_stalled", script.person)


def not_restarted(script: Script) -> None:
    """Comes home from hospital, and nobody plans the care again."""
    first, last = script.plan.days_before(16), script.plan.days_before(9)
    script.life("hospital_admission", first)
    script.life("hospital_discharge", last)
    script.away.append((first, last))
    cancel_from(script, first, "person", "hospital")


def unreviewed(script: Script) -> None:
    """Has not been reviewed for more than a year."""
    script.reviewed = False
    main(script).starts_on = script.plan.begins_on - 420 * DAY
    script.plant("review_overdue", script.person)


def many_providers(script: Script) -> None:
    """Has three providers."""
    for n, start in ((1, "11:00"), (2, "14:30")):
        extra = Line("visit", start, 30)
        add(script, neighbour(script, n), [extra])
    script.plant("many_providers", script.person)


def duplicate(script: Script) -> None:
    """Was moved to another provider, and the first contract was never closed."""
    later = add(script, neighbour(script), main(script).lines[:1])
    later.starts_on = main(script).starts_on + DAY
    script.plant("duplicate_contract", later.ref, main(script).ref)


def compensated(script: Script) -> None:
    """Another contract makes up for the first, which still runs."""
    later = add(
        script,
        neighbour(script),
        [Line("cover", "13:00", 30)],
        compensates_for=main(script).ref,
    )
    script.plant("paid_twice_for_failure", later.ref)


def ends(script: Script) -> None:
    """The contract ends soon, and nothing follows."""
    main(script).ends_on = script.plan.ends_on + 10 * DAY
    script.plant("end_approaching", main(script).ref)


def handed_back(script: Script) -> None:
    """The provider gives notice, and nothing follows."""
    day = script.plan.days_before(5)
    script.council(
        day, "contract.notice_given", main(script).ref, by="provider",
        ends_on=(day + 12 * DAY).isoformat(),
    )  # fmt: skip
    script.plant("end_approaching", main(script).ref)


def suspended(script: Script) -> None:
    """The package rests for a week, and one visit is made in it."""
    first, resumed = script.plan.days_before(24), script.plan.days_before(17)
    script.suspended.append((first, resumed))
    contract = main(script).ref
    script.council(
        first - 3 * DAY, "contract.suspended", contract, from_on=first.isoformat(),
        reason="holiday",
    )  # fmt: skip
    script.council(resumed, "contract.resumed", contract, on=resumed.isoformat())
    day = first
    while day < resumed:
        outcome = Outcome("cancelled", by="council", reason="suspended")
        script.outcomes[(day, "*")] = outcome
        day += DAY
    script.outcomes[(first + 2 * DAY, morning(script))] = Outcome(claimed=0)


def declined(script: Script) -> None:
    """Declines every visit for five weeks."""
    for day in script.last_weeks(6):
        script.outcomes[(day, "*")] = Outcome("cancelled", reason="declined")
    script.plant("no_longer_needed", main(script).ref)


def idle(script: Script) -> None:
    """Nothing has been planned for five weeks, and nobody says why."""
    script.stops_on[main(script).ref] = script.plan.days_before(40)
    script.plant("no_longer_needed", main(script).ref)


def too_large(script: Script) -> None:
    """The evening call is not needed any more: the family covers it, day after day."""
    evening = f"{main(script).ref}/{main(script).lines[-1].name}"
    for day in script.last_weeks(8):
        script.outcomes[(day, evening)] = Outcome("cancelled", notice_hours=30)


def reported_dead(script: Script) -> None:
    """Is wrongly said to have died; it is taken back two days later."""
    day = script.plan.days_before(21)
    said = {"code": "died", "on": day.isoformat()}
    script.say(day, "10:00", ADULTS, "person.life_event", script.person, **said)
    script.say(
        day + 2 * DAY, "10:00", ADULTS, "statement.retracted", script.person,
        retracts="last", reason="another person",
    )  # fmt: skip


def drawn(script: Script) -> None:
    """The package is drawn from a block, of which little is used."""
    block = Contract(
        f"B-{script.number:04d}", script.provider, None, [], main(script).starts_on,
        weekly_minutes=2 * main(script).weekly_minutes, more={"kind": "block"},
        counted=False,
    )  # fmt: skip
    main(script).more = {"draws_on": block.ref}
    script.contracts.append(block)
    script.plant("block_unused", block.ref)


def at_night(script: Script) -> None:
    """Is visited at half past one, also in the night on which clocks go back."""
    main(script).lines.append(Line("night", "01:30", 45))
    main(script).weekly_minutes += 7 * 45

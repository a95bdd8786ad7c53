"""Stories from upheld decisions of the Local Government and Social Care Ombudsman.

Each is told as a short feed. The council asks every evening; the test says which finding
would have told it, and on which day.
"""

from __future__ import annotations

from datetime import date, time

from tests.scenarios.telling import (
    DAY,
    alive,
    at,
    claims,
    council_says,
    days,
    invoice,
    kept,
    package,
    planned,
    provider_says,
    told_on,
    visit,
)

BEGIN = date(2026, 1, 5)


def life(code: str, on: date) -> dict[str, object]:
    """Something happens to P1, and the council hears of it on the day."""
    return council_says("person.life_event", "P1", on, code=code, on=on.isoformat())


def test_lancashire_20_008_898_charged_in_hospital_and_after_death() -> None:
    # given a man who went to hospital and died there, and a provider that kept its plan
    admitted, died = date(2026, 2, 10), date(2026, 3, 1)
    february, march = (
        days(date(2026, 2, 1), date(2026, 2, 28)),
        days(died, date(2026, 3, 31)),
    )
    feed = [
        package(BEGIN),
        *kept(days(BEGIN, admitted - DAY)),
        *planned(days(admitted, march[-1])),
        *alive(days(admitted, march[-1])),
        life("hospital_admission", admitted),
        life("died", died),
        # and that claimed for every day all the same
        invoice(date(2026, 3, 2), february, claims(february)),
        invoice(date(2026, 4, 1), march, claims(march)),
    ]
    end = date(2026, 4, 2)

    # then the stay is no missed call, for nobody expected a visit
    assert told_on(feed, "missed_call", admitted, end) is None
    # and the claim for the days in hospital is disputed on the day it comes
    day, disputed = told_on(feed, "invoice_over_claim", BEGIN, end) or (None, [])
    assert day == date(2026, 3, 2)
    assert {found["visit"] for found in disputed} == {
        visit(day) for day in days(admitted, february[-1])
    }
    # and the contract is to be ended from the day of the death on
    day, to_end = told_on(feed, "no_longer_needed", BEGIN, end) or (None, [])
    assert day == died
    assert [found["reason"].split()[0] for found in to_end] == ["died"]
    # and the first visit planned after it is seen on its own day
    day, unmatched = told_on(feed, "unmatched_visit", BEGIN, end) or (None, [])
    assert day == died + DAY
    assert unmatched[0]["reason"].startswith("after_death")


def test_portsmouth_22_006_484_care_not_restarted_after_discharge() -> None:
    # given a woman who went to hospital, whose visits ended, and who came home
    admitted, discharged = date(2026, 2, 2), date(2026, 2, 9)
    feed = [
        package(BEGIN),
        *kept(days(BEGIN, admitted - DAY)),
        life("hospital_admission", admitted),
        life("hospital_discharge", discharged),
        # and a provider that served others, and planned nothing for her
        *alive(days(BEGIN, date(2026, 2, 28))),
    ]

    # then the council is told on her first day at home that a call was on nobody's roster
    day, found = told_on(feed, "unrostered_call", BEGIN, date(2026, 2, 28)) or (None, [])
    assert day == discharged + DAY
    assert [one["since"] for one in found] == ["2026-02-10T08:00:00Z"]
    # and not before, while she was away
    assert told_on(feed, "missed_call", BEGIN, discharged) is None


def test_thurrock_24_005_280_half_hours_that_were_clipped() -> None:
    # given half hours of which 20 minutes were given, day after day
    feed = [package(BEGIN), *kept(days(BEGIN, date(2026, 2, 15)), minutes=20)]

    # then the first one is told on its own day
    day, found = told_on(feed, "short_call", BEGIN, date(2026, 2, 15)) or (None, [])
    assert day == BEGIN
    assert [(one["minutes"], one["severity"]) for one in found] == [(10, "medium")]
    # and after four complete weeks that the package is not delivered, with what is missing
    day, found = told_on(feed, "under_delivered", BEGIN, date(2026, 2, 15)) or (None, [])
    assert day == BEGIN + 28 * DAY
    assert [(one["minutes"], one["pence"]) for one in found] == [(70, 2800)]


def test_lincolnshire_21_014_642_invoiced_for_more_than_was_given() -> None:
    # given a contract that pays by the minute, and visits of 26 minutes
    january = days(BEGIN, date(2026, 1, 31))
    feed = [
        package(BEGIN, payment="actual"),
        *kept(january, minutes=26),
        # and an invoice for full half hours
        invoice(date(2026, 2, 2), january, claims(january)),
    ]

    # then every line of it is disputed on the day it comes, with what is over
    day, found = told_on(feed, "invoice_over_claim", BEGIN, date(2026, 2, 5)) or (
        None,
        [],
    )
    assert day == date(2026, 2, 2)
    assert len(found) == len(january)
    assert {(one["minutes"], one["pence"]) for one in found} == {(4, 160)}


def test_trafford_22_012_754_hours_were_cut_and_the_charge_was_not() -> None:
    # given a package that was cut from seven mornings to three
    cut = date(2026, 2, 2)
    line = {
        "line": "morning",
        "days": ["mon", "wed", "fri"],
        "start": "08:00",
        "minutes": 30,
    }
    february = days(cut, date(2026, 3, 1))
    feed = [
        package(BEGIN),
        council_says(
            "contract.varied", "C1", cut - 7 * DAY, effective_on=cut.isoformat(),
            reason="review", weekly_minutes=90, lines=[line],
        ),
        *kept(days(BEGIN, cut - DAY)),
        *kept([day for day in february if day.weekday() in (0, 2, 4)]),
        # and a provider that claimed four weeks at the old hours, naming no visit
        invoice(
            date(2026, 3, 2), february,
            [{"line": "1", "contract": "C1", "minutes": 840, "pence": 33600}],
        ),
    ]  # fmt: skip

    # then it is told on the day of the claim, with twelve half hours payable of 28
    day, found = told_on(feed, "invoice_over_claim", BEGIN, date(2026, 3, 5)) or (
        None,
        [],
    )
    assert day == date(2026, 3, 2)
    assert [(one["minutes"], one["pence"]) for one in found] == [(480, 19200)]


def test_gateshead_24_002_763_invoiced_for_mornings_that_were_not_received() -> None:
    # given mornings that the provider called off for want of a carer
    week = days(BEGIN, BEGIN + 6 * DAY)
    called_off = [
        provider_says("visit.cancelled", visit(day), at(day, time(7, 30)), by="provider",
                      reason="no_staff")
        for day in week[5:]
    ]  # fmt: skip
    feed = [
        package(BEGIN), *kept(week[:5]), *planned(week[5:]), *called_off,
        # and claimed for with the rest
        invoice(date(2026, 1, 12), week, claims(week)),
    ]  # fmt: skip

    # then each is told on its day, as grave as a missed call, and the claim when it comes
    day, found = told_on(feed, "provider_cancelled", BEGIN, date(2026, 1, 12)) or (
        None,
        [],
    )
    assert (day, [one["severity"] for one in found]) == (week[5], ["high"])
    day, found = told_on(feed, "invoice_over_claim", BEGIN, date(2026, 1, 12)) or (
        None,
        [],
    )
    assert day == date(2026, 1, 12)
    assert [one["visit"] for one in found] == [visit(week[5]), visit(week[6])]


def test_knowsley_20_008_148_late_or_not_at_all_and_nobody_asked_why() -> None:
    # given a week in which the carer came late, and twice did not come
    week = days(BEGIN, BEGIN + 6 * DAY)
    missed, late = [week[2], week[5]], [week[0], week[1]]
    feed = [
        package(BEGIN), *planned(missed), *kept(late, late=50),
        *kept([day for day in week if day not in (*missed, *late)]),
        *alive(days(BEGIN, BEGIN + 13 * DAY)),
    ]  # fmt: skip
    end = BEGIN + 13 * DAY

    # then lateness is told on the day, and so is the first missed call
    day, found = told_on(feed, "late_call", BEGIN, end) or (None, [])
    assert (day, [one["minutes"] for one in found]) == (week[0], [50])
    day, found = told_on(feed, "missed_call", BEGIN, end) or (None, [])
    assert (day, [one["stage"] for one in found]) == (week[2], ["presumed"])
    # and that it happens again, once the evidence for the second must be in
    day, found = told_on(feed, "missed_pattern", BEGIN, end) or (None, [])
    assert (day, [one["person"] for one in found]) == (week[5] + 3 * DAY, ["P1"])


def test_nottinghamshire_19_002_730_charged_while_she_was_out() -> None:
    # given a contract without times, and visits at which nobody was in
    week = days(BEGIN, BEGIN + 6 * DAY)
    out = [
        provider_says("visit.cancelled", visit(day), at(day - DAY, time(7)), by="person",
                      reason="not_home")
        for day in week[3:]
    ]  # fmt: skip
    feed = [
        package(BEGIN, lines=[]), *kept(week[:3]), *planned(week[3:]), *out,
        invoice(date(2026, 1, 12), week, claims(week)),
    ]  # fmt: skip

    # then what was called off in good time is disputed on the day it is claimed
    day, found = told_on(feed, "invoice_over_claim", BEGIN, date(2026, 1, 12)) or (
        None,
        [],
    )
    assert (day, len(found)) == (date(2026, 1, 12), 4)

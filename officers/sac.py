"""The Safeguarding Adults Collection: a council's year of concerns and enquiries, counted.

Tables and categories are those of NHS England's collection (SAC): SG1f counts of cases, SG2a to
SG2d details of concluded enquiries, SG3a mental capacity, SG4a Making Safeguarding Personal. A
year is from 1 April to 31 March. What fits no category is counted by itself, never left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from domain.collection import ASSESSMENTS, LOCATIONS, RISK_TYPES, category
from domain.values import london_day
from projections.asking import Moment, set_moment
from projections.council import Council
from projections.questions import states
from projections.statements import make_statements

ENQUIRIES = ("section_42_enquiry", "other_enquiry", "not_decided")
"""What was decided on; an enquiry that is said to be concluded may never have been."""
SOURCES = (
    "service_provider", "known_to_individual", "unknown_to_individual", "not_recorded",
)  # fmt: skip
NO_CATEGORY = "not_a_category_of_the_collection"
NOT_RECORDED = "not_recorded"
OUTCOMES = ("removed", "reduced", "remained")
COLUMNS = ("table", "enquiry", "category", *SOURCES, "total")
"""Of each row. `enquiry` is empty where the table does not tell them apart."""

CAPACITY = (
    "lacked_capacity_with_advocate", "lacked_capacity_without_advocate",
    "lacked_capacity_advocate_not_recorded", "had_capacity", "not_known",
)  # fmt: skip
WISHES = (
    "asked_and_met_fully", "asked_and_met_partially", "asked_and_not_met",
    "asked_and_none_expressed", "not_asked", "not_asked_and_said_to_be_met",
)  # fmt: skip

Row = dict[str, Any]


def collection(council: Council, moment: Moment, year: int) -> list[Row]:
    """The tables of the year that began on 1 April *year*, row by row, zeros included.

    A concern counts in the year it was raised in, an enquiry in SG1f in the year it was decided
    on, its details in the year it was concluded in; days are London's. Cited as held and known
    at *moment*.
    """
    set_moment(council.con, moment)
    question = states()["enquiries"]
    make_statements(council.con, (), also=question)
    found = council.con.execute(question.text)
    names = [name for name, *_ in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    first, last = date(year, 4, 1), date(year + 1, 3, 31)

    def within(when: datetime | None) -> bool:
        return when is not None and first <= london_day(when) <= last

    concluded = [row for row in rows if within(row["concluded_at"])]
    return [
        *_cases(rows, within),
        *_details("SG2a", concluded, (*RISK_TYPES, NO_CATEGORY, NOT_RECORDED), _risks),
        *_details("SG2b", concluded, (*LOCATIONS, NO_CATEGORY, NOT_RECORDED), _place),
        *_details("SG2c", concluded, (*ASSESSMENTS, NO_CATEGORY), _assessment),
        *_details("SG2d", concluded, OUTCOMES, _outcome),
        *_details("SG3a", concluded, CAPACITY, _capacity),
        *_details("SG4a", concluded, WISHES, _wishes),
    ]


def _cases(rows: list[Row], within: Any) -> Iterator[Row]:
    """SG1f: how many concerns were raised, and how many enquiries were decided on."""
    decided = [row for row in rows if within(row["triaged_at"])]
    counted = {
        "concerns": [row for row in rows if within(row["raised_at"])],
        **{
            kind: [row for row in decided if row["decision"] == kind]
            for kind in ENQUIRIES[:2]
        },
    }
    for name, cases in counted.items():
        yield _row("SG1f", "", name, Counter(map(_source, cases)))


def _details(
    table: str, rows: list[Row], categories: Iterable[str], read: Any
) -> Iterator[Row]:
    """One table of concluded enquiries; an enquiry counts once in each category it is of."""
    for kind in ENQUIRIES:
        counts: dict[str, Counter[str]] = {name: Counter() for name in categories}
        for row in rows:
            if _kind(row) == kind:
                for name in set(read(row)):
                    counts[name][_source(row)] += 1
        for name, found in counts.items():
            yield _row(table, kind, name, found)


def _row(table: str, kind: str, name: str, found: Counter[str]) -> Row:
    told = {source: found[source] for source in SOURCES}
    return {"table": table, "enquiry": kind, "category": name, **told,
            "total": found.total()}  # fmt: skip


def _kind(row: Row) -> str:
    return row["decision"] if row["decision"] in ENQUIRIES else "not_decided"


def _source(row: Row) -> str:
    return row["source_of_risk"] or NOT_RECORDED


def _risks(row: Row) -> list[str]:
    if not row["risk_types"]:
        return [NOT_RECORDED]
    return [category(words, RISK_TYPES) or NO_CATEGORY for words in row["risk_types"]]


def _place(row: Row) -> list[str]:
    if row["location"] is None:
        return [NOT_RECORDED]
    return [category(row["location"], LOCATIONS) or NO_CATEGORY]


def _assessment(row: Row) -> list[str]:
    return [category(row["risk_assessment"], ASSESSMENTS) or NO_CATEGORY]


def _outcome(row: Row) -> list[str]:
    """Where no risk was identified there is nothing to become of it."""
    return [row["risk_outcome"]] if row["risk_outcome"] in OUTCOMES else []


def _capacity(row: Row) -> list[str]:
    if row["lacked_capacity"] == "no":
        return ["had_capacity"]
    if row["lacked_capacity"] == "not_known":
        return ["not_known"]
    advocate = {True: "with_advocate", False: "without_advocate"}
    return [f"lacked_capacity_{advocate.get(row['advocate'], 'advocate_not_recorded')}"]


def _wishes(row: Row) -> list[str]:
    met = row["wishes_met"]
    if not row["wishes_asked"]:
        return [
            "not_asked" if met == "none_expressed" else "not_asked_and_said_to_be_met"
        ]
    if met == "none_expressed":
        return ["asked_and_none_expressed"]
    return ["asked_and_not_met" if met == "not" else f"asked_and_met_{met}"]

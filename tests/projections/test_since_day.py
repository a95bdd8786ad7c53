"""The day before which old rows are skipped is never later than one that a rule looks at."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from projections import asking
from projections.questions import Question, text
from tests.projections import memory

DAYS = st.integers(0, 400)


@settings(max_examples=60)
@given(
    st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(0, 60), DAYS, DAYS, DAYS
)
def test_no_day_that_a_rule_looks_at_is_skipped(
    today: date, lookback_weeks: int, idle_days: int, recent_days: int, spread_hours: int
) -> None:
    # given a day, and a policy in force on it
    con = memory.columns()
    con.execute(text("vocabulary.sql"))
    told = {
        "today": today, "lookback_weeks": lookback_weeks, "idle_days": idle_days,
        "recent_days": recent_days, "spread_hours": spread_hours,
    }  # fmt: skip
    asking.make(con, saying(told), "TEMP TABLE")

    # when the earliest day is asked for
    row = con.execute("SELECT getvariable('since_day')").fetchone()
    con.execute("DROP TABLE today")

    # then the weeks looked back at, the last whole one, idle days and recent calls lie after it
    monday = today - timedelta(days=today.weekday())
    assert row is not None
    assert row[0] < monday - timedelta(weeks=max(1, lookback_weeks))
    assert row[0] < today - timedelta(days=idle_days)
    assert row[0] < today - timedelta(days=recent_days, hours=spread_hours)


def saying(told: dict[str, object]) -> Question:
    """The question of today, with an answer of its own."""
    columns = ", ".join(
        f"{f'DATE {value.isoformat()!r}' if isinstance(value, date) else value} AS {name}"
        for name, value in told.items()
    )
    return Question("facts", "today", f"SELECT {columns}")

"""The mutations of what every question is written in: which statement holds, and the words."""

from __future__ import annotations

from tests.mutants.telling import Changes

RANK = "sequence := coalesce(sequence, 0), recordedtime := coalesce(recordedtime, time), time, source, id"
ORDER = "sequence DESC, recordedtime DESC, time DESC, source DESC, id DESC"
NAMED = "(retraction.source, retraction.subject, retraction.retracts)\n        = (statement.source, statement.$subject, statement.id)"
BANK_HOLIDAY = "    CASE WHEN is_bank_holiday THEN special('bank_holiday', rates) END,\n"
WEEKEND = "    CASE WHEN isodow(day) >= 6 THEN special('weekend', rates) END,\n"
NIGHT = "    CASE WHEN hour(london(instant)) >= 22 OR hour(london(instant)) < 7 THEN special('night', rates) END,\n"

MUTANTS: dict[str, Changes] = {
    "statements": (
        ("received_at <= known_at() AND", ""),
        ("received_at <= known_at()", "received_at < known_at()"),
        (" AND time <= clock()", ""),
        ("time <= clock()", "time < clock()"),
        ("ANTI JOIN replaced USING (position)\n", ""),
        ("ANTI JOIN known.statement_retracted AS retraction", "ANTI JOIN (FROM known.statement_retracted WHERE false) AS retraction"),
        (NAMED, "(retraction.subject, retraction.retracts) = (statement.$subject, statement.id)"),
        (NAMED, "(retraction.source, retraction.retracts) = (statement.source, statement.id)"),
        (NAMED, "(retraction.source, retraction.subject) = (statement.source, statement.$subject)"),
        (" AND retraction.time < $binds_from", ""),
        ("retraction.time < $binds_from", "retraction.time <= $binds_from"),
        ("PARTITION BY $slot", "PARTITION BY id"),
        (ORDER, ORDER.replace("sequence DESC, ", "")),
        (ORDER, ORDER.replace("recordedtime DESC, ", "")),
        (ORDER, ORDER.replace(" time DESC,", "")),
        (ORDER, ORDER.replace("source DESC, ", "")),
        (ORDER, ORDER.replace(", id DESC", ", id")),
        (ORDER, "recordedtime DESC, sequence DESC, time DESC, source DESC, id DESC"),
        (ORDER, "sequence DESC, time DESC, recordedtime DESC, source DESC, id DESC"),
        (ORDER, "sequence DESC, recordedtime DESC, time DESC, id DESC, source DESC"),
        ("* REPLACE (coalesce(sequence, 0) AS sequence,", "* REPLACE (sequence AS sequence,"),
        ("coalesce(recordedtime, time) AS recordedtime)", "recordedtime AS recordedtime)"),
        (RANK, RANK.replace("sequence := coalesce(sequence, 0), ", "")),
        (RANK, RANK.replace("sequence := coalesce(sequence, 0)", "sequence := coalesce(sequence, 9)")),
        (RANK, RANK.replace("recordedtime := coalesce(recordedtime, time), ", "")),
        (RANK, RANK.replace("recordedtime := coalesce(recordedtime, time)", "recordedtime := coalesce(recordedtime, 'infinity')")),
        (RANK, RANK.replace("time, source", "source")),
        (RANK, RANK.replace("source, id", "id")),
        (RANK, RANK.replace(", id", "")),
    ),
    "replaced": (
        ("WHERE received_at <= known_at()", "WHERE true"),
        ("WHERE received_at <= known_at()", "WHERE received_at < known_at()"),
        ("WHERE received_at <= known_at()", "WHERE false"),
    ),
    "vocabulary": (
        ("greatest(0, (z_squares - (compared - 1))", "((z_squares - (compared - 1))"),
        ("z_squares - (compared - 1)", "z_squares"),
        ("(weights - squares / weights)", "weights"),
        ("centre + sure * sqrt(variance + between)", "centre + sure * sqrt(variance)"),
        ("greatest(least(z, high), low)", "least(z, high)"),
        ("greatest(least(z, high), low)", "greatest(z, low)"),
        ("3.0902323061678132", "1.9599639845400545"),
        ("AS (instant AT TIME ZONE 'Europe/London')::DATE", "AS (instant AT TIME ZONE 'UTC')::DATE"),
        ("london(instant)     AS instant AT TIME ZONE 'Europe/London'", "london(instant)     AS instant AT TIME ZONE 'UTC'"),
        ("date_trunc('week', day)::DATE", "(date_trunc('week', day + 1) - INTERVAL 1 DAY)::DATE"),
        ("CASE WHEN london(utc(wall - INTERVAL 1 HOUR)) = wall THEN utc(wall - INTERVAL 1 HOUR) ELSE utc(wall) END", "utc(wall)"),
        ("CASE WHEN london(utc(wall - INTERVAL 1 HOUR)) = wall THEN utc(wall - INTERVAL 1 HOUR) ELSE utc(wall) END",
         "CASE WHEN london(utc(wall)) = wall THEN utc(wall) ELSE utc(wall - INTERVAL 1 HOUR) END"),
        ("CASE WHEN london(utc(wall - INTERVAL 1 HOUR)) = wall THEN utc(wall - INTERVAL 1 HOUR) ELSE utc(wall) END", "wall AT TIME ZONE 'Europe/London'"),
        ("(epoch_us(until) - epoch_us(since)) // 60_000_000", "(epoch_us(until) - epoch_us(since) + 30_000_000) // 60_000_000"),
        ("* rate + 60) // 120", "* rate) // 120"),
        ("* rate + 60) // 120", "* rate + 59) // 120"),
        ("lambda s: day BETWEEN s.from_on AND s.until_on", "lambda s: day > s.from_on AND day <= s.until_on"),
        ("lambda s: day BETWEEN s.from_on AND s.until_on", "lambda s: day >= s.from_on AND day < s.until_on"),
        ("s.from_on <= last AND s.until_on >= first", "s.from_on < last AND s.until_on >= first"),
        ("s.from_on <= last AND s.until_on >= first", "s.from_on <= last AND s.until_on > first"),
        ("range(1, len(came) - n + 2)", "range(1, len(came) - n + 1)"),
        ("greatest(came[i + n - 1], went[i - 1])", "came[i + n - 1]"),
        ("greatest(0, microseconds(greatest(", "(microseconds(greatest("),
        ("came[i + n - 1], went[i - 1]", "came[i], went[i - 1]"),
        (BANK_HOLIDAY, ""),
        (WEEKEND, ""),
        (NIGHT, ""),
        (BANK_HOLIDAY + WEEKEND + NIGHT, WEEKEND + NIGHT + BANK_HOLIDAY),
        (WEEKEND + NIGHT, NIGHT + WEEKEND),
        ("isodow(day) >= 6", "isodow(day) >= 7"),
        ("isodow(day) >= 6", "isodow(day) = 6"),
        ("isodow(day) >= 6", "isodow(day) >= 5"),
        ("hour(london(instant)) >= 22", "hour(london(instant)) > 22"),
        ("hour(london(instant)) >= 22", "hour(london(instant)) >= 21"),
        ("hour(london(instant)) < 7", "hour(london(instant)) <= 7"),
        ("hour(london(instant)) < 7", "hour(london(instant)) < 6"),
        ("'%Y-%m-%dT%H:%M:%SZ'", "'%Y-%m-%dT%H:%MZ'"),
    ),
}  # fmt: skip

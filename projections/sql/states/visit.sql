-- visit: one visit as it stands at the clock.
SELECT
    provider, visit, contract, person, state, match, judged, unknown, away,
    planned_start, planned_end, asked_by, line, occurs, due_start, due_end, due_minutes, carers, due_carer_minutes,
    time_critical, short_agreed,
    first_in, lone, present_us // 60_000_000 AS present_minutes, delivered AS delivered_carer_minutes,
    tasks_done, cancelled_time, cancelled_by, cancelled_reason, missed_time, reported_missed, frustrated_time, outcome,
    welfare_check, harm, rate AS rate_pence_per_hour
FROM visits
WHERE visit = getvariable('ref') AND provider = coalesce(getvariable('speaker'), provider)

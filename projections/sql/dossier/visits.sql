-- The visits that a concern names: what was due, and what became of it.
SELECT
    '/providers/' || provider || '/' || visit AS visit, contract, line, due_start, due_minutes, carers, time_critical,
    state, first_in, present_us // 60_000_000 AS present_minutes, cancelled_by, cancelled_reason,
    missed_time IS NOT NULL AS declared_missed, reported_missed, harm, outcome, welfare_check
FROM visits
WHERE '/providers/' || provider || '/' || visit IN (SELECT unnest($named::VARCHAR[]))
ORDER BY due_start, provider, visit

-- moved_from_window: the provider plans the visit away from the time that was commissioned.
-- Rule: the visit keeps a line, neither the person nor the council asked for the plan in force, and it starts more than
-- `moved_minutes` from the line's occurrence.
-- Why: lateness held against a re-written roster hides itself; care is due when it was commissioned.
-- Source: Cordia visit data keep requested, planned and real times apart.
-- Thresholds: moved_minutes
-- Kept: by visit.
SELECT
    'moved_from_window' AS kind,
    visit_key('moved_from_window', provider, visit) AS key,
    'low' AS severity,
    provider, contract, person, visit,
    planned_start AS since,
    abs(microseconds(occurs, planned_start)) // 60_000_000 AS minutes,
    price(abs(microseconds(occurs, planned_start)) // 60_000_000, rate) AS pence,
    'The visit is planned ' || abs(microseconds(occurs, planned_start)) // 60_000_000
        || ' minutes away from the time that was commissioned.' AS reason,
    evidence,
    json_object('moved_minutes', moved_minutes) AS policy
FROM visits
WHERE planned_start IS NOT NULL
  AND occurs IS NOT NULL
  AND coalesce(asked_by, 'provider') = 'provider'
  AND abs(microseconds(occurs, planned_start)) > moved_minutes::BIGINT * 60_000_000

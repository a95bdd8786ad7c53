-- changed_after_due: the plan was written, moved, taken back or called off after the visit should have begun.
-- Rule: any of: a plan statement that came too late and differs from the plan in force; a first plan not made before its own
-- start; a plan retracted not before its start; a cancellation not made before the due start.
-- Why: a roster rewritten afterwards hides late and missed calls.
-- Source: Ombudsman decisions on retrospective entries, Bolton 22 016 488 and Coventry 24 006 911.
-- Thresholds: none
-- Kept: by visit.
SELECT
    'changed_after_due' AS kind,
    visit_key('changed_after_due', provider, visit) AS key,
    'medium' AS severity,
    provider, contract, person, visit,
    least(changed_at, CASE WHEN cancelled_time >= due_start THEN cancelled_time END) AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    'The plan was made, changed, taken back or called off when the visit should have begun already.' AS reason,
    evidence,
    json_object() AS policy
FROM visits
WHERE planned_start IS NOT NULL
  AND (changed_at IS NOT NULL OR cancelled_time >= due_start)

-- unplanned_visit: something happened at a visit that nobody planned.
-- Rule: a tap, a frustration or a declared miss, and no plan.
-- Why: without a plan nobody can say whether care was due, late or enough.
-- Source: ContrOCC keeps visits "unallocated until a care plan is added".
-- Thresholds: none
-- Kept: by visit.
SELECT
    'unplanned_visit' AS kind,
    visit_key('unplanned_visit', provider, visit) AS key,
    'low' AS severity,
    provider, contract, person, visit,
    least(first_tap, frustrated_time, missed_time) AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    'Something was recorded at a visit for which there is no plan.' AS reason,
    evidence,
    json_object() AS policy
FROM visits
WHERE planned_start IS NULL
  AND least(first_tap, frustrated_time, missed_time) IS NOT NULL

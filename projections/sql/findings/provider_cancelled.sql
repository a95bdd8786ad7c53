-- provider_cancelled: the provider called the visit off.
-- Rule: state cancelled, by the provider; severe when said less than `short_notice_hours` before the visit was due.
-- Why: a call that the provider cancels at short notice is for the person the same as a missed one.
-- Source: findings.md; local contracts set the notice.
-- Thresholds: short_notice_hours
-- Kept: by visit.
SELECT
    'provider_cancelled' AS kind,
    visit_key('provider_cancelled', provider, visit) AS key,
    CASE WHEN cancelled_time > due_start - to_hours(short_notice_hours) THEN 'high' ELSE 'medium' END AS severity,
    provider, contract, person, visit,
    cancelled_time AS since,
    due_minutes AS minutes,
    price(due_minutes, rate) AS pence,
    'The provider cancelled ' || minutes(cancelled_time, due_start) // 60 || ' hours before the visit was due.' AS reason,
    evidence,
    json_object('short_notice_hours', short_notice_hours) AS policy
FROM visits
WHERE judged
  AND state = 'cancelled' AND cancelled_by = 'provider'

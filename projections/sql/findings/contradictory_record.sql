-- contradictory_record: the visit is recorded as made, and also as not made.
-- Rule: attended, and also cancelled, declared missed, or reported as "nobody came".
-- Why: one of the two is wrong; if the person says that nobody came, it may be the check-in.
-- Source: Ombudsman decision, Coventry 24 006 911 (log-ins without attendance alleged).
-- Thresholds: none
-- Kept: by visit.
SELECT
    'contradictory_record' AS kind,
    visit_key('contradictory_record', provider, visit) AS key,
    CASE WHEN reported_missed THEN 'high' ELSE 'medium' END AS severity,
    provider, contract, person, visit,
    first_tap AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    CASE WHEN reported_missed THEN 'A carer is on record, and it is reported that nobody came.'
         WHEN declared_at IS NOT NULL THEN 'A carer is on record, and the provider says that nobody came.'
         ELSE 'A carer is on record, and the visit was cancelled.' END AS reason,
    evidence,
    json_object() AS policy
FROM visits
WHERE planned_start IS NOT NULL
  AND state = 'attended'
  AND (cancelled_time IS NOT NULL OR declared_at IS NOT NULL)

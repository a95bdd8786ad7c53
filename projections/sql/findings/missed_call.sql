-- missed_call: nobody came to a visit that was due, and it had not been called off.
-- Rule: state missed; not held against a provider while the person was away, unless it is said that nobody came. `stage` says
-- how far the evidence goes: declared; cannot_assess while the feed has been silent since before the call was overdue;
-- confirmed once the provider has had `evidence_hours` to send its evidence; presumed until then.
-- Why: people go without food, medicine and company when a call is missed and nobody notices.
-- Source: NICE QS123 statement 2; Leeds Safeguarding Adults Board, decision support tool.
-- Thresholds: missed_after, evidence_hours
-- Kept: by visit.
SELECT
    'missed_call' AS kind,
    visit_key('missed_call', provider, visit) AS key,
    CASE WHEN declared_at IS NOT NULL THEN 'declared'
         WHEN due_start + to_minutes(missed_after) > heard_until THEN 'cannot_assess'
         WHEN clock() >= due_end + to_hours(evidence_hours) THEN 'confirmed'
         ELSE 'presumed' END AS stage,
    CASE WHEN time_critical AND stage <> 'cannot_assess' THEN 'critical'
         WHEN time_critical OR stage <> 'cannot_assess' THEN 'high'
         ELSE 'medium' END AS severity,
    provider, contract, person, visit,
    due_start AS since,
    due_minutes AS minutes,
    price(due_minutes, rate) AS pence,
    CASE stage
        WHEN 'declared' THEN 'It is said that nobody came.'
        WHEN 'cannot_assess' THEN 'Nothing has been heard from the provider since before the call was overdue.'
        ELSE 'Nobody had checked in ' || missed_after || ' minutes after the call was due.' END AS reason,
    evidence,
    json_object('missed_after', missed_after, 'evidence_hours', evidence_hours) AS policy
FROM visits
LEFT JOIN providers USING (provider)
WHERE judged
  AND state = 'missed'
  AND (declared_at IS NOT NULL OR NOT away)

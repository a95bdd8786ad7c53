-- backdated_entry: a check-in or check-out was written down long after it is said to have happened.
-- Rule: a check-in or check-out that counts was recorded by the provider's system more than `backdated_hours` after its time.
-- Why: records written afterwards are how visits that did not happen come to look as if they had.
-- Source: Ombudsman decision, Bolton 22 016 488 (retrospective entries were alleged).
-- Thresholds: backdated_hours
-- Kept: by visit.
WITH written_late AS (
    SELECT provider, visit, min(taps.time) AS since, list(position) AS cited
    FROM taps JOIN visits USING (provider, visit)
    WHERE recordedtime > taps.time + to_hours(backdated_hours)
    GROUP BY ALL
)
SELECT
    'backdated_entry' AS kind,
    visit_key('backdated_entry', provider, visit) AS key,
    'low' AS severity,
    provider, contract, person, visit,
    since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    'It was written down more than ' || backdated_hours || ' hours after it is said to have happened.' AS reason,
    cited AS evidence,
    json_object('backdated_hours', backdated_hours) AS policy
FROM written_late
JOIN visits USING (provider, visit)

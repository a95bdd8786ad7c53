-- open_visit: somebody came or went, and the other half of the record is still missing.
-- Rule: a tap without its counterpart, `open_after` minutes after the visit was due to end.
-- Why: a visit that cannot be measured is neither delivered nor failed, and is often paid all the same.
-- Source: findings.md, "cannot assess is not passed".
-- Thresholds: open_after
-- Kept: by visit.
SELECT
    'open_visit' AS kind,
    visit_key('open_visit', provider, visit) AS key,
    'low' AS severity,
    provider, contract, person, visit,
    lone AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    'A check-in or check-out is missing, so the length of the visit is not known.' AS reason,
    evidence,
    json_object('open_after', open_after) AS policy
FROM visits
WHERE planned_start IS NOT NULL
  AND unknown
  AND clock() >= due_end + to_minutes(open_after)

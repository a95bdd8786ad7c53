-- short_call: the visit was kept, but for less than `short_share` of the time due.
-- Rule: every coming has its going, and somebody was there for less than that share; not where the line was agreed short.
-- Why: care is clipped when carers leave early; with all tasks done the package may be too large instead.
-- Source: NICE QS123 statement 4 (visits of at least 30 minutes); Ombudsman decision, Thurrock 24 005 280.
-- Thresholds: short_share
-- Kept: by visit.
SELECT
    'short_call' AS kind,
    visit_key('short_call', provider, visit) AS key,
    CASE WHEN tasks_done THEN 'low' ELSE 'medium' END AS severity,
    provider, contract, person, visit,
    first_in AS since,
    due_minutes - present_us // 60_000_000 AS minutes,
    price(due_minutes - present_us // 60_000_000, rate) AS pence,
    'Somebody was there for ' || present_us // 60_000_000 || ' of ' || due_minutes || ' minutes.' AS reason,
    evidence,
    json_object('short_share', short_share) AS policy
FROM visits
WHERE judged
  AND state = 'attended' AND NOT unknown
  AND NOT short_agreed
  AND present_us < short_share * due_minutes * 60_000_000

-- enquiry_overdue: a safeguarding enquiry was decided on, and has no outcome.
-- Rule: `enquiry_days` after a triage that decided on a section 42 or another enquiry it has not been concluded.
-- Why: an enquiry that drags on protects nobody, and what happened is forgotten.
-- Source: Care Act 2014 s42(2); Pan-Lancashire and Cumbria safeguarding procedures: four weeks; London, 2016: a target.
-- Thresholds: enquiry_days
SELECT
    'enquiry_overdue' AS kind,
    'enquiry_overdue:' || concern AS key,
    'high' AS severity,
    provider, contract, person,
    enquiry_due AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    'An enquiry was decided on ' || strftime(london_day(triaged_at), '%d %B %Y') || ' and has no outcome.' AS reason,
    evidence,
    json_object('enquiry_days', enquiry_days) AS policy
FROM concerns
WHERE concluded_at IS NULL
  AND clock() >= enquiry_due

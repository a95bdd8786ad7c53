-- triage_overdue: a safeguarding concern was raised, and nobody has decided what becomes of it.
-- Rule: `triage_working_days` after it was raised no triage is on record.
-- Why: an adult may be at risk of harm until somebody has looked.
-- Source: Care Act 2014 s42; Pan-Lancashire and Cumbria safeguarding procedures: a decision within the working day after the referral.
-- Thresholds: triage_working_days
SELECT
    'triage_overdue' AS kind,
    'triage_overdue:' || concern AS key,
    'high' AS severity,
    provider, contract, person,
    triage_due AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    'A concern was raised on ' || strftime(london_day(raised_at), '%d %B %Y') || ' and has not been triaged.' AS reason,
    evidence,
    json_object('triage_working_days', triage_working_days) AS policy
FROM concerns
WHERE triaged_at IS NULL
  AND clock() >= triage_due

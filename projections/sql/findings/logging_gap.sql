-- logging_gap: so many calls have no record that the provider's logging, or its care, is failing.
-- Rule: in the last complete week more than 5 in 100 of its judged visits are missed calls at stage confirmed: nobody says
-- that nobody came, and no evidence came either.
-- Why: where visits are made and not logged, missed calls are false; where they are not made, people are without care.
-- Source: Central Bedfordshire publishes its providers' logging rate and expects 85 % or more; NICE QS123 statement 2.
-- Thresholds: none
SELECT
    'logging_gap' AS kind,
    'logging_gap:' || visits.provider || '/' || monday AS key,
    'high' AS severity,
    visits.provider,
    monday AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    count(failures.visit) || ' of ' || count(*) || ' calls of the week have no record at all.' AS reason,
    flatten(list(failures.evidence)) AS evidence,
    json_object() AS policy
FROM visits
JOIN last_week ON due_on BETWEEN monday AND monday + 6
LEFT JOIN failures ON (failures.provider, failures.visit, failures.stage) = (visits.provider, visits.visit, 'confirmed')
WHERE due_on >= since_day() AND judged
GROUP BY visits.provider, monday
HAVING 20 * count(failures.visit) > count(*)

-- many_providers: too many providers share one person's care.
-- Rule: the contracts in force today (blocks excepted) are with `many_providers` or more of them.
-- Why: care that nobody joins up leaves gaps that each thinks another fills.
-- Source: Malcolm Hunter, "Social care must be insourced too" ("a proliferation of different providers").
-- Thresholds: many_providers
SELECT
    'many_providers' AS kind,
    'many_providers:' || person AS key,
    'medium' AS severity,
    person,
    max(starts_on) AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    count(DISTINCT provider) || ' providers have contracts for this person.' AS reason,
    flatten(list(evidence)) AS evidence,
    json_object('many_providers', many_providers) AS policy
FROM contracts_today CROSS JOIN today
WHERE kind <> 'block' AND person IS NOT NULL
GROUP BY person, many_providers
HAVING count(DISTINCT provider) >= many_providers

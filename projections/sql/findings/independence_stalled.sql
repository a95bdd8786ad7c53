-- independence_stalled: a person needs less than before, and the care has not been brought down.
-- Rule: the need fell by a fifth or more between two assessments, the later more than `recent_days` ago, and none of the
-- person's contracts has been reduced or ended since.
-- Why: care that does more than is needed takes away what people can do for themselves.
-- Source: Malcolm Hunter, "Social care must be insourced too"; Care Act 2014 s27: a review decides, never this.
-- Thresholds: recent_days
WITH fallen AS (
    SELECT
        later.person, max(later.assessed_on) AS since,
        list_concat(list(later.position), list(earlier.position)) AS evidence
    FROM held.person_need_assessed AS later
    JOIN held.person_need_assessed AS earlier USING (person)
    CROSS JOIN today
    WHERE earlier.assessed_on < later.assessed_on
      AND later.assessed_on < today - recent_days
      AND later.weekly_minutes < earlier.weekly_minutes
      AND 5 * later.weekly_minutes::BIGINT <= 4 * earlier.weekly_minutes::BIGINT
    GROUP BY later.person
), brought_down AS (
    SELECT person, from_on AS day
    FROM contract_terms JOIN contracts USING (contract)
    QUALIFY weekly_minutes < lag(weekly_minutes) OVER (PARTITION BY contract ORDER BY from_on)
    UNION ALL
    SELECT person, in_force_until FROM contracts
)
SELECT
    'independence_stalled' AS kind,
    'independence_stalled:' || person AS key,
    'medium' AS severity,
    person,
    since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    'The need fell by a fifth or more by ' || since || ', and no contract has been reduced or ended since.' AS reason,
    evidence,
    json_object('recent_days', recent_days) AS policy
FROM fallen
CROSS JOIN today
WHERE person IN (SELECT person FROM contracts_today WHERE person IS NOT NULL)
  AND NOT EXISTS (
      FROM brought_down WHERE brought_down.person = fallen.person AND brought_down.day BETWEEN fallen.since AND today.today)

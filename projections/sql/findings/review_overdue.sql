-- review_overdue: a person's care has not been reviewed when it was due.
-- Rule: a first review is due `first_review_weeks` after the earliest of the contracts in force began; then the day that the
-- latest review or assessment named, else `review_months` after it.
-- Why: care that is not reviewed stays too large, too small or wrong.
-- Source: Care Act 2014 s27 and its statutory guidance: a first review within 6 to 8 weeks, then every 12 months.
-- Thresholds: first_review_weeks, review_months
WITH bought AS (
    SELECT person, min(starts_on) AS starts_on, flatten(list(evidence)) AS evidence
    FROM contracts_today
    WHERE person IS NOT NULL
    GROUP BY person
), looked AS (
    SELECT person, reviewed_on AS day, next_due_on AS named, true AS review, position FROM held.person_reviewed
    UNION ALL
    SELECT person, assessed_on, review_due_on, false, position FROM held.person_need_assessed
), latest AS (
    SELECT person, day, named, position
    FROM bought JOIN looked USING (person)
    WHERE day BETWEEN starts_on AND this_day()
    QUALIFY row_number() OVER (PARTITION BY person ORDER BY day DESC, review DESC) = 1
), due AS (
    SELECT
        bought.person, evidence, position, today, first_review_weeks, review_months,
        coalesce(named, day + to_months(review_months), starts_on + 7 * first_review_weeks)::DATE AS due_on
    FROM bought
    LEFT JOIN latest USING (person)
    CROSS JOIN today
)
SELECT
    'review_overdue' AS kind,
    'review_overdue:' || person AS key,
    CASE WHEN today - due_on > 28 THEN 'medium' ELSE 'low' END AS severity,
    person,
    due_on AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    'A review was due ' || today - due_on || ' days ago.' AS reason,
    list_append(evidence, position) AS evidence,
    json_object('first_review_weeks', first_review_weeks, 'review_months', review_months) AS policy
FROM due
WHERE today > due_on

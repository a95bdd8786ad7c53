-- above_need: all that is bought for a person together is more than the assessment says is needed.
-- Rule: the latest assessment is older than `settle_days`, found eligible needs, and the weekly minutes of the person's
-- contracts in force today (blocks excepted) are more than `above_need_share` over what it calls for.
-- Why: packages grow in a crisis and are not brought down after it.
-- Source: Care Act 2014 s27: a review decides, never this; Malcolm Hunter, "Social care must be insourced too".
-- Thresholds: settle_days, above_need_share
WITH latest AS (
    SELECT * FROM held.person_need_assessed
    WHERE assessed_on <= this_day()
    QUALIFY row_number() OVER (PARTITION BY person ORDER BY assessed_on DESC) = 1
), bought AS (
    SELECT person, sum(weekly_minutes) AS minutes, flatten(list(evidence)) AS evidence
    FROM contracts_today
    WHERE kind <> 'block'
    GROUP BY person
)
SELECT
    'above_need' AS kind,
    'above_need:' || person AS key,
    'medium' AS severity,
    person,
    assessed_on AS since,
    minutes - weekly_minutes AS minutes,
    NULL::BIGINT AS pence,
    minutes || ' carer-minutes a week are bought where ' || weekly_minutes || ' are needed.' AS reason,
    list_append(evidence, position) AS evidence,
    json_object('settle_days', settle_days, 'above_need_share', above_need_share) AS policy
FROM latest
JOIN bought USING (person)
CROSS JOIN today
WHERE eligible
  AND assessed_on < today - settle_days
  AND minutes > (1 + above_need_share) * weekly_minutes

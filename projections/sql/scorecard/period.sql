-- period: the days that the scorecards are about, both included, with the instants between which they lie.
-- What a period needs of the policy is that of its last day; what a visit or a week needs is its own.
WITH told AS (
    SELECT getvariable('period_from')::DATE AS first_on, getvariable('period_to')::DATE AS last_on
)
SELECT
    first_on, last_on,
    instant_of(first_on::TIMESTAMP) AS begins_at,
    instant_of((last_on + 1)::TIMESTAMP) AS ends_at,
    outlier_min_visits, recent_days, many_carers, persist_weeks
FROM told
JOIN policy ON last_on BETWEEN from_on AND until_on

-- compared: every finding that belongs to the period, and how it stands by either policy.
-- Rule: what is about one call, visit or claim belongs to the period if its `since` lies in it by one policy or the other;
-- what holds of a contract, a person or a provider belongs to it if it holds at the clock.
CREATE OR REPLACE TEMP TABLE compared AS
WITH numbered AS (
    -- A few findings share all that names them (two lines of an invoice, called the same): they are held against each
    -- other in their order.
    SELECT
        *,
        row_number() OVER (
            PARTITION BY anew, kind, key, provider, contract, person, visit, carer
            ORDER BY since, minutes, pence, severity, stage) AS nth
    FROM judged
), beside AS (
    SELECT
        kind, key, provider, contract, person, visit, carer, nth,
        count(*) FILTER (NOT anew) AS held_before, count(*) FILTER (anew) AS held_after,
        bool_or(NOT dated OR since_on BETWEEN $first AND $last) AS of_the_period,
        any_value(since) FILTER (NOT anew) AS since_before, any_value(since) FILTER (anew) AS since_after,
        any_value(severity) FILTER (NOT anew) AS severity_before, any_value(severity) FILTER (anew) AS severity_after,
        any_value(stage) FILTER (NOT anew) AS stage_before, any_value(stage) FILTER (anew) AS stage_after,
        any_value(minutes) FILTER (NOT anew) AS minutes_before, any_value(minutes) FILTER (anew) AS minutes_after,
        any_value(pence) FILTER (NOT anew) AS pence_before, any_value(pence) FILTER (anew) AS pence_after,
        any_value(reason) FILTER (NOT anew) AS reason_before, any_value(reason) FILTER (anew) AS reason_after
    FROM numbered
    GROUP BY ALL
)
SELECT
    CASE
        WHEN held_before = 0 THEN 'new'
        WHEN held_after = 0 THEN 'lost'
        WHEN (since_before, severity_before, stage_before, minutes_before, pence_before)
            IS DISTINCT FROM (since_after, severity_after, stage_after, minutes_after, pence_after) THEN 'changed'
        ELSE 'same'
    END AS change,
    * EXCLUDE (held_before, held_after, of_the_period)
FROM beside
WHERE of_the_period AND ($whose::VARCHAR IS NULL OR provider = $whose);

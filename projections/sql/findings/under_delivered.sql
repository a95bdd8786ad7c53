-- under_delivered: week after week, the provider fails to deliver part of what was promised.
-- Rule: more than `unused_share` of the commissioned minutes failed in at least `persist_weeks` of the complete weeks that
-- count: missed, cancelled by the provider, clipped, or never rostered; `minutes` is the middle week's.
-- Why: a package that is promised and not given leaves needs unmet, and is easily mistaken for one that is too large.
-- Source: Ombudsman decisions, Lincolnshire 21 014 642 and 19 004 381 (more hours invoiced than given).
-- Thresholds: lookback_weeks, persist_weeks, unused_share
WITH found AS (
    SELECT
        provider, contract, person, lookback_weeks, persist_weeks,
        list(monday) AS weeks, count(*) FILTER (f > contract_weeks.unused_share * c) AS bad,
        quantile_disc(f, 0.5) AS middle, arg_max(c, monday) AS commissioned, arg_max(rate, monday) AS rate,
        arg_max(contract_weeks.unused_share, monday) AS unused_share, any_value(contract_evidence) AS evidence
    FROM contract_weeks CROSS JOIN today
    GROUP BY provider, contract, person, persist_weeks, lookback_weeks
    HAVING bad >= persist_weeks
), week AS (
    SELECT provider, contract, unnest(weeks) AS monday FROM found
), cited AS (
    SELECT provider, contract, flatten(list(evidence)) AS visits
    FROM visits
    JOIN week USING (provider, contract)
    WHERE due_on >= since_day() AND monday(due_on) = monday
    GROUP BY ALL
)
SELECT
    'under_delivered' AS kind,
    'under_delivered:' || contract AS key,
    'high' AS severity,
    provider, contract, person,
    list_min(weeks) AS since,
    middle AS minutes,
    price(middle, rate) AS pence,
    'In ' || bad || ' of ' || len(weeks) || ' weeks too much failed: '
        || middle || ' of ' || commissioned || ' carer-minutes in the middle one.' AS reason,
    list_concat(evidence, visits) AS evidence,
    json_object('lookback_weeks', lookback_weeks, 'persist_weeks', persist_weeks, 'unused_share', unused_share) AS policy
FROM found
JOIN cited USING (provider, contract)

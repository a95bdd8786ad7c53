-- over_commissioned: week after week, part of what is paid for is not used by the person, and not because the provider failed.
-- Rule: more than `unused_share` of the commissioned minutes went unused in at least `persist_weeks` of the complete weeks that
-- count; `minutes` is the middle week's (recyclable minutes a week), `pence` its price a week.
-- Why: councils end up paying for things that are not needed; hours found so can be re-used for others after a review.
-- Source: the practice of recycling unused minutes (Peter Mason Consulting); Care Act 2014 s27: a review decides, never this.
-- Thresholds: lookback_weeks, persist_weeks, unused_share
WITH found AS (
    SELECT
        provider, contract, person, lookback_weeks, persist_weeks,
        list(monday) AS weeks, count(*) FILTER (u > contract_weeks.unused_share * c) AS bad,
        quantile_disc(u, 0.5) AS middle, arg_max(c, monday) AS commissioned, arg_max(rate, monday) AS rate,
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
    'over_commissioned' AS kind,
    'over_commissioned:' || contract AS key,
    CASE WHEN middle * 2 >= commissioned THEN 'high' ELSE 'medium' END AS severity,
    provider, contract, person,
    list_min(weeks) AS since,
    middle AS minutes,
    price(middle, rate) AS pence,
    'In ' || bad || ' of ' || len(weeks) || ' weeks too much went unused: '
        || middle || ' of ' || commissioned || ' carer-minutes in the middle one.' AS reason,
    list_concat(evidence, visits) AS evidence,
    json_object('lookback_weeks', lookback_weeks, 'persist_weeks', persist_weeks, 'unused_share', unused_share) AS policy
FROM found
JOIN cited USING (provider, contract)

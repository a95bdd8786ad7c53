-- over_commissioned: week after week, part of what is paid for is not used by the person, and not because the provider failed.
-- Rule: more than `unused_share` of the commissioned minutes went unused in at least `persist_weeks` of the complete weeks that
-- count; `minutes` is the middle week's (recyclable minutes a week), `pence` its price a week.
-- Why: councils end up paying for things that are not needed; hours found so can be re-used for others after a review.
-- Source: the practice of recycling unused minutes (Peter Mason Consulting); Care Act 2014 s27: a review decides, never this.
-- Thresholds: lookback_weeks, persist_weeks, unused_share
SELECT
    'over_commissioned' AS kind,
    'over_commissioned:' || contract AS key,
    CASE WHEN quantile_disc(u, 0.5) * 2 >= arg_max(c, monday) THEN 'high' ELSE 'medium' END AS severity,
    provider, contract, person,
    min(monday) AS since,
    quantile_disc(u, 0.5) AS minutes,
    price(quantile_disc(u, 0.5), arg_max(rate, monday)) AS pence,
    'In ' || count(*) FILTER (u > contract_weeks.unused_share * c) || ' of ' || count(*) || ' weeks too much went unused: '
        || quantile_disc(u, 0.5) || ' of ' || arg_max(c, monday) || ' carer-minutes in the middle one.' AS reason,
    list_concat(any_value(contract_evidence), flatten(list(evidence))) AS evidence,
    json_object(
        'lookback_weeks', lookback_weeks, 'persist_weeks', persist_weeks,
        'unused_share', arg_max(contract_weeks.unused_share, monday)) AS policy
FROM contract_weeks CROSS JOIN today
GROUP BY provider, contract, person, persist_weeks, lookback_weeks
HAVING count(*) FILTER (u > contract_weeks.unused_share * c) >= persist_weeks

-- over_commissioned: week after week, part of what is paid for is not used by the person, and not because the provider failed.
-- Rule: more than `unused_share` of the commissioned minutes went unused in at least `persist_weeks` of the complete weeks that
-- count; `minutes` is the middle week's (recyclable minutes a week), `pence` its price a week.
-- Why: councils end up paying for things that are not needed; hours found so can be re-used for others after a review.
-- Source: the practice of recycling unused minutes (Peter Mason Consulting); Care Act 2014 s27: a review decides, never this.
-- Thresholds: lookback_weeks, persist_weeks, unused_share
SELECT
    'over_commissioned' AS kind,
    'over_commissioned:' || contract AS key,
    CASE WHEN unused * 2 >= commissioned THEN 'high' ELSE 'medium' END AS severity,
    provider, contract, person,
    list_min(weeks) AS since,
    unused AS minutes,
    price(unused, rate) AS pence,
    'In ' || weeks_unused || ' of ' || len(weeks) || ' weeks too much went unused: '
        || unused || ' of ' || commissioned || ' carer-minutes in the middle one.' AS reason,
    evidence,
    json_object('lookback_weeks', lookback_weeks, 'persist_weeks', persist_weeks, 'unused_share', unused_share) AS policy
FROM package_weeks
WHERE weeks_unused >= persist_weeks

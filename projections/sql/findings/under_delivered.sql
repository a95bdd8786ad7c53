-- under_delivered: week after week, the provider fails to deliver part of what was promised.
-- Rule: more than `unused_share` of the commissioned minutes failed in at least `persist_weeks` of the complete weeks that
-- count: missed, cancelled by the provider, clipped, or never rostered; `minutes` is the middle week's.
-- Why: a package that is promised and not given leaves needs unmet, and is easily mistaken for one that is too large.
-- Source: Ombudsman decisions, Lincolnshire 21 014 642 and 19 004 381 (more hours invoiced than given).
-- Thresholds: lookback_weeks, persist_weeks, unused_share
SELECT
    'under_delivered' AS kind,
    'under_delivered:' || contract AS key,
    'high' AS severity,
    provider, contract, person,
    min(monday) AS since,
    quantile_disc(f, 0.5) AS minutes,
    price(quantile_disc(f, 0.5), arg_max(rate, monday)) AS pence,
    'In ' || count(*) FILTER (f > contract_weeks.unused_share * c) || ' of ' || count(*) || ' weeks too much failed: '
        || quantile_disc(f, 0.5) || ' of ' || arg_max(c, monday) || ' carer-minutes in the middle one.' AS reason,
    list_concat(any_value(contract_evidence), flatten(list(evidence))) AS evidence,
    json_object(
        'lookback_weeks', lookback_weeks, 'persist_weeks', persist_weeks,
        'unused_share', arg_max(contract_weeks.unused_share, monday)) AS policy
FROM contract_weeks CROSS JOIN today
GROUP BY provider, contract, person, persist_weeks, lookback_weeks
HAVING count(*) FILTER (f > contract_weeks.unused_share * c) >= persist_weeks

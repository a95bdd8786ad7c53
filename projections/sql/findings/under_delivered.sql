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
    list_min(weeks) AS since,
    failed AS minutes,
    price(failed, rate) AS pence,
    'In ' || weeks_failed || ' of ' || len(weeks) || ' weeks too much failed: '
        || failed || ' of ' || commissioned || ' carer-minutes in the middle one.' AS reason,
    evidence,
    json_object('lookback_weeks', lookback_weeks, 'persist_weeks', persist_weeks, 'unused_share', unused_share) AS policy
FROM package_weeks
WHERE weeks_failed >= persist_weeks

-- end_approaching: a contract is about to end, and nothing follows it.
-- Rule: in force today, its end no further off than its `notice_days` and `end_ahead_days` together, and no other contract of
-- the person in force after it.
-- Why: people are left without care where an end comes before its successor; a provider that hands back must be replaced.
-- Source: Care Act 2014 s48 to s57 (provider failure: the council must see that needs are met).
-- Thresholds: end_ahead_days
SELECT
    'end_approaching' AS kind,
    'end_approaching:' || contract AS key,
    CASE WHEN notice_by = 'provider' THEN 'high' ELSE 'low' END AS severity,
    provider, contract, person,
    in_force_until AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    'It ends in ' || in_force_until - today.today || ' days, and nothing follows it.' AS reason,
    evidence,
    json_object('end_ahead_days', end_ahead_days) AS policy
FROM contracts_today AS ending
CROSS JOIN today
WHERE in_force_until <= today.today + notice_days + end_ahead_days
  AND NOT EXISTS (
      FROM contracts AS other
      WHERE other.person = ending.person AND other.contract <> ending.contract
        AND other.in_force_until > ending.in_force_until AND other.in_force_until >= other.starts_on)

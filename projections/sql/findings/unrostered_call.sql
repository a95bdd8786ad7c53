-- unrostered_call: a call that the contract promises, for which the provider never planned a visit.
-- Rule: an occurrence of a contract's line, `missed_after` minutes ago or more and within `idle_days`, that is the line of none
-- of its visits, although the provider was heard since; not where the whole contract is idle.
-- Why: care that was never put on a roster is missed without anybody logging it (care not restarted after a hospital stay).
-- Source: Ombudsman decision, Portsmouth 22 006 484.
-- Thresholds: idle_days, missed_after
SELECT
    'unrostered_call' AS kind,
    'unrostered_call:' || contract || '/' || line || '/' || spelt(occurs) AS key,
    CASE WHEN time_critical THEN 'critical' ELSE 'high' END AS severity,
    provider, contract, person,
    occurs AS since,
    roster.minutes,
    price(roster.minutes, rate) AS pence,
    'No visit was ever planned for this call.' AS reason,
    roster.evidence,
    json_object('idle_days', idle_days, 'missed_after', roster.missed_after) AS policy
FROM roster
CROSS JOIN today
JOIN providers USING (provider)
ANTI JOIN (SELECT contract FROM no_longer_needed WHERE reason LIKE 'idle %') AS unneeded USING (contract)
WHERE visit IS NULL
  AND roster.kind NOT IN ('block', 'direct_payment', 'individual_service_fund')
  AND occurs > clock() - to_days(idle_days)
  AND occurs + to_minutes(roster.missed_after) <= clock()
  AND occurs + to_minutes(roster.missed_after) <= heard_until

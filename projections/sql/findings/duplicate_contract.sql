-- duplicate_contract: the same calls are bought twice for one person.
-- Rule: two contracts for one person and service, both in force today and for more than `handover_days`, share a weekday and a
-- start, and neither names the other (draws_on, pairs_with, compensates_for). `pence` is what the later costs a week.
-- Why: a package that was moved to another provider and never closed is paid for twice.
-- Source: Malcolm Hunter, "Social care must be insourced too" (councils "end up paying even more").
-- Thresholds: handover_days
WITH calls AS (
    SELECT DISTINCT contract, weekday, starts_at
    FROM contracts_today JOIN contract_lines USING (contract)
    WHERE contract_lines.position = lines_said[1].position
), settled AS (
    SELECT contracts_today.*, [draws_on, pairs_with, compensates_for] AS names, handover_days
    FROM contracts_today CROSS JOIN today
    WHERE starts_on < today.today - handover_days
)
SELECT
    'duplicate_contract' AS kind,
    'duplicate_contract:' || later.contract || '/' || earlier.contract AS key,
    'high' AS severity,
    later.provider, later.contract, later.person,
    later.starts_on AS since,
    NULL::BIGINT AS minutes,
    later.pence_a_week AS pence,
    'The contract ' || earlier.contract || ' buys calls at the same times for the same person.' AS reason,
    list_concat(later.evidence, earlier.evidence) AS evidence,
    json_object('handover_days', later.handover_days) AS policy
FROM settled AS later
JOIN settled AS earlier USING (person, service)
WHERE (later.starts_on, later.contract) > (earlier.starts_on, earlier.contract)
  AND NOT coalesce(list_contains(later.names, earlier.contract), false)
  AND NOT coalesce(list_contains(earlier.names, later.contract), false)
  AND EXISTS (
      FROM calls JOIN calls AS others USING (weekday, starts_at)
      WHERE calls.contract = later.contract AND others.contract = earlier.contract)

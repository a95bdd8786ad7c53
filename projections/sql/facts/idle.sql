-- idle: contracts in force for `idle_days` on end without a visit attended, frustrated or missed, though their provider was heard.
WITH lately AS (
    SELECT contract, provider, bool_or(state IN ('attended', 'frustrated', 'missed')) AS used, flatten(list(evidence)) AS evidence
    FROM visits CROSS JOIN today
    WHERE due_on >= since_day() AND due_on BETWEEN today - idle_days AND today - 1
    GROUP BY ALL
)
SELECT contract, lately.evidence
FROM contracts
CROSS JOIN today
LEFT JOIN lately USING (contract, provider)
WHERE NOT coalesce(used, false)
  AND kind NOT IN ('direct_payment', 'individual_service_fund', 'block')
  AND starts_on <= today - idle_days AND in_force_until >= today - 1
  AND EXISTS (
      FROM heard WHERE heard.provider = contracts.provider AND heard.day BETWEEN today.today - idle_days AND today.today - 1)

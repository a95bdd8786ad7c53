-- contracts_today: the contracts in force today, on today's terms.
SELECT
    contracts.*,
    contract_terms.weekly_minutes, contract_terms.rate, contract_terms.notice_days,
    price(contract_terms.weekly_minutes, contract_terms.rate) AS pence_a_week,
    today.today
FROM contracts
JOIN contract_terms USING (contract)
CROSS JOIN today
WHERE today BETWEEN starts_on AND in_force_until
  AND today BETWEEN contract_terms.from_on AND contract_terms.until_on

-- contract: one contract as it stands, on the terms of today.
SELECT
    contract, provider, person, kind, service, starts_on,
    CASE WHEN in_force_until < 'infinity' THEN in_force_until END AS ends_on,
    this_day() BETWEEN starts_on AND in_force_until AS in_force,
    within(this_day(), suspended) AS suspended,
    notice_ends_on, weekly_minutes, contract_terms.rate AS rate_pence_per_hour, rates, payment, tolerance_minutes, notice_days,
    price(weekly_minutes, contract_terms.rate)::BIGINT AS weekly_pence
FROM contracts
LEFT JOIN contract_terms USING (contract)
WHERE contract = getvariable('ref')
  AND this_day() BETWEEN coalesce(contract_terms.from_on, this_day()) AND coalesce(contract_terms.until_on, this_day())

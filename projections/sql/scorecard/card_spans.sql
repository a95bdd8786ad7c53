-- card_spans: the stretches of the period in which a contract is in force and neither its terms nor its funding change.
-- `bought_days` are the days on which it did not rest, `twice_days` those on which it made up for a contract that still ran.
-- Rule: promised are weekly minutes ÷ 7 for each day in force and not suspended, at that day's usual rate.
-- Source: findings.md, "Price per week".
WITH stretch AS (
    SELECT
        contracts.contract, contracts.provider, kind, draws_on, compensates_for, suspended,
        greatest(period.first_on, starts_on, terms.from_on, funding.from_on) AS first_on,
        least(period.last_on, in_force_until, terms.until_on, funding.until_on) AS last_on,
        funding.from_on AS funded_from, terms.weekly_minutes, terms.rate
    FROM contracts
    CROSS JOIN period
    JOIN contract_terms AS terms USING (contract)
    JOIN funding USING (contract)
), twice AS (
    -- The part of it during which the contract that it makes up for still runs.
    SELECT
        stretch.*,
        failed.provider AS failed_by,
        CASE WHEN failed.contract <> stretch.contract THEN greatest(first_on, failed.starts_on) END AS twice_from,
        CASE WHEN failed.contract <> stretch.contract THEN least(last_on, failed.in_force_until) END AS twice_to
    FROM stretch
    LEFT JOIN contracts AS failed ON failed.contract = stretch.compensates_for
    WHERE first_on <= last_on
)
SELECT
    * EXCLUDE (suspended),
    (last_on - first_on + 1 - resting(first_on, last_on, suspended))::BIGINT AS bought_days,
    CASE WHEN twice_from <= twice_to THEN twice_to - twice_from + 1 - resting(twice_from, twice_to, suspended) ELSE 0 END::BIGINT
        AS twice_days
FROM twice

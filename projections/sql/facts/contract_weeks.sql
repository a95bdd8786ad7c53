-- contract_weeks: the complete weeks that count before this one, contract by contract, in carer-minutes:
-- c commissioned, d delivered, f failed by the provider, x not known, u what is left: not used by the person.
-- Rule: a week counts if on all its days the contract was in force, not suspended and the person not away, its provider was
-- heard in it, and at least one visit of the contract was due in it.
WITH visited AS (
    SELECT
        provider, contract, monday(due_on) AS monday,
        sum(CASE WHEN unknown OR missed.stage = 'cannot_assess' THEN due_carer_minutes ELSE 0 END) AS x,
        sum(CASE WHEN unknown OR missed.stage = 'cannot_assess' THEN 0 ELSE delivered END) AS d,
        sum(CASE
            WHEN missed.stage <> 'cannot_assess' THEN due_carer_minutes
            WHEN called_off.visit IS NOT NULL THEN due_carer_minutes
            WHEN double_up.visit IS NOT NULL OR short.visit IS NOT NULL AND NOT tasks_done THEN due_carer_minutes - delivered
            ELSE 0 END) AS f
    FROM visits
    LEFT JOIN missed_call AS missed USING (provider, visit, contract)
    LEFT JOIN provider_cancelled AS called_off USING (provider, visit, contract)
    LEFT JOIN incomplete_double_up AS double_up USING (provider, visit, contract)
    LEFT JOIN short_call AS short USING (provider, visit, contract)
    WHERE due_on >= since_day() AND monday(due_on) IN (FROM lookback)
    GROUP BY ALL
), unkept AS (
    SELECT contract, monday(day) AS monday, sum(minutes::BIGINT * carers) AS f
    FROM roster
    WHERE visit IS NULL
    GROUP BY ALL
), counted AS (
    SELECT
        contracts.contract, contracts.provider, contracts.person, contracts.evidence, lookback.monday,
        contracts.suspended, people.away
    FROM contracts
    JOIN lookback ON lookback.monday >= starts_on AND lookback.monday + 6 <= in_force_until
    LEFT JOIN people USING (person)
    WHERE kind IN ('spot', 'framework_call_off', 'in_house')
      AND service IN ('home_care', 'extra_care', 'sitting', 'waking_night')
)
SELECT
    counted.contract, counted.provider, counted.person, counted.monday,
    contract_terms.weekly_minutes::BIGINT AS c, contract_terms.rate,
    visited.d::BIGINT AS d,
    (visited.f + coalesce(unkept.f, 0))::BIGINT AS f,
    visited.x::BIGINT AS x,
    greatest(0, c - visited.d - (visited.f + coalesce(unkept.f, 0)) - visited.x)::BIGINT AS u,
    policy.unused_share,
    counted.evidence AS contract_evidence
FROM counted
JOIN visited ON (visited.contract, visited.provider, visited.monday) = (counted.contract, counted.provider, counted.monday)
JOIN contract_terms
    ON contract_terms.contract = counted.contract
    AND counted.monday BETWEEN contract_terms.from_on AND contract_terms.until_on
JOIN policy ON counted.monday BETWEEN policy.from_on AND policy.until_on
LEFT JOIN unkept ON (unkept.contract, unkept.monday) = (counted.contract, counted.monday)
WHERE NOT touches(counted.monday, counted.monday + 6, suspended)
  AND NOT touches(counted.monday, counted.monday + 6, away)
  AND EXISTS (FROM heard WHERE heard.provider = counted.provider AND heard.day BETWEEN counted.monday AND counted.monday + 6)

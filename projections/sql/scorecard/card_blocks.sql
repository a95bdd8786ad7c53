-- card_blocks: each block of care that was in force in the period: what was bought of it, and what the packages that draw on it took.
-- Rule: carer-minutes; `drawn` are those delivered at their visits due in the period, `not_known` those due of visits whose
-- length nobody can tell.
-- Source: findings.md, block_unused.
WITH drawn AS (
    SELECT
        contracts.draws_on AS contract,
        count(DISTINCT contracts.contract) AS packages,
        sum(delivered) FILTER (became <> 'unknown') AS drawn,
        sum(due) FILTER (became IN ('unknown', 'cannot_assess')) AS not_known
    FROM card_visits
    JOIN contracts USING (contract, provider)
    WHERE contracts.draws_on IS NOT NULL
    GROUP BY ALL
), bought AS (
    SELECT
        provider, contract,
        (sum(weekly_minutes * bought_days) // 7)::BIGINT AS bought,
        a_week(sum(weekly_minutes::HUGEINT * rate * bought_days))::BIGINT AS pence
    FROM card_spans
    WHERE kind = 'block'
    GROUP BY ALL
)
SELECT
    provider, contract, bought, pence,
    coalesce(packages, 0) AS packages, coalesce(drawn, 0)::BIGINT AS drawn, coalesce(not_known, 0)::BIGINT AS not_known
FROM bought
LEFT JOIN drawn USING (contract)
